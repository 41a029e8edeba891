"""What no line of the log may contain: secrets of the settings, values of refused rows, and tokens by their form."""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog

from backend.accounts.random_tokens import PERSONAL_PREFIX
from backend.setting_sources import SECRET_SETTINGS
from backend.settings import Settings
from backend.worker.masking import LEAST_CHARACTERS, MASK, SecretMask

_MOST_SECRET_CHARACTERS = 64 * 1024
"""Of a file in the folder of secrets; a longer one is masked in part."""
_LEAST_PASSWORD_CHARACTERS = 8
"""A shorter part of a URL is masked, if it is a password, only where it stands in one: other texts may have it."""
_PASSWORD_PARAMETERS = ("password", "sslpassword")
_TOKENS = re.compile(
    rf"(?:{PERSONAL_PREFIX}[\w-]{{8,}}|eyJ[\w-]{{8,}}\.[\w-]+\.[\w-]+|(?<=earer )[^\s\"'\\,]+|(?<=asic )[\w+/=-]{{8,}})"
)
_SIGNS_OF_TOKENS = (PERSONAL_PREFIX, "eyJ", "earer ", "asic ")
"""A line without any of them is not searched: a search for the pattern costs as much as the rest of a line."""

_RANDOM_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[0-9])[\w-]{43}(?![\w-])", re.ASCII)
"""What `secrets.token_urlsafe` returns, such as a refresh token that a client sent in a path or as a request id."""


class LogMask:
    """Replaces secrets in the lines of a log."""

    def __init__(self, settings: Settings) -> None:
        self._secrets = SecretMask(_secrets(settings))

    def masked(self, text: str) -> str:
        """Return a text without secrets."""
        if any(sign in text for sign in _SIGNS_OF_TOKENS):
            text = _TOKENS.sub(MASK, text)
        text = _RANDOM_TOKEN.sub(MASK, text)
        return self._secrets.masked(text)


def format_exception(logger: object, method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Replace an exception by its trace without the values of rows: a processor of structlog."""
    given = line.get("exc_info")
    error = _error(given)
    mask = SecretMask(_row_values(error))
    line = structlog.processors.format_exc_info(logger, method, line)
    if mask and isinstance(trace := line.get("exception"), str):
        line["exception"] = mask.masked(trace)
    return line


def _error(given: object) -> BaseException | None:
    """Return the exception of `exc_info`: one, the three values of the module sys, or True for the current one."""
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if len(given) > 1 and isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _row_values(error: BaseException | None) -> Iterator[str]:
    """Yield the values of rows that PostgreSQL refused, from an error and its causes: passwords may be among them."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        detail = getattr(error, "detail", None)
        if isinstance(detail, str) and hasattr(error, "sqlstate"):
            yield detail
        error = error.__cause__ or error.__context__


def _secrets(settings: Settings) -> Iterator[str]:
    """Yield secrets of a process: its settings, and a worker's variables and folder as they are now."""
    for name in SECRET_SETTINGS:
        value = getattr(settings, name)
        if isinstance(value, str):
            yield from _passwords(value) if name.endswith("_url") else (value,)
    if settings.heartbeat_url is not None:
        yield from filter(_is_long, re.split(r"[/?&=]", settings.heartbeat_url.partition("://")[2].partition("/")[2]))
    yield from (value.get_secret_value() for value in settings.secret.values())
    if settings.secrets_dir is None:
        return
    with suppress(OSError):
        for file in filter(Path.is_file, settings.secrets_dir.iterdir()):
            with suppress(OSError, UnicodeDecodeError), file.open(encoding="utf-8") as opened:
                value = opened.read(_MOST_SECRET_CHARACTERS).rstrip("\r\n")
                if len(value) >= LEAST_CHARACTERS:
                    yield value


def _is_long(text: str) -> bool:
    return len(text) >= _LEAST_PASSWORD_CHARACTERS


def _passwords(url: str) -> Iterator[str]:
    """Yield the passwords of a URL as they may appear in a text."""
    parts = urlsplit(url)
    user, _, written = parts.netloc.rpartition("@")[0].partition(":")
    given = [value for name, value in parse_qsl(parts.query) if name in _PASSWORD_PARAMETERS]
    for password in filter(None, [written, unquote(written), *given]):
        yield f":{password}@"
        if _is_long(password) and password != unquote(user):
            yield password
