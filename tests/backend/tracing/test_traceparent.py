"""The header `traceparent`, by the examples and rules of W3C Trace Context."""

import pytest

from backend.tracing.traceparent import read_traceparent, span_id_of, trace_id_of

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01"),
        (f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}-00"),
        (f" 00-{TRACE}-{SPAN}-01 ", f"00-{TRACE}-{SPAN}-01"),
        (f"cc-{TRACE}-{SPAN}-09-what-the-future-will-be-like", f"00-{TRACE}-{SPAN}-01"),
        (f"cc-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01"),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"cc-{TRACE}-{SPAN}-01.more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE}-{SPAN}", None),
        (f"00-{TRACE}-{SPAN}-1", None),
        (f"00-{TRACE}-{SPAN}-01\n00", None),
        (f"00-{TRACE}-{SPAN}-0１", None),  # a digit, but not one of ASCII
        ("", None),
    ],
)
def test_what_is_read_of_the_header(text: str, read: str | None) -> None:
    assert read_traceparent(text) == read


def test_the_ids_of_a_traceparent() -> None:
    text = f"00-{TRACE}-{SPAN}-01"
    assert (trace_id_of(text), span_id_of(text)) == (TRACE, SPAN)
