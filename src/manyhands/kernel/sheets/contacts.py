"""Reading cells about who somebody is and how to reach them."""

from __future__ import annotations

import re

from manyhands.kernel.sheets import looks
from manyhands.kernel.sheets.answers import parse_yes_no
from manyhands.kernel.sheets.choices import Choices
from manyhands.kernel.sheets.drafts import Cell, Draft, Learnt, Reader, joined_into, text_into, yes_no_into
from manyhands.kernel.sheets.fields import Field
from manyhands.kernel.sheets.languages import parse_languages
from manyhands.kernel.sheets.lexicon import plain
from manyhands.kernel.sheets.phones import parse_emails, parse_phones
from manyhands.kernel.sheets.problems import Code

_SOMEONE_ELSE = re.compile(
    r"\b(someone else|somebody|neighbou?r|friend|mother|father|parent|client|relative|family member|other|otra|autre"
    r"|andere|altr)"
)
_MYSELF = re.compile(r"\b(me|my ?self|self|mi|moi|mich|me stess|yourself|para mi)\b")


def _read_phone(cell: Cell) -> None:
    phones = parse_phones(cell.text, cell.learnt.region)
    if phones.problem == Code.PHONE_WRONG and "@" in cell.text:
        emails = parse_emails(cell.text)
        if emails.addresses:
            cell.draft.add("emails", *emails.addresses)
            if emails.words:
                cell.note()
            return
    if phones.problem:
        cell.say(phones.problem)
    cell.draft.add("phones", *phones.numbers)
    if phones.extension:
        cell.put("phone_extension", phones.extension)
    if phones.words or phones.problem in {Code.PHONE_WRONG, Code.PHONE_ROUNDED}:
        if "@" in cell.text:
            cell.draft.add("emails", *parse_emails(cell.text).addresses)
        cell.note()


def _read_email(cell: Cell) -> None:
    emails = parse_emails(cell.text)
    cell.draft.add("emails", *emails.addresses)
    if emails.problem:
        phones = parse_phones(cell.text, cell.learnt.region)
        if phones.numbers and not phones.words:
            cell.draft.add("phones", *phones.numbers)
            return
        cell.say(emails.problem)
    if emails.problem or emails.words:
        cell.note()


def _read_language(cell: Cell) -> None:
    if looks.says_none(cell.text):
        return
    text = ", ".join(Choices([]).split(cell.text)) if cell.text.strip().startswith("[") else cell.text
    codes, unknown = parse_languages(text)
    cell.draft.add("languages", *codes)
    if unknown:
        if not looks.is_yes_or_no(cell.text):
            cell.say(Code.LANGUAGE_UNKNOWN, unknown[0])
        cell.note()


def _read_for_someone_else(cell: Cell) -> None:
    answer = parse_yes_no(cell.text)
    words = plain(cell.text)
    if _SOMEONE_ELSE.search(words):
        answer = True
    elif answer is None and _MYSELF.search(words):
        answer = False
    if answer is not None:
        cell.put("for_someone_else", answer)
    if answer is None or len(words) > 24:
        cell.note()


def _role_into(name: str) -> Reader:
    def read(cell: Cell) -> None:
        answer = parse_yes_no(cell.text)
        if answer is None:
            cell.note()
        else:
            cell.put(name, answer)

    return read


def join_name(draft: Draft, learnt: Learnt, cells: list[str]) -> None:
    """One name from first and last; where a whole name stands too, the parts it does not hold go to the notes."""
    first, last = draft.values.pop("_first_name", ""), draft.values.pop("_last_name", "")
    whole = " ".join(part for part in (first, last) if part)
    if not whole or plain(draft.values.setdefault("name", whole)) == plain(whole):
        return
    for index, column in enumerate(learnt.fields):
        part = cells[index].strip()
        if column in {Field.FIRST_NAME, Field.LAST_NAME} and part and plain(part) not in plain(draft.values["name"]):
            draft.note(learnt.headings[index], part)


CONTACTS: dict[Field, Reader] = {
    Field.NAME: text_into("name"),
    Field.FIRST_NAME: text_into("_first_name"),
    Field.LAST_NAME: text_into("_last_name"),
    Field.PHONE: _read_phone,
    Field.EMAIL: _read_email,
    Field.CONTACT_METHOD: joined_into("contact_method", ", "),
    Field.LANGUAGE: _read_language,
    Field.PRIVACY: yes_no_into("private"),
    Field.CONSENT: yes_no_into("consent"),
    Field.EXTERNAL_ID: text_into("external_id"),
    Field.SOURCE: joined_into("source", ", "),
    Field.STATUS: text_into("status"),
    Field.REQUESTER: joined_into("requester", ", "),
    Field.FOR_SOMEONE_ELSE: _read_for_someone_else,
    Field.IS_ASKER: _role_into("_asker"),
    Field.IS_HELPER: _role_into("_helper"),
}
