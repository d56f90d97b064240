"""What a question pries into that a mutual aid group should not know: words in, topics out. English, Spanish, Arabic.

It looks for the thing asked for ("immigration status"), not for its field: help with immigration papers, halal food or
a ride to a clinic are needs like others. What is said not to be asked for ("no ID needed") is not.

The name on a form asks by standing there; a sentence asks only where it demands or questions. "Undocumented neighbours
are welcome" names somebody and asks nothing, so sentences are read by :func:`demanding`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from math import inf


class Topic(StrEnum):
    """What can be taken with a court's order, leaks, and keeps people from asking."""

    IMMIGRATION = "immigration"
    IDENTITY = "identity"
    BIRTH = "birth"
    RELIGION = "religion"
    POLITICS = "politics"
    HEALTH = "health"
    RECORD = "record"
    LOVE = "love"
    ORIGIN = "origin"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Prying:
    """One thing a text pries into, and the words that say so, as they stand there."""

    topic: Topic
    words: str


# Written without accents, small; \b stands around each. What may stand between two words is one blank or sign.
# Patterns, one behind the other with a semicolon between: English, Spanish, Arabic.
_SAYS = {
    Topic.IMMIGRATION: r"""
        (im)?migra(nt|tion|tory) (status|situation) ; (visa|residency|residence|citizenship|asylum|legal|refugee|daca)
        status ; status of (your|their) (visa|residency|papers|asylum) ; undocumented ; (il)?legal immigrants? ;
        illegals? ; citizenship ; (us |u s )?citizens?\b(?! advice) ; green ?card ; (work|residence|residency) permit(
        number)? ; visa (type|number|expiry) ; (type of|what|which|your|have a) visas? ; how long (have|has) \w+
        (lived|been) in (the|this) (us|usa|country|uk) ; (when|year) (did )?\w+ (arrived?|entered|come|came)
        (in|to|into) (the|this) (us|usa|country) ; alien (registration )?number ; born (abroad|in another country|in
        this country) ; legally here ; (have|has|got|your) papers ; deport(ed|ation) (order|case|risk) ;
        (estatus|estado|situacion|condicion) (migratori[oa]|legal|de inmigracion) ; (indocumentad[oa]s?|sin
        papeles|ilegal(es)?) ; (tienes?|tiene|tus|sus) papeles ; (tipo|numero) de visa(do)? ; (permiso|tarjeta) de
        (residencia|trabajo) ; nacionalidad ; ciudadan(ia|o|a|os) ; fecha de (llegada|entrada) al pais ; (nie|tie) ;
        (وضع|حاله|وضعك|وضعكم)( ك| كم)? ?(ال)?(هجره|قانوني|اقامه) ; حاله (ال)?(هجره|اقامه) ; (ال)?وضع (ال)?قانوني ;
        (رقم|نوع|تاريخ)? ?(ال)?(اقامه|تاشيره)(?! في| عند) ; (ال)?جنسي(ه|ت\w*)(?! ?ميول) ; (بدون|بلا|لديك|عندك)
        (اوراق|وثائق)
    """,
    Topic.IDENTITY: r"""
        ssn ; social (security|insurance) (number|no|nr|card) ; (last|first) \w+ (digits )?of (your |the )?(ssn|social)
        ; social security ; national id(entity)?( number| card)? ; (passport|driver s?
        ?licen[cs]e|licen[cs]e|id|identity|identification)( card)? (number|no|copy|photo|scan|document)s? ;
        (photo|government|valid|state|official)( issued)? (id|identification) ; (copy|photo|picture|scan) of (your |an
        |their )?(id|passport|identity|licen[cs]e) ; passports?(?! (photos?|pictures?)) ; (upload|copy
        of|show|scan|your) (your |an? )?(driver s |drivers )?(licen[cs]e|id) ; proof of
        (id|identity|address|residency|residence) ; id card ; tax(payer)? (id|number) ; itin ; dni ; nif ; curp ;
        cedula( de identidad)? ; pasaporte ; numero de (tu |su )?(documento|identificacion|cedula) ;
        (numero|documento|carne|carnet|tarjeta) (nacional )?de identi(dad|ficacion) ; seguro social ;
        (comprobante|prueba) de (domicilio|identidad|residencia) ; (foto|copia) (de |del )(tu |su |la
        )?(documento|identificacion|id|ine) ; (numero de )?identificacion oficial ; (رقم|صوره|بطاقه|نسخه)( من| عن)?
        ?(ال)?(هويه|جواز|بطاقه|ضمان)\w* ; جواز (ال)?سفر\w* ; (ال)?رقم (ال)?(قومي|وطني) ; (ال)?ضمان (ال)?اجتماعي ; بطاقه
        (ال)?هويه\w* ; اثبات (ال)?(سكن|هويه|عنوان)
    """,
    Topic.BIRTH: r"""
        date of birth ; birth ?dates? ; d ?o ?b ; birth ?day(?! (cakes?|part(y|ies)|presents?|gifts?|card))s? ;
        (day|year|place|month|country|city) (of birth|(were )?you were born|born) ; when (were|was) \w+ born ; birth
        certificates? ; exact ages? ; (what|which) (year|day|month) (were|was) \w+ born ; (fecha|lugar|ano|pais|dia) de
        nacimiento ; (en que|que) (ano|dia|mes|pais) naci(o|ste) ; cumpleanos(?! (de|infantil)) ; cuando naci(o|ste) ;
        (acta|partida|certificado) de nacimiento ; (تاريخ|مكان|سنه|بلد|يوم) (ال)?(ميلاد|ولاد)\w* ; متي ولدت\w* ; عيد
        ميلادك\w* ; شهاده (ال)?ميلاد
    """,
    Topic.RELIGION: r"""
        (your|their|her|his|what|which) (religion|faith|belief|denomination|church|mosque|parish|congregation)s? ;
        religio(n|us (affiliation|belief|background|identity|denomination)s?) ; denomination ; (faith|church|religious)
        (community|group|congregation) ; go(es)? to (a |the )?(church|mosque|temple|synagogue) ; (are|is)
        (you|they|she|he) (a
        )?(muslim|christian|catholic|jewish|hindu|sikh|evangelical|religious|atheist|baptized|baptised) ;
        (church|mosque|parish|synagogue) (membership|member|attendance|you (attend|go|belong)) ; member of (a|the|our)
        (church|mosque|parish|synagogue) ; religion ; (tu|su|que) (iglesia|fe|religion|credo) ; creencias( religiosas)?
        ; (es|eres) (usted )?(catolic[oa]|cristian[oa]|evangelic[oa]|musulman|musulmana|judi[oa]|creyente|bautizad[oa])
        ; miembro de (la|una|nuestra) iglesia ; (ال)?(دين|ديانه|ديانت|معتقد|مذهب|طائفه)(ك|كم|ه|ها)? ; هل انت
        (مسلم|مسيحي|كاثوليكي|يهودي)\w*
    """,
    Topic.POLITICS: r"""
        party registration ; political (party|views?|affiliation|opinions?|beliefs?|leaning|membership) ; party
        (membership|affiliation|member) ; (labor |labour |trade )?union (member(ship)?|card|number|affiliation|status) ;
        (are|were) you (in|a member of|with) (a|the|any) (labor |labour |trade )?union ; member of (a|the|any)
        (union|party|political) ; (which|what) (political )?party ; who (did|do|will) you vote( for)? ; vot(ed|e|er)
        (for|registration|history|status) ; registered voter ;
        (afiliacion|militancia|opinion|ideologia|partido|preferencia)s? (politic[oa]|sindical)s? ;
        (sindicat(o|os)|sindicad[oa]|sindicalista) ; (por quien|a quien) (vota|voto|votaste|votas) ; partido politico ;
        afiliad[oa] a (un|algun|una|que) (sindicato|partido) ; (ال)?(انتماء|انتماو|راي|حزب)\w*
        (ال)?(سياسي|حزبي|نقابي)\w* ; عضو\w* في (نقابه|حزب|اي) ; (ال)?حزب (ال)?سياسي ; (لمن|من) (صوت|انتخب)\w*
    """,
    Topic.HEALTH: r"""
        diagnos(is|es|ed|tic) ; (medical|health|psychiatric|mental health)
        (history|records?|conditions?|diagnosis|status|details|information|problems?) ; (your|what|which|any|list)
        (illness(es)?|diseases?|disabilit(y|ies)|sickness|medications?|disorders?) ; (type|kind|degree|proof|nature) of
        (illness|disability|disease|disorder) ; hiv( status| positive)? ; aids status ; std ; (are|is) (you|she|anyone)
        (pregnant|disabled|ill|sick|diabetic|infected) ; pregnancy (status|test) ;
        (chronic|mental|serious|terminal|any|infectious) (illness(es)?|diseases?|disabilit(y|ies)|conditions?) ;
        (current|regular|list of|list your|which|what) (medications?|medicines|prescriptions) ; if pregnant ; mental
        illness ; (addict(ed|ion|ions)?|substance abuse|drug use|drug (problem|history)) ; vaccin(ated|ation)( status)?
        ; disability (type|status|certificate|card) ; doctor s? ?(note|letter|certificate) ; medical (certificate|proof)
        ; which medicines? (you|do you) ; diagnostico( medico)?s? ;
        (historial|historia|expediente|estado|condicion|informe) (medic[oa]|clinic[oa]|de salud|psiquiatric[oa]) ;
        (que|cual(es)?|tipo de|alguna|sus?|tus?) (enfermedad(es)?|discapacidad(es)?|padecimientos?|medicamentos) ;
        enfermedad(es)? (cronica|mental|que)s? ; vih ; embaraz(o|ada) ; adiccion(es)? ; (esta |estas )?vacunad[oa] ;
        (ال)?تشخيص\w* ; (ال)?(سجل|تاريخ|وضع|حاله|تقرير)\w* (ال)?(طبي|صحي|نفسي)\w* ; (نوع|ما) (هو |هي
        )?(ال)?(مرض|اعاق)\w* ; (ال)?امراض (ال)?\w+ ; هل انت (حامل|مريض|مصاب)\w* ; (ال)?ايدز ; ادمان
    """,
    Topic.RECORD: r"""
        criminal (record|history|background|conviction)s? ; (background|police|criminal record)
        (check|clearance|certificate|record)s? ; convict(ed|ions?) ; felon(y|ies|s)? ; (ever been|were you|been|ever)
        (arrested|in (jail|prison)|incarcerated|convicted|jailed) ; arrest(s|ed)?( record| history)? ; (on|under)
        (parole|probation) ; prison (record|history|number) ; ex ?(con|offender|convict)s? ; sex offender( registry)? ;
        outstanding warrants? ; pending charges ; antecedentes( penales| policiales| criminales)? ; (ha|has)
        (estado|sido) (en la carcel|en prision|pres[oa]|detenid[oa]|arrestad[oa]|condenad[oa]) ; condenas?( penal(es)?)?
        ; libertad condicional ; (ال)?(سجل|سوابق|صحيفه)\w* (ال)?(جناي|عدل|اجرام|سوابق)\w* ; (ال)?سوابق\w* ; هل
        (سبق|تم|انت) (ان )?(سجن|اعتقل|حكم|توقيف|اعتقال|سجين)\w* ; حكم جنايي
    """,
    Topic.LOVE: r"""
        sexual (orientation|identity|preference|history|partners?) ; (are|is) (you|they)
        (gay|lesbian|bi|bisexual|straight|queer|trans|transgender|lgbtq?\w*) ; lgbtq?\w* (status|identity) ; identify as
        (lgbt\w*|gay|lesbian|trans\w*|queer|straight) ; (your|their) gender ; gender identity ; (?<!. )gender(?=$) ;
        gender (assigned|at birth) ; sex (assigned )?at birth ; (assigned|biological) (sex|gender) ;
        (married|marital|relationship|civil) status ; are you married ; (?<!. )genero(?=$) ;
        (orientacion|identidad|preferencia) sexual ; (eres|es) (usted
        )?(gay|lesbiana|homosexual|heterosexual|bisexual|trans(exual|genero)?) ; estado civil ; sexo (asignado )?al
        nacer ; (ال)?(ميول|ميل|توجه|هويه)\w* (ال)?(جنسي)\w* ; هل انت (مثلي|متحول|متزوج)\w* ; (ال)?حاله
        (ال)?(اجتماعيه|عايليه|مدنيه)
    """,
    Topic.ORIGIN: r"""
        ethnic(ity|ities| (group|origin|background|identity)) ; (your|their|what|which|select|by) rac(e|es|ial) ; race
        (or|and) (ethnicity|color|colour|origin) ; racial (group|origin|identity|background) ; skin colou?r ; national
        origin ; tribe|tribal (affiliation|membership|enrollment) ; caste ; country (of origin|you (are|come) from) ;
        where are you (really |originally )?from ; (are|is) (you|they)
        (black|white|latino|latina|latinx|hispanic|asian|arab|roma|indigenous) ; (etnia|raza|origen
        (etnico|racial|nacional)|grupo etnico) ; color de (la )?piel ; pais de origen ; de donde (eres|es usted|viene)
        originalmente ; pueblo indigena al que ; (ال)?(عرق|عرقيه|اثنيه|قبيله|عشيره)(ك|كم|ه|ها)? ; (ال)?(اصل|انتماء)\w*
        (ال)?(عرقي|اثني|قومي|قبلي)\w* ; لون (ال)?بشر\w* ; بلدك? (ال)?(اصلي|منشا|ام)\w* ; بلد (ال)?(منشا|اصل)
    """,
    Topic.MONEY: r"""
        (bank|checking|savings)( account)? (number|details|statements?|info(rmation)?|name|balance|account)s? ;
        (account|routing|sort code|iban|card|credit card|debit card|swift) (number|no|details)s? ; iban ; credit
        (score|card|history|report|check) ; (proof|evidence|verification) of
        (income|earnings|poverty|need|employment|benefits|hardship) ;
        (household|monthly|annual|yearly|weekly|family|your|total|gross|net) (income|earnings|salary|wages?) ; income
        (level|bracket|range|verification|proof|statement|limit) ; (pay ?(slips?|stubs?)|tax returns?|w ?2|1040) ; how
        much (money|savings|income)( \w+)? (do|does|have|has) (you|your|they)( \w+)? ; how much (do you|does your
        (household|family)) (earn|make|have|owe) ; (your|current|hourly|what|and) (salary|wages?) ; (salary|wages?)
        (range|level) ; (annual|monthly) (salary|wages?) ; (amount of )?(debts?|savings) (amount|you (have|owe)) ; means
        test ; (benefits?|snap|welfare|medicaid|ebt) (status|letter|number|card number|case) ; net worth ;
        (receive|get|on|collect) (any )?(food stamps|welfare|benefits|snap|medicaid|disability( benefits)?) ; eviction
        (record|history) ; (numero|datos|estado|extracto|informacion)s? (de (la |su |tu )?)?(cuenta(
        bancaria)?|tarjeta|bancari[oa]s?) ; cuenta bancaria ; (comprobante|prueba|nivel|constancia|justificante)s? de
        (ingresos|sueldo|pobreza|desempleo|renta) ; (ingresos?|sueldos?|salarios?) (mensual|anual|familiar|del
        hogar|neto|bruto)(es)? ; cuanto (gana|ganas|ingresa|cobra|cobras|debe|debes) ; (nomina|recibo de
        sueldo|declaracion de (la )?renta) ; tarjeta de credito ; historial crediticio ; (clabe|cbu) ;
        (رقم|بيانات|كشف|معلومات) (ال)?(حساب|بنك|بطاق)\w*( (ال)?(بنكي|مصرفي|ايتمان)\w*)? ; (ال)?حساب (ال)?(بنكي|مصرفي) ;
        (اثبات|شهاده|مقدار|مستوي) (ال)?(دخل|راتب)\w* ; (ال)?(دخل|راتب)(ك|كم)? (ال)?(شهري|سنوي|عايلي|اسري)\w* ; كم
        (تكسب|دخلك|راتبك|تتقاض)\w* ; قسيمه (ال)?راتب
    """,
}
_LOOKS = {
    topic: re.compile(rf"(?<!\w)(?:{'|'.join(' '.join(one.split()) for one in says.split(';'))})(?!\w)")
    for topic, says in _SAYS.items()
}
# "No ID needed", "we never ask for your income", "sin comprobante", "لا نطلب": said not to be asked for.
_NOT = re.compile(
    r"(?<!\w)(no|not|never|without|don t|do not|doesn t|does not|won t|nobody|none of|regardless of|whatever( your)?"
    r"|irrespective of|sin|nunca|jamas|nadie|ningun[oa]?"
    r"|sea cual sea|cualquiera|لا|لن|بدون|دون|ليس|مهما|بغض)(?!\w)(?: \w+){0,6}? ?$"
)  # fmt: skip
_SENTENCE = re.compile(r"[.!?;:\n؟؛]")
_MARKS = re.compile(r"[\u064b-\u0655\u0640\u0300-\u036f]")
_ALIKE = str.maketrans("أإآٱىةئؤ’‘ʼ", "ااااي" + "ه" + "يو" + "'''")

