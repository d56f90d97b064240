"""The words of a notice, made in the moment it is sent: a sentence, a link and perhaps a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from manyhands.notices.models import Notice
from manyhands.people.models import Person


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: a subject, a sentence, and where to look (`link`: a path of ours) or what to type (`code`).

    Mail and texts are read by whoever carries them and by whoever holds the phone. So: no name, no address, nothing of
    what someone asked for or wrote.
    """

    subject: str
    text: str
    link: str = ""
    code: str = ""

    def as_text(self) -> str:
        """All of it, in as few signs as a text message wants."""
        return " ".join(part for part in (self.text, self.code, self._address()) if part)

    def as_mail(self) -> str:
        """All of it, with room to read."""
        foot = _("This was sent to you by the mutual aid network at %(where)s.") % {"where": settings.PUBLIC_URL}
        return "\n\n".join(part for part in (self.text, self.code, self._address(), f"-- \n{foot}") if part) + "\n"

    def _address(self) -> str:
        return settings.PUBLIC_URL + self.link if self.link else ""


Writer = Callable[[Person, str], Words | None]
_WRITERS: dict[str, Writer] = {}
_URGENT: set[str] = set()


def says(kind: str, writer: Writer, *, urgent: bool = False) -> None:
    """Let a room say what notices of this kind say. Said only in config/wiring.py.

    An ``urgent`` kind wakes people: somebody waits for it this minute (a code), or it is over by the morning (a run
    tonight). Texts of every other kind wait for the morning.

    ``writer(person, about)`` is called when the notice is sent, in the person's language. It gives the words, or
    ``None`` where there is nothing to tell any more (the code was used, the ask was taken back).
    """
    _WRITERS[kind] = writer
    (_URGENT.add if urgent else _URGENT.discard)(kind)


def write(notice: Notice) -> Words | None:
    """The words of a notice in its person's language, as things stand now."""
    with translation.override(language_of(notice.person)):
        words = _WRITERS[notice.kind](notice.person, notice.about)
        if words is None:
            return None
        # Made into text here, while the language is still theirs.
        return Words(str(words.subject), str(words.text), words.link or notice.link, words.code)


def knows(kind: str) -> bool:
    """Whether somebody says what notices of this kind say."""
    return kind in _WRITERS


def is_urgent(kind: str) -> bool:
    """Whether notices of this kind go out at night as well."""
    return kind in _URGENT


def language_of(person: Person) -> str:
    """The language a person is written to in: their own where the house speaks it."""
    spoken = [code for code, _name in settings.LANGUAGES]
    wanted = person.language.lower()
    return next((code for code in (wanted, wanted.split("-")[0]) if code in spoken), settings.LANGUAGE_CODE)
