import encodings.aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.worker.executors.body_charset import body_converter
from tests.fuzzing import fuzzed

CHARSETS = sorted({*encodings.aliases.aliases.values(), "idna", "punycode", "undefined", "unicode_escape", "palmos"})
"""Every codec of Python; some are no charsets."""


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        (None, "é".encode(), "é"),
        ("utf-8", "é".encode(), "é"),
        ("latin-1", b"\xe9", "é"),
        ("utf-16", "é".encode("utf-16"), "é"),
        ("utf-16", "é".encode("utf-16-le"), "é"),
        ("utf-16be", "é".encode("utf-16-be"), "é"),
        ("utf-32", "hé".encode("utf-32-le"), "hé"),
        ("no-such", b"abc", "abc"),
        ("hex", b"abc", "abc"),
        ("idna", b"abc", "abc"),
        ("undefined", b"abc", "abc"),
        ("utf-7", b"+2AA-", "?"),
    ],
)
def test_a_body_is_kept_as_utf8_also_in_pieces(charset: str | None, body: bytes, text: str) -> None:
    assert body_converter(charset)(body).decode() == text
    in_pieces = body_converter(charset)
    assert b"".join(in_pieces(body[n : n + 1]) for n in range(len(body))).decode() == text


@fuzzed(200)
@given(st.one_of(st.sampled_from(CHARSETS), st.text(max_size=10)), st.lists(st.binary(max_size=20), max_size=4))
def test_any_bytes_in_any_charset_are_kept(charset: str, pieces: list[bytes]) -> None:
    convert = body_converter(charset)
    for piece in pieces:
        assert isinstance(convert(piece), bytes)
