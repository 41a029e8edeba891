"""Secrets are replaced in each spelling, wherever a text is divided."""

import base64
import json
import shlex
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.worker.masking import MASK, SecretMask
from tests.fuzzing import fuzzed

SECRET = "pä ss/w\"0rd\\+'$&="


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower(),
        json.dumps(SECRET),
        json.dumps({"a": [SECRET]}, ensure_ascii=False),
        shlex.quote(SECRET),
        repr(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.b64encode(f"me:{SECRET}:x".encode()).decode(),
        SECRET.encode().hex(),
    ],
)
def test_a_secret_is_replaced_in_each_spelling(written: str) -> None:
    masked = SecretMask([SECRET]).masked(f"<{written}>")
    assert MASK in masked
    for begin in range(len(written) - 11):
        assert written[begin : begin + 12] not in masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (str(httpx.URL(f"http://h/bot{quote(SECRET, safe='/+=&$')}/x")), f"http://h/bot{MASK}/x"),
        (f"Illegal header value {SECRET.encode()!r}", f"Illegal header value b'{MASK}'"),
        (f"failed: {f'bad {SECRET.encode()!r}'!r}", f"failed: 'bad b\\'{MASK}\\''"),
    ],
)
def test_a_secret_is_replaced_in_what_libraries_say_of_it(text: str, masked: str) -> None:
    assert SecretMask([SECRET]).masked(text) == masked


def test_each_line_of_a_key_is_replaced() -> None:
    lines = ["-----BEGIN KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "x", "-----END KEY-----"]
    masked = SecretMask(["\n".join(lines)]).masked(f"{lines[1]} and {lines[2]}")
    assert masked == f"{MASK} and x"


def test_the_longer_of_two_secrets_is_replaced_where_the_shorter_one_begins_it() -> None:
    stream = SecretMask(["abcd", "abcdefgh"]).stream()
    assert stream.feed("1 abcd") + stream.feed("efgh 2", is_last=True) == f"1 {MASK} 2"


def test_secrets_that_overlap_are_replaced_as_one() -> None:
    stream = SecretMask(["xxab", "abcdef"]).stream()
    assert stream.feed("1 xxab") + stream.feed("cdef 2", is_last=True) == f"1 {MASK} 2"


def test_what_begins_no_secret_is_not_held_back() -> None:
    stream = SecretMask(["s3cret-and-long"]).stream()
    assert stream.feed("40 % done: ") == "40 % done: "
    assert stream.feed("a s3c") == "a "
    assert stream.feed("ond") == "s3cond"


def test_the_same_letter_without_end_is_not_held_back_for_ever() -> None:
    stream = SecretMask(["aaaa"]).stream()
    ready = [stream.feed("a" * 100) for _ in range(100)]
    assert "a" not in "".join(ready)
    assert stream.feed("b", is_last=True) == "b"


@fuzzed(200)
@given(
    st.lists(st.text("ab", min_size=4, max_size=8), min_size=1, max_size=3),
    st.text("abc", max_size=60),
    st.lists(st.integers(1, 9), max_size=20),
)
def test_a_divided_text_is_masked_as_the_whole(secrets: list[str], text: str, lengths: list[int]) -> None:
    mask = SecretMask(secrets)
    stream, rest, ready = mask.stream(), text, ""
    for length in lengths:
        ready += stream.feed(rest[:length])
        rest = rest[length:]
    ready += stream.feed(rest, is_last=True)
    assert ready == mask.masked(text)
    for secret in secrets:
        assert secret not in ready
