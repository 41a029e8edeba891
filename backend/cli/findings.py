"""The doctor's conclusions from what it measured; pure, so that each one has a test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.cli.output import span
from shared.enums import FaultKind, WorkerStatus
from shared.models.fault import Fault
from shared.models.run import Run
from shared.models.secret import SecretKeyInfo
from shared.models.system import DispatcherInfo, ProcessResources, UnschedulableRuns
from shared.models.worker import Worker

MOST_SKEW = timedelta(seconds=2)
"""Well-kept clocks differ by milliseconds; a slow answer may add up to a second."""
STUCK_AFTER = timedelta(seconds=60)
"""A worker that is online starts an assigned run within a second."""
RENEW_WITHIN = timedelta(days=14)
"""Certificates of 90 days are renewed a month before they expire: one that is this old was forgotten."""
MOST_LATE = timedelta(hours=3)
"""Jitter and a small correction of the clock delay an occurrence by less."""
_MOST_NAMED = 3
_MOST_FAULTS = 20
_KEEPS_FAILING = 3
_RECENTLY = timedelta(minutes=10)
"""A service that failed so often, and so recently, does not recover by itself."""
_FAULT_TITLES = {
    FaultKind.SET_ASIDE: "Set aside",
    FaultKind.RESTARTED: "Restarted",
    FaultKind.BLOCKED: "Event loop",
    FaultKind.GIVEN_UP: "Given up",
    FaultKind.FALLBACK: "Plug-in",
    FaultKind.CORRECTED: "Corrected",
    FaultKind.REFUSED: "Refused",
    FaultKind.SURVIVED: "Not ended",
    FaultKind.LEFT_OUT: "Left out",
    FaultKind.SHORTAGE: "Shortage",
    FaultKind.UNREACHABLE: "Not reached",
}
_FAULT_TOPICS = {
    FaultKind.GIVEN_UP: "run-ends-worker",
    FaultKind.CORRECTED: "clock-skew",
    FaultKind.REFUSED: "worker-refused",
    FaultKind.SHORTAGE: "shortage",
    FaultKind.UNREACHABLE: "outside-heartbeat",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    `state` is ok, warning or problem; `detail` includes the next step unless the state is ok; `topic` is the entry
    of the runbook.
    """

    what: str
    state: str
    detail: str
    topic: str = ""


def clock(offset: timedelta, *, against: str) -> Finding:
    """Return the finding about the offset of another clock from this machine's."""
    measured = f"{offset.total_seconds():+.3f} s from {against}"
    if abs(offset) <= MOST_SKEW:
        return Finding("Clock", "ok", measured)
    return Finding("Clock", "warning", f"{measured}. Synchronize both machines with NTP.", "clock-skew")


def resources(used: ProcessResources) -> list[Finding]:
    """Return what the answering replica uses, and what is almost used up."""
    if used.shortages:
        return [Finding("Resources", "warning", one, "shortage") for one in used.shortages]
    pool = f"{used.database_connections_in_use} of {used.database_connections_max} database connections in use"
    files = "" if used.open_files is None else f", {used.open_files:,} of {used.open_files_max or 0:,} files open"
    return [Finding("Resources", "ok", f"{pool}{files}, {used.event_loop_tasks} asyncio tasks")]


def dispatcher(info: DispatcherInfo, *, now: datetime) -> Finding:
    """Return the finding about the active dispatcher."""
    if info.active and info.since is not None:
        return Finding("Dispatcher", "ok", f"{info.hostname}, for {span((now - info.since).total_seconds())}")
    last = f" (the last one was on {info.hostname})" if info.hostname else ""
    return Finding(
        "Dispatcher",
        "problem",
        f"no dispatcher is active{last}: no run can start. Start one with: taskdeck serve --roles api,dispatcher",
        "no-dispatcher",
    )


