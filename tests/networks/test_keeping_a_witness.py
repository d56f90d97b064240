"""Members keep the head of the journal outside, and one command finds a past that was rewritten."""

from manyhands.kernel.chain import read_head
from tests.journal.test_the_chain_of_what_happened import seal


def test_a_member_keeps_todays_head_as_a_file(as_, town):
    seal()
    answer = as_(town.hana).get("/riverside/journal/head.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]
    head = read_head(answer.content.decode())
    assert (head.network, head.chain) == ("riverside", town.riverside.pk)
    page = as_(town.hana).get("/riverside/journal/").content.decode()
    assert head.spaced in page


def test_the_page_is_no_ones_who_is_not_a_member(as_, town):
    for someone in (None, town.eve, town.otto):
        assert as_(someone).get("/riverside/journal/").status_code == 404
        assert as_(someone).get("/riverside/journal/head.txt").status_code == 404
