"""What the doctor concludes from what it saw: pure, so that each conclusion has its test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.cli.output import span
from shared.enums import WorkerStatus
from shared.models.run import Run
from shared.models.system import DispatcherInfo, UnschedulableRuns
from shared.models.worker import Worker

MOST_SKEW = timedelta(seconds=2)
STUCK_AFTER = timedelta(seconds=60)
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `state` is ok, warning or problem, `detail` says the next step where it is not ok.

    `topic` is the runbook's entry about it.
    """

    what: str
    state: str
    detail: str
    topic: str = ""


def clock(offset: timedelta, *, against: str) -> Finding:
    """Judge how far another clock is ahead of this machine's."""
    told = f"{offset.total_seconds():+.3f} s from {against}"
    if abs(offset) <= MOST_SKEW:
        return Finding("Clock", "ok", told)
    return Finding("Clock", "warning", f"{told}; let NTP set both machines' clocks", "clock-skew")


def dispatcher(info: DispatcherInfo, *, now: datetime) -> Finding:
    """Judge whether a replica dispatches."""
    if info.active and info.since is not None:
        return Finding("Dispatcher", "ok", f"{info.hostname}, for {span((now - info.since).total_seconds())}")
    last = f"; the last was {info.hostname}" if info.hostname else ""
    return Finding(
        "Dispatcher",
        "problem",
        f"no replica dispatches{last}: no run can start. Start one: taskdeck serve --roles api,dispatcher",
        "no-dispatcher",
    )


def workers(found: Sequence[Worker], *, version: str) -> list[Finding]:
    """Judge who works, and whether all of them run the backend's version."""
    online = [one for one in found if one.status is WorkerStatus.ONLINE]
    if not online:
        return [Finding("Workers", "warning", "none is online; no run can start", "no-worker")]
    findings = [Finding("Workers", "ok", f"{len(online)} online, {sum(one.slots for one in online)} slots")]
    lost = [one.id for one in found if one.status is WorkerStatus.LOST]
    if lost:
        findings.append(
            Finding(
                "Workers",
                "warning",
                f"lost: {_names(lost)}; look at their machines, start them again or delete them",
                "worker-lost",
            )
        )
    others = sorted({f"{one.id} ({one.version})" for one in online if one.version != version})
    if others:
        findings.append(
            Finding(
                "Workers' version",
                "warning",
                f"{_names(others)} beside the backend's {version}; bring them up to it when the deploy is done",
                "another-version",
            )
        )
    return findings


def stuck(unschedulable: Sequence[UnschedulableRuns], dispatched: Sequence[Run], *, now: datetime) -> list[Finding]:
    """Judge runs that wait for what does not come, and runs that were given to a worker and have not begun."""
    findings = [
        Finding("Stuck runs", "warning", f"{one.runs} of {one.task_type}: {one.reason}", "stuck-runs")
        for one in unschedulable
    ]
    limit = now - STUCK_AFTER
    not_begun = [run for run in dispatched if run.dispatched_at is not None and run.dispatched_at < limit]
    if not_begun:
        names = _names([f"{run.id} on {run.worker_id}" for run in not_begun])
        findings.append(
            Finding(
                "Stuck runs",
                "warning",
                f"given to a worker over {span(STUCK_AFTER.total_seconds())} ago and not begun: {names}",
                "stuck-runs",
            )
        )
    return findings or [Finding("Stuck runs", "ok", "none")]


def dead_letters(count: int) -> Finding:
    """Judge whether messages wait that nobody could read."""
    if not count:
        return Finding("Dead letters", "ok", "none")
    return Finding("Dead letters", "warning", f"{count}; look at them: taskdeck dead-letters list", "dead-letters")


def schema(found: str | None, *, needed: str) -> Finding:
    """Judge the schema's revision against the one that this version needs."""
    if found == needed:
        return Finding("Schema", "ok", f"at {found}")
    if found is None:
        return Finding("Schema", "problem", "there is none; make it with: taskdeck migrate", "schema-behind")
    if found < needed:
        return Finding(
            "Schema", "problem", f"at {found}, this version needs {needed}; run: taskdeck migrate", "schema-behind"
        )
    return Finding("Schema", "ok", f"at {found}, newer than this version's {needed}: it goes on working")


def pooler(first_pid: int, second_pid: int) -> Finding:
    """Judge two sessions that are open at once: where they share a server's process, a pooler hands it round."""
    if first_pid != second_pid:
        return Finding("Pooler", "ok", "none in transaction mode")
    return Finding(
        "Pooler",
        "problem",
        "one in transaction mode stands before PostgreSQL: the dispatcher's lock would not hold. Give "
        "TASKDECK_DATABASE_URL an address that reaches PostgreSQL directly, or a pool in session mode",
        "pooler",
    )


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
