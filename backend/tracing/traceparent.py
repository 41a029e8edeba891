"""The header `traceparent` of W3C Trace Context: which trace something belongs to, and which span caused it."""

import re

_FORM = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace_id>[0-9a-f]{32})-(?P<span_id>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)
_SAMPLED = 0x01


def read_traceparent(text: str) -> str | None:
    """Return a `traceparent` in the form of version 00, or None for one that is not valid.

    Of a later version only what version 00 has is taken over, as section 3.2 of the standard requires.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None or found["version"] == "ff" or not int(found["trace_id"], 16) or not int(found["span_id"], 16):
        return None
    if found["version"] == "00":
        return found[0] if found["more"] is None else None
    return f"00-{found['trace_id']}-{found['span_id']}-{int(found['flags'], 16) & _SAMPLED:02x}"


def trace_id_of(traceparent: str) -> str:
    """Return the id of the trace, 32 hexadecimal digits."""
    return traceparent.split("-")[1]


def span_id_of(traceparent: str) -> str:
    """Return the id of the span, 16 hexadecimal digits."""
    return traceparent.split("-")[2]
