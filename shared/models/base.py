from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic_core import ErrorDetails, PydanticCustomError

from shared.instants import EARLIEST, LATEST

T = TypeVar("T")


def _to_utc(value: datetime) -> datetime:
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _within_known_time(value: datetime) -> datetime:
    if not EARLIEST <= value < LATEST:
        raise ValueError(f"must be between the years {EARLIEST.year} and {LATEST.year}")
    return value


def rfc3339(value: datetime) -> str:
    """Return an aware instant as answers and events write it."""
    # Every run of every event passes here: isoformat takes a quarter of strftime's time.
    return _to_utc(value).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


Timestamp = Annotated[
    AwareDatetime,
    AfterValidator(_to_utc),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
"""An instant: aware, in UTC, written as RFC 3339 with microseconds."""

GivenTimestamp = Annotated[
    AwareDatetime,
    AfterValidator(_within_known_time),
    AfterValidator(_to_utc),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
"""An instant that a client gives: one around which there is room for arithmetic."""

ObjectId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""What the database numbers tasks, runs and their kin with."""


def refused(field: str, message: str) -> PydanticCustomError:
    """Return what a validator of a whole model raises to name the field that is wrong."""
    return PydanticCustomError("refused", "{message}", {"field": field, "message": message})


def place_of(problem: ErrorDetails) -> tuple[str, ...]:
    """Return where a problem is, from the outermost field inwards; empty for the object as a whole."""
    place = tuple(str(part) for part in problem["loc"])
    if problem["type"] == "refused":
        place += (str(problem["ctx"]["field"]),)
    return place


class Input(BaseModel):
    """What a client sends: a field that is not known is refused, so that a typing error is not lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class Output(BaseModel):
    """What the backend answers: a client ignores fields it does not know, so that the contract can grow."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class Meta(Output):
    """Where a list goes on."""

    next_cursor: str | None = None
    total: int | None = None


class Answer(Output, Generic[T]):
    """One object."""

    success: bool = True
    data: T


class Page(Output, Generic[T]):
    """One page of a list."""

    success: bool = True
    data: list[T]
    meta: Meta


class Problem(Output):
    """An error, as RFC 9457 writes it, with our extension members."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str = ""
    success: bool = False
    code: str
    errors: list["ProblemField"] = []


class ProblemField(Output):
    """One refused field."""

    field: str
    message: str
