"""What the console remembers from one day to the next: the only owner of its settings file."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QSettings

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Scope(StrEnum):
    """Whether a value holds for every backend or for the one in use."""

    CONSOLE = "console"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Key(Generic[T_co]):
    """A remembered value, stored as JSON.

    `read` turns what JSON holds into the value; where it raises, `default` holds. All keys are in `remembered.py`.
    """

    name: str
    scope: Scope
    default: T_co
    read: Callable[[Any], T_co]

    def of(self, part: str) -> "Key[T_co]":
        """Return the key of one member of a family, such as the columns of one table."""
        return replace(self, name=f"{self.name}/{part}")


class Memory:
    """Reads and writes the remembered values of the console, and of one connection."""

    def __init__(self, settings: QSettings, connection: str = "") -> None:
        """`connection` identifies the backend in use; keys of its scope need it."""
        self._settings = settings
        self._connection = connection

    @classmethod
    def of_user(cls) -> "Memory":
        """Return the memory of the person who runs the console."""
        return cls(QSettings())

    @classmethod
    def in_file(cls, path: Path) -> "Memory":
        """Return a memory in a file."""
        return cls(QSettings(str(path), QSettings.Format.IniFormat))

    def for_connection(self, connection: str) -> "Memory":
        """Return the same memory with another backend in use."""
        return Memory(self._settings, connection)

    def get(self, key: Key[T]) -> T:
        """Return a value, or the key's default if there is none that can be read."""
        text = self._settings.value(self._place(key))
        if not isinstance(text, str):
            return key.default
        try:
            return key.read(json.loads(text))
        except (ValueError, TypeError, KeyError):
            return key.default

    def put(self, key: Key[T], value: T) -> None:
        """Remember a value."""
        self._settings.setValue(self._place(key), json.dumps(value))

    def _place(self, key: Key[Any]) -> str:
        if key.scope is Scope.CONSOLE:
            return key.name
        digest = hashlib.sha256(self._connection.encode()).hexdigest()[:12]
        return f"backend-{digest}/{key.name}"
