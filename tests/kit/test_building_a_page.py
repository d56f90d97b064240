"""Whoever builds a page can trust its pieces: they escape, they speak, they say when a name is wrong."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory

from manyhands.kit.icons import NoSuchIconError

HOSTILE = '"><script>alert(1)</script>'


def rendered(source: str, **context) -> str:
    return Template("{% load kit %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{% notice title=bad %}{{ bad }}{% endnotice %}",
        "{% notice tone='wait' %}{{ bad }}{% endnotice %}",
        "{% tag bad tone=bad %}",
        "{% sheet bad tone=bad id=bad beside=bad %}{{ bad }}{% endsheet %}",
        "{% door bad bad icon='hand' %}{{ bad }}{% enddoor %}",
        "{% post_door bad bad icon='hand' %}{{ bad }}{% endpost_door %}",
        "{% empty bad %}{{ bad }}{% endempty %}",
        "{% fact bad %}{{ bad }}{% endfact %}",
        "{% step bad who=bad tone=bad %}{{ bad }}{% endstep %}",
        "{% steps pairs bad %}",
        "{% tabs bad %}{% tab bad bad bad %}{% endtabs %}",
        "{% nav_link bad bad count=bad %}",
        "{% post_button bad bad tone=bad name=bad value=bad %}",
        "{% progress 1 2 bad %}",
        "{% meter 1 2 bad tone=bad %}",
        "{% bar parts bad %}",
        "{% code bad size='big' copy=True %}",
        "{% stat bad bad of=bad url=bad %}",
        "{% stat bad bad tone=bad %}",
        "{% run_mark 3 bad %}",
        "{% icon 'bike' label=bad %}",
        "{% poll id=bad url=bad %}{{ bad }}{% endpoll %}",
        "{% map label=bad beside=bad id=bad %}",
        "{% locate lat=bad lon=bad %}",
    ],
)
def test_every_piece_escapes_what_it_is_given(source):
    page = rendered(source, bad=HOSTILE, pairs=[(HOSTILE, HOSTILE)], parts=[(HOSTILE, 1, HOSTILE)])
    assert "<script" not in page
    assert "&amp;lt;" not in page
    assert "&lt;script&gt;" in page


def test_what_stands_between_the_tags_stays_as_it_is():
    assert "<b>twice</b>" in rendered("{% notice %}Ring <b>twice</b>{% endnotice %}")


def test_an_icon_is_decoration_unless_it_speaks():
    assert 'aria-hidden="true"' in rendered("{% icon 'bike' %}")
    spoken = rendered("{% icon 'bike' label='By bike' %}")
    assert 'role="img" aria-label="By bike"' in spoken
    assert "aria-hidden" not in spoken


def test_an_icon_brings_no_request_and_no_name_space():
    assert "http" not in rendered("{% icon 'bike' %}")


def test_a_wrong_icon_is_noticed_while_building(settings):
    settings.DEBUG = True
    with pytest.raises(NoSuchIconError, match="bycicle"):
        rendered("{% icon 'bycicle' %}")


def test_a_wrong_icon_is_noticed_in_tests():
    with pytest.raises(UserWarning, match="bycicle"):
        rendered("{% icon 'bycicle' %}")


def test_a_wrong_icon_does_not_take_a_page_down():
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        assert rendered("before {% icon 'bycicle' %}after") == "before after"


def test_only_what_is_urgent_interrupts():
    assert 'role="alert"' in rendered("{% notice tone='urgent' %}x{% endnotice %}")
    assert 'role="status"' in rendered("{% notice %}x{% endnotice %}")


def test_a_link_knows_that_we_are_there():
    here = {"request": RequestFactory().get("/asks/4F2KP/")}
    assert 'aria-current="page"' in rendered("{% nav_link '/asks/' 'Asks' %}", **here)
    assert "aria-current" not in rendered("{% nav_link '/asks/' 'Asks' exact=True %}", **here)
    assert "aria-current" not in rendered("{% nav_link '/' 'Home' %}", **here)
    assert "aria-current" not in rendered("{% nav_link '/runs/' 'Runs' %}", **here)


def test_a_way_that_leads_nowhere_is_not_shown():
    assert rendered("{% nav_link nowhere 'Offers' icon='gift' %}", nowhere="") == ""


def test_a_door_that_signs_someone_in_posts_with_its_token():
    page = rendered("{% post_door '/in/' 'Dalia' icon='hand' %}a dispatcher{% endpost_door %}", csrf_token="token")
    assert '<form method="post" action="/in/">' in page
    assert 'name="csrfmiddlewaretoken" value="token"' in page


def test_steps_tick_what_is_behind_and_mark_where_we_are():
    page = rendered("{% steps pairs 'taken' %}", pairs=[("asked", "Asked"), ("taken", "Taken"), ("met", "Met")])
    assert page.count("steps__item--done") == 1
    assert page.count('aria-current="step"') == 1
    assert page.index("Asked") < page.index('aria-current="step"') < page.index("Met")


def test_a_state_outside_the_way_marks_nothing():
    page = rendered("{% steps pairs 'withdrawn' %}", pairs=[("asked", "Asked")])
    assert "aria-current" not in page
    assert "done" not in page


def test_pages_keep_the_filters():
    request = RequestFactory().get("/asks/?area=east&page=5")
    page = Template("{% load kit %}{% pagination page %}").render(
        RequestContext(request, {"page": Paginator(range(100), 10).page(5)})
    )
    assert 'href="?area=east&amp;page=6"' in page
    assert 'href="?area=east&amp;page=4"' in page
    assert '<span class="pagination__link" aria-current="page">5</span>' in page


def test_a_list_of_one_page_needs_no_pages():
    assert rendered("{% pagination page %}", page=Paginator([1], 10).page(1)).strip() == ""


def test_a_bar_adds_up_to_the_whole_and_says_so_in_words():
    page = rendered("{% bar parts 'Week' %}", parts=[("met", 3, "good"), ("waiting", 1, "wait"), ("none", 0, "over")])
    assert 'x="0.00%" width="75.00%"' in page
    assert 'x="75.00%" width="25.00%"' in page
    assert 'aria-label="Week. met: 3, waiting: 1"' in page
    assert "none" not in page


@pytest.mark.parametrize(
    ("value", "whole", "width"), [(0, 0, "0.00"), (5, 4, "100.00"), (-1, 4, "0.00"), (1, 4, "25.00")]
)
def test_a_meter_stays_between_empty_and_full(value, whole, width):
    assert f'width="{width}%"' in rendered("{% meter value whole 'Boxes' %}", value=value, whole=whole)


def test_progress_that_nobody_can_tell_shows_no_number():
    page = rendered("{% progress None 100 'Reading' %}")
    assert " value=" not in page
    assert "%" not in page
    assert ' value="62"' in rendered("{% progress 62 100 'Planning' %}")
    assert "62 %" in rendered("{% progress 62 100 'Planning' %}")


@pytest.mark.parametrize("when", [datetime(2026, 3, 14, 18, 5, tzinfo=UTC), date(2026, 3, 14)])
def test_a_moment_can_be_read_by_machines_too(when):
    assert f'<time datetime="{when.isoformat()}">' in rendered("{% step when %}Asked{% endstep %}", when=when)


def test_a_button_that_changes_something_posts_with_its_token():
    page = rendered(
        "{% post_button '/claim/' 'Claim' tone='quiet small' name='ask' value='4F2KP' %}", csrf_token="token"
    )
    assert '<form class="press" method="post" action="/claim/">' in page
    assert 'name="csrfmiddlewaretoken" value="token"' in page
    assert 'class="button button--quiet button--small" name="ask" value="4F2KP"' in page


def test_a_number_may_lead_somewhere():
    assert rendered("{% stat 3 'could not' url='/unmet/' %}").startswith('<a class="stat" href="/unmet/">')
    assert rendered("{% stat 3 'could not' %}").startswith('<div class="stat">')


def test_a_page_that_polls_comes_again_without_javascript_too():
    assert rendered("{% refresh_without_js 5 %}") == '<noscript><meta http-equiv="refresh" content="5"></noscript>'


def test_a_block_left_open_is_refused():
    with pytest.raises(TemplateSyntaxError):
        Template("{% load kit %}{% notice %}")


@pytest.mark.parametrize("page", ["400.html", "500.html", "503.html", "507.html"])
def test_pages_for_broken_moments_need_nothing(page):
    text = render_to_string(page)
    assert "<h1" in text
    assert "kit/css/tokens" in text


def test_a_broken_page_comes_even_when_the_list_of_files_is_missing(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    settings.DEBUG = False
    assert "/static/kit/css/tokens.css" in render_to_string("500.html")


@pytest.mark.parametrize(
    "page", ["404.html", "403.html", "403_csrf.html", "kit/base.html", "kit/wide.html", "kit/print.html"]
)
def test_every_shell_copes_without_a_network(page):
    request = RequestFactory().get("/somewhere/")
    text = render_to_string(page, {"request": request})
    assert text.lstrip().startswith("<!doctype html>")
    assert '<html lang="en" dir="ltr">' in text
    assert 'id="main"' in text


def test_the_page_turns_round_for_arabic():
    from django.utils import translation

    with translation.override("ar"):
        assert '<html lang="ar" dir="rtl">' in render_to_string("kit/base.html")


def test_a_network_puts_its_name_on_the_page():
    text = render_to_string("kit/base.html", {"network": SimpleNamespace(name="Fairhaven <3", slug="fairhaven")})
    assert "Fairhaven &lt;3" in text


@pytest.mark.parametrize(
    ("level", "tone"),
    [(constants.SUCCESS, "good"), (constants.WARNING, "wait"), (constants.ERROR, "urgent"), (constants.INFO, "calm")],
)
def test_what_just_happened_is_said_in_its_tone(level, tone):
    text = render_to_string("kit/base.html", {"messages": [Message(level, "Done & dusted")]})
    assert f'notice notice--{tone}"' in text
    assert "Done &amp; dusted" in text


def test_a_question_before_something_final_has_two_ways_out():
    text = render_to_string(
        "kit/confirm.html",
        {"question": "Withdraw this?", "consequence": "It leaves the board.", "danger": True, "no_url": "/asks/"},
    )
    assert "button--danger" in text
    assert 'href="/asks/"' in text
    assert "It leaves the board." in text
