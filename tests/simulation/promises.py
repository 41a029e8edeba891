"""The promises of the design, checked against what happened in a simulation. Pure: no I/O, no clock."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from backend.runs.lifecycle import may_follow
from shared.enums import MisfirePolicy, OverlapPolicy, RunStatus
from tests.simulation.executor import Execution
from tests.simulation.plan import TaskPlan

_LATE = timedelta(seconds=13)
"""How late the newest occurrence may be: the schedule loop reads the clock every ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a run, in the order of the database."""

    run_id: int
    task_id: int
    old_status: RunStatus | None
    status: RunStatus
    old_attempt: int | None
    attempt: int
    worker_id: str | None = None
    is_parent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run at the end; `nth` is the execution that its output names."""

    id: int
    task_id: int
    status: RunStatus
    attempt: int
    worker_id: str | None = None
    exit_code: int | None = None
    nth: int | None = None
    scheduled_for: datetime | None = None
    parent_run_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What the promises are about. Tasks are by id; the limit is that of the concurrency group."""

    tasks: Mapping[int, TaskPlan]
    task_ids: Mapping[int, int]
    """The id of each task by its number in the plan."""
    group_limit: int
    changes: Sequence[Change]
    runs: Sequence[StoredRun]
    executions: Sequence[Execution]
    triggered: Sequence[int] = ()
    consumed: Mapping[int, int] = field(default_factory=dict)
    """The last upstream run that each task with a dependency consumed."""
    told_failures: int | None = None
    """Failures that alerts count; None where there were no alerts."""
    ended_counts: Mapping[str, float] | None = None
    """What the metrics count as ended, by status; None where nothing was counted."""
    paused_tasks: frozenset[int] = frozenset()
    """Tasks that a user paused for a while: what would have been due then never was."""
    unreadable_tasks: frozenset[int] = frozenset()
    """Tasks whose stored row was made unreadable: they create no runs."""
    created_at: datetime | None = None
    """When the tasks were created, by the database's clock, as `paused_at`."""
    paused_at: datetime | None = None
    errors: Sequence[str] = ()


_EXPECTED_ERRORS = (
    "message rejected:",
    "A fault was recorded.",
    "executor failed",
    "a command could not be read",
    "a command was refused",
    "cannot be read",
    "schedule",
)
"""What the simulation provokes with poisonous items, and what is set aside visibly for it."""


def broken_promises(happened: Happened) -> list[str]:
    """Return every promise that was broken, in words."""
    return [f"{check.__name__.removeprefix('_')}: {words}" for check in _CHECKS for words in check(happened)]


def _one_outcome_per_run(happened: Happened) -> Iterator[str]:
    ended: dict[int, RunStatus] = {}
    for change in happened.changes:
        if change.run_id in ended:
            yield f"run {change.run_id} ended as {ended[change.run_id]} and then became {change.status}"
        if change.status.is_final:
            ended[change.run_id] = change.status


def _every_transition_is_legal(happened: Happened) -> Iterator[str]:
    for change in happened.changes:
        old = change.old_status
        if old is not None and old is not change.status and not may_follow(old, change.status):
            yield f"run {change.run_id} went from {old} to {change.status}"
        if change.old_attempt is not None and change.attempt < change.old_attempt:
            yield f"run {change.run_id} went from attempt {change.old_attempt} to {change.attempt}"


def _nothing_waits_for_ever(happened: Happened) -> Iterator[str]:
    waiting_is_right = {task_id for task_id, task in happened.tasks.items() if task.upstream is not None}
    for run in happened.runs:
        if run.status.is_final or (run.status is RunStatus.BLOCKED and run.task_id in waiting_is_right):
            continue
        yield f"run {run.id} is still {run.status}, attempt {run.attempt} on {run.worker_id}"


