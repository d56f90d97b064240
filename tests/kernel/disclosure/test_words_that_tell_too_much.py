"""Words that say where someone lives or how to reach them are found before they are shown to everyone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.kernel.disclosure import gives_away


@pytest.mark.parametrize(
    "words",
    [
        "Ring me: 718 555 0123",
        "call (718) 555-0123 after six",
        "+44 20 7946 0958",
        "7 1 8 - 5 5 5 - o 1 2 3",
        "٠٥٥ ١٢٣٤٥٦٧",
        "718\u200b555\u200b0123",
        "write to rosa@example.org",
        "rosa (at) example dot org",
        "@rosa on the usual app",
        "see www.example.org/rosa",
        "wa.me/17185550123",
        "at 12 Elm Street",
        "pick it up, 412 elm st",
        "the corner of 5th and Pine, flat 3",
        "Lindenstr. 4, im Hof",
        "Calle 5 # 32-10",
        "12 rue des Lilas",
        "Calle de la Luna 5",
        "ул. Ленина 5",
        "شارع 9 بناية 3",
        "I live in Rosewood 14",
        "apartment 3B, ring twice",
    ],
)
def test_these_do(words):
    assert gives_away(words)


@pytest.mark.parametrize(
    "words",
    [
        "A pram, hardly used",
        "Two prams for ages 0-3",
        "I can take 4 people on Tuesday after 5",
        "Piano lessons, 2 hours a week",
        "Winter jackets, size 62 to 74",
        "A bed, 90 x 200 cm",
        "Puedo cocinar para 6 personas",
        "أستطيع المساعدة مساء الخميس",
        "",
    ],
)
def test_these_do_not(words):
    assert gives_away(words) == []


@given(st.text(max_size=200))
def test_any_words_can_be_looked_at(words):
    assert isinstance(gives_away(words), list)


@given(st.text(alphabet="abc xyz,.", max_size=40), st.integers(2_000_000, 9_999_999_999))
def test_a_phone_number_is_found_wherever_it_stands(words, number):
    assert gives_away(f"{words} {number} {words}")
