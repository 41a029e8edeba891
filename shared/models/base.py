import re
from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from shared.instants import EARLIEST, LATEST
from shared.lean_imports import ModelBuilding
from shared.printable_text import PRINTABLE, VISIBLE, is_visible, why_unprintable

T = TypeVar("T")


_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _written_as_time(value: object) -> object:
    """Refuse a number, which pydantic would read as seconds or milliseconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and _TIME.match(value)):
        return value
    raise ValueError("must be a time such as 2026-11-23T19:00:00Z")


def _written_as_day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("must be a day such as 2026-12-24")


def _to_utc(value: datetime) -> datetime:
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _within_known_time(value: datetime) -> datetime:
    if not EARLIEST <= value < LATEST:
        raise ValueError(f"must be between the years {EARLIEST.year} and {LATEST.year}")
    return value


def rfc3339(value: datetime) -> str:
    """Return an aware instant in UTC with microseconds, as in answers and events."""
    # A hot path, once for each time of each event: isoformat takes a quarter of strftime's time.
    return _to_utc(value).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


Timestamp = Annotated[
    AwareDatetime,
    AfterValidator(_to_utc),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
"""An instant: aware, in UTC, written as RFC 3339 with microseconds."""

GivenTimestamp = Annotated[
    AwareDatetime,
    BeforeValidator(_written_as_time),
    AfterValidator(_within_known_time),
    AfterValidator(_to_utc),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
"""An instant from a client: within the range that leaves room for arithmetic."""

GivenDay = Annotated[date, BeforeValidator(_written_as_day)]
"""A day from a client."""


def _in_one_line(value: str) -> str:
    if reason := why_unprintable(value):
        raise ValueError(reason)
    return value


def promised(**schema: Any) -> FieldInfo:
    """Return what a validator demands, in the terms of JSON Schema; a validator alone adds nothing to the schema."""
    schema_of_field: FieldInfo = Field(json_schema_extra=schema)
    return schema_of_field


Line = Annotated[str, AfterValidator(_in_one_line), promised(pattern=f"^{PRINTABLE}*$")]
"""A text that is shown in one line, such as a name."""


def _can_be_seen(value: str) -> str:
    if value and not is_visible(value):
        raise ValueError("must have a character that can be seen")
    return value


VisibleLine = Annotated[Line, AfterValidator(_can_be_seen), promised(pattern=f"^(?:(?=.*{VISIBLE}){PRINTABLE}+)?$")]
"""A line that is empty or shows something."""

Name = Annotated[
    VisibleLine,
    StringConstraints(min_length=1, max_length=100),
    AfterValidator(str.strip),
    promised(pattern=f"^(?=.*{VISIBLE}){PRINTABLE}+$"),
]
"""What a person calls something, such as a token: a line that shows something, saved without blanks around it."""


def _no_step_of_a_path(value: str) -> str:
    if value in (".", ".."):
        raise ValueError("must not be . or ..: clients and proxies take it for a step of the path")
    return value


ObjectName = Annotated[
    Name,
    StringConstraints(pattern=r"^[^/]+$"),
    AfterValidator(_no_step_of_a_path),
    promised(pattern=rf"^(?!.*/)(?!\s*\.{{1,2}}\s*$)(?=.*{VISIBLE}){PRINTABLE}+$"),
]
"""The name of a calendar, a concurrency group, a channel or a rule: it is part of a path."""

ObjectId = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""An id from the database, up to the greatest whole number that every reader of JSON keeps exactly."""


Flag = Annotated[bool, Strict()]
"""True or false in a body: numbers and words such as "yes" are refused, as the schema says."""


def refused(field: str, message: str) -> PydanticCustomError:
    """Return the error by which a validator of a whole model names the invalid field."""
    return PydanticCustomError("refused", "{message}", {"field": field, "message": message})


def refused_together(problems: Sequence[tuple[str, str]]) -> ValidationError:
    """Return one error for several parts of a value, each as its name and what is wrong; a part may have no name."""
    return ValidationError.from_exception_data(
        "refused", [InitErrorDetails(type=_refused_part(name, message), input=None) for name, message in problems]
    )


def _refused_part(name: str, message: str) -> PydanticCustomError:
    return refused(name, message) if name else PydanticCustomError("value_error", "{message}", {"message": message})


def one_of(*groups: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of a model that needs the fields of one of the groups, none of them null."""
    not_null = {"not": {"type": "null"}}
    return {"anyOf": [{"required": list(names), "properties": dict.fromkeys(names, not_null)} for names in groups]}


def exactly_one(*names: str) -> dict[str, Any]:
    """Return the schema of a model that needs exactly one of these fields; the others are missing or null."""
    given, missing = {"not": {"type": "null"}}, {"type": "null"}
    choices = [
        {"required": [name], "properties": {other: given if other == name else missing for other in names}}
        for name in names
    ]
    return {"oneOf": choices}


def without_null(schema: dict[str, Any]) -> None:
    """Change the schema of a model whose fields may be left out and not be null."""
    for field in schema["properties"].values():
        field.pop("default", None)
        kinds = [kind for kind in field.pop("anyOf", ()) if kind != {"type": "null"}]
        field.update(*kinds)


def place_of(problem: ErrorDetails) -> tuple[str, ...]:
    """Return the path of the invalid field; empty for the object as a whole."""
    place = tuple(str(part) for part in problem["loc"])
    if problem["type"] == "refused":
        place += (str(problem["ctx"]["field"]),)
    return place


class Input(BaseModel):
    """What a client sends. Unknown fields are rejected, so that a misspelled one is not ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, defer_build=ModelBuilding.is_deferred)

    @model_validator(mode="before")
    @classmethod
    def _booleans_are_no_numbers(cls, values: Any) -> Any:
        """Refuse true and false where a number belongs: Python counts them as 1 and 0.

        Not a validator of each field, since behind one the bounds of an optional number are missing in the schema.
        """
        if isinstance(values, dict):
            for name in _number_fields(cls):
                for place, one in _single_values(name, values.get(name)):
                    if isinstance(one, bool):
                        raise refused(place, f"must be a number and is {str(one).lower()}")
        return values


def _single_values(name: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, list):
        yield name, value
        return
    for position, one in enumerate(value):
        yield f"{name}.{position}", one


@cache
def _number_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields that are an integer, or a list of them."""
    return tuple(
        name
        for name, field in model.model_fields.items()
        if int in (kinds := _kinds(field.annotation)) and bool not in kinds
    )


def _kinds(annotation: object) -> set[object]:
    return {annotation}.union(*(_kinds(one) for one in get_args(annotation) if isinstance(one, Hashable)))


class Output(BaseModel):
    """What the backend answers. Clients ignore unknown fields, so that the contract can grow."""

    model_config = ConfigDict(extra="ignore", from_attributes=True, defer_build=ModelBuilding.is_deferred)


class Meta(Output):
    """`next_cursor` is None on the last page; `total` is None where counting costs more than the page."""

    next_cursor: str | None = None
    total: int | None = None


class Answer(Output, Generic[T]):
    """The envelope of one object."""

    success: bool = True
    data: T


class Page(Output, Generic[T]):
    """The envelope of one page of a list."""

    success: bool = True
    data: list[T]
    meta: Meta


class ProblemField(Output):
    """An invalid field."""

    field: str
    message: str


class Problem(Output):
    """A problem document of RFC 9457; `success`, `code` and `errors` are extension members."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str = ""
    success: bool = False
    code: str
    errors: list[ProblemField] = []
