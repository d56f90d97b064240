"""Whether a menu has a way to reports."""

from __future__ import annotations

from django import template

from manyhands.safety import queries

register = template.Library()
register.filter("reads_reports", queries.is_trusted)
