"""Each promise is broken by a history that was made up for it, and kept by the history of a good run."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.enums import MisfirePolicy, OnWorkerLost, OverlapPolicy, RunStatus
from tests.simulation.executor import Execution
from tests.simulation.plan import GROUP, TaskPlan, draw
from tests.simulation.promises import Change, Happened, StoredRun, broken_promises

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TASK, DEPENDENT = 1, 2


def task(*, every: int | None = None, upstream: int | None = None, **fields: Any) -> TaskPlan:
    usual: Mapping[str, Any] = {
        "on_worker_lost": OnWorkerLost.RETRY,
        "retry_count": 0,
        "max_concurrency": None,
        "concurrency_group": None,
        "misfire_policy": MisfirePolicy.FIRE_ALL,
        "overlap_policy": OverlapPolicy.ALLOW,
    }
    return TaskPlan(name="t", fields={**usual, **fields}, every=every, upstream=upstream)


def life(run_id: int, *statuses: RunStatus, task_id: int = TASK, attempt: int = 1) -> list[Change]:
    """Return the changes of a run that goes through these statuses."""
    before: list[RunStatus | None] = [None, *statuses]
    return [
        Change(
            run_id=run_id,
            task_id=task_id,
            old_status=old,
            status=new,
            old_attempt=attempt,
            attempt=attempt,
            worker_id="w",
        )
        for old, new in zip(before, statuses, strict=False)
    ]


GOOD_LIFE = (RunStatus.PENDING, RunStatus.DISPATCHED, RunStatus.RUNNING, RunStatus.SUCCEEDED)
RUN = StoredRun(
    id=7, task_id=TASK, status=RunStatus.SUCCEEDED, attempt=1, worker_id="w", exit_code=0, nth=0, parent_run_id=None
)
EXECUTION = Execution(run_id=7, attempt=1, task_id=TASK, worker="w", began=1.0, nth=0, ended=2.0, exit_code=0)
GOOD = Happened(
    tasks={TASK: task()},
    task_ids={0: TASK},
    group_limit=1,
    changes=life(7, *GOOD_LIFE),
    runs=[RUN],
    executions=[EXECUTION],
    triggered=[7],
)
AT_ONCE = [
    *life(7, RunStatus.PENDING, RunStatus.DISPATCHED),
    *life(8, RunStatus.PENDING, RunStatus.DISPATCHED),
    *life(7, RunStatus.DISPATCHED, RunStatus.SUCCEEDED)[1:],
    *life(8, RunStatus.DISPATCHED, RunStatus.SUCCEEDED)[1:],
]


def occurrences(*seconds: int) -> list[StoredRun]:
    return [
        replace(RUN, id=number, status=RunStatus.CANCELLED, exit_code=None, scheduled_for=NOON + timedelta(seconds=at))
        for number, at in enumerate(seconds)
    ]


def scheduled(*seconds: int, **fields: Any) -> Happened:
    end = NOON + timedelta(seconds=60)
    runs = occurrences(*seconds)
    return replace(
        GOOD,
        tasks={TASK: task(every=10, **fields)},
        runs=runs,
        changes=[],
        triggered=[],
        created_at=NOON,
        paused_at=end,
    )


def dependents(parents: Mapping[int, int]) -> Happened:
    """Return a history in which the dependent task had these runs, each with its parent."""
    runs = [
        replace(RUN, id=run_id, task_id=DEPENDENT, parent_run_id=parent, status=RunStatus.CANCELLED, exit_code=None)
        for run_id, parent in parents.items()
    ]
    return replace(
        GOOD,
        tasks={TASK: task(), DEPENDENT: task(upstream=0)},
        task_ids={0: TASK, 1: DEPENDENT},
        runs=[RUN, *runs],
        consumed={DEPENDENT: 7},
    )


BROKEN: dict[str, tuple[Happened, str]] = {
    "one outcome": (
        replace(GOOD, changes=[*GOOD.changes, *life(7, RunStatus.SUCCEEDED, RunStatus.FAILED)[1:]]),
        "ended as succeeded and then became failed",
    ),
    "legal transitions": (
        replace(GOOD, changes=life(7, RunStatus.BLOCKED, RunStatus.RUNNING)),
        "went from blocked to running",
    ),
    "attempts only grow": (
        replace(GOOD, changes=[replace(GOOD.changes[0], old_status=RunStatus.PENDING, old_attempt=2)]),
        "went from attempt 2 to 1",
    ),
    "nothing waits": (replace(GOOD, runs=[replace(RUN, status=RunStatus.RUNNING)]), "is still running"),
    "another attempt": (
        replace(GOOD, executions=[EXECUTION, replace(EXECUTION, attempt=2, nth=1)], runs=[replace(RUN, nth=1)]),
        "which is not one of attempt 1",
    ),
    "another worker": (replace(GOOD, runs=[replace(RUN, worker_id="other")]), "which is not one of attempt 1 on other"),
    "no execution": (replace(GOOD, executions=[]), "succeeded, and its attempt 1 did not"),
    "start on another worker": (
        replace(GOOD, changes=[replace(change, worker_id="other") for change in GOOD.changes]),
        "was marked running, and other did not begin attempt 1",
    ),
    "limit of the task": (
        replace(GOOD, tasks={TASK: task(max_concurrency=1)}, changes=AT_ONCE),
        "had 2 runs at once, its limit is 1",
    ),
    "limit of the group": (
        replace(GOOD, tasks={TASK: task(concurrency_group=GROUP)}, changes=AT_ONCE),
        "the concurrency group had 2 runs at once",
    ),
    "at most once": (
        replace(
            GOOD,
            tasks={TASK: task(on_worker_lost=OnWorkerLost.FAIL)},
            executions=[EXECUTION, replace(EXECUTION, nth=1)],
        ),
        "was executed 2 times",
    ),
    "doubled assignment": (
        replace(GOOD, executions=[EXECUTION, replace(EXECUTION, nth=1)]),
        "attempt 1 of run 7 was executed twice, the second time on w",
    ),
    "older assignment": (
        replace(GOOD, executions=[replace(EXECUTION, attempt=2), replace(EXECUTION, nth=1)]),
        "w began attempt 1 of run 7 after attempt 2",
    ),
    "failure that is not told": (
        replace(GOOD, told_failures=0, changes=life(7, *GOOD_LIFE[:-1], RunStatus.FAILED)),
        "alerts count 0 failures, and 1 runs failed",
    ),
    "failure that is told twice": (replace(GOOD, told_failures=1), "alerts count 1 failures, and 0 runs failed"),
    "end that is not counted": (replace(GOOD, ended_counts={}), "the metrics count {}, and {'succeeded': 1} ended"),
    "end that is counted twice": (replace(GOOD, ended_counts={"succeeded": 2}), "the metrics count {'succeeded': 2}"),
    "doubled occurrence": (scheduled(0, 10, 10, 20, 30, 40, 50), "has occurrences twice"),
    "lost occurrence": (scheduled(0, 10, 30, 40, 50), "lost occurrences"),
    "no occurrence": (scheduled(), "has no occurrence"),
    "off the schedule": (scheduled(0, 10, 25, 50, misfire_policy=MisfirePolicy.SKIP), "off its schedule"),
    "silent schedule": (scheduled(0, 10, 20), "was silent"),
    "acknowledged run": (replace(GOOD, triggered=[7, 8]), "run 8 was acknowledged and does not exist"),
    "dependent": (
        replace(GOOD, tasks={TASK: task(), DEPENDENT: task(upstream=0)}, task_ids={0: TASK, 1: DEPENDENT}),
        "consumed run 0, and run 7 succeeded",
    ),
    "dependent that ran twice": (dependents({8: 7, 9: 7}), f"task {DEPENDENT} ran 2 times for run 7"),
    "service": (replace(GOOD, errors=["replica-0: A service failed. It will be restarted."]), "A service failed"),
}


def test_a_good_history_keeps_every_promise() -> None:
    assert broken_promises(replace(GOOD, told_failures=0)) == []
    assert broken_promises(GOOD) == []
    assert broken_promises(scheduled(0, 10, 20, 30, 40, 50)) == []
    assert broken_promises(dependents({8: 7, 9: 8, 10: 8})) == [], "retried twice by hand"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_found(name: str) -> None:
    happened, words = BROKEN[name]
    assert any(words in broken for broken in broken_promises(happened))


def test_a_task_that_cannot_be_read_follows_nothing() -> None:
    behind = dependents({})
    assert broken_promises(replace(behind, consumed={})) != []
    assert broken_promises(replace(behind, consumed={}, unreadable_tasks=frozenset({DEPENDENT}))) == []


def test_occurrences_of_a_pause_are_not_missed() -> None:
    paused = replace(scheduled(0, 10, 30, 40, 50), paused_tasks=frozenset({TASK}))
    assert broken_promises(paused) == []


def test_a_seed_draws_the_same_plan_each_time() -> None:
    assert draw(17) == draw(17)
    assert draw(17) != draw(18)
