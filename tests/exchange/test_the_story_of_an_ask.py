"""Everything that can happen to an ask has a sentence of its own."""

import re
from pathlib import Path

import manyhands.exchange
from manyhands.exchange import story

HERE = Path(manyhands.exchange.__file__).parent


def recorded() -> set[str]:
    written = "".join(path.read_text() for path in (HERE / "actions").glob("*.py"))
    return set(re.findall(r'journal\.record\(\s*"((?:ask|offer)\.\w+)"', written))


def test_every_verb_of_the_journal_can_be_told():
    assert len(recorded()) > 20
    assert recorded() - set(story.SENTENCES) == set()


def test_every_field_that_can_change_has_a_name():
    changes = re.search(r"allowed = \{(.*?)\}", (HERE / "actions" / "asks.py").read_text(), re.DOTALL)[1]
    assert set(re.findall(r'"(\w+)"', changes)) - set(story.CHANGED) == set()