def workers(found: Sequence[Worker], *, version: str) -> list[Finding]:
    """Return the findings about the workers and their versions."""
    online = [one for one in found if one.status is WorkerStatus.ONLINE]
    if not online:
        return [Finding("Workers", "warning", "no worker is online: no run can start", "no-worker")]
    findings = [Finding("Workers", "ok", f"{len(online)} online, {sum(one.slots for one in online)} slots")]
    lost = [one.id for one in found if one.status is WorkerStatus.LOST]
    if lost:
        findings.append(
            Finding(
                "Workers",
                "warning",
                f"lost: {_names(lost)}. Check their machines, then restart or delete them.",
                "worker-lost",
            )
        )
    others = sorted({f"{one.id} ({one.version})" for one in online if one.version != version})
    if others:
        findings.append(
            Finding(
                "Workers' version",
                "warning",
                f"{_names(others)}; the backend runs {version}. Upgrade them to complete the deployment.",
                "another-version",
            )
        )
    return findings


def stuck(unschedulable: Sequence[UnschedulableRuns], dispatched: Sequence[Run], *, now: datetime) -> list[Finding]:
    """Return the findings about runs that no worker can execute, and assigned runs that do not start."""
    findings = [
        Finding("Stuck runs", "warning", f"{one.runs} of {one.task_type}: {one.reason}", "stuck-runs")
        for one in unschedulable
    ]
    limit = now - STUCK_AFTER
    not_started = [run for run in dispatched if run.dispatched_at is not None and run.dispatched_at < limit]
    if not_started:
        names = _names([f"{run.id} on {run.worker_id}" for run in not_started])
        findings.append(
            Finding(
                "Stuck runs",
                "warning",
                f"assigned over {span(STUCK_AFTER.total_seconds())} ago and not started: {names}",
                "stuck-runs",
            )
        )
    return findings or [Finding("Stuck runs", "ok", "none")]


def dead_letters(count: int) -> Finding:
    """Return the finding about messages that could not be processed."""
    if not count:
        return Finding("Dead letters", "ok", "none")
    return Finding("Dead letters", "warning", f"{count}. List them with: taskdeck dead-letters list", "dead-letters")


def next_occurrences(found: Sequence[tuple[str, datetime, datetime]]) -> list[Finding]:
    """Return the findings about tasks whose stored next occurrence is much later than their schedule says.

    Each is the task's name, the stored occurrence and the schedule's own.
    """
    late = [
        f"{name} on {stored:%Y-%m-%d %H:%M}, its schedule says {own:%Y-%m-%d %H:%M} UTC"
        for name, stored, own in found
        if stored - own > MOST_LATE
    ]
    if not late:
        return []
    return [
        Finding(
            "Next occurrence",
            "problem",
            f"far too late: {'; '.join(late[:_MOST_NAMED])}. The dispatcher corrects it within ten minutes; "
            "synchronize the clock of PostgreSQL's machine with NTP.",
            "clock-skew",
        )
    ]


def faults(found: Sequence[Fault], *, now: datetime) -> list[Finding]:
    """Return a finding for each of the newest faults: the object, the cause and the next step.

    A service or plug-in that keeps failing and a run that was given up are problems; what was set aside, or happened
    once, is a warning.
    """
    findings = [_fault(one, now=now) for one in found[:_MOST_FAULTS]]
    if len(found) > _MOST_FAULTS:
        more = f"{len(found) - _MOST_FAULTS} more. List them with: taskdeck faults list"
        findings.append(Finding("Faults", "warning", more, "faults"))
    return findings or [Finding("Faults", "ok", "none")]


def _fault(fault: Fault, *, now: datetime) -> Finding:
    is_recent = now - fault.last_at < _RECENTLY
    is_problem = (
        fault.kind is FaultKind.GIVEN_UP
        or (fault.kind in (FaultKind.FALLBACK, FaultKind.REFUSED) and is_recent)
        or (fault.kind is FaultKind.RESTARTED and fault.count >= _KEEPS_FAILING and is_recent)
    )
    times = f" ({fault.count} times, last {span((now - fault.last_at).total_seconds())} ago)"
    words = f"{fault.object_type} {fault.object_name or fault.object_id}{times if fault.count > 1 else ''}"
    return Finding(
        _FAULT_TITLES[fault.kind],
        "problem" if is_problem else "warning",
        f"{words}: {fault.cause.rstrip('.')}. {fault.next_step}",
        _FAULT_TOPICS.get(fault.kind, "faults"),
    )


