"""What a task was, version by version."""

from pydantic import Field, JsonValue

from shared.models.base import Input, Output, Timestamp


class FieldChange(Output):
    """One field that differs between two versions."""

    field: str
    before: JsonValue = None
    after: JsonValue = None


class TaskVersion(Output):
    """One version: who made it, when, and what it changed of the version before."""

    version: int
    changed_by: str
    changed_at: Timestamp
    changes: list[FieldChange] = []
    definition: dict[str, JsonValue] | None = None


class RestoreRequest(Input):
    """Which version a task takes on again, as a new one."""

    version: int = Field(ge=1, le=2**31 - 1)
