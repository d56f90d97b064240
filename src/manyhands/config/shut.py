"""What a sealed house answers while it is shut: the pages that need no key, and to all else that it is shut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from manyhands.kit import errors, ring

# Each of them was looked at: it opens nothing that is sealed, whoever comes. All others are shut without being asked.
STAYS_OPEN = frozenset(
    {
        "set_language",
        "house:open",
        "house:health",
        "house:blocked",
        "house:metrics",
        "home:front",
        "home:network",
        "home:about",
        "outlook:figures",
        "outlook:figures_csv",
        "exchange:ask",
        # Of what was asked while the house is shut; every other private link is shut.
        "exchange:asked",
        "exchange:asking",
    }
)


class WhileShut:
    """Shuts every page that needs keys while nobody has opened the house. Sign-ins stay, but open nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_shut():
            request.house_is_shut = True  # type: ignore[attr-defined]
            # Who they are is sealed too.
            request.user = AnonymousUser()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        return errors.shut() if getattr(request, "house_is_shut", False) and name not in STAYS_OPEN else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Somebody shut the house while a page was being made, or a page that stays open met something sealed."""
        return errors.shut() if isinstance(exception, ring.Shut) else None


def is_shut() -> bool:
    """Whether the house is sealed and nobody has opened it."""
    try:
        return not ring.is_open()
    except ring.RingTrouble:
        return False  # another trouble: it shows itself where a key is asked for
