"""Logging of all processes: readable text or JSON, on standard error."""

import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO, cast

import structlog

from backend.log_file import LogFile
from backend.settings import Settings
from backend.worker.masking import LEAST_CHARACTERS, SecretMask

_MOST_SECRET_CHARACTERS = 64 * 1024
"""Of a file in the folder of secrets; a longer one is masked in part."""


def _row_values(error: BaseException | None) -> Iterator[str]:
    """Yield the values of rows that PostgreSQL refused, from an error and its causes: passwords may be among them."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        detail = getattr(error, "detail", None)
        if isinstance(detail, str) and hasattr(error, "sqlstate"):
            yield detail
        error = error.__cause__ or error.__context__


def _format_exception(logger: object, method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Replace an exception by its trace without the values of rows: a processor of structlog."""
    given = line.get("exc_info")
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    mask = SecretMask(_row_values(error))
    line = structlog.processors.format_exc_info(logger, method, line)
    if mask and isinstance(trace := line.get("exception"), str):
        line["exception"] = mask.masked(trace)
    return line


def _secrets(settings: Settings) -> Iterator[str]:
    """Yield the values of a worker's secrets: those of its variables, and those of its folder as they are now."""
    yield from (value.get_secret_value() for value in settings.secret.values())
    if settings.secrets_dir is None:
        return
    with suppress(OSError):
        for file in filter(Path.is_file, settings.secrets_dir.iterdir()):
            with suppress(OSError, UnicodeDecodeError), file.open(encoding="utf-8") as opened:
                value = opened.read(_MOST_SECRET_CHARACTERS).rstrip("\r\n")
                if len(value) >= LEAST_CHARACTERS:
                    yield value


class _MaskedOutput:
    """Writes to a stream without the secrets of the settings."""

    def __init__(self, stream: TextIO, mask: SecretMask) -> None:
        self._stream = stream
        self._mask = mask

    def write(self, text: str) -> int:
        return self._stream.write(self._mask.masked(text))

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()


def configure_logging(settings: Settings, *, stream: TextIO | LogFile | None = None) -> None:
    """Configure structlog, and the logging module for libraries; `stream` is standard error by default."""
    out = cast("TextIO", stream or sys.stderr)
    if mask := SecretMask(_secrets(settings)):
        out = cast("TextIO", _MaskedOutput(out, mask))
    level = getattr(logging, settings.log_level.upper())
    renderer: structlog.typing.Processor
    if settings.log_format == "json":
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=out.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            _format_exception,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=out),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=out, format="%(levelname)s %(name)s %(message)s")
    for noisy in ("aio_pika", "aiormq", "asyncio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
