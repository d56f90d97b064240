"""Whoever fills in a form is told plainly what to look at again, and loses nothing."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.forms import formset_factory
from django.template import Context, Template

from manyhands.kit.forms import DateInput, ManyTiles, NumberInput, PhoneInput, PlainForm, Tiles, TimeInput


class Ask(PlainForm):
    what = forms.CharField(label="What?", help_text="In your own words.")
    kind = forms.ChoiceField(
        label="Kind",
        choices=[("food", "Food"), ("ride", "A ride")],
        widget=Tiles(icons={"food": "carrot"}, hints={"ride": "to the doctor"}),
    )
    days = forms.MultipleChoiceField(
        label="Days", choices=[("mon", "Monday"), ("tue", "Tuesday")], widget=ManyTiles(), required=False
    )
    people = forms.IntegerField(label="People", widget=NumberInput(), required=False)
    phone = forms.CharField(label="Phone", widget=PhoneInput(), required=False)
    on = forms.DateField(label="On", widget=DateInput(), required=False)
    at = forms.TimeField(label="At", widget=TimeInput(), required=False)
    agreed = forms.BooleanField(label="They know", required=False)
    spot = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.cleaned_data.get("what") == "nothing":
            raise forms.ValidationError("There is nothing to do.")


def rendered(source: str, **context) -> str:
    return Template("{% load kit %}" + source).render(Context(context))


def field(form, name, options="") -> str:
    return rendered("{% field bound " + options + " %}", bound=form[name])


def test_a_label_belongs_to_its_field():
    assert '<label class="field__label" for="id_what">What?' in field(Ask(), "what")


def test_help_and_errors_are_read_out_with_the_field():
    page = field(Ask({"what": ""}), "what")
    assert 'aria-describedby="id_what_helptext id_what_error"' in page
    assert 'id="id_what_helptext"' in page
    assert 'id="id_what_error"' in page
    assert 'aria-invalid="true"' in page


def test_help_given_on_the_page_is_tied_too():
    page = field(Ask(), "phone", 'help="We never share it."')
    assert 'aria-describedby="id_phone_helptext"' in page
    assert "We never share it." in page


def test_only_what_may_be_left_out_says_so():
    assert "(optional)" in field(Ask(), "people")
    assert "(optional)" in field(Ask(), "days")
    assert "(optional)" not in field(Ask(), "what")
    assert "(optional)" not in field(Ask(), "agreed")
    assert "(optional)" not in field(Ask(), "people", "optional=False")


def test_tiles_are_real_buttons_in_a_named_group():
    page = field(Ask({"kind": "ride", "what": "x"}), "kind")
    assert page.count('type="radio"') == 2
    assert "<fieldset" in page
    assert re.search(r"<legend[^>]*>Kind", page)
    assert re.search(r'value="ride"[^>]*checked', page)
    assert "to the doctor" in page
    assert page.count("<svg") == 1


def test_errors_of_a_group_are_tied_to_the_group():
    page = field(Ask({"what": "x"}), "kind")
    assert re.search(r'<fieldset[^>]*id="id_kind_set"[^>]*aria-describedby="id_kind_error"', page)


def test_many_tiles_can_be_picked_together():
    page = field(Ask({"days": ["mon", "tue"]}), "days")
    assert len(re.findall(r'type="checkbox"[^>]*checked', page)) == 2


def test_a_wrong_number_is_still_there():
    form = Ask({"what": "x", "kind": "food", "people": "about four"})
    assert not form.is_valid()
    page = field(form, "people")
    assert 'value="about four"' in page
    assert 'type="text"' in page
    assert 'inputmode="numeric"' in page


@pytest.mark.parametrize(("name", "kind"), [("on", "date"), ("at", "time"), ("phone", "tel")])
def test_the_phone_offers_its_own_keyboard_and_pickers(name, kind):
    assert f'type="{kind}"' in field(Ask(), name)


def test_a_telephone_number_is_never_kept_by_autosave():
    assert "data-private" in field(Ask(), "phone")


def test_the_summary_links_to_every_field_that_needs_a_look():
    page = rendered("{% error_summary form %}", form=Ask({"what": "", "people": "x"}))
    assert 'href="#id_what"' in page
    assert 'href="#id_kind_set"' in page
    assert 'href="#id_people"' in page
    assert 'role="alert"' in page


def test_the_summary_tells_what_is_wrong_with_the_whole():
    assert "There is nothing to do." in rendered(
        "{% error_summary form %}", form=Ask({"what": "nothing", "kind": "food"})
    )


def test_there_is_no_summary_while_all_is_well():
    assert rendered("{% error_summary form %}", form=Ask({"what": "x", "kind": "food"})).strip() == ""
    assert rendered("{% error_summary form %}", form=Ask()).strip() == ""


def test_the_summary_reads_many_forms_at_once():
    Asks = formset_factory(Ask)
    many = Asks({"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-what": "x", "form-0-kind": "food"})
    assert 'href="#id_form-1-what"' in rendered("{% error_summary form %}", form=many)


def test_all_fields_come_at_once_hidden_ones_too():
    page = rendered("{% fields form %}", form=Ask())
    for name in Ask.base_fields:
        assert f'name="{name}"' in page
    assert page.index('type="hidden"') < page.index('name="what"')


def test_what_was_typed_is_only_words():
    page = field(Ask({"what": '"><script>alert(1)</script>', "kind": "food"}), "what")
    assert "<script" not in page
