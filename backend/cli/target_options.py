"""What the command line and the environment say about the backend to talk to."""

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """What the command line and the environment said."""

    url: str | None = None
    token: str | None = None
    data_dir: Path | None = None


_OPTIONS: ContextVar[TargetOptions] = ContextVar("target", default=TargetOptions())  # noqa: B039


def set_options(options: TargetOptions) -> None:
    """Keep what the command line said for the command that runs."""
    _OPTIONS.set(options)


def current_options() -> TargetOptions:
    """Return what the command line said."""
    return _OPTIONS.get()
