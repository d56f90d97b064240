"""Translations without a gettext binary: gather the marked texts, compile the catalogues.

`python -m manyhands.kit.catalogues gather` writes what needs translating into every `.po` file.
`python -m manyhands.kit.catalogues compile` turns each `.po` into the `.mo` Django reads, where it is newer.
`python -m manyhands.kit.catalogues check` fails if a text is not in every catalogue, or not translated.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).resolve().parent.parent
LOCALE = HOUSE / "locale"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def catalogue_files() -> list[Path]:
    """Every translation people edit."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def _sources() -> Iterator[tuple[Path, bytes]]:
    from django.utils.translation.template import templatize

    for path in sorted(HOUSE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_bytes()
    for path in sorted([*HOUSE.rglob("*.html"), *HOUSE.rglob("*.txt")]):
        if "templates" in path.parts or "examples" in path.parts:
            yield path, templatize(path.read_text(encoding="utf-8")).encode()


def marked_texts() -> Catalog:
    """Every text marked for translation in the house's Python and templates."""
    catalogue = Catalog(charset="utf-8", project="Manyhands", copyright_holder="the people of Manyhands")
    for path, source in _sources():
        for _line, message, comments, context in extract(
            "python", io.BytesIO(source), keywords=KEYWORDS, comment_tags=["Translators:"]
        ):
            if message and message != "":
                where = [(str(path.relative_to(HOUSE.parent)), None)]
                flags = ["python-format"] if "%(" in str(message) or "%s" in str(message) else []
                catalogue.add(
                    message,
                    locations=where,  # type: ignore[arg-type]  # a place without a line: lines move
                    auto_comments=comments,
                    context=context,
                    flags=flags,
                )
    return catalogue


def gather() -> None:
    """Bring every catalogue up to date with the texts marked today: what is new is empty, what is gone is dropped."""
    template = marked_texts()
    for path in catalogue_files():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parts[-3])
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)


def compile_all() -> None:
    """Write the `.mo` beside every `.po` that is newer."""
    for path in catalogue_files():
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parts[-3])
        with compiled.open("wb") as file:
            write_mo(file, catalogue)


def lacking() -> dict[str, list[str]]:
    """What each catalogue lacks: language -> texts that are missing, empty or marked as doubtful."""
    wanted = {_key(message) for message in marked_texts() if message.id}
    lacks: dict[str, list[str]] = {}
    for path in catalogue_files():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parts[-3])
        done = {_key(message) for message in catalogue if message.id and _is_translated(message) and not message.fuzzy}
        if missing := sorted(str(key[0]) for key in wanted - done):
            lacks[path.parts[-3]] = missing
    return lacks


def _key(message: Message) -> tuple[Any, str | None]:
    return (message.id, message.context)


def _is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


def check() -> None:
    """Say what is not translated yet, and end with 1 if anything is not."""
    lacks = lacking()
    for language, texts in lacks.items():
        print(f"{language}: {len(texts)} texts are not translated, such as: {texts[0]!r}")
    if lacks:
        sys.exit(
            "Run `python -m manyhands.kit.catalogues gather`, translate what is empty in the .po files, and compile."
        )


if __name__ == "__main__":
    {"gather": gather, "compile": compile_all, "check": check}[sys.argv[1]]()
