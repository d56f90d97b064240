"""Columns are guessed from headings and cells: measured against our own reading of every shape we know."""

import csv
import io

import pytest

from manyhands.kernel.sheets import Kind, Unreadable, guess_columns, guess_kind, read, understand
from tests.kernel.sheets.makers import SHARED, TODAY, csv_bytes, filled, shapes, xlsx_bytes

# Where a person would put each column, in the order of the headings; "a|b" where both are right, "." for the notes.
GOLD = {
    "lama_requests": "external_id . status name asked_at address email phone privacy household_size . what urgency words recurring .",
    "bss_reimbursements": "status external_id . . . . . asked_at .",
    "bss_volunteers": "status name email . .|email . . phone",
    "bss_routes": "name . . .|email . wanted_on|available_on .|wanted_from|available_from . .|email .",
    "bss_finance": ". name . .|asked_at . . . . . .",
    "ioby": ".|asked_at . name email . .",
    "bss_grocery_lists": "external_id what|words .|what",
    "bss_taxonomy": ". . .",
    "manyc_webhook": "status external_id what what .|area language language phone email name urgency contact_method cross_street asked_at . source .|external_id area area postcode .",
    "bam_households": "phone language language . .|status .|wanted_on .|wanted_window asked_at name .|phone .|phone email . . . .|need .",
    "bam_requests": "what status . . address city state postcode address address geo .|household_size asked_at . .",
    "bam_counts": ".|asked_at .",
    "mamas_form": "need need need need need",
    "uk_volunteers": "availability consent phone . mode email . skills language postcode skills . phone name",
    "us_groups": "address|area name .",
    "hub_networks": "name address . . . .",
    "romsey": "external_id asked_at name phone address .|words|household_size what .|wanted_on words .|contact_method|source .|words|what . . status . . . . . . . . .|words wanted_on",
    "kerala_persons": "name phone address . area .|asked_at . . .",
    "kerala_requests": "need need need need need need need need_detail need_detail need_detail need_detail need_detail need_detail need_detail",
    "hagai_families": "last_name first_name external_id address address city city|. address address address quantity|load . what what what .|quantity area .|source . . .|area phone",
    "helpberkeley_run": "is_asker is_helper name .|external_id phone phone area city address . words . .|need .|need .|need_detail|what .|need .|need .|what",
    "helpberkeley_members": "external_id asked_at name . phone phone area city address . .|source is_asker .|contact_method .|contact_method is_helper .|skill .|skill . . . . . .|skill|skills .|skill|skills . . . . . . . . . . . . mode . . . . . . . skills",
    "he_partners": "name email",
    "he_donation_sites": "name address .|name email phone",
    "he_storage": "name address",
    "he_vendors": "name .|name phone email address",
    "he_donations_export": ".|source . . .|address . . . . . . . . .",
    "he_purchases_export": ". .|address . . . . . . . . . . . . . .",
    "food_oasis": "external_id name address unit|address city state postcode phone lat lon . . . . . . . . email . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . language . . . . . . . . . . . . . . . . .|area . . . . . . .",
    "ofn_products": ". . name . . . . . . . . . . . .",
    "ne_volunteers": "name email phone address asked_at external_id",
    "ifssa_hampers": "address . household_size . status household_part language external_id . .|load|quantity . wanted_on . postcode",
    "crownheightsaid/mutual-aid-app: requests": "phone asked_at contact_method words cross_street cross_street email area language what need|what . . urgency . . . external_id status . . . . . first_name . area household_size . .",
    "crownheightsaid/mutual-aid-app: volunteers": "email phone address unit|address language skills . . . . area name source .|skills asked_at",
    "crownheightsaid/mutual-aid-app: paymentRequests": "external_id . . . . . . . asked_at . . . . . first_name|name . . . . phone . . . . .",
    "crownheightsaid/mutual-aid-app: donorPayments": "external_id . . . . . . status . asked_at . . . . . .|phone",
    "rubyforgood/mutual-aid: Lansing Area Mutual Aid requests (Google Form export)": "external_id . status name asked_at address email phone privacy household_size . what urgency words recurring .",
    "rubyforgood/mutual-aid: Lansing Area Mutual Aid ask_form": "asked_at name address email phone . privacy household_size . what urgency recurring",
    "rubyforgood/mutual-aid: Lansing Area Mutual Aid offer_form": "asked_at name email . . skills|what what|skills skills|what .",
    "MutualAidNYC/services-lists: Service (2025 Airtable)": "external_id name status . . language . phone email . . address . . . area . asked_at|.",
    "groundgamela/mutual-aid-hub-server: network (national directory)": "name area address city state . country . . . . language . . postcode . phone .|area lat lon .",
    "groundgamela/mutual-aid-hub-server: food-resource (national directory)": "name . . . . . address city state . . . . . . lat lon . . . .|phone phone . .",
    "Twin-Cities-Mutual-Aid/tcmap-api: sites (Airtable API records)": ". . address . . . . . . . lat lon area area|. . . . . . . name . . . . . . status|.",
    "HelpBerkeley/member-data: Inreach consumer data": "asked_at name . phone phone city address . status external_id . . is_asker|. . is_helper|.",
    "HelpBerkeley/member-data: Drivers": "asked_at name . . .|skill mode . . . . . . . . . phone phone city address . . . . . .|skill",
    "HelpBerkeley/member-data: Volunteer Requests": ".|name . name phone city skills",
    "HelpBerkeley/member-data: Driver table [short]": "name|. phone . .",
}  # fmt: skip
# What we reach today over all columns above; it may only go up.
FLOOR_BY_HEADINGS_ALONE = 0.99
FLOOR_WITH_CELLS = 0.97


