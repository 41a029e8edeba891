"""A fault before it is stored, and what counts as the fault of a single item."""

from dataclasses import dataclass, replace
from typing import Self

from pydantic import ValidationError

from shared.enums import FaultKind

ITEM_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What a row or a message raises whose content is not what this version writes: it came from another version, a restore
or a statement by hand."""

_MOST_CAUSE_CHARACTERS = 1000
_MOST_NAME_CHARACTERS = 255
_ID_CHARACTERS = 255


FaultKey = tuple[FaultKind, str, str]
"""The kind, and the type and id of the object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFault:
    """What happened to one object, such as `("task", "7", "backup")`; the next step is for an operator."""

    kind: FaultKind
    object_type: str
    object_id: str
    object_name: str | None = None
    cause: str
    next_step: str

    @property
    def key(self) -> FaultKey:
        """What identifies the fault: it is stored once, and counted."""
        return self.kind, self.object_type, self.object_id

    def storable(self) -> Self:
        """Return the fault with texts that PostgreSQL can store and index."""
        return replace(
            self,
            object_id=printable(self.object_id)[:_ID_CHARACTERS],
            object_name=printable(self.object_name)[:_MOST_NAME_CHARACTERS] if self.object_name is not None else None,
            cause=printable(self.cause),
            next_step=printable(self.next_step),
        )


def set_aside(
    object_type: str, object_id: object, *, cause: BaseException | str, next_step: str, name: str | None = None
) -> NewFault:
    """Return the fault of an item that cannot be processed."""
    return NewFault(
        kind=FaultKind.SET_ASIDE,
        object_type=object_type,
        object_id=str(object_id),
        object_name=name,
        cause=cause if isinstance(cause, str) else cause_of(cause),
        next_step=next_step,
    )


def cause_of(error: BaseException) -> str:
    """Return the cause in words that PostgreSQL can store: the kind of the error and its message."""
    if isinstance(error, ValidationError):
        found = ((".".join(map(str, one["loc"])), one["msg"]) for one in error.errors(include_url=False))
        words = "; ".join(f"{place}: {message}" if place else message for place, message in found)
        return printable(words)[:_MOST_CAUSE_CHARACTERS]
    words = " ".join(str(getattr(error, "orig", None) or error).split())
    return printable(f"{type(error).__name__}: {words}" if words else type(error).__name__)[:_MOST_CAUSE_CHARACTERS]


def printable(words: str) -> str:
    """Return text without what PostgreSQL cannot store: NUL and lone surrogates."""
    return words.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
