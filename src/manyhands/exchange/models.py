"""Asks, offers and what ties them to people."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from manyhands.exchange.states import (
    HELD,
    AskState,
    ClaimState,
    MatchState,
    OfferState,
    Outcome,
    RepeatState,
    WhyNotMet,
)
from manyhands.kit.sealed_fields import (
    HolderField,
    SealedCharField,
    SealedJSONField,
    SealedTextField,
    Sealing,
    Under,
)
from manyhands.networks.models import Membership, Network
from manyhands.people.models import Person
from manyhands.places.models import Place


def _in_the_readers_language(name: str, names: dict[str, str]) -> str:
    """The network's own translation, ours where the name is one of ours, or the name itself."""
    language = get_language() or ""
    return names.get(language) or names.get(language.split("-")[0]) or (gettext(name) if name else "")


class Category(models.Model):
    """A kind of thing people ask for and offer here: food, a ride, childcare. The network's own list."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    names = models.JSONField(default=dict, blank=True)  # in other languages: {"es": "Comida"}
    icon = models.CharField(_("icon"), max_length=40, default="hand-helping")
    minutes = models.PositiveSmallIntegerField(
        _("minutes a visit takes"), default=5, validators=[MaxValueValidator(480)]
    )
    boxes = models.PositiveSmallIntegerField(
        _("boxes it usually fills"), default=1, validators=[MaxValueValidator(999)]
    )
    skill = models.CharField(_("skill a helper needs"), max_length=40, blank=True)
    is_sensitive = models.BooleanField(_("never counted by area"), default=False)
    is_used = models.BooleanField(_("on the form"), default=True)
    # For what two agreed to ask though a group should rather not know it: then it goes off the form by itself.
    asked_until = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=["network", "name"], name="one_category_per_name"),)

    def __str__(self) -> str:
        return _in_the_readers_language(self.name, self.names)


class Cause(models.Model):
    """What may lie behind a need: wages, rent, illness. The network's own list; nobody has to say."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    names = models.JSONField(default=dict, blank=True)
    is_used = models.BooleanField(_("on the form"), default=True)
    # For what two agreed to ask though a group should rather not know it: then it goes off the form by itself.
    asked_until = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=["network", "name"], name="one_cause_per_name"),)

    def __str__(self) -> str:
        return _in_the_readers_language(self.name, self.names)


class Asking(Sealing):
    """What one person sent in one go: one or several linked asks, and the private link that opens them all."""

    class Source(models.TextChoices):
        PAGE = "page", _("the page")
        DESK = "desk", _("the desk")
        FILE = "file", _("a file")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    source = models.CharField(max_length=8, choices=Source, default=Source.PAGE)
    for_name = SealedCharField(max_length=120, blank=True)  # who it is for, when it is for someone else
    consent_at = models.DateTimeField(null=True, blank=True)  # when that person's consent was noted
    nonce = models.CharField(max_length=32)
    token_digest = models.CharField(max_length=64, unique=True)
    # The form's own mark: a double tap or a retry on a bad line finds the asks it already made.
    submission = models.UUIDField(default=uuid.uuid4)
    made_at = models.DateTimeField()

    under = Under(holder="asked_by_id", network="network_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["network", "submission"], name="one_asking_per_submission"),
            models.CheckConstraint(
                name="asking_for_someone_has_consent", condition=Q(for_name="") | Q(consent_at__isnull=False)
            ),
        )

    @property
    def is_for_someone_else(self) -> bool:
        return self.consent_at is not None


