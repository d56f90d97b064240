"""The lifecycles of plans and runs; which broken promises a person may wave through."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanState(models.TextChoices):
    """Where a plan stands."""

    WORKING = "working", _("being planned")
    DRAFT = "draft", _("to look at")
    FAILED = "failed", _("did not work out")
    PUBLISHED = "published", _("published")
    DISCARDED = "discarded", _("put aside")


PLAN_MOVES: dict[str, set[str]] = {
    PlanState.WORKING: {PlanState.DRAFT, PlanState.FAILED, PlanState.WORKING, PlanState.DISCARDED},
    PlanState.DRAFT: {PlanState.WORKING, PlanState.PUBLISHED, PlanState.DISCARDED},
    PlanState.FAILED: {PlanState.WORKING, PlanState.DISCARDED},
    PlanState.PUBLISHED: set(),
    PlanState.DISCARDED: set(),
}


class RunState(models.TextChoices):
    """Where a run stands."""

    PLANNED = "planned", _("planned")
    READY = "ready", _("ready to go")
    UNDER_WAY = "under_way", _("under way")
    FINISHED = "finished", _("finished")
    DROPPED = "dropped", _("handed back")


RUN_MOVES: dict[str, set[str]] = {
    RunState.PLANNED: {RunState.READY},
    RunState.READY: {RunState.UNDER_WAY, RunState.FINISHED, RunState.DROPPED},
    RunState.UNDER_WAY: {RunState.FINISHED, RunState.DROPPED},
    RunState.FINISHED: set(),
    # Undone within ten minutes, it stands again where it stood.
    RunState.DROPPED: {RunState.READY, RunState.UNDER_WAY},
}
LIVE = (RunState.READY, RunState.UNDER_WAY)

# No person's word makes these possible; everything else a dispatcher may wave through, knowing it.
NEVER = frozenset({"unknown_ask", "unknown_helper", "unreachable", "no_shift", "not_allowed"})
# These are about the visit itself and not about minutes: a move that breaks one is asked about first.
ASK_FIRST = frozenset({"skill", "language"})