def _no_report_of_another_attempt_counts(happened: Happened) -> Iterator[str]:
    """A run's result is that of its own attempt, by the worker that it was assigned to."""
    for run in happened.runs:
        if run.exit_code is None:
            continue
        if run.status not in (RunStatus.SUCCEEDED, RunStatus.FAILED):
            continue
        own = [
            one
            for one in happened.executions
            if (one.run_id, one.attempt, one.worker) == (run.id, run.attempt, run.worker_id)
        ]
        if not any(one.exit_code == run.exit_code and run.nth in (None, one.nth) for one in own):
            yield (
                f"run {run.id} is {run.status} with exit code {run.exit_code} of execution {run.nth}, which is not "
                f"one of attempt {run.attempt} on {run.worker_id}: {[one.exit_code for one in own]}"
            )


def _success_was_executed(happened: Happened) -> Iterator[str]:
    succeeded = {(one.run_id, one.attempt) for one in happened.executions if one.exit_code == 0}
    for run in happened.runs:
        if run.status is RunStatus.SUCCEEDED and (run.id, run.attempt) not in succeeded:
            yield f"run {run.id} succeeded, and its attempt {run.attempt} did not"


def _what_runs_was_begun_by_its_worker(happened: Happened) -> Iterator[str]:
    begun = {(one.run_id, one.attempt, one.worker) for one in happened.executions}
    for change in happened.changes:
        if change.status is not RunStatus.RUNNING or change.old_status is not RunStatus.DISPATCHED:
            continue
        if change.is_parent or (change.run_id, change.attempt, change.worker_id) in begun:
            continue
        yield f"run {change.run_id} was marked running, and {change.worker_id} did not begin attempt {change.attempt}"


def _limits_hold(happened: Happened) -> Iterator[str]:
    """Count the runs in dispatched and running after each change."""
    in_slots: dict[int, set[int]] = defaultdict(set)
    group = {task_id for task_id, task in happened.tasks.items() if task.fields["concurrency_group"]}
    told: set[str] = set()
    for change in happened.changes:
        if change.is_parent:
            continue
        runs = in_slots[change.task_id]
        if not change.status.is_held_by_worker:
            runs.discard(change.run_id)
            continue
        runs.add(change.run_id)
        limit = happened.tasks[change.task_id].fields["max_concurrency"]
        if limit is not None and len(runs) > limit:
            told.add(f"task {change.task_id} had {len(runs)} runs at once, its limit is {limit}: {sorted(runs)}")
        busy = sum(len(in_slots[task_id]) for task_id in group)
        if change.task_id in group and busy > happened.group_limit:
            told.add(f"the concurrency group had {busy} runs at once, its limit is {happened.group_limit}")
    yield from sorted(told)


def _at_most_once_is_kept(happened: Happened) -> Iterator[str]:
    counts = Counter(one.run_id for one in happened.executions if happened.tasks[one.task_id].is_at_most_once)
    for run_id, count in sorted(counts.items()):
        if count > 1:
            yield f"run {run_id} was executed {count} times"


def _no_attempt_is_executed_twice(happened: Happened) -> Iterator[str]:
    """An assignment that arrives twice starts one execution, and an older one after a newer one starts none."""
    seen: set[tuple[int, int]] = set()
    newest: dict[tuple[str, int], int] = {}
    for one in sorted(happened.executions, key=lambda one: one.nth):
        if (one.run_id, one.attempt) in seen:
            yield f"attempt {one.attempt} of run {one.run_id} was executed twice, the second time on {one.worker}"
        seen.add((one.run_id, one.attempt))
        before = newest.get((one.worker, one.run_id), 0)
        if one.attempt < before:
            yield f"{one.worker} began attempt {one.attempt} of run {one.run_id} after attempt {before}"
        newest[one.worker, one.run_id] = max(before, one.attempt)


def _every_failure_is_told_once(happened: Happened) -> Iterator[str]:
    if happened.told_failures is None:
        return
    failed = {one.run_id for one in happened.changes if one.status in (RunStatus.FAILED, RunStatus.TIMED_OUT)}
    if happened.told_failures != len(failed):
        yield f"alerts count {happened.told_failures} failures, and {len(failed)} runs failed"


def _the_metrics_count_each_end_once(happened: Happened) -> Iterator[str]:
    if happened.ended_counts is None:
        return
    ended = Counter(one.status.value for one in happened.changes if one.status.is_final and not one.is_parent)
    if dict(happened.ended_counts) != dict(ended):
        yield f"the metrics count {dict(happened.ended_counts)}, and {dict(ended)} ended"


