"""The part of an executor that the backend uses: its description, and the check of a command."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorDescription:
    """The name of an executor, a sentence for its users, and which fields of a task it reads."""

    name: str
    description: str
    requires_command: bool = True
    supports_arguments: bool = False
    supports_environment: bool = False
    supports_working_directory: bool = False
    supports_run_as: bool = False


class ExecutorSpec(Protocol):
    """An executor without its execution."""

    @property
    def description(self) -> ExecutorDescription:
        """Its name, and which fields of a task it reads."""

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Return what is wrong with a command and what would be right; an empty list where nothing is."""
