"""What a question pries into is found, and honest needs are let be, in three languages."""

from __future__ import annotations

import time

import pytest

from manyhands.kernel.prying import Topic, prying

# Written by hand, none of them taken from the lists that look for them.
PRIES = {
    Topic.IMMIGRATION: ["What is your immigration status?", "Are you a US citizen?", "Visa type and expiry", "Are you undocumented?", "Do you have papers?", "Green card holder?", "Were you born in this country?", "¿Cuál es su estatus migratorio?", "¿Tiene papeles?", "Personas indocumentadas", "Nacionalidad", "Fecha de llegada al país", "ما هو وضعك القانوني؟", "الجنسية", "هل لديك أوراق إقامة؟", "رقم الإقامة"],
    Topic.IDENTITY: ["SSN", "Last four digits of your social", "Passport number", "Photo of your ID", "Upload a government ID", "Driver's license number", "Proof of address", "DNI o pasaporte", "Comprobante de domicilio", "Número de seguro social", "Foto de su identificación", "رقم الهوية", "صورة جواز السفر", "الرقم القومي", "إثبات سكن"],
    Topic.BIRTH: ["Date of birth", "DOB (mm/dd/yyyy)", "When were you born?", "Your birthday", "Place of birth", "Fecha de nacimiento", "¿Cuándo nació?", "Lugar de nacimiento", "تاريخ الميلاد", "مكان الولادة"],
    Topic.RELIGION: ["What is your religion?", "Religious affiliation", "Are you Muslim?", "Which church do you belong to? Your church:", "Religión", "¿Es usted católico?", "Creencias religiosas", "الديانة", "ما هو دينك؟", "المذهب"],
    Topic.POLITICS: ["Political affiliation", "Are you in a union?", "Union membership number", "Who did you vote for?", "Registered voter?", "Afiliación política", "¿Está afiliado a un sindicato?", "¿Por quién votó?", "الانتماء السياسي", "هل أنت عضو في نقابة؟"],
    Topic.HEALTH: ["Diagnosis", "List your medical conditions", "HIV status", "What disability do you have? Type of disability", "Mental health history", "Are you pregnant?", "Do you have an addiction?", "Vaccination status", "Doctor's note", "Diagnóstico médico", "¿Qué enfermedad tiene?", "Historial médico", "Tipo de discapacidad", "التشخيص", "السجل الطبي", "نوع الإعاقة", "هل أنت حامل؟"],
    Topic.RECORD: ["Criminal record", "Have you ever been arrested?", "Background check consent", "Any felony convictions?", "Are you on parole?", "Antecedentes penales", "¿Ha estado en la cárcel?", "السوابق الجنائية", "هل سبق أن سجنت؟"],
    Topic.LOVE: ["Sexual orientation", "Are you gay or straight?", "Sex assigned at birth", "Marital status", "Orientación sexual", "Estado civil", "الميول الجنسية", "الحالة الاجتماعية"],
    Topic.ORIGIN: ["Race/Ethnicity", "What is your ethnicity?", "Country of origin", "Are you Hispanic?", "Skin color", "Tribal affiliation", "Raza u origen étnico", "País de origen", "العرق", "القبيلة", "بلدك الأصلي"],
    Topic.MONEY: ["Proof of income", "Household income", "Bank account number", "How much do you earn?", "Upload a pay stub", "IBAN", "Credit score", "Are you on benefits? Benefits letter", "Comprobante de ingresos", "Número de cuenta bancaria", "¿Cuánto gana al mes?", "Ingreso familiar", "رقم الحساب البنكي", "إثبات الدخل", "الدخل الشهري", "كم تكسب في الشهر؟"],
}  # fmt: skip
PRIES_TOO = [
    "Alien number", "Resident or citizen?", "When did you arrive in the country and with which visa type?", "Número de pasaporte", "Edad exacta y fecha de nacimiento", "Your full SSN", "Copy of birth certificate", "Do you go to church?", "Which mosque do you attend?", "Which party do you support?", "Member of a political party", "Current medications you take", "Are you disabled?", "Any chronic illness?", "Have you been in prison?", "Police record", "Do you identify as LGBTQ?", "Gender", "Ethnic background", "Mother tongue and tribe", "Annual salary", "Do you receive food stamps?", "Estado de cuenta", "¿Tiene antecedentes?", "¿Es ciudadano?", "¿Está embarazada?", "¿Cuál es su raza?", "رقم الضمان الاجتماعي", "هل لديك سوابق؟", "ما راتبك الشهري؟", "ما هو عرقك؟", "تاريخ ولادتك", "How long have you lived in the US, and on what visa?", "Is anyone in the household undocumented?", "Upload your driver's license", "Social security card", "What year were you born?", "Faith community you belong to", "Party registration", "Please describe your medical condition", "Has a doctor diagnosed you?", "Previous convictions", "Relationship status", "Your race", "How much money do you have in savings?", "Employer and wage", "Número de documento", "¿En qué año nació?", "¿A qué iglesia va?", "¿Padece alguna enfermedad?", "¿Cuánto cobra?", "Género", "ما هي جنسيتك؟", "رقم جواز سفرك", "ما هو مرضك؟", "هل لديك حساب بنكي؟", "متى ولدت؟",
]  # fmt: skip
# Written after the lists were done, and never used to make them better: of these the figure in the docs is.
NOT_SEEN_BEFORE = [
    "Immigration status (optional)", "Country you emigrated from", "Do you have legal residency?", "Scan of passport", "Identity card no.", "Birth date of each child", "Your faith", "Party member?", "Blood type and medical conditions", "Do you have HIV?", "Drug history", "Criminal history", "Single, married or divorced? Marital status", "Ethnicity", "Gross income", "Bank statement", "Estatus legal", "Copia de su identificación", "Fecha de nacimiento de los niños", "¿Qué religión practica?", "¿Tiene alguna discapacidad? ¿Cuál?", "Ingresos mensuales", "حالة الهجرة", "صورة الهوية", "تاريخ ميلاد الأطفال", "ديانتك", "هل أنت مصاب بمرض مزمن؟", "دخلك الشهري",
]  # fmt: skip
HONEST = [
    "Food", "Groceries for a week", "Baby formula", "Diapers", "Company", "A ride to the doctor", "Medicine from the pharmacy", "Help with immigration papers at a lawyer's", "Legal help", "Rent", "Lost my job", "Hours were cut", "Food bank was closed", "Halal food", "Kosher food", "No pork please", "Birthday cake for a child", "Pick-up at the church hall", "Meeting in the union hall", "Wheelchair ramp needed", "Any language or access need?", "Which floor, and is there a lift?", "Allergies we should cook around", "How many people eat?", "Phone or e-mail", "When should we come?", "Moving a sofa", "Childcare on Friday", "Tutoring in maths", "Interpreter", "Cleaning after the flood", "Bank holiday opening hours", "A card for the bus", "Warm coats, size M", "Pet food", "Fix a bicycle", "Lifting heavy things", "No ID needed", "We never ask about immigration status", "You need no proof of income", "Help is for everyone, regardless of religion or race", "Partner for a walk", "School supplies", "Prison letters to write", "Visit in hospital", "Printing documents", "Filling in forms", "Internet or phone credit", "Fridge is broken", "Place to sleep tonight",
    "Comida", "Pañales", "Compañía", "Llevar al médico", "Medicinas de la farmacia", "Pastel de cumpleaños de un niño", "Perdí el trabajo", "Banco de alimentos cerrado", "Ayuda con trámites", "Ropa de invierno", "No pedimos papeles", "Sin comprobante de ingresos", "Intérprete", "Cuidado de niños", "¿Cuántas personas comen?", "¿En qué piso?", "Tarjeta del autobús",
    "طعام", "حليب أطفال", "توصيل إلى الطبيب", "دواء من الصيدلية", "فقدت عملي", "طعام حلال", "ملابس شتوية", "لا نطلب رقم الهوية", "بدون إثبات دخل", "ترجمة", "كم شخصا؟", "رعاية الأطفال", "مكان للنوم",
]  # fmt: skip
HONEST += [
    "Ride to church on Sunday", "Translation at the immigration office", "Someone to sit with my mother", "Crib and stroller", "Wheelchair repair", "Money for rent", "Vegan food", "Laundry", "Passport photos printed", "Help applying for benefits", "Going to court with me", "Job search and CV", "A birthday present for a boy of six", "Pregnancy clothes", "Test kits and masks", "Taxi to the clinic", "Fahrrad reparieren", "Leche y huevos", "Acompañar a una cita", "خبز وحليب", "مساعدة في النقل", "Union Street, number 4", "Race day bottles", "Old people's home visit", "The bank on Main Street is the pick-up point", "Interpreter for an asylum hearing", "Two bags of rice", "Church soup kitchen is closed", "Birthday party for kids", "Glasses broke", "Stroller for a newborn", "Union Square pickup", "Income tax help", "A quiet hour with a book", "Documents to copy", "Bread and milk", "Race to the shop before six", "Arroz y frijoles", "Zapatos para la escuela", "Ayuda para llenar papeles", "أحذية للأطفال", "مساعدة في الأوراق", "كرسي متحرك", "Company on a walk", "Heater broke", "Blankets", "Toys for a two year old", "Water", "Help to move house", "Phone charger", "Bus fare to the immigration office", "Soap and towels", "English lessons", "Gardening", "Lonely", "Fire", "Flood", "Benefits were cut", "Rent went up", "Waiting for papers to be printed", "Aceite y harina", "Ayuda con la mudanza", "Compañía por teléfono", "بطانيات", "ماء", "دروس لغة", "إصلاح دراجة",
]  # fmt: skip


