"""Logging of all processes, on standard error: text for a terminal, lines of JSON for programs.

Lines of libraries, which use the module logging, get the same form, time and masking.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import TextIO, cast

import structlog

from backend.log_file import LogFile
from backend.log_secrets import LogMask, format_exception
from backend.settings import Settings
from shared.printable_text import escaped

_QUIET_LIBRARIES = ("aio_pika", "aiormq", "asyncio", "alembic")
"""Their warnings repeat what this program logs itself, such as each attempt to connect."""
_OF_SEVERAL_LINES = ("exception", "stack")


class _MaskedOutput:
    """Writes to a stream without secrets."""

    def __init__(self, stream: TextIO, mask: LogMask) -> None:
        self._stream = stream
        self._mask = mask

    def write(self, text: str) -> int:
        return self._stream.write(self._mask.masked(text))

    def flush(self) -> None:
        self._stream.flush()


class _LibraryHandler(logging.Handler):
    """Writes the lines of libraries. They share the lock of the other lines, so that two never mix."""

    def __init__(self, logger: structlog.WriteLogger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Override of logging.Handler."""
        try:
            self._logger.msg(self.format(record))
        except Exception:  # noqa: BLE001 - what cannot be formatted must not end its caller; logging reports it
            self.handleError(record)


def configure_logging(settings: Settings, *, stream: TextIO | LogFile | None = None) -> None:
    """Configure structlog, and the module logging for libraries; `stream` is standard error by default."""
    given = cast("TextIO", stream or sys.stderr)
    out = cast("TextIO", _MaskedOutput(given, LogMask(settings)))
    is_json = settings.log_format == "json" or (settings.log_format == "auto" and not given.isatty())
    level = getattr(logging, settings.log_level.upper())
    first: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        format_exception,
    ]
    last = _rendering(is_json=is_json, is_colored=given.isatty())
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=True,
    )
    handler = _LibraryHandler(structlog.WriteLogger(out))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *first],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    _route_libraries(handler, level=max(level, logging.WARNING))
    _log_uncaught_errors()


def _rendering(*, is_json: bool, is_colored: bool) -> list[structlog.typing.Processor]:
    if is_json:
        return [structlog.processors.JSONRenderer()]
    return [
        _escape_values,
        structlog.dev.ConsoleRenderer(colors=is_colored, exception_formatter=structlog.dev.plain_traceback),
    ]


def _escape_values(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Write out control characters: a name must not forge lines, nor move the cursor of a terminal."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = escaped(value, keep="\n\t" if name in _OF_SEVERAL_LINES else "")
    return line


def _route_libraries(handler: logging.Handler, *, level: int) -> None:
    root = logging.getLogger()
    for former in [one for one in root.handlers if isinstance(one, _LibraryHandler)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.ERROR)


def _log_uncaught_errors() -> None:
    """Let errors that end a process or a thread be lines of the log."""
    log = structlog.get_logger()

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("The process ended with an error.", exc_info=error)

    def on_thread_error(hooked: threading.ExceptHookArgs) -> None:
        name = hooked.thread.name if hooked.thread is not None else None
        log.error("A thread ended with an error.", thread=name, exc_info=hooked.exc_value)

    sys.excepthook = on_error
    threading.excepthook = on_thread_error
