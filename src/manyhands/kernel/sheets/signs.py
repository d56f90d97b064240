# ruff: noqa: E501 - lists of words read better unbroken
"""Words in headings that tell what a whole question asks, whose phone it is, and what kind of sheet it stands in."""

from __future__ import annotations

import re

from manyhands.kernel.sheets.fields import Field, Kind

# Whole questions, told by the words in them: pattern over the plain heading, field, and how much it says (0 to 1).
QUESTIONS: tuple[tuple[re.Pattern[str], Field, float], ...] = tuple(
    (re.compile(pattern), field, weight)
    for pattern, field, weight in (
        (r"\banonym|\bconfidential|\b(won t|not|never) (be )?(post|share)|\banonim|\bvertraulich", Field.PRIVACY, 0.9),
        (r"\b(can|may|ok|okay) (we |to )?(share|post)\b|\bsharing level\b|\bkeep .*private\b", Field.PRIVACY, 0.8),
        (
            r"\b(behalf|someone else|somebody else|another person|yourself or|otra persona|quelqu un d autre|jemand ander|outra pessoa|qualcun altro)",
            Field.FOR_SOMEONE_ELSE,
            0.9,
        ),
        (
            r"\b(number|how many|num|no|total|size|count)\b.*\b(people|persons|household|family|members|mouths|individuals)\b",
            Field.HOUSEHOLD_SIZE,
            0.9,
        ),
        (
            r"\b(cuantas personas|combien de personnes|wie viele personen|quante persone|quantas pessoas|numero de personas|nombre de personnes|anzahl .*personen)\b",
            Field.HOUSEHOLD_SIZE,
            0.9,
        ),
        (
            r"\b(number|how many|num|no|cuantos|cuantas|combien|wie viele|quanti|quantos)\b.*\b(adults?|children|kids|seniors?|elders?|infants?|bab(y|ies)|teens?|minors?|dependents?|ninos|ninas|adultos|enfants|kinder|bambini|criancas)\b",
            Field.HOUSEHOLD_PART,
            0.92,
        ),
        (r"\b(recurr|one time|once or|how often|frequency|ongoing|repeat)", Field.RECURRING, 0.85),
        (r"\b(urgen|how soon|time sensitiv|priorit|is your need\b|dringend)", Field.URGENCY, 0.85),
        (
            r"\b(what|which)\b.*\b(languages?|idiomas?)\b|\bspeak\b|\bsprachen?\b|\blanguages?\b|\bque idiomas?\b|\bquelles? langues?\b",
            Field.LANGUAGE,
            0.78,
        ),
        (
            r"\bhow (did|do) you (hear|find|learn|know)|\bwhere did you hear|\bheard? about\b|\bcomo se entero\b",
            Field.SOURCE,
            0.85,
        ),
        (r"\b(how|best way|preferred|prefer)\b.*\b(contact|reach|communicat)", Field.CONTACT_METHOD, 0.8),
        (
            r"\b(do you have|access to|own|have|has)\b.*\b(car|vehicle|bike|bicycle|van|truck|driv\w* licen[cs]e|transportation)\b",
            Field.MODE,
            0.8,
        ),
        (r"\b(can you|able to) (drive|bike|deliver by)|\bhow (will|do|would) you (travel|get around)", Field.MODE, 0.8),
        (
            r"\bhow (would|could|do|can|will|are) you\b.*\b(volunteer|help|contribute|support us|get involved)\b|\bways? (to|you can) help\b",
            Field.SKILLS,
            0.86,
        ),
        (
            r"\b(what|which)\b.*\b(can|could|would|will|are) you\b.*\b(do|help|volunteer|willing|interested)\b|\bskills?\b",
            Field.SKILLS,
            0.8,
        ),
        (r"\b(i can|willing to|interested in) (help|volunteer|do|deliver|offer)", Field.SKILLS, 0.75),
        (
            r"\b(resources?|items?|things?|goods|what)\b.*\b(can|could|would|are) you\b.*\b(offer|donate|share|give|lend)",
            Field.WHAT,
            0.87,
        ),
        (
            r"\bwhat\b.*\b(do|does|would|can|are|is)\b.*\b(need|needs|needed|like|help with|seeking|requesting|looking for)\b",
            Field.WHAT,
            0.8,
        ),
        (
            r"\b(type|kind|kinds|types|type s|form)\b.*\b(support|help|assistance|aid|need|request|service)",
            Field.WHAT,
            0.86,
        ),
        (
            r"\bhow can we (help|support|assist)|\bneeds? (help|assistance|support) with\b|\bneeded\b.*\b(items?|supplies|services?)",
            Field.WHAT,
            0.75,
        ),
        (
            r"\b(add|any|more|additional|other|further|please|tell us|provide|describe|explain)\b.*\b(details?|describe|explain|situation|more about)\b",
            Field.WORDS,
            0.7,
        ),
        (
            r"\bmax(imum)?\b.*\b(stops?|deliver(y|ies)|drops?|orders?|households?)\b|\bhow many (deliveries|stops|households|orders)\b",
            Field.MAX_STOPS,
            0.85,
        ),
        (
            r"\bmax(imum)?\b.*\b(time|minutes?|mins?|hours?|duration)\b|\bhow (much time|many hours|long)\b.*\b(you|help|volunteer|shift|available)\b",
            Field.MAX_MINUTES,
            0.8,
        ),
        (
            r"\bmax(imum)?\b.*\b(boxes|bags|load|weight|capacity)\b|\bhow (many|much)\b.*\b(boxes|bags|carry|fit)\b",
            Field.CAPACITY,
            0.87,
        ),
        (
            r"\bwhen\b.*\b(are|can|could|would|will) you\b.*\b(available|free|help|volunteer|work)\b|\bavailabilit|\bdays?\b.*\bavailable\b|\bavailable\b.*\b(days?|times?|hours?)\b",
            Field.AVAILABILITY,
            0.85,
        ),
        (r"\bwhen\b.*\b(need|needed|deliver|delivered|delivery|want|come)\b|\bby when\b", Field.WANTED_ON, 0.75),
        (r"\b(what|best|preferred|which)\b.*\b(times?|hours|time of day)\b", Field.WANTED_WINDOW, 0.7),
        (r"\blist\b.*\b(items?|things?|groceries|supplies)\b", Field.WHAT, 0.8),
        (
            r"\b(phone|telephone|cell|mobile|whatsapp) (number|no)\b|\bnumero de (telefono|celular|telefone|telephone)\b",
            Field.PHONE,
            0.72,
        ),
        (r"\be ?mail address\b|\bwhat\b.*\be ?mail\b|\bcorreo electronico\b", Field.EMAIL, 0.72),
        (r"\b(full|your) name\b", Field.NAME, 0.74),
        (r"\bcross streets?\b|\bintersection\b|\bnearest corner\b", Field.CROSS_STREET, 0.85),
        (r"\b(street address|where do you live|home address|delivery address|full address)\b", Field.ADDRESS, 0.8),
        (r"\b(neighbou?rhood|borough|quadrant)\b", Field.AREA, 0.7),
        (
            r"\b(agree|consent|acknowledge|waiver|liability|permission|understand that|confirm that)\b",
            Field.CONSENT,
            0.75,
        ),
        (
            r"\b(who|name)\b.*\b(filling|filled|completing|submitting|submitted)\b|\breferr(ed|ing|er)\b",
            Field.REQUESTER,
            0.75,
        ),
    )
)

