"""The sections of a run's page come in the order of what a person wants to know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.views.run.sections import FAILED, Section, sections_of
from shared.enums import RunStatus
from shared.models.run import Run
from tests.console.factories import NOW, a_run

RAN = {"started_at": NOW, "worker_id": "w", "attempt": 1}
RUNS = st.builds(
    lambda status, fields, output: a_run(1, status).model_copy(update={**fields, "output": output}),
    st.sampled_from(RunStatus),
    st.sampled_from([{}, RAN, {"attempt": 1}, {"worker_id": "w"}]),
    st.none() | st.just({"rows": 3}),
)


@pytest.mark.parametrize(
    ("run", "sections"),
    [
        (a_run(1, RunStatus.FAILED).model_copy(update=RAN), "log comparison attempts inputs beside"),
        (a_run(1, RunStatus.TIMED_OUT).model_copy(update=RAN), "log comparison attempts inputs beside"),
        (a_run(1, RunStatus.SUCCEEDED).model_copy(update=RAN), "log attempts inputs beside"),
        (
            a_run(1, RunStatus.SUCCEEDED).model_copy(update={**RAN, "output": {"rows": 3}}),
            "result log attempts inputs beside",
        ),
        (
            a_run(1, RunStatus.FAILED).model_copy(update={**RAN, "output": {"rows": 3}}),
            "log comparison attempts result inputs beside",
        ),
        (a_run(1, RunStatus.RUNNING).model_copy(update=RAN), "log attempts inputs beside"),
        (a_run(1, RunStatus.PENDING), "inputs"),
        (a_run(1, RunStatus.PENDING).model_copy(update={"attempt": 1}), "log attempts inputs"),
        (a_run(1, RunStatus.SKIPPED), "inputs"),
        (a_run(1, RunStatus.FAILED), "comparison inputs"),
    ],
)
def test_what_matters_comes_first(run: Run, sections: str) -> None:
    assert [str(section) for section in sections_of(run)] == sections.split()


@given(RUNS)
def test_each_section_comes_once_and_only_where_there_is_something(run: Run) -> None:
    found = sections_of(run)
    assert len(found) == len(set(found))
    assert Section.INPUTS in found
    assert (Section.RESULT in found) == (run.output is not None)
    assert (Section.COMPARISON in found) == (run.status in FAILED)
    if run.status in FAILED and run.attempt:
        assert found[0] is Section.LOG, "the log first when it failed"
