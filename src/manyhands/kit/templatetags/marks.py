"""The two hidden marks of every form that posts: that it is ours (Django's), and which sending of it this is.

The tag is Django's own `{% csrf_token %}`, so a form that is safe at all has both; config/settings.py puts ours in its
place. A form made in Python says `hidden_marks(token)`.
"""

from __future__ import annotations

import secrets

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

MARK = "once"
# No digits and no vowels: a mark never looks like a number or a name that the page should not show.
SIGNS = "bcdfghjkmnpqrstvwxyz"
LENGTH = 30  # 129 bits of luck


def hidden_mark() -> SafeString:
    """A fresh mark. A browser that remembers fields must not put an old one back."""
    fresh = "".join(secrets.choice(SIGNS) for _sign in range(LENGTH))
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off">', MARK, fresh)


def hidden_marks(csrf_token: object) -> SafeString:
    """Both marks."""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}', csrf_token, hidden_mark())


class BothMarks(CsrfTokenNode):
    """Django's mark, and ours behind it."""

    child_nodelists = ()

    def render(self, context: Context) -> SafeString:
        ours = super().render(context)
        return format_html("{}{}", ours, hidden_mark()) if ours else SafeString("")


@register.tag
def csrf_token(_parser: Parser, _token: Token) -> BothMarks:
    return BothMarks()
