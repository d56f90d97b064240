"""A database that can't write now is not taken for a session that has ended."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse


@contextmanager
def nothing_can_be_written_about_sessions():
    def busy(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "django_session" in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(busy):
        yield


@pytest.fixture
def browser(town):
    browser = Client(raise_request_exception=False)
    browser.force_login(town.sol)
    return browser


def test_a_busy_database_says_come_back_and_nobody_is_signed_out(browser):
    with nothing_can_be_written_about_sessions():
        answer = browser.get(reverse("people:account"))  # the first page notes the browser, in its session
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert browser.get(reverse("people:account")).status_code == 200


def test_a_session_that_ended_meanwhile_is_not_called_a_busy_database(browser):
    def ends(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "django_session" in sql:
            Session.objects.all().delete()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(ends):
        assert browser.get(reverse("people:account")).status_code == 400
