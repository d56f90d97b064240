"""Opening a sealed house by a page, and shutting it at once by one press."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from manyhands.config.modes.ending import end_this_process_soon
from manyhands.config.modes.forms import PassphraseForm, ShareForm
from manyhands.exchange import tasks as exchange
from manyhands.kit import errors, limits, ring
from manyhands.kit.again import may_repeat
from manyhands.kit.refusals import NotHere
from manyhands.kit.ring import asking, slots
from manyhands.networks import queries as networks
from manyhands.networks.here import across_networks
from manyhands.people.here import second_step_missing
from manyhands.people.models import Person

# From one place. There is no limit for the house as a whole: it would let anybody keep the stewards out.
MOST_TRIES, WITHIN = 10, timedelta(minutes=15)


# What is typed here must not even be digested: a digest of a passphrase is a way to guess it.
@may_repeat
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def open_house(request: HttpRequest) -> HttpResponse:
    """Open the sealed house: with a passphrase, or with paper shares, one after the other and of several people."""
    house = ring.the_ring()
    if not house.is_sealed():
        return render(request, "config/open.html", {"cabinet": True})
    passphrase, share, no = PassphraseForm(), ShareForm(), ""
    if request.method == "POST" and not house.is_open():
        now = timezone.now()
        if request.POST.get("do") == "share":
            form: PassphraseForm | ShareForm = (share := ShareForm(request.POST))
        else:
            form = passphrase = PassphraseForm(request.POST)
        if not form.is_valid():
            pass
        elif not limits.allow("open house", limits.sender_of(request), most=MOST_TRIES, within=WITHIN, now=now):
            no = _too_often(request, now=now)
        else:
            no = _try(form)
            if not no:
                limits.give_back("open house", limits.sender_of(request), now=now)
                share = ShareForm()
    stands, asked = asking.standing(house.folder), slots.asked_by(house.ways_in())
    return render(
        request,
        "config/open.html",
        {
            "open": stands.is_open,
            "runs": stands.is_there,
            "no": no,
            "passphrase": passphrase,
            "share": share if asked else None,
            "given": _given(stands.shares_given, asked) if asked else "",
        },
        status=400 if no or passphrase.errors or share.errors else 200,
    )


def _try(form: PassphraseForm | ShareForm) -> str:
    """Try it; a sentence where it is not right. What was asked meanwhile is read as soon as the house is open."""
    folder = ring.the_ring().folder
    try:
        if isinstance(form, ShareForm):
            stands = asking.give_share(folder, form.cleaned_data["words"])
        else:
            stands = asking.open_with_passphrase(folder, form.cleaned_data["passphrase"])
    except ring.Wrong:
        return (
            _("This share does not fit: look at every word. A share of older papers opens nothing any more.")
            if isinstance(form, ShareForm)
            else _("This passphrase does not open the house. Look at every sign, and at the language of the keyboard.")
        )
    except ring.Busy:
        return _("Others are trying to open the house right now. Wait a moment, then try again.")
    except ring.RingTrouble:
        return _("The house can’t be opened from here right now. Whoever hosts can: manyhands keys open")
    if stands.is_open:
        exchange.read_inbox.enqueue()
    return ""


def _too_often(request: HttpRequest, *, now: datetime) -> str:
    minutes = limits.minutes_left("open house", limits.sender_of(request), now=now)
    return ngettext(
        "Too many tries from here. Try again in %(minutes)s minute.",
        "Too many tries from here. Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}


def _given(given: int, asked: slots.Asked) -> str:
    return ngettext(
        "%(given)s of the %(needed)s shares that are needed was given.",
        "%(given)s of the %(needed)s shares that are needed were given.",
        given,
    ) % {"given": given, "needed": asked.needed}


@across_networks
@may_repeat
@never_cache
@require_http_methods(["GET", "POST"])
def seal_house(request: HttpRequest) -> HttpResponse:
    """Shut the house at once. For whoever stewards a network here, and for hosts; to everyone else it is not there."""
    person = request.user
    if not isinstance(person, Person) or not (person.is_host or _stewards(person)):
        raise NotHere
    if (missing := second_step_missing(request)) is not None:
        return missing
    house = ring.the_ring()
    if request.method == "POST" and house.is_sealed():
        asking.seal(house.folder)
        # The server starts this process anew; until it ends it may still hold what people said.
        end_this_process_soon()
        request.user = AnonymousUser()
        return errors.shut(status=200)
    return render(request, "config/seal.html", {"sealed": house.is_sealed(), "demo": settings.DEMO})


def _stewards(person: Person) -> bool:
    return any(membership.is_steward for membership in networks.networks_of(person))