def share_right(make_rows):
    right = total = 0
    wrong = []
    for shape, headings in shapes().items():
        if shape not in GOLD:
            continue
        table = read(csv_bytes(make_rows(headings)))
        for column, gold in zip(guess_columns(table, guess_kind(table)), GOLD[shape].split(), strict=True):
            wanted = {"notes" if field == "." else field for field in gold.split("|")}
            total += 1
            right += column.field in wanted
            if column.field not in wanted:
                wrong.append(f"{shape}: {column.heading[:40]!r} -> {column.field} instead of {gold}")
    return right / total, wrong


@pytest.mark.data
@pytest.mark.skipif(not SHARED.exists(), reason=f"the shared data is not at {SHARED}: no shape was measured")
def test_headings_alone_put_nearly_every_column_where_a_person_would():
    share, wrong = share_right(lambda headings: [headings])
    assert share >= FLOOR_BY_HEADINGS_ALONE, "\n".join(wrong)


@pytest.mark.data
@pytest.mark.skipif(not SHARED.exists(), reason=f"the shared data is not at {SHARED}: no shape was measured")
def test_cells_with_mistakes_in_them_do_not_lead_the_guess_astray():
    share, wrong = share_right(lambda headings: filled(headings, rows=30))
    assert share >= FLOOR_WITH_CELLS, "\n".join(wrong)


def columns_of(text, **options):
    rows = list(csv.reader(io.StringIO(text.strip()), skipinitialspace=True))
    return understand(read(csv_bytes(rows)), today=TODAY, **options).columns


SAME_SHEET = {
    "English": "Full name, Mobile number, E-mail, Home address, What do you need?, Delivery date, Languages spoken, How many people in your household?, Notes",
    "Spanish": "Nombre y apellido, Número de teléfono, Correo electrónico, Dirección, ¿Qué necesita?, Fecha de entrega, Idiomas, ¿Cuántas personas viven en su hogar?, Observaciones",
    "French": "Nom et prénom, Numéro de téléphone, Adresse e-mail, Adresse, De quoi avez-vous besoin ?, Date de livraison, Langues, Nombre de personnes, Remarques",
    "Portuguese": "Nome completo, Número de telefone, E-mail, Endereço, Do que precisa?, Data de entrega, Idiomas, Número de pessoas, Observações",
    "German": "Vor- und Nachname, Telefonnummer, E-Mail-Adresse, Anschrift, Was wird gebraucht?, Liefertermin, Sprachen, Anzahl Personen, Bemerkungen",
    "Italian": "Nome e cognome, Numero di telefono, Indirizzo email, Indirizzo, Di cosa hai bisogno?, Data di consegna, Lingue, Numero di persone, Note",
    "Arabic": "الاسم الكامل, رقم الهاتف, البريد الإلكتروني, العنوان, ماذا تحتاج؟, تاريخ التسليم, اللغة, عدد الأفراد, ملاحظات",
    "Hebrew": "שם מלא, מספר טלפון, אימייל, כתובת, צורך, תאריך משלוח, שפה, מספר נפשות, הערות",
    "Chinese": "姓名, 电话号码, 电子邮件, 地址, 需要什么, 送货日期, 语言, 家庭人数, 备注",
    "three languages": "Nombre / Name / 姓名, Teléfono / Phone / 电话, Correo / Email / 邮箱, Dirección / Address / 地址, Necesidad / Need / 需求, Fecha de entrega / Delivery date / 送货日期, Idioma / Language / 语言, Personas / People / 人数, Notas / Notes / 备注",
}  # fmt: skip


@pytest.mark.parametrize("language", SAME_SHEET)
def test_the_same_sheet_is_understood_in_many_languages(language):
    wanted = ["name", "phone", "email", "address", "what", "wanted_on", "language", "household_size", "notes"]
    assert list(columns_of(SAME_SHEET[language]).values()) == wanted


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Telephne", "phone"), ("adress", "address"), ("volunter_name", "name"), ("e-mail adress", "email"),
        ("Phone  #", "phone"), ("PHONE_NUMBER", "phone"), ("phoneNumber", "phone"), ("Phone\nNumber", "phone"),
        ("What's the best number to reach you?", "phone"), ("Name of person in need", "name"),
        ("Please describe your need in detail", "words"), ("Do you have access to a car?", "mode"),
        ("How many deliveries can you do?", "max_stops"), ("What days are you available to help?", "availability"),
    ],
)  # fmt: skip
def test_headings_are_understood_misspelt_glued_and_as_questions(heading, field):
    kind = "helpers" if field in {"mode", "max_stops", "availability"} else "asks"
    assert (
        understand(read(csv_bytes([[heading, "Notes"], ["", "x"]])), kind=kind, today=TODAY).columns[heading] == field
    )


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("Name, Phone, Address, What do you need?, Urgency", Kind.ASKS),
        ("Name, Phone, Skills, Availability, Do you have a car?", Kind.HELPERS),
        ("Name, Email, What can you offer?, Offer details", Kind.OFFERS),
        ("Date, Description, Amount, Balance, Payment Platform", Kind.OTHER),
        ("name, phone, address, items", Kind.ASKS),
        ("Nombre, Teléfono, ¿Qué necesita?, Dirección", Kind.ASKS),
        ("Name, Telefon, Verfügbarkeit, Haben Sie ein Auto?", Kind.HELPERS),
    ],
)
def test_the_kind_of_sheet_is_guessed(headings, kind):
    assert guess_kind(read(csv_bytes([[heading.strip() for heading in headings.split(",")]]))) == kind


