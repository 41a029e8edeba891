"""What events tell of a run is what answers tell, but for its output."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from backend.runs.limits import Hold
from backend.runs.model import run_event, run_from_row
from shared.enums import PriorityLevel, RunDistribution, RunStatus, RunTrigger
from shared.models.run import Run

TAILS = {"stdout_tail", "stderr_tail"}
NUMBERS = st.none() | st.integers(0, 2**62)
TEXTS = st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
INSTANTS = st.datetimes(
    datetime(1990, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)
OWN: dict[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from([status.value for status in RunStatus]),
    "trigger": st.sampled_from([trigger.value for trigger in RunTrigger]),
    "priority": st.sampled_from([level.value for level in PriorityLevel]),
    "distribution": st.none() | st.sampled_from([way.value for way in RunDistribution]),
    "hold": st.none() | st.sampled_from([hold.value for hold in Hold]),
    "placement": st.just("noop"),
    "task_name": st.text(max_size=20, alphabet=st.characters(exclude_categories=["Cs"])),
    "queued_at": INSTANTS,
    "progress_percent": st.none() | st.floats(0, 100),
}


def _of(name: str) -> st.SearchStrategy[Any]:
    types = get_args(Run.model_fields[name].annotation) or (Run.model_fields[name].annotation,)
    if name.endswith(("_at", "_for", "not_before")):
        return st.none() | INSTANTS
    if int in types:
        return NUMBERS if type(None) in types else st.integers(0, 2**62)
    return TEXTS


ROWS = st.fixed_dictionaries(
    {name: _of(name) for name in Run.model_fields.keys() - OWN.keys() - TAILS - {"output", "waiting_reason"}} | OWN
)


@given(ROWS)
def test_an_event_tells_what_an_answer_tells(row: dict[str, Any]) -> None:
    answer = run_from_row(row).model_dump_json(exclude=TAILS)

    assert json.loads(run_event(row)) == json.loads(answer)


@given(ROWS)
def test_an_event_keeps_what_else_its_row_has_to_itself(row: dict[str, Any]) -> None:
    claimed = row | {"environment": {"TOKEN": "secret"}, "arguments": ["secret"], "stdout_tail": "secret"}

    assert run_event(claimed) == run_event(row)
