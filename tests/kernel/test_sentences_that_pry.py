"""A sentence everybody reads: what it asks people for is found, and whom it names or invites is let be."""

from __future__ import annotations

from manyhands.kernel.prying import Topic, demanding

ORDINARY = [
    "Come in.", "Neighbours who help each other. Ask for anything, offer anything.", "Everyone is welcome, with or without papers.", "No ID, no proof, no questions.", "We never ask about immigration status, religion or income.", "Undocumented? You are welcome here.", "Are you undocumented? You are safe here, and welcome.", "We help people of every religion, race and gender.", "Muslim, Christian, Jewish or none of it: come and eat with us.", "You don't need to bring ID or proof of address.", "Proof of income is not required.", "Bring a bag and, if you can, a friend.", "Please bring your own containers on Tuesday.", "Food every Friday at the church hall on Mill Road.", "Tell us what you need and when we should come.", "Only for people in Harbour and Elm Park, sorry.", "Say if you need halal or vegan food.", "Please tell us about allergies.", "We are full this week. Call the food bank at the union hall.", "Closed for the holidays; back on 7 January.", "Disabled, sick or tired: we come to your door.", "If you are pregnant or ill, we carry it upstairs.", "We go along to the immigration office, the court and the clinic.", "We help fill in forms for benefits and tax returns.", "Black, brown and white neighbours together since 2020.", "Undocumented neighbours in need can write in any language.", "Whatever your status, whatever your faith: what do you need?", "Do you need a ride? We have three cars.", "Leave a phone number or an e-mail so we can call.", "We must pause for two weeks. Sorry!", "Bienvenidos todos, con o sin papeles.", "No pedimos papeles ni comprobantes de ingresos.", "Trae una bolsa y ganas de charlar.", "Solo para vecinos del Puerto.", "Dinos qué necesitas y cuándo vamos.", "Esta semana no podemos más; vuelve el lunes.", "Ayudamos a quien lo necesita, sin preguntar la nacionalidad.", "أهلا بالجميع، لا نطلب أوراقا.", "أخبرونا ماذا تحتاجون ومتى نأتي.", "نساعد كل جار مهما كانت ديانته أو جنسيته.", "مغلق هذا الأسبوع، نعود يوم الاثنين.", "Hello neighbour! Write what you need, we do the rest.", "We do not store your address longer than needed.", "Nobody here will ever ask for your papers.", "A mutual aid group for queer and trans people, by queer and trans people.", "People in debt, people in prison, people in love: all of you.", "Our helpers wear a badge; ask to see it.", "You need nothing but a bag.", "We can't give out cash. Vouchers only.", "For families with babies: diapers on Mondays.", "We will call you back. Have a pen ready.", "Asylum seekers, refugees and old neighbours cook together.", "No matter your citizenship or your church.", "Only Tuesday and Thursday evenings.", "Please be patient, we are volunteers and some of us are ill.", "Need medicine? Send the name of the pharmacy.", "Si estás embarazada o enferma, te lo llevamos.", "Nos vemos en la iglesia de San José.", "نحن جيران. اكتبوا ما تحتاجون إليه فقط.", "Good neighbours since the flood of 2019.", "Write in any language; we translate.", "We include everyone: old, young, sick, undocumented.", "Need to talk? We listen.", "Our list of needs is long; thank you for your patience.", "The church kitchen opens at noon. Bring a plate.", "We stand with immigrants and with citizens alike.", "Ask for help filling in your tax return.", "Nobody will check your papers or your bank account.", "Diapers, formula, wipes: ask away.", "Tell us which floor you live on and whether there is a lift.", "Run by tenants of Mill Road and their union.", "You can come as you are, whatever your gender.", "We bring medicine from the pharmacy; have the prescription ready.", "Que nadie pase hambre por no tener papeles.", "نوصل الدواء والطعام إلى بابك.",
]  # fmt: skip
ASKS = [
    "Please bring your ID and proof of address.", "Only for legal residents with a green card.", "Tell us your immigration status when you write.", "Have your passport number and date of birth ready.", "Proof of income is required.", "You must be a US citizen.", "Are you on benefits? Which benefits status?", "What is your religion? We cook accordingly.", "Show your union card at the door.", "Please state any mental illness or disability.", "We check your criminal record first.", "Welcome! Please bring a doctor's note.", "Say whether you are married and your marital status.", "We record your ethnicity for our funder.", "Write your date of birth in the first line.", "Bring with you: passport, proof of income.", "To get food you need a social security number.", "Are you undocumented? Then call the office.", "For US citizens only.", "Closed. For emergencies send us a copy of your ID.", "Traiga su DNI y comprobante de domicilio.", "Es necesario presentar el pasaporte.", "Solo para personas con permiso de residencia.", "Díganos su nacionalidad y su religión.", "¿Tiene papeles? Escríbalo.", "Se pide comprobante de ingresos.", "يرجى إحضار بطاقة الهوية.", "أحضروا جواز السفر وإثبات السكن.", "يجب ذكر الجنسية وتاريخ الميلاد.", "ما هي ديانتك؟", "Please have your driver's license with you.", "We serve documented residents; bring papers.", "Include your salary and your bank account number.", "Everyone welcome, but we need to see a photo ID.", "We want to know which country you are from: country of origin.", "State your gender.", "Kindly attach a pay stub.", "Applicants must prove citizenship.", "Please list all illnesses in the household.", "Anyone with a criminal record cannot join.", "Debe estar empadronado y mostrar su NIE.", "اكتبوا رقم الهوية وحالة الإقامة.", "Please send a scan of your passport before you come.", "New here? Tell us your country of origin.", "Only people with valid state ID may pick up food.", "We need your household income for statistics.", "You have to show proof of residency.", "Please mention if you are on probation.", "What is your immigration status? Just write it below.", "Give us your full date of birth.", "HIV status must be declared.", "Write down your religion and your political party.", "Bring your food stamps letter: benefits letter required.", "Diga si está casado: estado civil obligatorio.", "Presente su pasaporte en la puerta.", "نطلب إثبات الدخل من الجميع.",
]  # fmt: skip
# Written after the patterns were done. Before they were made better by these, nine were found: the figure in the docs.
ASKS_TOO = [
    "You can only collect with a passport.", "Please have proof of income at hand when we call.", "Name, phone and social security number are required.", "Let us know your nationality and immigration status.", "Church members first: which church do you attend?", "What's your diagnosis?", "Send us your bank statement before Friday.", "We ask about convictions, please be honest.", "Those without citizenship cannot get vouchers.", "Indique su fecha de nacimiento.", "Hay que mostrar el pasaporte.", "يرجى كتابة الجنسية.",
]  # fmt: skip
ORDINARY_TOO = [
    "We began when the mill closed and nobody had work.", "Put your ask in; a neighbour calls you within a day.", "We are not an agency: nobody has to prove anything.", "Families, singles, the married and the divorced: food for all.", "Write in Spanish, English or Arabic, as you like.", "If you are not sure whether you may ask: you may.", "Only a first name is needed.", "Our kitchen is vegetarian; tell us what you don't eat.", "Old and ill neighbours first, this week.", "Please wait until Monday, our helpers have the flu.", "We go with you to the immigration court and the tax office.", "Free for everybody; we take no money and ask no questions.", "Somos vecinos del barrio; pide sin miedo.", "Cerrado hasta el lunes por enfermedad.", "مرحبا بكم، اطلبوا ما تشاؤون.",
]  # fmt: skip
# What it does not find, and we know.
SLIPS_PAST = {"We serve documented residents; bring papers.", "Please list all illnesses in the household.", "Those without citizenship cannot get vouchers."}  # fmt: skip


def test_there_is_enough_to_measure():
    assert len(ORDINARY) + len(ORDINARY_TOO) >= 80
    assert len(ASKS) + len(ASKS_TOO) >= 60


def test_an_ordinary_welcome_meets_no_argument():
    assert [(text, demanding(text)) for text in ORDINARY + ORDINARY_TOO if demanding(text)] == []


def test_what_a_sentence_asks_for_is_found():
    assert {text for text in ASKS + ASKS_TOO if not demanding(text)} == SLIPS_PAST


def test_it_is_named_and_said_with_its_words():
    (one,) = demanding("Welcome, all of you! Please bring proof of income on the first day.")
    assert (one.topic, one.words) == (Topic.MONEY, "proof of income")
    assert [one.topic for one in demanding("Have your passport number and date of birth ready.")] == [
        Topic.IDENTITY,
        Topic.BIRTH,
    ]


def test_whom_it_names_it_does_not_ask():
    assert demanding("Undocumented neighbours are welcome.") == ()
    assert demanding("Are you undocumented? You are welcome.") == ()
    assert demanding("Are you undocumented? Then say so first.") != ()
    assert demanding("With or without papers, you need only ring.") == ()
    assert demanding("Bring no ID.") == ()