def test_there_is_enough_to_measure():
    assert sum(map(len, PRIES.values())) + len(PRIES_TOO) + len(NOT_SEEN_BEFORE) >= 200
    assert len(HONEST) >= 140


def test_what_pries_is_found_and_named():
    missed = [
        (topic, text)
        for topic, texts in PRIES.items()
        for text in texts
        if topic not in {p.topic for p in prying(text)}
    ]
    asked = sum(map(len, PRIES.values()))
    print(f"\nfound {asked - len(missed)} of {asked}; missed: {missed}")
    assert len(missed) <= asked * 0.05


def test_also_where_only_that_it_pries_is_asked():
    missed = [text for text in PRIES_TOO if not prying(text)]
    assert len(missed) <= len(PRIES_TOO) * 0.05, missed


def test_what_it_was_never_shown_before():
    missed = [text for text in NOT_SEEN_BEFORE if not prying(text)]
    print(f"\nof those never seen before, missed {len(missed)} of {len(NOT_SEEN_BEFORE)}: {missed}")
    assert len(missed) <= len(NOT_SEEN_BEFORE) * 0.25


def test_honest_needs_are_let_be():
    false = [(text, prying(text)) for text in HONEST if prying(text)]
    print(f"\nfalse alarms {len(false)} of {len(HONEST)}: {false}")
    assert len(false) <= len(HONEST) * 0.03


def test_our_own_lists_ask_for_nothing_of_the_kind():
    from manyhands.exchange.actions.helping import CATEGORIES, CAUSES

    assert [name for name in (*(each[0] for each in CATEGORIES), *CAUSES) if prying(name)] == []


@pytest.mark.parametrize(
    "text",
    [
        "IMMIGRATION STATUS",
        "immigration-status",
        "Immigration  Status?",
        "ímmigration status",
        "حَالَةُ الإقامة",
        "Estatus   Migratorio",
    ],
)
def test_spelling_does_not_hide_it(text):
    assert {found.topic for found in prying(text)} == {Topic.IMMIGRATION}


def test_each_topic_is_told_once_with_the_words_that_say_so():
    found = prying("Passport number and date of birth. And your passport.")
    assert [(one.topic, one.words) for one in found] == [
        (Topic.IDENTITY, "passport number"),
        (Topic.BIRTH, "date of birth"),
    ]


def test_no_text_makes_it_slow():
    began = time.process_time()
    for text in ("a " * 5_000, "status " * 3_000, "no " * 5_000 + "id", "ال" * 10_000, "(" * 10_000):
        prying(text)
    assert time.process_time() - began < 2