# What makes a sentence a demand, small and without accents like the above: of what comes after it, or of all of it.
_DEMANDS_NEXT = re.compile(
    r"(?<!\w)(?:bring|show|present|upload|provide|submit|hand in|send (?:us|me)|please send|attach|enclose"
    r"|include (?:your|a|an|the|copies)|list (?:all|any|your)"
    r"|you(?: will| ll)? need|you have to|needs? to|we need|we (?:will )?(?:ask|check|verify|record|note|want to know)"
    r"|please (?:state|tell|write|say|give|include|mention|add)|tell us|state (?:your|if|whether)|say (?:if|whether)"
    r"|write (?:down )?your|give us|let us know"
    r"|tra(?:e|er|iga|igan|igas)|m(?:ue|o)str(?:a|ar|e|en)|present(?:a|ar|e|en)"
    r"|necesit\w+ (?:tu|su|el|la|un|una|traer|mostrar|presentar)|diga|dinos|diganos|indi(?:ca|car|que)|escrib(?:e|a)"
    r"|pedimos|exigimos|comprobamos|verificamos|anotamos"
    r"|و?(?:احضر|احضروا|اجلب|اجلبوا|هات|هاتوا|ابرز|ابرزوا|قدم|قدموا|ارسل|ارسلوا|نطلب|اكتب|اكتبوا|اذكر|اذكروا|اخبرنا|اخبرونا"
    r"|يرجي|الرجاء|نتحقق|نسال))(?!\w)"
)
_DEMANDS_ALL = re.compile(
    r"(?<!\w)(?:must|(?:is|are) (?:needed|necessary|asked for)|requir(?:e|es|ed|ement)"
    r"|have (?:\w+ ){1,9}(?:ready|with you|at hand)"
    r"|only (?:\w+ )?(?:for|if|with|people|those|legal|documented)|(?:for|to) \w+(?: \w+){0,3} only"
    r"|(?:cannot|can t|may not) (?:join|come|get|receive|take part)"
    r"|debe[sn]?|obligatori[oa]s?|se (?:requiere|pide|exige)n?|requisitos?|es necesari[oa]|a mano"
    r"|(?:solo|unicamente|exclusivamente) (?:para|a|con|si|personas|quien\w*)"
    r"|و?(?:يجب|مطلوب|يلزم|يشترط|فقط))(?!\w)"
)
_QUESTIONS = re.compile(
    r"(?<!\w)(?:are you|do you|have you|were you|what|which|when (?:were|did)|where (?:are|were) you|how (?:much|long)"
    r"|eres|es usted|tienes?|cual(?:es)?|que|cuando|cuanto|de donde|ha estado|هل|ما|كم|متي|من اين)(?!\w)"
)
# "With or without papers" demands nothing; "are you undocumented? You are welcome" asks nothing.
_EITHER_WAY = re.compile(
    r"(?<!\w)(?:with or without|documented or (?:un|not)|con o sin|tengan? o no|(?:مع|ب\w+) او (?:بدون|بلا|دون))(?!\w)"
)
_WELCOMES = re.compile(
    r"(?<!\w)(?:welcome\w*|everyone|everybody|safe here|bienvenid\w+|tod[oa]s|اهلا|مرحب\w*|نرحب|للجميع|الجميع)(?!\w)"
)
_WHOLE_SENTENCE = re.compile(r"([^.!?\n؟]+)([.!?\n؟]*)")
_CLAUSE = re.compile(r"[:;؛]")


