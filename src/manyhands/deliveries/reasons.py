"""Reasons as they are kept in the database, and the sentences a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils import timezone
from django.utils.translation import get_language, gettext

from manyhands.deliveries.models import Run, Stop
from manyhands.exchange.models import Helper
from manyhands.kernel import routing


def packed(reason: routing.Reason) -> dict[str, Any]:
    """A reason as JSON."""
    whole: dict[str, Any] = {"code": str(reason.code), "facts": dict(reason.facts)}
    if reason.detail is not None:
        whole["detail"] = packed(reason.detail)
    return whole


def unpacked(kept: Mapping[str, Any]) -> routing.Reason | None:
    """The reason behind the JSON; None where it says nothing, or something only another version understands."""
    code = _code(str(kept.get("code", "")))
    if code is None:
        return None
    detail = kept.get("detail")
    return routing.Reason(code=code, facts=kept.get("facts", {}), detail=unpacked(detail) if detail else None)


def _code(text: str) -> routing.Code | routing.Breach | routing.Recruit | None:
    for kind in (routing.Code, routing.Breach, routing.Recruit):
        if text in set(kind):
            return kind(text)
    return None


@dataclass(frozen=True, slots=True)
class Told:
    """Why, and what would change it ("" where nothing is named), in the reader's language."""

    why: str
    change: str
    code: str


class Names:
    """Who the keys in a plan's reasons stand for."""

    def __init__(self, runs: Iterable[Run], stops: Iterable[Stop] = ()) -> None:
        listed = list(runs)
        self._areas = {stop.ask.code: str(stop.ask.place.area) for stop in stops if stop.ask.place.area is not None}
        self._helpers = {str(run.pk): run.helper.membership.person.short_name or gettext("a helper") for run in listed}
        self._hubs = {str(run.hub_id): run.hub.name for run in listed if run.hub is not None}

    def tell(self, kept: Mapping[str, Any]) -> Told:
        """The sentences of a kept reason."""
        reason = unpacked(kept)
        if reason is None:
            return Told(why=gettext("It was not fitted in."), change=gettext("Plan again."), code="")
        return self.say(reason)

    def say(self, reason: routing.Reason) -> Told:
        """The sentences of a reason."""
        named = self._named(reason)
        return Told(why=named.sentence(gettext), change=named.change(gettext), code=str(reason.code))

    def _named(self, reason: routing.Reason) -> routing.Reason:
        facts = dict(reason.facts)
        for name in ("helper", "locked"):
            if name in facts:
                facts[name] = self._helpers.get(str(facts[name]), str(facts[name]))
        if "hub" in facts:
            facts["hub"] = self._hubs.get(str(facts["hub"]), str(facts["hub"]))
        if "languages" in facts:
            facts["languages"] = ", ".join(language_name(code) for code in str(facts["languages"]).split(", "))
        if "near" in facts:
            facts["near"] = self._areas.get(str(facts["near"]), str(facts["near"]))
        for name in ("since", "until"):
            if name in facts:
                moment = timezone.localtime(datetime.fromtimestamp(int(facts[name]), tz=UTC))
                facts[name] = moment.strftime("%H:%M")
        if "mode" in facts:
            facts["mode"] = str(dict(Helper.Mode.choices).get(str(facts["mode"]), facts["mode"]))
        if "unit" in facts:
            facts["unit"] = gettext("boxes")
        detail = None if reason.detail is None else self._named(reason.detail)
        return routing.Reason(code=reason.code, facts=facts, detail=detail)


def language_name(code: str) -> str:
    """A language's name in the reader's language."""
    try:
        here = Locale.parse(get_language() or "en", sep="-")
        return Locale.parse(code, sep="-").get_display_name(here) or code
    except (ValueError, UnknownLocaleError):
        return code
