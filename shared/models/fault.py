"""Faults: what was set aside or restarted, and waits for an operator."""

from pydantic import Field

from shared.enums import FaultKind
from shared.models.base import Input, ObjectId, Output, Timestamp


class Fault(Output):
    """A fault of one object; `count` is how often it happened."""

    id: int
    kind: FaultKind
    object_type: str
    object_id: str
    object_name: str | None = None
    cause: str
    next_step: str
    count: int
    first_at: Timestamp
    last_at: Timestamp


class FaultChoice(Input):
    """The chosen faults; without `ids`, all."""

    ids: list[ObjectId] | None = Field(default=None, min_length=1, max_length=1000)


class FaultsRetried(Output):
    """The number of faults that were removed, whose objects are tried again."""

    count: int
