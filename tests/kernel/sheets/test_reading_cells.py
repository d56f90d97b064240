"""Phones, addresses, dates, hours, numbers, answers, languages and points as people really type them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyhands.kernel.sheets.answers import parse_minutes, parse_number, parse_people, parse_yes_no
from manyhands.kernel.sheets.choices import Choices
from manyhands.kernel.sheets.dates import Order, parse_date, parse_dates
from manyhands.kernel.sheets.hours import parse_clock, parse_hours
from manyhands.kernel.sheets.languages import parse_languages
from manyhands.kernel.sheets.phones import parse_emails, parse_phones
from manyhands.kernel.sheets.points import parse_degrees, parse_point
from manyhands.kernel.sheets.urgency import priority_of
from manyhands.kernel.sheets.vehicles import modes_of
from tests.kernel.sheets.makers import SHARED, TODAY

ROSA, BO = "+17185550101", "+17185550102"


@pytest.mark.parametrize(
    ("typed", "numbers", "problem"),
    [
        ("(718) 555-0101", [ROSA], None),
        ("718.555.0101", [ROSA], None),
        ("7185550101", [ROSA], None),
        ("7185550101.0", [ROSA], None),
        ("'+1 718 555 0101", [ROSA], None),
        ("1-718-555-0101", [ROSA], None),
        ("cell: 718-555-0101", [ROSA], None),
        ("7.185550101E+09", [ROSA], None),
        ("718-555-0101, 718-555-0102", [ROSA, BO], None),
        ("718-555-0101 or 7185550102", [ROSA, BO], None),
        ("718-555-0101 / 0102", [ROSA, BO], None),
        ("718-555-0101 / 0102 Rosa", [ROSA, BO], "phone_and_words"),
        ("Rosa 718-555-0101, call after 5", [ROSA], "phone_and_words"),
        ("+44 20 7946 0958", ["+442079460958"], None),
        ("0044 20 7946 0958", ["+442079460958"], None),
        ("1-800-356-9377", ["+18003569377"], None),
        ("", [], None),
        ("none", [], "phone_none"),
        ("N/A", [], "phone_none"),
        ("no phone", [], "phone_none"),
        ("ninguno", [], "phone_none"),
        ("555-0101", [], "phone_wrong"),
        ("718-555-010", [], "phone_wrong"),
        ("ask my sister", [], "phone_wrong"),
        ("3/15/2020", [], "phone_wrong"),
        ("7.18556E+09", [], "phone_rounded"),
        ("111-222-3333", ["+11112223333"], "phone_doubtful"),
    ],
)
def test_phones(typed, numbers, problem):
    phones = parse_phones(typed, "US")
    assert list(phones.numbers) == numbers
    assert phones.problem == problem


def test_extensions_and_regions_are_understood():
    assert parse_phones("718-555-0101 ext. 12", "US").extension == "12"
    assert parse_phones("030/123456", "DE").numbers == ("+4930123456",)
    assert parse_phones("054-123-4567", "IL").numbers == ("+972541234567",)
    assert parse_phones("718-555-0101", "nowhere").problem == "phone_wrong"


@pytest.mark.data
@pytest.mark.skipif(not SHARED.exists(), reason=f"the shared data is not at {SHARED}: no phone was tried")
def test_most_phones_typed_by_pantries_are_read_and_the_rest_say_why():
    import csv

    with (SHARED / "phones" / "org_phone_strings.csv").open() as file:
        typed = [row["phone_as_typed"] for row in csv.DictReader(file)]
    read = [parse_phones(text, "US") for text in typed]
    assert sum(bool(phones.numbers) for phones in read) >= 0.97 * len(typed)
    assert all(phones.numbers or phones.problem for text, phones in zip(typed, read, strict=True) if text.strip())


@pytest.mark.parametrize(
    ("typed", "addresses", "problem", "words"),
    [
        ("rosa@example.org", ["rosa@example.org"], None, False),
        (" Rosa.D@Example.ORG ", ["Rosa.D@example.org"], None, False),
        ("a@x.org; b@y.com", ["a@x.org", "b@y.com"], None, False),
        ("Rosa <rosa@x.org>", ["rosa@x.org"], None, True),
        ("mailto:rosa@x.org", ["rosa@x.org"], None, False),
        ("none", [], None, False),
        ("rosa at x dot org", [], "email_wrong", False),
        ("rosa@x", [], "email_wrong", False),
        ("@" * 5_000, [], "email_wrong", False),
    ],
)
def test_emails(typed, addresses, problem, words):
    emails = parse_emails(typed)
    assert (list(emails.addresses), emails.problem, emails.words) == (addresses, problem, words)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("3/15/2020 22:49:40", "2020-03-15 22:49:40"),
        ("3/15/20 5pm", "2020-03-15 17:00:00"),
        ("2020-03-15", "2020-03-15 00:00:00"),
        ("2020-03-15T22:49:40.000Z", "2020-03-15 22:49:40+00:00"),
        ("2020-03-15 17:00:00-04:00", "2020-03-15 17:00:00-04:00"),
        ("March 5, 2020", "2020-03-05 00:00:00"),
        ("Thu, 5 March 2020", "2020-03-05 00:00:00"),
        ("5-Mar-20", "2020-03-05 00:00:00"),
        ("sept. 3, 2020", "2020-09-03 00:00:00"),
        ("5 de marzo de 2020", "2020-03-05 00:00:00"),
        ("15 août 2020", "2020-08-15 00:00:00"),
        ("3. März 2020", "2020-03-03 00:00:00"),
        ("5 marzo 2020", "2020-03-05 00:00:00"),
        ("5 de março de 2020", "2020-03-05 00:00:00"),
        ("5 مارس 2020", "2020-03-05 00:00:00"),
        ("5 מרץ 2020", "2020-03-05 00:00:00"),
        ("2020年3月15日", "2020-03-15 00:00:00"),
        ("٢٠٢٠-٠٣-١٥", "2020-03-15 00:00:00"),
        ("43905.5", "2020-03-15 12:00:00"),
        ("1584310180", "2020-03-15 22:09:40+00:00"),
        ("Thu Mar 05 2020 10:00:00 GMT-0500 (Eastern Standard Time)", "2020-03-05 10:00:00-05:00"),
        ("Mar 5", "2020-03-05 00:00:00"),
        ("12/20", "2019-12-20 00:00:00"),
    ],
)
def test_dates(typed, moment):
    dated = parse_date(typed, Order.MONTH_FIRST, today=TODAY)
    assert str(dated.moment) == moment
    assert dated.problem is None


@pytest.mark.parametrize("typed", ["31/02/2020", "2/30/2020", "13/13/2020", "2020-13-01", "soon", "March 2020", "99999", "25:00", "1/2/3/4", "32 March 2020"])  # fmt: skip
def test_dates_that_do_not_exist_are_problems(typed):
    dated = parse_date(typed, Order.MONTH_FIRST, today=TODAY)
    assert dated.moment is None
    assert dated.problem == "date_wrong"


@pytest.mark.parametrize("typed", ["", "1970-01-01", "1/1/1970", "0000-00-00", "00/00/0000", "1900-01-00", "1970-01-01 00:00:00", "1970-01-01T00:00:00Z", "0", "n/a", "-"])  # fmt: skip
def test_dates_never_set_are_empty_and_no_problem(typed):
    dated = parse_date(typed, Order.MONTH_FIRST, today=TODAY)
    assert (dated.moment, dated.problem) == (None, None)


def test_far_off_dates_are_kept_and_told():
    assert parse_date("1/2/1912", Order.MONTH_FIRST, today=TODAY).problem == "date_far_off"


@pytest.mark.parametrize(
    ("cells", "region", "first"),
    [
        (["3/4/2020", "15/4/2020"], "US", "2020-04-03"),
        (["3/4/2020", "4/15/2020"], "DE", "2020-03-04"),
        (["3/4/2020"], "US", "2020-03-04"),
        (["3/4/2020"], "GB", "2020-04-03"),
        (["3.4.2020"], "US", "2020-04-03"),
        (["20/03/15", "20/03/16", "20/04/01"], "US", "2020-03-15"),
        (["03/02/20", "03/03/20", "03/04/20", "03/05/20", "04/06/20", "04/11/20"], "GB", "2020-03-02"),
        (["12/03/20", "05/04/2020", "25/04/20"], "US", "2020-03-12"),
        (["11/12/2019", "10/12/2019", "09/12/2019", "08/12/2019"], "US", "2019-12-11"),
    ],
)
def test_the_whole_column_decides_which_number_is_the_day(cells, region, first):
    assert str(parse_dates(cells, region=region, today=TODAY).cells[0].moment.date()) == first


def test_a_column_written_both_ways_is_told_and_each_odd_cell_too():
    column = parse_dates(["3/14/2020", "3/15/2020", "16/3/2020"], region="US", today=TODAY)
    assert column.both_ways
    assert column.cells[2].problem == "date_other_order"
    assert column.cells[2].moment == dt.datetime(2020, 3, 16)


@pytest.mark.parametrize(
    ("typed", "after", "before", "days"),
    [
        ("5-7pm", 17, 19, ""), ("17:30–19:00", 17.5, 19, ""), ("after 6", 18, None, ""), ("mornings", 8, 12, ""),
        ("11-1pm", 11, 13, ""), ("9-5", 9, 17, ""), ("noon to 3", 12, 15, ""), ("10:00 AM - 2:00 PM", 10, 14, ""),
        ("before noon", None, 12, ""), ("until 8pm", None, 20, ""), ("not before 10am", 10, None, ""),
        ("Mon/Wed/Fri 9-5", 9, 17, "024"), ("Tuesdays after 5pm", 17, None, "1"), ("weekends", None, None, "56"),
        ("Mon-Fri", None, None, "01234"), ("Sat morning", 8, 12, "5"), ("Fri-Mon", None, None, "4560"),
        ("weekday evenings", 17, 21, "01234"), ("5pm", 17, None, ""), ("17h30 à 19h", 17.5, 19, ""),
        ("entre 5 y 7 de la tarde", 17, 19, ""), ("lunes y miércoles por la mañana", 8, 12, "02"),
        ("nach 18 Uhr", 18, None, ""), ("Mo-Fr 17:00-19:00", 17, 19, "01234"), ("lundi, mardi", None, None, "01"),
        ("周一 上午", 8, 12, "0"), ("ימי שני בבוקר", 8, 12, "0"), ("anytime", None, None, ""), ("flexible", None, None, ""),
    ],
)  # fmt: skip
def test_hours_and_weekdays(typed, after, before, days):
    hours = parse_hours(typed)
    clock = [None if hour is None else hour.hour + hour.minute / 60 for hour in (hours.after, hours.before)]
    assert clock == [after, before]
    assert hours.days == frozenset(map(int, days))
    assert hours.understood


@pytest.mark.parametrize("typed", ["I can't do mornings", "not on weekends", "ask my sister", "when the sun shines", "except Mondays"])  # fmt: skip
def test_what_is_not_plainly_said_is_not_made_up(typed):
    hours = parse_hours(typed)
    assert (hours.after, hours.before, hours.days, hours.understood) == (None, None, frozenset(), False)


@pytest.mark.parametrize(("typed", "clock"), [("17:30", "17:30"), ("5:30 PM", "17:30"), ("12 am", "00:00"), ("noon", "12:00"), ("17h", "17:00"), ("0.75", "18:00"), ("1730", "17:30"), ("13:00:00", "13:00")])  # fmt: skip
def test_a_single_hour(typed, clock):
    assert f"{parse_clock(typed):%H:%M}" == clock


@pytest.mark.parametrize("typed", ["25:00", "soon", "", "5:99"])
def test_what_is_no_hour(typed):
    assert parse_clock(typed) is None


@pytest.mark.parametrize("typed", ["Yes", "y", "X", "x", "✓", "TRUE", "1", "Sí", "si", "oui", "Ja", "sim", "כן", "نعم", "是", "да", "Yes, I agree", "Sí / Yes / 是", "☑"])  # fmt: skip
def test_yes_in_many_ways(typed):
    assert parse_yes_no(typed) is True


@pytest.mark.parametrize("typed", ["No", "n", "FALSE", "0", "nein", "não", "לא", "لا", "否", "No, thank you", "☐", "none", "-"])  # fmt: skip
def test_no_in_many_ways(typed):
    assert parse_yes_no(typed) is False


@pytest.mark.parametrize("typed", ["maybe", "", "sometimes not", "Nobody knows", "Yesterday", "North side"])
def test_neither_yes_nor_no(typed):
    assert parse_yes_no(typed) is None


@pytest.mark.parametrize(
    ("typed", "people"),
    [
        ("4", 4), ("4 adults 2 kids", 6), ("family of 5", 5), ("5+", 5), ("3-4", 4), ("just me", 1), ("me + 3 kids", 4),
        ("2 adultos y 3 niños", 5), ("6 people: 4 adults, 2 kids", 6), ("4 (2 kids)", 4), ("two", 2), ("Somos 5", 5),
        ("1 adult, 2 children (ages 3, 5)", 3), ("ages 3, 5", None), ("lots", None), ("2.5", None), ("-4", None),
    ],
)  # fmt: skip
def test_how_many_people(typed, people):
    assert parse_people(typed) == people


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("$1,200.50", 1200.5), ("1.200,50", 1200.5), ("1,5", 1.5), ("1,000", 1000), ("½", 0.5), ("1½", 1.5),
        ("3-4", 4), ("about 12 kg", 12), ("two", 2), ("-3", -3), ("١٢", 12), ("3 bags 2 boxes", None), ("many", None),
    ],
)  # fmt: skip
def test_numbers(typed, number):
    assert parse_number(typed) == number


@pytest.mark.parametrize(("typed", "minutes"), [("90", 90), ("1.5 hours", 90), ("1h30", 90), ("2 hrs 15 min", 135), ("0:45", 45), ("half an hour", 30), ("long", None)])  # fmt: skip
def test_minutes(typed, minutes):
    assert parse_minutes(typed) == minutes
    assert parse_minutes("2", hours=True) == 120


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("eglish", "en"), ("Haitian Kreyol", "ht"), ("中文", "zh"), ("Chinese - Mandarin", "cmn"),
        ("Chinese (Mandarin): 简体中文 / 繁體中文", "cmn"), ("Cantonese: 廣東話", "yue"), ("Spanish, English", "es en"),
        ("Español / English / 中文", "es en zh"), ("Hindi हिन्दी / Urdu: اردو", "hi ur"), ("English and some Spanish", "en es"),
        ("Spanish (native), English (basic)", "es en"), ("inglés y español", "en es"), ("es-MX", "es-MX"), ("ASL", "ase"),
        ("Arabic: اللغة العربية", "ar"), ("Polski", "pl"), ("I speak English", "en"), ("English Spanish", "en es"), ("none", ""),
    ],
)  # fmt: skip
def test_languages_in_many_spellings(typed, codes):
    assert parse_languages(typed) == (tuple(codes.split()), ())


def test_an_unknown_language_is_handed_back():
    assert parse_languages("Klingon, French") == (("fr",), ("Klingon",))


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("40.7128,-74.0060", (40.7128, -74.006)), ("(40.7, -73.9)", (40.7, -73.9)), ("40,7128; -74,0060", (40.7128, -74.006)),
        ("POINT(-74 40.7)", (40.7, -74)), ("40°42'46\"N 74°0'22\"W", (40.7128, -74.0061)), ("-118.2437, 34.0522", (34.0522, -118.2437)),
        ("https://maps.example.org/@40.7128,-74.0060,15z", (40.7128, -74.006)), ("0,0", None), ("12, 13", None), ("100.5, 200.5", None),
    ],
)  # fmt: skip
def test_points_in_one_cell(typed, point):
    found = parse_point(typed)
    assert (found and (round(found.lat, 4), round(found.lon, 4))) == point


@pytest.mark.parametrize(("typed", "degrees"), [("40.7128", 40.7128), ("40,7128", 40.7128), ("−73.9", -73.9), ("73 59 24 W", -73.99), ("40° 26.4' N", 40.44), ("abc", None), ("40°99'", None)])  # fmt: skip
def test_one_coordinate(typed, degrees):
    assert parse_degrees(typed) == pytest.approx(degrees) if degrees is not None else parse_degrees(typed) is None


@pytest.mark.parametrize(("typed", "priority"), [("Urgent! I need this within 24 hours", 3), ("Non urgent, I can wait a day or two", 1), ("could survive without", 1), ("this week", 2), ("high", 3), ("low", 1), ("3", None)])  # fmt: skip
def test_how_urgent(typed, priority):
    assert priority_of(typed) == priority


@pytest.mark.parametrize(
    ("typed", "heading", "modes"),
    [
        ("yes", "Do you have a car?", ["car"]), ("no", "Do you have a car?", []), ("X", "bike", ["bike"]),
        ("no car, but a bike", "Transport", ["bike"]), ("bike & car", "", ["car", "bike"]), ("On foot delivery", "", ["foot"]),
        ("Van", "", ["van"]), ("sí", "¿Tiene carro?", ["car"]), ("רכב", "", ["car"]), ("I don't drive", "Car?", []),
    ],
)  # fmt: skip
def test_ways_of_getting_around(typed, heading, modes):
    assert list(modes_of(typed, heading=heading)) == modes


@pytest.mark.parametrize(
    ("cells", "answers"),
    [
        (["Food, Rides"], ["Food", "Rides"]),
        (["food; meds, tests"], ["food", "meds, tests"]),
        (["milk\nbread"], ["milk", "bread"]),
        (["Food|Rides"], ["Food", "Rides"]),
        (["Housing, Pet care - food, litter", "Food, Pet care - food, litter"], ["Housing", "Pet care - food, litter"]),
        (["non urgent, I can wait a day or two"], ["non urgent, I can wait a day or two"]),
        (["Yes, I can probably donate"], ["Yes, I can probably donate"]),
        (["groceries (milk, eggs), meds"], ["groceries (milk, eggs)", "meds"]),
        (["Comida / Food / 食品, Pañales / Diapers / 尿布"], ["Comida / Food / 食品", "Pañales / Diapers / 尿布"]),
        (["1. Eau | Water, 2. Abri | Shelter", "2. Abri | Shelter"], ["1. Eau | Water", "2. Abri | Shelter"]),
        (['["Food", "Rides"]'], ["Food", "Rides"]),
        (['[{"id": "rec1", "name": "Food"}]'], ["Food"]),
        (["recA1B2C3D4E5F6G7, recA1B2C3D4E5F6G8"], ["recA1B2C3D4E5F6G7", "recA1B2C3D4E5F6G8"]),
        (["Food, food, FOOD"], ["Food"]),
        (["1,000 masks"], ["1,000 masks"]),
        (["食品、药品"], ["食品", "药品"]),
        ([""], []),
    ],
)
def test_several_answers_in_one_cell(cells, answers):
    assert list(Choices(cells).split(cells[0])) == answers


@given(st.text(max_size=80))
@settings(max_examples=400, deadline=None)
def test_no_text_breaks_any_reader(text):
    parse_phones(text, "US")
    parse_emails(text)
    parse_dates([text, "3/4/2020"], region="US", today=TODAY)
    parse_hours(text)
    parse_clock(text)
    parse_yes_no(text)
    parse_number(text)
    parse_people(text)
    parse_minutes(text)
    parse_languages(text)
    parse_point(text)
    parse_degrees(text)
    priority_of(text)
    modes_of(text, heading=text)
    Choices([text, text]).split(text)


@given(st.text(alphabet="0123456789/-.: ,;()+eEapmTZ°'\"NSW½$x#", max_size=40))
@settings(max_examples=400, deadline=None)
def test_no_muddle_of_digits_and_signs_breaks_any_reader(text):
    test_no_text_breaks_any_reader.hypothesis.inner_test(text)