def test_the_name_of_a_sheet_says_its_kind():
    people = [["Name", "Phone"], ["Rosa", "718-555-0101"]]
    assert guess_kind(read(xlsx_bytes(people, sheet="Volunteers"))) == Kind.HELPERS
    assert guess_kind(read(xlsx_bytes(people, sheet="Delivery requests"))) == Kind.ASKS


def test_somebody_elses_phone_is_not_the_neighbours():
    columns = columns_of("Name, Delivery volunteer, Volunteer phone, What do you need?\nAna, Bo, 718-555-0101, Food")
    assert columns["Volunteer phone"] == "notes"
    assert columns["Delivery volunteer"] == "notes"


def test_the_moment_of_asking_is_not_the_day_of_delivery():
    columns = columns_of(
        "Timestamp, Name, Need, Delivery Date, Time window\n3/1/2020 10:00, Ana, Food, 3/5/2020, 17:30-19:00"
    )
    assert columns["Timestamp"] == "asked_at"
    assert columns["Delivery Date"] == "wanted_on"
    assert columns["Time window"] == "wanted_window"


def test_cells_decide_what_contact_means():
    assert columns_of("Name,Contact,Need\nAna,a@x.org,Food\nBo,b@x.org,Food\nCy,c@x.org,Food")["Contact"] != "name"
    phones = "Name,Contact,Need\nAna,718-555-0101,Food\nBo,718-555-0102,Food\nCy,718-555-0103,Food"
    assert columns_of(phones)["Contact"] == "phone"


def test_columns_that_are_items_become_needs_and_columns_that_are_roles_become_skills():
    items = "Name,Address,Milk,Eggs,Diapers\nAna,1 Main St,2,0,1\nBo,2 Main St,1,12,0"
    assert [columns_of(items, kind="asks")[item] for item in ("Milk", "Eggs", "Diapers")] == ["need"] * 3
    roles = "Name,Phone,Cook,Drive,Phone tree\nAna,718-555-0101,TRUE,FALSE,TRUE\nBo,718-555-0102,FALSE,TRUE,FALSE"
    assert [columns_of(roles, kind="helpers")[role] for role in ("Cook", "Drive", "Phone tree")] == ["skill"] * 3


def test_a_sheet_without_headings_is_read_by_its_cells():
    surnames = ["Díaz", "Li", "Okafor", "Novak", "Haddad", "Silva", "Cohen", "Rossi"]
    rows = [[f"Rosa {surnames[n - 1]}", f"718-555-01{n:02}", f"{n} Main St", f"r{n}@x.org"] for n in range(1, 9)]
    reading = understand(read(csv_bytes(rows)), kind="asks", today=TODAY)
    assert list(reading.columns) == ["Column 1", "Column 2", "Column 3", "Column 4"]
    assert list(reading.columns.values()) == ["name", "phone", "address", "email"]
    assert len(reading.records) == 8


def test_a_person_can_say_where_a_column_belongs():
    text = "Alpha, Beta, Gamma \nAna, 718-555-0101, x"
    reading = columns_of(text, mapping={"Alpha": "name", "beta": "phone", "Gamma": "notes"})
    assert list(reading.values()) == ["name", "phone", "notes"]


def test_a_field_that_does_not_exist_is_refused_with_the_list_of_fields():
    with pytest.raises(Unreadable, match=r"“shoe” is not a field.*household_size"):
        columns_of("Alpha, Beta", mapping={"Alpha": "shoe"})
    with pytest.raises(Unreadable, match=r"is not a kind of sheet.*helpers"):
        columns_of("Alpha, Beta", kind="potatoes")


def test_a_heading_that_does_not_exist_is_told():
    reading = understand(read(csv_bytes([["Name"], ["Ana"]])), {"Nmae": "name"}, today=TODAY)
    assert [problem.sentence for problem in reading.problems] == [
        "There is no column “Nmae” in this file; check its spelling."
    ]


def test_low_confidence_goes_to_the_notes():
    table = read(csv_bytes([["Flurb", "Name"], ["blue", "Ana"]]))
    flurb = guess_columns(table, Kind.ASKS)[0]
    assert flurb.field == "notes"
