"""At the door: a form that comes again under the same mark is not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from manyhands.kit.again import held_back
from manyhands.kit.templatetags.marks import MARK
from manyhands.once import actions
from manyhands.once.models import Sent

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
# Written on the way in by whoever only looks; not what a form is sent for.
NOT_AN_EFFECT = ("django_session", "kit_", "once_")


class SentOnce:
    """Does what a form asks for and notes its answer in one transaction; a second time, gives that answer again.

    The mark is the hidden one every form of ours carries, or an ``Idempotency-Key``. It counts for whoever sent it: a
    person, or a browser that nobody signed in with. Only what was done is noted: a form that was refused, or came back
    with something to look at again, may be sent again as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.method in SAFE or getattr(view, "may_repeat", False):
            return None
        mark = request.headers.get("Idempotency-Key") or request.POST.get(MARK)
        if not mark:
            return None
        who, said, now = _who(request), _said(request), timezone.now()
        with held_back() as afterwards, transaction.atomic():
            sent, is_first = actions.note_sent(who=who, mark=mark, said=said, now=now)
            if not is_first:
                return _again(request, sent, mark=mark, said=said)
            response = self._do(request, view, args, kwargs, sent, mark)
        for do in afterwards:
            do()
        return response

    def _do(self, request: HttpRequest, view: Any, args: Any, kwargs: Any, sent: Sent, mark: str) -> HttpResponseBase:
        before = _signed_in(request)
        writes = _Writes()
        with connection.execute_wrapper(writes):
            response: HttpResponseBase = view(request, *args, **kwargs)
        if response.status_code >= 500:
            transaction.set_rollback(True)
            return response
        noted = _is_worth_noting(request, response, writes) and _signed_in(request) == before
        actions.note_answer(
            sent,
            mark=mark,
            status=response.status_code if noted else None,
            led_to=response.headers.get("Location", ""),
            now=timezone.now(),
        )
        return response


class _Writes:
    """Whether a page changed anything that matters."""

    def __init__(self) -> None:
        self.happened = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        verb, _space, rest = sql.lstrip().partition(" ")
        if verb.upper() in {"INSERT", "UPDATE", "DELETE"}:
            table = rest.split('"', 2)[1] if '"' in rest else rest
            self.happened |= not table.startswith(NOT_AN_EFFECT)
        return execute(sql, params, many, context)


def _is_worth_noting(request: HttpRequest, response: HttpResponseBase, writes: _Writes) -> bool:
    if response.status_code >= 400 or "attachment" in response.headers.get("Content-Disposition", ""):
        return False
    # A refusal that leads back to the page says so in a message.
    queued = getattr(messages.get_messages(request), "_queued_messages", ())
    return writes.happened and all(message.level < messages.ERROR for message in queued)


def _signed_in(request: HttpRequest) -> tuple[Any, Any]:
    """Who is signed in, in which session. An answer that changes this can't be given again to whoever asks."""
    return request.session.get(SESSION_KEY), request.session.session_key


def _who(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"person:{request.user.pk}"
    return f"browser:{request.META.get('CSRF_COOKIE', '')}"


def _said(request: HttpRequest) -> str:
    """A digest of where it was sent and all it said, but for the marks."""
    parts = [request.method.encode() if request.method else b"", request.get_full_path().encode()]
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        for name in sorted(set(request.POST) - {MARK, "csrfmiddlewaretoken"}):
            parts += [name.encode(), *(value.encode() for value in request.POST.getlist(name)), b""]
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                content = hashlib.sha256()
                for chunk in file.chunks():
                    content.update(chunk)
                file.seek(0)
                parts += [name.encode(), content.digest()]
    else:
        parts.append(request.body)
    return actions.digest(*parts)


def _again(request: HttpRequest, sent: Sent, *, mark: str, said: str) -> HttpResponse:
    """The first answer once more; where that was a page, the page it was sent from, which shows how things stand."""
    if sent.said != said:
        return render(request, "once/something_else.html", {"here": _sent_from(request)}, status=422)
    if where := actions.where_it_led(sent, mark=mark):
        return HttpResponse(status=sent.status, headers={"Location": where})
    messages.info(request, _("That had arrived already, and was done once. This is how things stand now."))
    return HttpResponse(status=303, headers={"Location": _sent_from(request)})


def _sent_from(request: HttpRequest) -> str:
    """The page of ours a form was sent from."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        url = urlsplit(referer)
        return url.path + (f"?{url.query}" if url.query else "")
    return "/"
