"""The areas of a network."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.kernel.squares import Measured
from manyhands.kit import limits
from manyhands.kit.maps import Point
from manyhands.kit.refusals import NotHere, Refused
from manyhands.kit.uploads import was_too_big
from manyhands.kit.versions import saving, status_of
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.places import actions, queries
from manyhands.places.forms import AreaForm, HomesForm, SquaresForm
from manyhands.places.models import Area

KEPT_FOR = timedelta(hours=1)
# A page with a map takes nine tiles at most, and many share them: a whole desk behind one address needs far fewer.
MOST_DRAWN = 600
DRAWN_WITHIN = timedelta(minutes=10)
NO_TILE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def _area(request: NetworkRequest, key: int) -> Area:
    found = queries.areas_of(request.network).filter(pk=key).first()
    if found is None:
        raise NotHere
    return found


def _page(request: NetworkRequest, form: AreaForm, area: Area | None, *, status: int = 200) -> HttpResponse:
    areas = list(queries.areas_of(request.network))
    points = [
        Point(each.lat, each.lon, each.name, key=str(each.pk))
        for each in areas
        if each.lat is not None and each.lon is not None
    ]
    context = {"areas": areas, "points": points, "form": form, "area": area}
    return render(request, "places/areas.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_role(Role.STEWARD)
def areas(request: NetworkRequest) -> HttpResponse:
    """All areas, and a new one."""
    return _save(request, None)


@require_http_methods(["GET", "POST"])
@for_role(Role.STEWARD)
@saving
def area(request: NetworkRequest, key: int) -> HttpResponse:
    """One area."""
    return _save(request, _area(request, key))


def _save(request: NetworkRequest, area: Area | None) -> HttpResponse:
    initial = {}
    if area is not None:
        initial = {
            "name": area.name, "other_names": ", ".join(area.other_names), "within": area.within_id, "lat": area.lat,
            "lon": area.lon,
        }  # fmt: skip
    form = AreaForm(request.POST or None, network=request.network, initial=initial)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, Person)
        try:
            actions.save_area(request.network, area=area, by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("places:areas", request.network.slug)
    return _page(request, form, area, status=status_of(form))


@require_POST
@for_role(Role.STEWARD)
def remove(request: NetworkRequest, key: int) -> HttpResponse:
    """Take an area off the list."""
    assert isinstance(request.user, Person)
    try:
        actions.remove_area(_area(request, key), by=request.user, now=timezone.now())
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Removed."))
    return redirect("places:areas", request.network.slug)


@require_http_methods(["GET", "POST"])
@for_role(Role.STEWARD)
@saving
def squares(request: NetworkRequest) -> HttpResponse:
    """The squares places are shown in: counted or guessed, and how many homes lie in one."""
    form = SquaresForm(request.POST or None, instance=queries.squares_as_set(request.network))
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, Person)
        try:
            actions.settle_squares(request.network, by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("places:squares", request.network.slug)
    return _show_squares(request, form=form, status=status_of(form))


@require_POST
@for_role(Role.STEWARD)
def homes(request: NetworkRequest) -> HttpResponse:
    """Make the squares from a list of homes, or go back to a guess."""
    assert isinstance(request.user, Person)
    by, now = request.user, timezone.now()
    if request.POST.get("do") == "forget":
        actions.forget_homes(request.network, by=by, now=now)
        messages.success(request, _("Saved."))
        return redirect("places:squares", request.network.slug)
    form = HomesForm(request.POST, request.FILES, too_big=was_too_big(request))
    if form.is_valid():
        data, least = form.cleaned_data["homes"].read(), form.cleaned_data["at_least"]
        try:
            actions.measure_squares(request.network, data=data, least=least, by=by, now=now)
        except Refused as no:
            form.add_error("homes", str(no))
        else:
            messages.success(request, _("Counted. The squares are made anew, and the list is gone."))
            return redirect("places:squares", request.network.slug)
    return _show_squares(request, homes_form=form, status=400)


def _show_squares(
    request: NetworkRequest,
    *,
    form: SquaresForm | None = None,
    homes_form: HomesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    said, made = queries.squares_as_set(request.network), queries.squares_of(request.network)
    context = {
        "said": said,
        "made": made,
        "is_measured": isinstance(made, Measured),
        "form": form or SquaresForm(instance=said),
        "homes_form": homes_form or HomesForm(),
    }
    return render(request, "places/squares.html", context, status=status)


@require_safe
def tile(request: HttpRequest, version: str, zoom: int, east: int, south: int) -> HttpResponse:
    """A piece of the street map, the same for everyone.

    A browser keeps it for an hour and no longer: on a phone several people use, it tells what part of town was looked
    at. What is at hand goes to everyone; what must be drawn first, one sender gets only so often.
    """

    def may_draw() -> bool:
        sender = limits.sender_of(request)
        return limits.allow("tiles", sender, most=MOST_DRAWN, within=DRAWN_WITHIN, now=timezone.now())

    try:
        drawn = queries.street_tile(version, zoom, east, south, may_draw=may_draw)
    except queries.NotNowError:
        # An empty picture: where none comes at all, a browser draws a broken one over the map.
        wait = {"Retry-After": str(int(DRAWN_WITHIN.total_seconds()))}
        return HttpResponse(NO_TILE, content_type="image/svg+xml", status=429, headers=wait)
    if drawn is None:
        raise NotHere
    kept = f"private, max-age={int(KEPT_FOR.total_seconds())}"
    return HttpResponse(drawn, content_type="image/svg+xml", headers={"Cache-Control": kept})
