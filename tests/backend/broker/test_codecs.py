"""What one process writes as a message, another one reads as the same."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.broker.messages import (
    HEARTBEATS,
    LOGS,
    REPORTS,
    TELEMETRY,
    WORKER_COMMANDS,
    Assign,
    Cancel,
    Codec,
    Heartbeat,
    LogBatch,
    Revoke,
    Telemetry,
    WorkerReport,
    WorkerState,
)
from shared.models.worker import WorkerRules
from tests.fuzzing import fuzzed

_SCALARS: dict[object, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a field of a message."""
    if hint in _SCALARS:
        return _SCALARS[hint]
    if is_dataclass(hint):
        return whole(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        return st.one_of(*map(values, arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is list:
        return st.lists(values(arguments[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=3)
    assert issubclass(hint, Enum)
    return st.sampled_from(list(hint))


def whole(message: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a dataclass that fills every field."""
    hints = get_type_hints(message)
    return st.builds(message, **{field.name: values(hints[field.name]) for field in fields(message)})


CASES: list[tuple[Codec[Any], Any]] = [
    (WORKER_COMMANDS, Assign),
    (WORKER_COMMANDS, Cancel),
    (WORKER_COMMANDS, Revoke),
    (REPORTS, WorkerReport),
    (LOGS, LogBatch),
    (TELEMETRY, Telemetry),
]


@pytest.mark.parametrize(("codec", "message"), CASES, ids=[message.__name__ for _, message in CASES])
def test_what_is_read_is_what_was_written(codec: Codec[Any], message: Any) -> None:
    @fuzzed(40)
    @given(whole(message))
    def written_and_read(value: Any) -> None:
        assert codec.decode(codec.encode(value)) == value

    written_and_read()


def test_a_heartbeat_carries_the_rules_of_its_owner() -> None:
    heartbeat = Heartbeat(
        worker_id="w",
        incarnation="i",
        sequence=1,
        state=WorkerState.ONLINE,
        hostname="h",
        version="1",
        task_types=["shell"],
        labels={"disk": "ssd"},
        slots=4,
        held=[],
        active_count=0,
        rules=WorkerRules(executors=["shell"], run_as="app"),
    )
    assert HEARTBEATS.decode(HEARTBEATS.encode(heartbeat)) == heartbeat


def test_what_is_part_of_no_message_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="object is part of no message"):
        REPORTS.encode(WorkerReport(worker_id="w", incarnation=object()))  # type: ignore[arg-type]