# Phrases that name a column only when they are all of its heading: "to" does not make "Posted to Slack" an end.
WHOLE_ONLY = frozenset(
    """
    first|last|from|to|start|end|by|until|till|before|after|no|nr|number|code|key|title|date|time|day|days|type|other|who|where|when|what|via|de|da|das|di|a|ab|das|fin|von|bis|alle|ate|desde|hasta|land|ref|list|text|body|count|report|window|base|pin|point|local|closed|done|completed|fulfilled|delivered|service|services|order|orders|household|community|hub|contact|terms|mode|car|bike|van|role|roles|task|tasks|team|teams|groups|job|schedule|people|persons|person|personas|pessoas|personen|persone|members|children|kids|adults|seniors|elderly|meals|boxes|bags|kg|lbs|weight|volume|load|unit|room|floor|door|building|place|venue|local|lugar|lieu|ort|rue|street|house number|region|block|sector|zone|ward|land|quantity|qty|amount needed|progress|stage|outcome|reference|ticket|case|serial|request|requests|requested|ask|asks|offer|offering|need|needs|resources|items|item|goods|wants|wish|help|hilfe|question|subject|summary|information|message|story|original|situation|weekly|regular|repeat|frequency|stops|capacity|duration|minutes|start time|end time|earliest|latest|begin|finish|driver|helper|consumer|training|trained|experience|interests|activities|channel|source|origin|stand|etat|cell|mail|tel|ph|mob|fon|fim|inizio|fine|cap|cp|via|bezirk|city|town|state|country|language|lang|severity|emergency|rush|slot|hours|appointment|received|created|opened|joined|added|logged|posted|submitted|due|deadline|private|visibility|permission|agreement|i agree|status|mobile|geo|ids|id|name|names|phone|email|address
    """.strip().split("|")
) - frozenset(
    [
        "name",
        "names",
        "phone",
        "email",
        "address",
        "status",
        "city",
        "language",
        "mobile",
        "ward",
        "start time",
        "end time",
        "cell",
        "minutes",
        "quantity",
        "capacity",
        "house number",
        "region",
        "zone",
        "trained",
        "severity",
        "street",
        "interests",
        "permission",
        "country",
        "state",
        "items",
        "needs",
    ]
)

