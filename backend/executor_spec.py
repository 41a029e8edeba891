"""What an executor says of itself, and how it checks a command before a task is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorDescription:
    """What an executor is for and which of a task's fields it reads."""

    name: str
    description: str
    requires_command: bool = True
    supports_arguments: bool = False
    supports_environment: bool = False
    supports_working_directory: bool = False


class ExecutorSpec(Protocol):
    """The part of an executor that needs no worker."""

    @property
    def description(self) -> ExecutorDescription:
        """What it is for."""

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Return what is wrong with a command, saying what would be right; nothing where it is right."""
