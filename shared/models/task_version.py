"""The versions of a task."""

from pydantic import Field, JsonValue

from shared.models.base import Input, Output, Timestamp


class FieldChange(Output):
    """A field that differs between two versions."""

    field: str
    before: JsonValue = None
    after: JsonValue = None


class TaskVersion(Output):
    """A version: who saved it, when, and its changes to the version before."""

    version: int
    changed_by: str
    changed_at: Timestamp
    changes: list[FieldChange] = []
    definition: dict[str, JsonValue] | None = None


class RestoreRequest(Input):
    """The version to restore, as a new version."""

    version: int = Field(ge=1, le=2**31 - 1)