# Whatever else such a heading says, it is not the person's own name, phone, place or need.
ASIDE = re.compile(
    r"\b(slack|facebook|twitter|instagram|linked ?in|pinterest|discord|telegram|venmo|paypal|cash ?app|zelle|reimburs\w*|receipts?|payments?|paid|amount|balance|price|cost"
    r"|invalid|error|verified|verification|confirmed|sent|bounced|trigger|last (?!name)\w+|modified|updated|pronouns?|gender|sex|race|ethnicity|income|insurance|dob|birth\w*|birthday|age|ages|allerg\w*|diet\w*|elevated risk|over the age|immuno\w*|disab\w*|medical (conditions?|history|info\w*)"
    r"|url|link|website|web site|picture|photo|image|attachment|geocode status|bbox|log|logs|ip|browser|user agent|backfill|meta|fax|emoji|password|handle|hidden|genre|chars"
    r"|legacy|derived|day of birth|workflow|wait|error type|donations?|donor|fund\w*|reviewed|claimed|assigned|approved|approval|subscribe|newsletter|emergency contact|outreach|follow up)\b"
)
SOMEBODY_ELSE = re.compile(
    r"\b(volunteers?|vol|drivers?|shoppers?|shopping|courier|deliverer|delivery volunteer|coordinators?|organi[sz]ers?|intake|dispatchers?|admins?|administrators?|donors?|donation|staff|callers?|managers?|case ?workers?"
    r"|partner|emergency|backup|back up|landlord|vendor|assigned|assignee|claimed|reviewer|creator|created by|modified by|mod|buddy|helper|interviewer|agent|internal|parent|referral|referrer|completion|completed by|voluntari[oa]s?|benevole|helfer\w*|coordinador\w*)\b"
)
HELPERS_THEMSELVES = re.compile(
    r"\b(volunteers?|volunter|drivers?|helpers?|shoppers?|buddy|courier|delivery volunteer|voluntari[oa]s?|benevole|helfer\w*)\b"
)

