"""Concurrency groups: limits that several tasks share."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from shared.models.base import Input, Output, Timestamp, one_of, refused


class ConcurrencyGroupFields(Input):
    """The maximum of concurrent runs of the group's tasks, and of starts within a minute."""

    model_config = ConfigDict(json_schema_extra=one_of(("max_concurrency",), ("starts_per_minute",)))

    description: str | None = Field(default=None, max_length=10_000)
    max_concurrency: int | None = Field(default=None, ge=1, le=1_000_000)
    starts_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.max_concurrency is None and self.starts_per_minute is None:
            raise refused(
                "max_concurrency", "give max_concurrency, starts_per_minute or both; without, nothing is limited"
            )
        return self


class ConcurrencyGroup(Output):
    """A stored concurrency group; `busy` runs occupy it, `waiting` ones are held by it."""

    name: str
    description: str | None = None
    max_concurrency: int | None = None
    starts_per_minute: int | None = None
    task_count: int = 0
    busy: int = 0
    waiting: int = 0
    updated_at: Timestamp
