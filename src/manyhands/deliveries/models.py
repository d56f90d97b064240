"""Hubs, plans, runs and stops."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from manyhands.deliveries.states import LIVE, PlanState, RunState
from manyhands.exchange.models import Ask, Claim, Helper
from manyhands.exchange.states import AskState, ClaimState, Outcome
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.places.models import Place

# A planner that has not been heard of for this long is taken for dead; one that takes longer than LONGEST as well.
SILENCE = timedelta(seconds=20)
LONGEST = timedelta(seconds=120)
# A run that was handed back can be taken up again for this long; a link lives on for so long after the run's end.
UNDO_FOR = timedelta(minutes=10)
LINK_LIVES_ON = timedelta(hours=3)
# Nobody is called late for less.
GRACE = timedelta(minutes=15)


class Hub(models.Model):
    """A place where runs are loaded: a pantry, a hall, somebody's garage."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    opens = models.TimeField(_("opens at"), null=True, blank=True)
    closes = models.TimeField(_("closes at"), null=True, blank=True)
    loading_minutes = models.PositiveSmallIntegerField(
        _("minutes loading takes"), default=10, validators=[MaxValueValidator(240)]
    )
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["network", "name"], name="one_hub_per_name"),
            models.CheckConstraint(
                name="hub_opens_and_closes_or_neither",
                condition=Q(opens=None, closes=None) | Q(opens__isnull=False, closes__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """Who brings what to whom in one span of time: worked out by the machine, settled by a dispatcher."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.WORKING)
    seed = models.PositiveIntegerField(default=1)
    seconds = models.PositiveSmallIntegerField(default=12, validators=[MinValueValidator(1), MaxValueValidator(90)])
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    # Every start of the planner gets the next number; what an older one still has to say is not listened to.
    attempt = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    progress = models.FloatField(default=0.0)
    best_so_far = models.PositiveIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    # Counts, the promises it breaks as {"code", "facts"}, and under "before" the counts it had before planning again.
    summary = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "pk")
        indexes = (models.Index(fields=["network", "state", "-made_at"]),)
        constraints = (
            models.CheckConstraint(name="plan_starts_before_it_ends", condition=Q(starts_at__lt=models.F("ends_at"))),
            models.CheckConstraint(
                name="plan_published_at_matches_state",
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at=None)),
            ),
        )

    def shares_time_with(self, other: Plan) -> bool:
        """Whether the two are of one evening: their spans overlap."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def is_silent(self, now: datetime) -> bool:
        """Whether the planner at work on this has died: not heard of for a while, or at it for too long."""
        return self.state == PlanState.WORKING and (
            now - self.heartbeat_at > SILENCE or now - self.started_at > LONGEST + SILENCE
        )


class Run(models.Model):
    """One helper's round in a plan: when they are free, what they carry, and the link that opens it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="runs")
    helper = models.ForeignKey(Helper, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # from 1; its colour on the map
    available_from = models.DateTimeField()
    available_until = models.DateTimeField()
    boxes = models.PositiveSmallIntegerField(validators=[MaxValueValidator(999)])
    hub = models.ForeignKey(Hub, models.PROTECT, null=True, blank=True, related_name="+")
    is_locked = models.BooleanField(default=False)  # settled: planning again adds nothing and takes nothing away
    departs_at = models.DateTimeField(null=True, blank=True)
    hub_at = models.DateTimeField(null=True, blank=True)
    hub_leave_at = models.DateTimeField(null=True, blank=True)
    finish_at = models.DateTimeField(null=True, blank=True)
    metres = models.PositiveIntegerField(default=0)
    load = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PLANNED)
    nonce = models.CharField(max_length=32, blank=True)
    token_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    link_dies_at = models.DateTimeField(null=True, blank=True)
    set_out_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        indexes = (models.Index(fields=["helper", "state"]), models.Index(fields=["network", "state"]))
        constraints = (
            models.UniqueConstraint(fields=["plan", "helper"], name="one_run_per_helper_and_plan"),
            models.CheckConstraint(
                name="run_is_dropped_or_not",
                condition=Q(state="dropped", dropped_at__isnull=False) | (~Q(state="dropped") & Q(dropped_at=None)),
            ),
            models.CheckConstraint(
                name="run_with_a_link_has_a_time_it_dies",
                condition=Q(token_digest=None, link_dies_at=None)
                | Q(token_digest__isnull=False, link_dies_at__isnull=False),
            ),
        )

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def index(self) -> int:
        """Its number on the map, from 0."""
        return self.number - 1

    @property
    def minutes(self) -> int:
        """From setting out to being through, as planned."""
        if self.departs_at is None or self.finish_at is None:
            return 0
        return round((self.finish_at - self.departs_at).total_seconds() / 60)

    @property
    def kilometres(self) -> float:
        return self.metres / 1000

    @property
    def undo_until(self) -> datetime | None:
        """Until when it can be taken up again after it was handed back."""
        return None if self.dropped_at is None else self.dropped_at + UNDO_FOR


class Stop(models.Model):
    """One ask in a plan: in a run at a time, or in none with the reason why.

    What became of the visit is the claim's to say: held, done or handed back. So an ask is never in two live runs, for
    nobody can hold it twice.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="stops")
    ask = models.ForeignKey(Ask, models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, models.CASCADE, null=True, blank=True, related_name="stops")
    position = models.PositiveSmallIntegerField(null=True, blank=True)  # from 1
    arrive_at = models.DateTimeField(null=True, blank=True)
    start_at = models.DateTimeField(null=True, blank=True)
    leave_at = models.DateTimeField(null=True, blank=True)
    late_minutes = models.PositiveSmallIntegerField(default=0)  # by how much it would come after the time it is wanted
    is_locked = models.BooleanField(default=False)
    reason = models.JSONField(default=dict, blank=True)  # why it is in no run: {"code", "facts", "detail"}
    claim = models.OneToOneField(Claim, models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)  # handed back together with its whole run

    class Meta:
        ordering = ("position", "pk")
        indexes = (models.Index(fields=["plan", "run", "position"]),)
        constraints = (
            models.UniqueConstraint(fields=["plan", "ask"], name="an_ask_once_in_a_plan"),
            models.CheckConstraint(
                name="stop_in_a_run_has_its_place_and_time",
                condition=Q(run=None, position=None, arrive_at=None, leave_at=None)
                | Q(run__isnull=False, position__isnull=False, arrive_at__isnull=False, leave_at__isnull=False),
            ),
            models.CheckConstraint(
                name="stop_is_claimed_only_in_a_run", condition=Q(claim=None) | Q(run__isnull=False)
            ),
        )

    @property
    def stood(self) -> str:
        """Where it stands, as a mark for a form: another's move changes it, a move of its neighbours does not."""
        return f"{self.run_id or ''}:{self.position if self.is_locked else ''}"

    @property
    def is_to_do(self) -> bool:
        """Published, and still in the helper's hands."""
        return self.claim is not None and self.claim.state == ClaimState.HELD

    @property
    def is_done(self) -> bool:
        return self.claim is not None and self.claim.state == ClaimState.DONE

    @property
    def is_gone(self) -> bool:
        """Published, and no longer in this run: handed back, withdrawn, or taken by someone else before."""
        return self.run_id is not None and not self.is_to_do and not self.is_done

    @property
    def is_on_the_way(self) -> bool:
        return self.is_to_do and self.ask.state == AskState.ON_THE_WAY

    @property
    def ended(self) -> str:
        """How the visit ended, in words; empty while it has not."""
        if not self.is_done:
            return ""
        outcome = self.outcome or self.ask.outcome
        # Closed at the desk, there was no visit to mark: then where the ask stands says it.
        return str(Outcome(outcome).label if outcome else self.ask.get_state_display())

    def is_late(self, now: datetime) -> bool:
        """Still to do although its time is well over."""
        return self.is_to_do and self.arrive_at is not None and self.arrive_at + GRACE < now
