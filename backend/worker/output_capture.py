"""The output of a command: tails for the result, numbered pieces for the log."""

import asyncio
import codecs
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backend.worker.masking import SecretMask
from shared.enums import LogStream

TAIL_BYTES = 64 * 1024
"""Of each stream, in the result."""
WHOLE_BYTES = 10 * 1024 * 1024
"""Of each stream, sent to the log as it is written. Of what follows, only the end is sent."""
END_BYTES = 1024 * 1024
PIECE_CHARACTERS = 32 * 1024
"""Of one row of the log."""
FLUSH_SECONDS = 0.1
"""How long output waits for more of it before it is sent."""


@dataclass(frozen=True, slots=True)
class OutputPiece:
    """A piece of output; `at` is the monotonic time at which it was read."""

    stream: LogStream
    sequence: int
    at: float
    text: str


class _Stream:
    """One stream: decoded, masked, counted."""

    def __init__(self, mask: SecretMask) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._masked = mask.stream()
        self._tail: deque[str] = deque()
        self._tail_length = 0
        self.emitted = 0
        self.end: deque[str] = deque()
        self.end_length = 0
        self.left_out = 0

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """Return the text that is ready; a secret across two reads is held back until it is whole."""
        text = self._decoder.decode(data, final).replace("\x00", "\ufffd")
        return self._masked.feed(text, is_last=final)

    def add_tail(self, text: str) -> None:
        self._tail.append(text)
        self._tail_length += len(text)
        while self._tail and self._tail_length - len(self._tail[0]) >= TAIL_BYTES:
            self._tail_length -= len(self._tail.popleft())

    def add_end(self, text: str) -> None:
        self.end.append(text)
        self.end_length += len(text)
        while self.end and self.end_length - len(self.end[0]) >= END_BYTES:
            gone = self.end.popleft()
            self.end_length -= len(gone)
            self.left_out += len(gone.encode())

    def tail(self) -> str:
        """Return the last 64 KiB, cut at a character."""
        data = "".join(self._tail).encode()[-TAIL_BYTES:]
        return data.decode(errors="ignore")


class OutputCapture:
    """The output of one attempt. Pieces are emitted in the order of writing over both streams; memory is bounded."""

    def __init__(self, emit: Callable[[OutputPiece], None], *, secrets: Iterable[str] = ()) -> None:
        self._emit = emit
        self._mask = SecretMask(secrets)
        self._streams: dict[LogStream, _Stream] = {}
        self._buffer: list[str] = []
        self._buffered = 0
        self._buffer_stream = LogStream.STDOUT
        self._sequence = 0
        self._timer: asyncio.TimerHandle | None = None

    def mask(self, secrets: Iterable[str]) -> None:
        """Replace these values by `***` in what is written from now on, in the spellings of `masking.spellings`."""
        for secret in secrets:
            self._mask.add(secret)

    @property
    def has_secrets(self) -> bool:
        """Whether anything is replaced."""
        return bool(self._mask)

    def masked(self, text: str) -> str:
        """Return a text of the attempt, such as its error, with the secrets replaced."""
        return self._mask.masked(text)

    def write(self, stream: LogStream, data: bytes) -> None:
        """Add output of the attempt."""
        self._add(stream, self._of(stream).decode(data))

    def close(self) -> None:
        """Emit what is left."""
        for stream, state in self._streams.items():
            self._add(stream, state.decode(b"", final=True))
            if state.end:
                if state.left_out:
                    self._put(stream, f"\n… {state.left_out:,} bytes left out …\n")
                self._put(stream, "".join(state.end))
                state.end.clear()
        self._flush()

    @property
    def pieces(self) -> int:
        """How many pieces were emitted."""
        return self._sequence

    def tail(self, stream: LogStream) -> str | None:
        """Return the last 64 KiB of a stream, or None where nothing was written."""
        state = self._streams.get(stream)
        return state.tail() if state else None

    def _of(self, stream: LogStream) -> _Stream:
        state = self._streams.get(stream)
        if state is None:
            state = self._streams[stream] = _Stream(self._mask)
        return state

    def _add(self, stream: LogStream, text: str) -> None:
        if not text:
            return
        state = self._of(stream)
        state.add_tail(text)
        if state.emitted < WHOLE_BYTES:
            state.emitted += len(text.encode())
            self._put(stream, text)
        else:
            state.add_end(text)

    def _put(self, stream: LogStream, text: str) -> None:
        if self._buffer and stream is not self._buffer_stream:
            self._flush()
        self._buffer_stream = stream
        self._buffer.append(text)
        self._buffered += len(text)
        if self._buffered >= PIECE_CHARACTERS:
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._buffer:
            return
        text = "".join(self._buffer)
        self._buffer.clear()
        self._buffered = 0
        now = time.monotonic()
        for begin in range(0, len(text), PIECE_CHARACTERS):
            self._sequence += 1
            part = text[begin : begin + PIECE_CHARACTERS]
            self._emit(OutputPiece(self._buffer_stream, self._sequence, now, part))
