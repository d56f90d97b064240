"""What the docs say can be followed: links lead somewhere, commands and pictures are there, buttons are called so."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from typer.main import get_command

from manyhands.config.cli import app
from manyhands.kit.catalogues import marked_texts

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# Here words in bold are words on a page; elsewhere bold may mean what it likes.
FOLLOWED = sorted(page for folder in ("tutorial", "how-to", "explanation") for page in (DOCS / folder).rglob("*.md"))
PICTURES = sorted((DOCS / "pictures").iterdir())
HEAVIEST = 150_000

_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<to>[^)\s]+)\)")
_FENCE = re.compile(r"^\s*```.*?^\s*```", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[re.Match[str]]:
    return list(_LINK.finditer(prose(page)))


@cache
def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page):
    astray = []
    for link in links(page):
        to, _, anchor = link["to"].partition("#")
        if re.match(r"https?:|mailto:", to):
            continue
        there = (page.parent / unquote(to)).resolve() if to else page
        found = there.exists() and there.is_relative_to(ROOT)
        if not found or (anchor and (there.is_dir() or anchor not in anchors(there))):
            astray.append(link["to"])
    assert astray == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_script_named_is_there(page):
    named = set(re.findall(r"(?<![\w/-])script/(\w+)", page.read_text(encoding="utf-8")))
    assert {script for script in named if not (ROOT / "script" / script).is_file()} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_and_option_named_is_there(page):
    commands = every_command()
    wrong = []
    for line in code_in(page):
        for command, rest in re.findall(
            r"(?<![\w/.-])(?:\.venv/bin/)?manyhands ((?:keys )?[a-z][\w-]*)([^;|&]*)", line
        ):
            if command not in commands:
                wrong.append(f"manyhands {command}")
                continue
            known = {option for each in commands[command].params for option in (*each.opts, *each.secondary_opts)}
            options = set(re.findall(r"(?<=\s)--[a-z][\w-]*", rest)) - {"--help"}
            wrong += [f"manyhands {command} {option}" for option in sorted(options - known)]
    assert wrong == []


def every_command() -> dict[str, Any]:
    """Each command by its whole name: a group's own stand behind the group's."""
    found = dict(get_command(app).commands)
    for group, each in list(found.items()):
        found |= {f"{group} {verb}": own for verb, own in getattr(each, "commands", {}).items()}
    return found


def code_in(page: Path) -> list[str]:
    """What is set as code: the lines of blocks, and each piece between backticks."""
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(_FENCE.findall(text)).replace("\\\n", " ").splitlines()
    # In a block of settings `manyhands` may be a user or a folder; what follows a prompt or stands first is a command.
    commands = [line for line in blocks if re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?manyhands ", line)]
    return commands + re.findall(r"`([^`\n]+)`", prose(page))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_picture_shown_is_there_and_told_in_words(page):
    wrong = [
        link["to"]
        for link in links(page)
        if link["picture"] and not (link["text"].strip() and (page.parent / link["to"]).is_file())
    ]
    assert wrong == []


def test_every_picture_is_shown_somewhere():
    shown = {(page.parent / link["to"]).resolve() for page in PAGES for link in links(page) if link["picture"]}
    assert [picture.name for picture in PICTURES if picture.resolve() not in shown] == []


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_every_picture_is_light_and_made_by_the_script(picture):
    assert picture.stat().st_size <= HEAVIEST
    assert f'"{picture.stem}"' in (ROOT / "script" / "pictures").read_text(encoding="utf-8")


@cache
def said_on_pages() -> tuple[set[str], re.Pattern[str]]:
    """Every text of the pages: those without places to fill in, and one pattern for the others."""
    texts: set[str] = set()
    for message in marked_texts():
        texts.update([message.id] if isinstance(message.id, str) else message.id)
    texts = {" ".join(text.split()) for text in texts}
    plain = {text for text in texts if "%(" not in text}
    patterns = [r".+".join(map(re.escape, re.split(r"%\(\w+\)(?:\.\d)?[sdf]", text))) for text in texts - plain]
    return plain, re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


@pytest.mark.parametrize("page", FOLLOWED, ids=name_of)
def test_every_word_in_bold_stands_on_a_page(page):
    """“…” stands for what differs, such as a name: **Give to …**."""
    plain, filled = said_on_pages()
    named = {" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", prose(page), re.DOTALL)}
    unknown = {words for words in named if words not in plain and not ("…" in words and filled.fullmatch(words))}
    assert unknown == set()


def test_every_page_of_the_docs_stands_in_their_table_of_contents():
    listed = {(DOCS / link["to"].partition("#")[0]).resolve() for link in links(DOCS / "README.md")}
    pages = {
        page.resolve()
        for folder in ("tutorial", "how-to", "explanation", "reference")
        for page in (DOCS / folder).rglob("*.md")
    }
    assert {name_of(page) for page in pages - listed} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_somebodys_machine(page):
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.])/(?:root|home|Users|work|tmp)/\S*|\b[A-Z]:\\\S+", text) == []
