"""What was sealed is opened with its key at its place, and nowhere else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.encryption.key_ring import KeyRing, StoredSecret, UnreadableError, key_id_of, new_key, parse_keys
from backend.sealing import Sealed, UnsealError, derived_key, seal, unseal
from tests.fuzzing import fuzzed

KEY = derived_key(b"a secret", "tests")
PLACES = st.lists(st.text(max_size=8), min_size=1, max_size=4)


@fuzzed(60)
@given(value=st.text(max_size=200), place=PLACES, other=PLACES)
def test_a_value_is_opened_at_its_place_alone(value: str, place: list[str], other: list[str]) -> None:
    sealed = seal(value, key=KEY, bound_to=place)
    assert unseal(Sealed.parse(sealed.text()), key=KEY, bound_to=place) == value
    if other != place:
        with pytest.raises(UnsealError):
            unseal(sealed, key=KEY, bound_to=other)
    with pytest.raises(UnsealError):
        unseal(sealed, key=derived_key(b"a secret", "other"), bound_to=place)


@fuzzed(60)
@given(value=st.text(max_size=50), at=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_one_changed_bit_is_noticed(value: str, at: int, bit: int) -> None:
    sealed = seal(value, key=KEY, bound_to=["place"])
    data = bytearray(sealed.nonce + sealed.ciphertext)
    data[at % len(data)] ^= 1 << bit
    with pytest.raises(UnsealError):
        unseal(Sealed(bytes(data[:12]), bytes(data[12:])), key=KEY, bound_to=["place"])


@fuzzed(60)
@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        unseal(Sealed.parse(text), key=KEY, bound_to=["place"])
    except UnsealError:
        return
    raise AssertionError("it was opened")


def test_the_same_value_is_sealed_in_another_way_each_time() -> None:
    assert seal("value", key=KEY, bound_to=["a"]) != seal("value", key=KEY, bound_to=["a"])


def test_nothing_prints_a_key_or_a_value() -> None:
    key = new_key()
    stored = KeyRing([key]).seal("the value", key_id=key.id, bound_to=["a"])
    assert not re.search("[0-9a-f]{20}", repr(key))
    assert "the value" not in repr(stored)
    assert key.secret.hex() not in key.id


def test_a_stored_text_names_its_key_and_a_text_in_clear_names_none() -> None:
    old, new = new_key(), new_key()
    text = KeyRing([old]).seal("value", key_id=old.id, bound_to=["a"]).text()
    assert (key_id_of(text), key_id_of("in clear"), key_id_of("sealed:1:"), key_id_of("a:b:c:d")) == (
        old.id,
        "",
        "",
        "",
    )
    assert StoredSecret.parse("in clear") is None
    stored = StoredSecret.parse(text)
    assert stored is not None
    assert KeyRing([new, old]).open(stored, bound_to=["a"]) == "value"
    with pytest.raises(UnreadableError, match=f"encrypted with the key {old.id}.* does not have .it has {new.id}"):
        KeyRing([new]).open(stored, bound_to=["a"])
    with pytest.raises(UnreadableError, match="changed or belongs to another object"):
        KeyRing([old]).open(stored, bound_to=["b"])


def test_keys_are_read_from_lines_blanks_and_commas() -> None:
    keys = [new_key() for _ in range(3)]
    assert parse_keys(f" {keys[0].text()}\n{keys[1].text()}, {keys[2].text()}\n") == tuple(keys)


@pytest.mark.parametrize("text", ["", "  ", "tds_12", "x" * 68, "tds_" + "g" * 64, "tds_" + "a" * 63])
def test_what_is_no_key_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="taskdeck secret-key create") as refused:
        parse_keys(text)
    assert not text.strip() or text not in str(refused.value)


def test_a_key_twice_is_refused() -> None:
    key = new_key().text()
    with pytest.raises(ValueError, match="twice") as refused:
        parse_keys(f"{key}\n{key}")
    assert key not in str(refused.value)