def _no_occurrence_is_lost_or_doubled(happened: Happened) -> Iterator[str]:
    for task_id, task in happened.tasks.items():
        if task.every is None or task_id in happened.unreadable_tasks:
            continue
        step = timedelta(seconds=task.every)
        times = sorted(
            run.scheduled_for for run in happened.runs if run.task_id == task_id and run.scheduled_for is not None
        )
        doubled = [at for at, count in Counter(times).items() if count > 1]
        if doubled:
            yield f"task {task_id} has occurrences twice: {doubled}"
        if task_id in happened.paused_tasks:
            continue
        if not times:
            if happened.created_at is None or happened.paused_at is None:
                continue
            if happened.created_at + step + _LATE < happened.paused_at:
                yield f"task {task_id} has no occurrence from {happened.created_at} to {happened.paused_at}"
            continue
        gaps = [(a, b) for a, b in pairwise(times) if (b - a) % step]
        if gaps:
            yield f"task {task_id} has occurrences off its schedule: {gaps}"
        if happened.paused_at is not None and times[-1] < happened.paused_at - step - _LATE:
            yield f"task {task_id} was silent from {times[-1]} to {happened.paused_at}"
        if task.fields["misfire_policy"] is MisfirePolicy.FIRE_ALL and _keeps_all(task):
            lost = [(a, b) for a, b in pairwise(times) if b - a != step]
            if lost:
                yield f"task {task_id} lost occurrences between {lost}"


def _keeps_all(task: TaskPlan) -> bool:
    return task.fields["overlap_policy"] in (OverlapPolicy.ALLOW, OverlapPolicy.QUEUE_ALL)


def _what_a_user_was_told_exists(happened: Happened) -> Iterator[str]:
    stored = {run.id for run in happened.runs}
    for run_id in happened.triggered:
        if run_id not in stored:
            yield f"run {run_id} was acknowledged and does not exist"


def _dependents_follow(happened: Happened) -> Iterator[str]:
    """The newest upstream run that succeeded was consumed, and no two downstream runs consumed the same.

    A task that cannot be read is set aside with its dependencies. A run that was retried by hand has the former run of
    its own task as its parent, and may be retried twice.
    """
    for number, task_id in happened.task_ids.items():
        task = happened.tasks[task_id]
        if task.upstream is None:
            continue
        upstream_id = happened.task_ids[task.upstream]
        succeeded = [
            run.id for run in happened.runs if run.task_id == upstream_id and run.status is RunStatus.SUCCEEDED
        ]
        consumed = happened.consumed.get(task_id, 0)
        if succeeded and consumed < max(succeeded) and task_id not in happened.unreadable_tasks:
            yield f"task {task_id} (number {number}) consumed run {consumed}, and run {max(succeeded)} succeeded"
        own = {run.id: run.parent_run_id for run in happened.runs if run.task_id == task_id}
        parents = Counter(parent for parent in own.values() if parent is not None and parent not in own)
        for parent, count in parents.items():
            if count > 1:
                yield f"task {task_id} ran {count} times for run {parent}"


def _one_bad_item_takes_nothing_with_it(happened: Happened) -> Iterator[str]:
    for error in happened.errors:
        if not any(words in error for words in _EXPECTED_ERRORS):
            yield error


_CHECKS: tuple[Callable[[Happened], Iterator[str]], ...] = (
    _one_outcome_per_run,
    _every_transition_is_legal,
    _nothing_waits_for_ever,
    _no_report_of_another_attempt_counts,
    _success_was_executed,
    _what_runs_was_begun_by_its_worker,
    _limits_hold,
    _at_most_once_is_kept,
    _no_attempt_is_executed_twice,
    _every_failure_is_told_once,
    _the_metrics_count_each_end_once,
    _no_occurrence_is_lost_or_doubled,
    _what_a_user_was_told_exists,
    _dependents_follow,
    _one_bad_item_takes_nothing_with_it,
)
