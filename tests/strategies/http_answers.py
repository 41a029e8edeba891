"""What an HTTP server may send: any status, headers and framing, whole, cut, slow or without an end."""

import gzip
import zlib
from dataclasses import dataclass
from enum import StrEnum

from hypothesis import strategies as st


class Ending(StrEnum):
    """What the server does after its last byte."""

    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"
    ENDLESS = "endless"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """The bytes of an answer, in pieces, and the end; `status` is None where its head is not whole."""

    pieces: tuple[bytes, ...]
    ending: Ending
    status: int | None


_BODIES = st.one_of(st.sampled_from((b"", b"hello", b"\xff\x00", b"x" * 70_000)), st.binary(max_size=50))
_HEADERS = st.lists(
    st.sampled_from(
        (
            b"Content-Type: text/plain; charset=utf-16",
            b"Content-Type: text/plain; charset=no-such",
            b"Content-Type: \xff",
            b"Location: http://127.0.0.1:9/",
            b"Location: //[",
            b"Location: /\r\nX-A: b",
            b"Location:",
            b"Connection: close",
            b"Keep-Alive: timeout=\xe9",
            b"Set-Cookie: a=b",
            b"X-Long: " + b"a" * 9000,
            b"No colon",
            b" Folded: x",
            b"Upgrade: h2c",
            b"Content-Encoding: br",
            b"Transfer-Encoding: nonsense",
            b"Content-Length: -1",
        )
    ),
    max_size=2,
)
_REASONS = st.sampled_from((b" OK", b"", b" ", b" \xe9\xff", b" Not Found"))


def _framed(body: bytes, framing: str) -> tuple[list[bytes], bytes]:
    """Return the headers of a body and the bytes on the wire."""
    match framing:
        case "length":
            return [b"Content-Length: %d" % len(body)], body
        case "too long":
            return [b"Content-Length: %d" % (len(body) + 10)], body
        case "too short":
            return [b"Content-Length: %d" % max(0, len(body) - 1)], body
        case "chunked":
            chunk = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
            return [b"Transfer-Encoding: chunked"], chunk + b"0\r\n\r\n"
        case "bad chunk":
            return [b"Transfer-Encoding: chunked"], b"zz\r\n" + body
        case "gzip":
            packed = gzip.compress(body, mtime=0)
            return [b"Content-Encoding: gzip", b"Content-Length: %d" % len(packed)], packed
        case "deflate":
            packed = zlib.compress(body)
            return [b"Content-Encoding: deflate", b"Content-Length: %d" % len(packed)], packed
        case "no gzip":
            return [b"Content-Encoding: gzip", b"Content-Length: %d" % len(body)], body
    return [], body


@st.composite
def http_answers(draw: st.DrawFn) -> HttpAnswer:
    """An answer, of which one third is cut somewhere."""
    status = draw(st.one_of(st.integers(100, 599), st.sampled_from((200, 204, 301, 304, 100, 101))))
    framings = ("length", "too long", "too short", "chunked", "bad chunk", "gzip", "deflate", "no gzip", "none")
    framing, wire = _framed(draw(_BODIES), draw(st.sampled_from(framings)))
    headers = draw(_HEADERS)
    first = b"HTTP/1.1 %d%s" % (status, draw(_REASONS))
    head = b"\r\n".join([first, *framing, *headers, b"", b""])
    if draw(st.booleans()) and draw(st.booleans()):
        head = b"HTTP/1.1 103 Early Hints\r\n\r\n" + head
    if draw(st.integers(0, 19)) == 0:
        head = draw(st.binary(max_size=40))
    content = head + wire
    cut = draw(st.one_of(st.none(), st.none(), st.integers(0, len(content))))
    sent = content if cut is None else content[:cut]
    place = draw(st.integers(0, len(sent)))
    plain = all(b"\xff" not in header and b":" in header and not header.startswith(b" ") for header in headers)
    well_framed = not any(header.startswith((b"Transfer-Encoding", b"Content-Length")) for header in headers)
    is_whole = head.startswith((first, b"HTTP/1.1 103")) and len(sent) >= len(head)
    return HttpAnswer(
        pieces=tuple(piece for piece in (sent[:place], sent[place:]) if piece),
        ending=draw(
            st.sampled_from((Ending.CLOSE, Ending.CLOSE, Ending.CLOSE, Ending.RESET, Ending.HANG, Ending.ENDLESS))
        ),
        status=status if is_whole and plain and well_framed and status >= 200 else None,
    )
