"""What a task, a trigger and a batch refuse of values that could not run, whatever the client."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.folders import normal_folder
from shared.models.alert import RuleFields
from shared.models.base import Input, place_of
from shared.models.concurrency_group import ConcurrencyGroupFields
from shared.models.queue import RunsRequest
from shared.models.schedule import BlackoutWindow, SchedulePreviewRequest
from shared.models.task import MOST_ARGUMENT_BYTES, MOST_BYTES_TOGETHER, TaskFields, TaskPatch
from shared.models.trigger import BatchRequest, TriggerRequest

Model = Callable[[dict[str, Any]], BaseModel]


def task(values: dict[str, Any]) -> BaseModel:
    return TaskFields.model_validate({"name": "t", "executor": "shell"} | values)


def batch(values: dict[str, Any]) -> BaseModel:
    return BatchRequest.model_validate({"runs": [{"task_id": 1} | values]})


ALL_WITH_INPUTS = [task, TaskPatch.model_validate, TriggerRequest.model_validate, batch]


def refusals(model: Model, values: dict[str, Any]) -> list[str]:
    try:
        model(values)
    except ValidationError as error:
        return [f"{'.'.join(place_of(one)[-2:])}: {one['msg']}" for one in error.errors()]
    return []


@pytest.mark.parametrize("model", ALL_WITH_INPUTS)
def test_what_the_kernel_does_not_take_is_refused(model: Model) -> None:
    longest = "x" * MOST_ARGUMENT_BYTES
    assert refusals(model, {"arguments": [longest], "environment": {"NAME": longest[5:]}}) == []
    (refusal,) = refusals(model, {"arguments": ["a", longest + "x"]})
    assert "arguments.1: Value error, has 131,072 bytes; at most 131,071 are possible" in refusal
    (refusal,) = refusals(model, {"environment": {"NAME": longest[4:]}})
    assert "environment.NAME: NAME has 131,072 bytes with its name; at most 131,071" in refusal
    (refusal,) = refusals(model, {"arguments": ["ü" * 65_536]})
    assert "has 131,072 bytes" in refusal


@pytest.mark.parametrize("model", ALL_WITH_INPUTS)
@pytest.mark.parametrize("name", ["arguments", "environment"])
def test_what_the_kernel_does_not_take_together_is_refused(model: Model, name: str) -> None:
    parts = ["x" * 131_000] * (MOST_BYTES_TOGETHER // 131_000 + 1)
    values: Any = parts if name == "arguments" else {f"V{number}": part for number, part in enumerate(parts)}
    (refusal,) = refusals(model, {name: values})
    assert "bytes together; at most 524,288 are possible" in refusal
    fewer: Any = parts[1:] if name == "arguments" else dict(list(values.items())[1:])
    assert refusals(model, {name: fewer}) == []


def integers() -> list[str]:
    """The fields of a task that are one integer, by their schema."""
    fields = TaskFields.model_json_schema()["properties"]
    kinds = {name: [field, *field.get("anyOf", ())] for name, field in fields.items()}
    return [name for name, found in kinds.items() if any(kind.get("type") == "integer" for kind in found)]


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        *((TaskFields, name, True) for name in integers()),
        (TaskFields, "retry_exit_codes", [True]),
        (TaskFields, "retry_http_statuses", [False]),
        (TaskFields, "depends_on", [{"task_id": True}]),
        (BlackoutWindow, "duration_seconds", True),
        (BatchRequest, "runs", [{"task_id": True}]),
        (ConcurrencyGroupFields, "max_concurrency", True),
        (RunsRequest, "run_ids", [True]),
        (SchedulePreviewRequest, "count", True),
        (RuleFields, "remind_after_seconds", True),
    ],
)
def test_a_boolean_is_no_number(model: type[Input], name: str, value: object) -> None:
    with pytest.raises(ValidationError) as raised:
        model.model_validate({name: value})
    assert any(
        "must be a number and is " in one["msg"]
        for one in raised.value.errors()
        if place_of(one)[0].split(".")[0] == name
    )


def test_the_schema_of_an_integer_has_its_bounds() -> None:
    assert len(integers()) > 15
    field = TaskFields.model_json_schema()["properties"]["timeout_seconds"]
    assert (field["type"], field["minimum"], field["maximum"]) == ("integer", 1, 604_800)


@pytest.mark.parametrize("text", ["\u3000a/b", "a/b \u3000/ ", "/ /a/b//", "a/b"])
def test_a_folder_has_no_blanks_and_slashes_around_it(text: str) -> None:
    assert normal_folder(text) == "a/b"
    assert getattr(task({"folder": text}), "folder") == "a/b"  # noqa: B009 - of a BaseModel
