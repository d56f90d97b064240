"""`manyhands keys`: from the locked cabinet to the sealed house, all that opens it changed in one act, and back."""

import re
import sys

import pytest
from typer.testing import CliRunner

from manyhands.config import wellbeing
from manyhands.config.cli import app
from manyhands.config.commands import keys
from manyhands.kit import ring
from manyhands.kit.ring import asking, slots
from tests import sealed

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="A sealed house needs Linux.")
FIRST, SECOND = "seven words that belong to no sentence", "marmoset lantern oatmeal thirteen gravel"


@pytest.fixture
def run(tmp_path, settings, monkeypatch):
    """Run a verb of `manyhands keys` with these lines typed; what it said, and how it ended."""
    settings.KEYS_DIR = tmp_path / "keys"
    monkeypatch.setattr(keys, "cost", lambda: sealed.QUICK)

    def done(*words: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["keys", *words], input="".join(f"{line}\n" for line in typed))
        return result.exit_code, result.output

    return done


def papers_in(said: str) -> list[str]:
    return re.findall(r"^Share \d+ of \d+:\n(.+)$", said, re.MULTILINE)


def test_from_the_cabinet_to_the_sealed_house_and_back(run):
    assert "Locked cabinet" in run("mode")[1]
    assert run("open") == (2, "This house is a locked cabinet. To seal it: manyhands keys seal-with-passphrase\n")
    key = ring.index_key("journal")
    code, said = run("seal-with-passphrase", "--needed", "2", "--of", "3", typed=(FIRST,))
    assert code == 0, said
    papers = papers_in(said)
    assert len(papers) == 3
    code, said = run("mode")
    assert "Sealed" in said
    assert "2 of 3 paper shares open it" in said
    assert "It is shut now: the server does not run." in said
    assert "Locked cabinet" not in said
    assert (FIRST in said, ring.is_open()) == (False, False)
    assert run("seal-with-passphrase", typed=(SECOND,))[0] == 2
    assert run("open", typed=(FIRST,)) == (1, "The key process is not running. Is the server?\n")
    with sealed.holding(ring.the_ring().folder):
        assert run("open", typed=("wrong words of somebody",))[0] == 1
        code, said = run("open", typed=(papers[2], papers[0]))
        assert (code, said.splitlines()[-1]) == (0, "The house is open.")
        assert "1 of 2 shares" in said
        assert ring.index_key("journal") == key
        assert "It is open now." in run("mode")[1]
        assert run("open")[1] == "The house is open already.\n"
        assert run("seal")[1] == "The house is shut.\n"
        assert not ring.is_open()
    assert run("seal")[1] == "The house was shut already.\n"
    assert run("open-by-itself", typed=("wrong words of somebody",))[0] == 1
    assert run("open-by-itself", typed=(papers[1], papers[2])) == (0, keys.CABINET + "\n")
    assert ring.index_key("journal") == key


def test_after_somebody_was_expelled_all_is_new_and_shut(run):
    papers = papers_in(run("seal-with-passphrase", "--needed", "2", "--of", "2", typed=(FIRST,))[1])
    folder = ring.the_ring().folder
    with sealed.holding(folder):
        run("open", typed=(FIRST,))
        code, said = run("renew", "--needed", "2", "--of", "3", typed=(FIRST, SECOND))
        assert (code, len(papers_in(said))) == (0, 3)
        assert not asking.standing(folder).is_there
    with sealed.holding(folder):
        assert run("open", typed=(FIRST,))[0] == 1
        assert "older set" in run("open", typed=(papers[0],))[1]
        assert run("open", typed=(SECOND,)) == (0, "The house is open.\n")


def test_a_passphrase_more_and_one_less(run):
    run("seal-with-passphrase", typed=(FIRST,))
    assert run("remove-passphrase", "first", typed=(FIRST,))[0] == 1
    assert run("add-passphrase", "kitchen", typed=(FIRST, SECOND))[0] == 0
    assert run("add-passphrase", "kitchen", typed=(FIRST, SECOND))[0] == 2
    assert run("add-passphrase", "weak", typed=(FIRST, "short"))[0] == 2
    assert run("remove-passphrase", "first", typed=(SECOND,))[0] == 0
    assert "passphrases opens it: kitchen." in run("mode")[1]
    assert run("remove-passphrase", "first", typed=(SECOND,))[0] == 2
    said = run("new-shares", "--needed", "2", "--of", "4", typed=(SECOND,))[1]
    ways = ring.the_ring().ways_in()
    assert slots.open_with_shares(ways, [slots.read_share(ways, words) for words in papers_in(said)][1:3])


def test_nothing_is_switched_under_a_running_server(run, settings):
    from manyhands.config.backups import making, restoring

    settings.ENV.data_dir.mkdir(parents=True, exist_ok=True)
    with making.held(settings.ENV.data_dir / restoring.SERVING, share=True):
        code, said = run("seal-with-passphrase", typed=(FIRST,))
    assert (code, ring.is_sealed()) == (1, False)
    assert "Stop it first" in said


def test_wrong_counts_of_shares_change_nothing(run):
    for needed, of in (("1", "3"), ("4", "3"), ("2", "17")):
        assert run("seal-with-passphrase", "--needed", needed, "--of", of, typed=(FIRST,))[0] == 1
        assert not ring.is_sealed()


def test_a_key_left_from_before_is_deleted(run):
    run("mode")
    folder = ring.the_ring().folder
    left = (folder / "unattended.key").read_text()
    run("seal-with-passphrase", typed=(FIRST,))
    (folder / "unattended.key").write_text(left)
    assert "was deleted" in run("mode")[1]
    assert not (folder / "unattended.key").exists()


def about_keys() -> list[str]:
    return [sentence for sentence in wellbeing.complaints() if "key" in sentence.lower() or "seal" in sentence.lower()]


@pytest.mark.django_db
def test_a_shut_house_is_not_ill_and_the_check_says_which_mode_is_on(run, settings):
    assert run("mode")[0] == 0
    assert "locked cabinet" in wellbeing.keys_mode()
    run("seal-with-passphrase", typed=(FIRST,))
    assert about_keys() == []
    assert "sealed and shut" in wellbeing.keys_mode()
    with sealed.holding(ring.the_ring().folder):
        run("open", typed=(FIRST,))
        assert "open now" in wellbeing.keys_mode()


@pytest.mark.django_db
def test_what_makes_a_sealed_house_less_than_that_is_told(run, settings, tmp_path, monkeypatch):
    run("seal-with-passphrase", typed=(FIRST,))
    folder = ring.the_ring().folder
    (folder / "unattended.key").write_text("x" * 64)
    (folder / "unattended.key").chmod(0o600)
    monkeypatch.setattr(wellbeing, "SWAPS", tmp_path / "swaps")
    (tmp_path / "swaps").write_text("Filename Type\n/swap file\n")
    monkeypatch.setattr(asking, "standing", lambda _folder: asking.Standing(True, True, 0, may_reach_swap=True))
    told = " ".join(about_keys())
    assert "left over" in told
    assert "swap" in told
    settings.ROOT_KEY = "k" * 40
    assert "MANYHANDS_ROOT_KEY is set" in " ".join(wellbeing._sealed(ring.the_ring()))