ASK_SIGNS = re.compile(
    r"\b(needs?|needed|requests?|requested|requester|requestor|recipient|urgen\w*|time sensitivity|household|family|assistance|grocer\w*|prescription|cross street|intersection|recurring|anonymous|incident \w+|consumer|neighbou?r|basket|asks?|asked|meals|delivery (date|address|window|comments?)|diapers?|formula|hygiene|rescue|necesi\w*|besoins?|bedarf|bisogn\w*|solicitud|pedido|hogar|foyer|haushalt)\b"
)
HELPER_SIGNS = re.compile(
    r"\b(volunteer\w*|helpers?|drivers?|d?trained|training|skills?|availab\w*|shifts?|capacity|vehicle|background check|biker?|roles?|hours per week|max stops|max minutes|runs|dispatcher|voluntari\w*|benevole\w*|helfer\w*|certif\w*|disponib\w*|verfugbar\w*)\b"
)
OFFER_SIGNS = re.compile(
    r"\b(offers?|offering|offered|in kind|can (give|offer|lend|donate)|giving away|to give|to lend|ofrec\w*|ofrezco|angebot\w*|offr\w*|biete)\b"
)
OTHER_SIGNS = re.compile(
    r"\b(amount|total|balance|paid|payment\w*|price|cost|reimburs\w*|donors?|donations?|sku|vendor|storage|ledger|url|website|web ?site|facebook ?page|facebook|instagram|twitter|org|organi[sz]ations?|agency|business|link|producer|unit|units|tax|form|general form|fridge|freezer|pantry|food ?bank|error|year|rate|percent|population|county|fips|term|item category|structured item|associated terms|cash|venmo|initiative|checkin|checkout|spent|purchases?|purchased|stock|on hand|gender|account|currency|network|question|hint|options|program|programme|site|site id|geocode|bbox|hours|parent|group name|appointment)\b"
)

# How much each field in a sheet speaks for its kind.
KIND_SIGNS: tuple[tuple[Kind, Field, float], ...] = (
    (Kind.ASKS, Field.WHAT, 0.9),
    (Kind.ASKS, Field.URGENCY, 1.5),
    (Kind.ASKS, Field.HOUSEHOLD_SIZE, 1.3),
    (Kind.ASKS, Field.HOUSEHOLD_PART, 0.7),
    (Kind.ASKS, Field.RECURRING, 0.8),
    (Kind.ASKS, Field.NEED, 1.0),
    (Kind.ASKS, Field.FOR_SOMEONE_ELSE, 1.5),
    (Kind.ASKS, Field.WORDS, 0.4),
    (Kind.ASKS, Field.CROSS_STREET, 0.7),
    (Kind.ASKS, Field.REQUESTER, 0.7),
    (Kind.ASKS, Field.PRIVACY, 0.5),
    (Kind.ASKS, Field.WANTED_ON, 0.5),
    (Kind.ASKS, Field.LOAD, 0.6),
    (Kind.HELPERS, Field.SKILLS, 1.6),
    (Kind.HELPERS, Field.MODE, 1.8),
    (Kind.HELPERS, Field.AVAILABILITY, 1.5),
    (Kind.HELPERS, Field.CAPACITY, 1.2),
    (Kind.HELPERS, Field.MAX_MINUTES, 1.5),
    (Kind.HELPERS, Field.MAX_STOPS, 1.5),
    (Kind.HELPERS, Field.END_ADDRESS, 1.0),
    (Kind.HELPERS, Field.AVAILABLE_FROM, 0.3),
)
# Headings that stand in sheets of every kind.
SAYS_LITTLE = frozenset(
    [
        "type",
        "category",
        "categories",
        "days",
        "day",
        "hours",
        "schedule",
        "time",
        "times",
        "start",
        "end",
        "from",
        "to",
        "description",
        "order",
        "orders",
        "title",
        "name",
        "message",
        "details",
        "service",
        "services",
        "items",
        "resources",
        "groups",
        "team",
        "capacity",
        "duration",
        "minutes",
        "summary",
        "text",
    ]
)