class Ask(Sealing):
    """Something wanted by somebody: one need."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    asking = models.ForeignKey(Asking, models.CASCADE, related_name="asks")
    holder = HolderField(along="asking.asked_by_id")
    code = models.CharField(max_length=8)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    words = SealedTextField(max_length=2000, blank=True)  # the asker's own
    notes = SealedTextField(blank=True)  # the desk's; and what a file held that fits nowhere else
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    language = models.CharField(max_length=16, blank=True)  # the visit needs it, BCP 47; empty: any will do
    wanted_from = models.DateTimeField(null=True, blank=True)
    wanted_until = models.DateTimeField(null=True, blank=True)
    people = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(999)])
    boxes = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(999)])
    minutes = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(480)])
    skill = models.CharField(max_length=40, blank=True)
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=AskState, default=AskState.NEW)
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()  # when it came to stand where it stands
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)  # visits that did not end well
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)  # of the last visit
    why_not_met = models.CharField(max_length=12, choices=WhyNotMet, blank=True)
    cause = models.ForeignKey(Cause, models.SET_NULL, null=True, blank=True, related_name="+")
    repeat = models.ForeignKey("exchange.Repeat", models.SET_NULL, null=True, blank=True, related_name="+")
    repeat_on = models.DateField(null=True, blank=True)  # the day this came round by its repeat
    row = SealedJSONField(default=dict, blank=True)  # the file's row as it came, to give it back unchanged

    under = Under(holder="holder", network="network_id")

    class Meta:
        ordering = ("-asked_at", "pk")
        indexes = (
            models.Index(fields=["network", "state", "asked_at"]),
            models.Index(fields=["state", "expires_at"]),
            models.Index(fields=["network", "closed_at"]),
        )
        constraints = (
            models.UniqueConstraint(fields=["network", "code"], name="one_ask_per_code"),
            models.UniqueConstraint(fields=["repeat", "repeat_on"], name="a_repeat_comes_round_once_a_day"),
            models.CheckConstraint(
                name="ask_closed_at_matches_state",
                condition=Q(state__in=["new", "ready", "claimed", "on_the_way"], closed_at=None)
                | (~Q(state__in=["new", "ready", "claimed", "on_the_way"]) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="ask_why_not_met_only_when_not_met", condition=Q(why_not_met="") | Q(state=AskState.NOT_MET)
            ),
            models.CheckConstraint(
                name="ask_wanted_from_before_until",
                condition=Q(wanted_from=None) | Q(wanted_until=None) | Q(wanted_from__lt=models.F("wanted_until")),
            ),
        )

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_held(self) -> bool:
        return self.state in HELD


class Letter(models.Model):
    """An ask that came while the house was sealed and shut: nobody reads it before the house is open.

    Its id, its codes and its private link are those of the asking it becomes.
    """

    class WhyKept(models.TextChoices):
        REFUSED = "refused", _("the rules of the network say no")
        FORM = "form", _("what it says does not fit any more")
        UNREADABLE = "unreadable", _("it was changed, or sealed for another house")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    sealed = models.BinaryField()  # to the public half of the ring's inbox key
    token_digest = models.CharField(max_length=64, unique=True)
    submission = models.UUIDField()
    codes = models.JSONField()  # one for each thing asked for
    put_at = models.DateTimeField()
    why_kept = models.CharField(max_length=10, choices=WhyKept, blank=True)  # empty: it waits to be read

    class Meta:
        ordering = ("put_at", "pk")
        constraints = (models.UniqueConstraint(fields=["network", "submission"], name="one_letter_per_submission"),)


class Repeat(models.Model):
    """The same again, every so many weeks on a weekday, until it is stopped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    first = models.OneToOneField(Ask, models.CASCADE, related_name="+")  # the ask that is repeated
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])  # 0 is Monday
    every_weeks = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(8)])
    next_on = models.DateField()
    state = models.CharField(max_length=8, choices=RepeatState, default=RepeatState.RUNNING)

    class Meta:
        indexes = (models.Index(fields=["state", "next_on"]),)
        constraints = (models.CheckConstraint(name="repeat_weekday_is_a_day", condition=Q(weekday__lte=6)),)


