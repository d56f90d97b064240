"""Headers every answer carries, so that a page leaves no trace where it should not."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse


class QuietHeaders:
    """Ask the browser to keep personal pages out of its caches, and to lend its senses to nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class _MessagesInACookie(CookieStorage):
    # A name that a browser takes from this very host and over https only, or not at all.
    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return "__Host-messages" if settings.ENV.https else "messages"


class QuietMessages(FallbackStorage):
    """What a page says once, on the way to the next page: in a cookie that no script and no other host can touch."""

    storage_classes = (_MessagesInACookie, SessionStorage)
