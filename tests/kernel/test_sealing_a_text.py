"""What is sealed opens with its key and in its place, and otherwise not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.kernel import sealing

KEY = bytes(range(32))
keys = st.binary(min_size=32, max_size=32)


@given(key=keys, plain=st.binary(max_size=200), about=st.binary(max_size=60), generation=st.integers(0, 2**32 - 1))
def test_what_is_sealed_opens_again(key, plain, about, generation):
    sealed = sealing.seal(key, plain, generation=generation, about=about)
    assert sealing.open_(key, sealed, about=about) == plain
    assert sealing.open_(key, memoryview(sealed), about=about) == plain
    assert sealing.generation_of(sealed) == generation
    assert len(sealed) == len(plain) + sealing.OVERHEAD == len(plain) + 33


@given(plain=st.binary(max_size=80), bit=st.integers(0, 7))
def test_any_byte_changed_breaks_it(plain, bit):
    sealed = sealing.seal(KEY, plain, generation=3, about=b"net|asks|words|7")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << bit
        with pytest.raises(sealing.Broken):
            sealing.open_(KEY, bytes(changed), about=b"net|asks|words|7")


@given(plain=st.binary(max_size=80), data=st.data())
def test_cut_short_or_made_longer_it_breaks(plain, data):
    sealed = sealing.seal(KEY, plain, generation=1, about=b"")
    for other in (sealed[: data.draw(st.integers(0, len(sealed) - 1))], sealed + data.draw(st.binary(min_size=1))):
        with pytest.raises(sealing.Broken):
            sealing.open_(KEY, other, about=b"")


@given(here=st.binary(max_size=40), there=st.binary(max_size=40))
def test_moved_to_another_place_it_breaks(here, there):
    sealed = sealing.seal(KEY, b"12 Elm Street", generation=1, about=here)
    if here != there:
        with pytest.raises(sealing.Broken):
            sealing.open_(KEY, sealed, about=there)


@given(key=keys)
def test_another_key_does_not_open_it(key):
    if key != KEY:
        with pytest.raises(sealing.Broken):
            sealing.open_(key, sealing.seal(KEY, b"x", generation=1, about=b""), about=b"")


@given(junk=st.binary(max_size=200))
def test_junk_never_opens_and_never_crashes(junk):
    with pytest.raises(sealing.Broken):
        sealing.open_(KEY, junk, about=b"")


def test_the_same_text_is_never_sealed_the_same_way_twice():
    assert len({sealing.seal(KEY, b"same", generation=1, about=b"") for _ in range(500)}) == 500


@pytest.mark.parametrize("short", [b"", b"x" * 16, b"x" * 31, b"x" * 33])
def test_a_key_of_another_length_is_refused(short):
    for use in (
        lambda: sealing.seal(short, b"x", generation=1, about=b""),
        lambda: sealing.blind(short, "x"),
        lambda: sealing.derive(short, "x"),
    ):
        with pytest.raises(ValueError, match="32 bytes"):
            use()


@given(key=keys, text=st.text())
def test_a_blind_index_is_the_same_for_the_same_text_and_key_only(key, text):
    assert sealing.blind(key, text) == sealing.blind(key, text)
    assert len(sealing.blind(key, text)) == 16
    assert sealing.blind(key, text) != sealing.blind(key, text + "1")
    assert key == KEY or sealing.blind(key, text) != sealing.blind(KEY, text)


def test_keys_for_two_purposes_have_nothing_in_common():
    assert sealing.derive(KEY, "journal") == sealing.derive(KEY, "journal")
    assert sealing.derive(KEY, "journal") != sealing.derive(KEY, "backup")
    assert len(sealing.derive(KEY, "journal")) == 32


def test_the_blind_index_is_hmac_sha_256_as_published():
    """RFC 4231's second case has a short key, so this one was computed with OpenSSL: openssl dgst -sha256 -mac HMAC."""
    assert sealing.blind(KEY, "+15085550123").hex() == "8700915f87df5ed31854b0ebd22ead2a"