class Offer(Sealing):
    """Something somebody can give: a thing, a skill, time, a ride."""

    class Kind(models.TextChoices):
        THING = "thing", _("A thing")
        SKILL = "skill", _("A skill")
        TIME = "time", _("Time")
        RIDE = "ride", _("A ride")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    offered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    code = models.CharField(max_length=8)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.THING)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    words = SealedTextField(max_length=2000)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    language = models.CharField(max_length=16, blank=True)
    free_from = models.DateTimeField(null=True, blank=True)
    free_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=OfferState, default=OfferState.OPEN)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    nonce = models.CharField(max_length=32)
    token_digest = models.CharField(max_length=64, unique=True)
    submission = models.UUIDField(default=uuid.uuid4)
    row = SealedJSONField(default=dict, blank=True)

    under = Under(holder="offered_by_id", network="network_id")

    class Meta:
        ordering = ("-offered_at", "pk")
        indexes = (models.Index(fields=["network", "state", "offered_at"]),)
        constraints = (
            models.UniqueConstraint(fields=["network", "code"], name="one_offer_per_code"),
            models.UniqueConstraint(fields=["network", "submission"], name="one_offer_per_submission"),
            models.CheckConstraint(
                name="offer_closed_at_matches_state",
                condition=Q(state__in=["open", "promised"], closed_at=None)
                | (~Q(state__in=["open", "promised"]) & Q(closed_at__isnull=False)),
            ),
        )


class Helper(Sealing):
    """What a member can carry and when: the side of a membership that claims asks and rides runs."""

    class Mode(models.TextChoices):
        FOOT = "foot", _("on foot")
        BIKE = "bike", _("by bike")
        CAR = "car", _("by car")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    membership = models.OneToOneField(Membership, models.CASCADE, related_name="+")
    holder = HolderField(along="membership.person_id")
    start = models.ForeignKey(Place, models.PROTECT, related_name="+")  # where they set out
    end = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")  # empty: back to the start
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.FOOT)
    languages = SealedJSONField(default=list, blank=True)  # BCP 47
    skills = SealedJSONField(default=list, blank=True)
    boxes = models.PositiveSmallIntegerField(default=4, validators=[MaxValueValidator(999)])
    most_minutes = models.PositiveSmallIntegerField(default=150, validators=[MaxValueValidator(1440)])
    hours = SealedJSONField(
        default=list, blank=True
    )  # when usually free: [{"day": 0, "from": "17:00", "until": "20:00"}]
    cap = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # asks held at once, where it differs from the network's
    last_helped_at = models.DateTimeField(null=True, blank=True)
    imported_as = models.UUIDField(null=True, editable=False, db_index=True)  # the name of the file's row it came from
    row = SealedJSONField(default=dict, blank=True)

    under = Under(holder="holder", network="network_id")


class Claim(models.Model):
    """A helper took an ask on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    ask = models.ForeignKey(Ask, models.CASCADE, related_name="claims")
    helper = models.ForeignKey(Helper, models.PROTECT, related_name="claims")
    state = models.CharField(max_length=12, choices=ClaimState, default=ClaimState.HELD)
    claimed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["helper", "state"]),)
        constraints = (
            # The promise behind every "it is yours": two can't hold one ask, whatever the code above does.
            models.UniqueConstraint(fields=["ask"], condition=Q(state="held"), name="one_helper_holds_an_ask"),
            models.CheckConstraint(
                name="claim_ended_at_matches_state",
                condition=Q(state="held", ended_at=None) | (~Q(state="held") & Q(ended_at__isnull=False)),
            ),
        )


class Match(models.Model):
    """An ask and an offer that fit, put to both sides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    ask = models.ForeignKey(Ask, models.CASCADE, related_name="+")
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=MatchState, default=MatchState.PROPOSED)
    asker_agreed_at = models.DateTimeField(null=True, blank=True)
    giver_agreed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ask", "offer"], condition=~Q(state="declined"), name="one_match_of_an_ask_and_an_offer"
            ),
            models.CheckConstraint(
                name="match_agreed_by_both",
                condition=~Q(state="agreed") | Q(asker_agreed_at__isnull=False, giver_agreed_at__isnull=False),
            ),
        )
