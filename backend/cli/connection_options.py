"""The global options: which backend the commands connect to."""

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """The options of `taskdeck` itself, which may also come from the environment."""

    url: str | None = None
    token: str | None = None
    data_dir: Path | None = None
    ca_file: Path | None = None
    allows_http: bool = False


_OPTIONS: ContextVar[ConnectionOptions] = ContextVar("connection_options", default=ConnectionOptions())  # noqa: B039


def set_options(options: ConnectionOptions) -> None:
    """Make the options available to the command that runs."""
    _OPTIONS.set(options)


def current_options() -> ConnectionOptions:
    return _OPTIONS.get()