def schema(found: str | None, *, needed: str) -> Finding:
    """Return the finding about the schema's revision."""
    if found == needed:
        return Finding("Schema", "ok", f"revision {found}")
    if found is None:
        return Finding("Schema", "problem", "missing. Create it with: taskdeck migrate", "schema-behind")
    if found < needed:
        return Finding(
            "Schema",
            "problem",
            f"revision {found}; this version requires {needed}. Run: taskdeck migrate",
            "schema-behind",
        )
    return Finding("Schema", "ok", f"revision {found}, newer than this version's {needed}; they are compatible")


def pooler(first_pid: int, second_pid: int) -> Finding:
    """Return the finding about two open sessions: a shared server process means a pooler in transaction mode."""
    if first_pid != second_pid:
        return Finding("Pooler", "ok", "none in transaction mode")
    return Finding(
        "Pooler",
        "problem",
        "a pooler in transaction mode is in front of PostgreSQL, where the dispatcher's lock does not hold. Set "
        "TASKDECK_DATABASE_URL to PostgreSQL itself, or to a pool in session mode.",
        "pooler",
    )


def certificate(expires_at: datetime, *, now: datetime) -> Finding:
    """Return the finding about the certificate of the API."""
    if expires_at <= now:
        detail = f"expired on {expires_at:%Y-%m-%d}: no client connects. Renew it; it is read again by itself."
        return Finding("TLS certificate", "problem", detail, "encryption")
    if expires_at - now < RENEW_WITHIN:
        return Finding("TLS certificate", "warning", f"expires on {expires_at:%Y-%m-%d}. Renew it.", "encryption")
    return Finding("TLS certificate", "ok", f"valid until {expires_at:%Y-%m-%d}")


def secret_keys(found: Sequence[SecretKeyInfo]) -> list[Finding]:
    """Return the findings about the keys that encrypt what is stored, newest first; an empty id is clear text."""
    here = [one for one in found if one.id and one.is_here]
    findings = [_lost_key(one) for one in found if not one.is_here and (one.values or one.is_in_use)]
    clear = sum(one.values for one in found if not one.id)
    if not here:
        if not findings:
            findings.append(
                _key_finding(
                    "warning",
                    f"the backend has none, so no secret can be set{_in_clear(clear)}. Create one with: taskdeck "
                    "secret-key create FILE. Set TASKDECK_SECRETS_KEY_FILE to it for all backends, and restart them.",
                )
            )
        return findings
    newest = here[0]
    if not newest.is_in_use:
        used = next((f"the former key {one.id} is still in use" for one in found if one.is_in_use), "none is in use")
        findings.append(
            _key_finding(
                "warning",
                f"{newest.id} is the first in TASKDECK_SECRETS_KEY_FILE, and {used}{_in_clear(clear)}. When all "
                "backends have the file, run: taskdeck secret-key rotate",
            )
        )
    else:
        former = [one for one in here[1:] if one.values]
        findings += [
            _key_finding(
                "warning",
                f"the former key {one.id} still encrypts {_values(one.values)}: a rotation was interrupted, or a value "
                "cannot be read. Run again: taskdeck secret-key rotate",
            )
            for one in former
        ]
        if clear:
            findings.append(
                _key_finding("warning", f"{_values(clear)} stored in clear. Run: taskdeck secret-key rotate")
            )
    return findings or [_key_finding("ok", f"{newest.id} encrypts {_values(newest.values)}")]


def _lost_key(key: SecretKeyInfo) -> Finding:
    what = f"encrypts {_values(key.values)}, which nobody can read" if key.values else "is in use"
    return _key_finding(
        "problem",
        f"the key {key.id} {what}, and the backend does not have it. Add its line to the file of "
        "TASKDECK_SECRETS_KEY_FILE and restart the backend. If it is lost, set those values again: taskdeck "
        "secret-key rotate names them.",
    )


def _key_finding(state: str, detail: str) -> Finding:
    return Finding("Key of secrets", state, detail, "" if state == "ok" else "secret-key")


def _in_clear(count: int) -> str:
    return f", and {_values(count)} stored in clear" if count else ""


def _values(count: int) -> str:
    return f"{count} value{'' if count == 1 else 's'}"


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