def prying(text: str) -> tuple[Prying, ...]:
    """What a text pries into, each topic once, in the order of :class:`Topic`."""
    found = []
    for topic, look in _LOOKS.items():
        for sentence in _SENTENCE.split(text):
            plain = _plain(sentence)
            match = next((each for each in look.finditer(plain) if not _NOT.search(plain[: each.start()])), None)
            if match is not None:
                found.append(Prying(topic, match.group().strip()))
                break
    return tuple(found)


def demanding(text: str) -> tuple[Prying, ...]:
    """What the sentences of a text ask people for that a group should not know, each topic once.

    Whom a sentence only names or invites, it does not ask.
    """
    sentences = [(_in_clauses(said), mark) for said, mark in _WHOLE_SENTENCE.findall(text)]
    found: dict[Topic, Prying] = {}
    for place, (plain, mark) in enumerate(sentences):
        if _EITHER_WAY.search(plain):
            continue
        after = sentences[place + 1][0] if place + 1 < len(sentences) else ""
        since = 0 if _is_question(plain, mark, after) else _demanded_since(plain)
        for topic, look in _LOOKS.items():
            asked = (each for each in look.finditer(plain) if each.start() >= since)
            match = next((each for each in asked if not _NOT.search(plain[: each.start()])), None)
            if match is not None and topic not in found:
                found[topic] = Prying(topic, match.group().strip())
    return tuple(found[topic] for topic in Topic if topic in found)


def _in_clauses(said: str) -> str:
    """Plain, with what parts its clauses still in it: a "no" reaches no further than its clause."""
    return " ; ".join(_plain(clause) for clause in _CLAUSE.split(said))


def _demanded_since(plain: str) -> float:
    """From where on a sentence demands something; never, where it doesn't."""
    if any(not _NOT.search(plain[: each.start()]) for each in _DEMANDS_ALL.finditer(plain)):
        return 0
    nexts = (each.start() for each in _DEMANDS_NEXT.finditer(plain) if not _NOT.search(plain[: each.start()]))
    return min(nexts, default=inf)


def _is_question(plain: str, mark: str, after: str) -> bool:
    is_asked = bool({"?", "؟"} & set(mark)) and _QUESTIONS.search(plain) is not None
    return is_asked and not _WELCOMES.search(f"{plain} {after}")


def _plain(text: str) -> str:
    """Small, without accents and vowel signs, one blank between words."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    # Letters with a seat of their own in Arabic come apart above and lose it; the rest is written alike here.
    return " ".join(re.sub(r"[\W_]+", " ", folded.translate(_ALIKE)).split())
