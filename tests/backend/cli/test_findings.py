"""The doctor's conclusions, and the runbook entries that they name."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.cli import findings
from backend.cli.findings import Finding
from backend.cli.runbook import entries
from shared.enums import FaultKind, RunStatus
from shared.models.fault import Fault
from shared.models.run import Run
from shared.models.secret import SecretKeyInfo
from shared.models.system import DispatcherInfo, UnschedulableRuns
from shared.models.worker import Worker

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def worker(name: str, *, status: str = "online", version: str = "1.0") -> Worker:
    return Worker.model_validate(
        {"id": name, "hostname": name, "version": version, "task_types": ["*"], "labels": {}, "slots": 4,
         "current_task_count": 0, "status": status, "last_heartbeat_at": NOW, "started_at": NOW}
    )  # fmt: skip


def run(number: int, *, dispatched: timedelta) -> Run:
    return Run.model_validate(
        {"id": number, "task_id": 1, "task_name": "t", "status": RunStatus.DISPATCHED, "trigger": "manual",
         "attempt": 1, "priority": "normal", "queued_at": NOW, "worker_id": "w", "dispatched_at": NOW - dispatched}
    )  # fmt: skip


def fault(kind: FaultKind, *, count: int, age: timedelta) -> Fault:
    return Fault(
        id=1,
        kind=kind,
        object_type="task",
        object_id="7",
        object_name="backup",
        cause="ValueError: no zone",
        next_step="Edit the task.",
        count=count,
        first_at=NOW - age,
        last_at=NOW - age,
    )


def key(key_id: str, *, is_in_use: bool = False, is_here: bool = True, values: int = 0) -> SecretKeyInfo:
    return SecretKeyInfo(id=key_id, is_in_use=is_in_use, is_here=is_here, values=values)


def states(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.state, one.topic) for one in found]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([findings.clock(timedelta(seconds=1), against="x")], [("ok", "")]),
        ([findings.clock(timedelta(hours=-1), against="x")], [("warning", "clock-skew")]),
        ([findings.dispatcher(DispatcherInfo(), now=NOW)], [("problem", "no-dispatcher")]),
        (
            [findings.dispatcher(DispatcherInfo(hostname="h", since=NOW, active=False), now=NOW)],
            [("problem", "no-dispatcher")],
        ),
        ([findings.dispatcher(DispatcherInfo(hostname="h", since=NOW, active=True), now=NOW)], [("ok", "")]),
        (findings.workers([], version="1.0"), [("warning", "no-worker")]),
        (findings.workers([worker("a", status="lost")], version="1.0"), [("warning", "no-worker")]),
        (
            findings.workers([worker("a"), worker("b", status="lost"), worker("c", version="0.9")], version="1.0"),
            [("ok", ""), ("warning", "worker-lost"), ("warning", "another-version")],
        ),
        (findings.stuck([], [run(1, dispatched=timedelta(seconds=5))], now=NOW), [("ok", "")]),
        (findings.stuck([], [run(1, dispatched=timedelta(minutes=5))], now=NOW), [("warning", "stuck-runs")]),
        (
            findings.stuck([UnschedulableRuns(task_type="gpu", reason="nobody", runs=3)], [], now=NOW),
            [("warning", "stuck-runs")],
        ),
        ([findings.dead_letters(0), findings.dead_letters(2)], [("ok", ""), ("warning", "dead-letters")]),
        (
            [findings.schema(found, needed="0005") for found in (None, "0004", "0005", "0006")],
            [("problem", "schema-behind"), ("problem", "schema-behind"), ("ok", ""), ("ok", "")],
        ),
        (findings.faults([], now=NOW), [("ok", "")]),
        (
            findings.faults(
                [
                    fault(FaultKind.SET_ASIDE, count=50, age=timedelta(minutes=1)),
                    fault(FaultKind.RESTARTED, count=2, age=timedelta(minutes=1)),
                    fault(FaultKind.RESTARTED, count=3, age=timedelta(minutes=1)),
                    fault(FaultKind.RESTARTED, count=50, age=timedelta(hours=1)),
                    fault(FaultKind.BLOCKED, count=1, age=timedelta(minutes=1)),
                    fault(FaultKind.GIVEN_UP, count=1, age=timedelta(hours=23)),
                    fault(FaultKind.FALLBACK, count=1, age=timedelta(minutes=1)),
                    fault(FaultKind.FALLBACK, count=9, age=timedelta(hours=1)),
                    fault(FaultKind.REFUSED, count=9, age=timedelta(seconds=5)),
                    fault(FaultKind.REFUSED, count=9, age=timedelta(hours=1)),
                    fault(FaultKind.CORRECTED, count=1, age=timedelta(hours=1)),
                ],
                now=NOW,
            ),
            [
                ("warning", "faults"),
                ("warning", "faults"),
                ("problem", "faults"),
                ("warning", "faults"),
                ("warning", "faults"),
                ("problem", "run-ends-worker"),
                ("problem", "faults"),
                ("warning", "faults"),
                ("problem", "worker-refused"),
                ("warning", "worker-refused"),
                ("warning", "clock-skew"),
            ],
        ),
        (
            findings.faults([fault(FaultKind.SET_ASIDE, count=1, age=timedelta())] * 30, now=NOW)[20:],
            [("warning", "faults")],
        ),
        (
            findings.next_occurrences(
                [
                    ("yearly", NOW + timedelta(days=300), NOW + timedelta(days=300)),
                    ("jitter", NOW + timedelta(hours=2), NOW),
                ]
            ),
            [],
        ),
        (
            findings.next_occurrences([("hourly", NOW + timedelta(days=30), NOW + timedelta(hours=1))]),
            [("problem", "clock-skew")],
        ),
        (findings.secret_keys([]), [("warning", "secret-key")]),
        (findings.secret_keys([key("", values=3)]), [("warning", "secret-key")]),
        (findings.secret_keys([key("new", is_in_use=True, values=3)]), [("ok", "")]),
        (findings.secret_keys([key("new", is_in_use=True, values=3), key("old")]), [("ok", "")]),
        (findings.secret_keys([key("new"), key("old", is_in_use=True, values=3)]), [("warning", "secret-key")]),
        (findings.secret_keys([key("new", is_in_use=True), key("old", values=1)]), [("warning", "secret-key")]),
        (findings.secret_keys([key("new", is_in_use=True), key("", values=1)]), [("warning", "secret-key")]),
        (
            findings.secret_keys([key("new", is_in_use=True), key("old", is_here=False, values=1)]),
            [("problem", "secret-key")],
        ),
        (findings.secret_keys([key("old", is_here=False, is_in_use=True, values=1)]), [("problem", "secret-key")]),
        ([findings.pooler(7, 7), findings.pooler(7, 8)], [("problem", "pooler"), ("ok", "")]),
    ],
)
def test_each_fact_gives_its_finding(found: list[Finding], expected: list[tuple[str, str]]) -> None:
    assert states(found) == expected
    known = entries()
    assert all(one.topic in known for one in found if one.topic), "each hint leads to an entry of the runbook"


def test_every_entry_has_symptoms_cause_and_action() -> None:
    for name, body in entries().items():
        if name != "backup":
            assert all(f"**{part}**" in body for part in ("Symptoms", "Cause", "Action")), name


def test_a_fault_names_its_object_the_cause_and_the_next_step() -> None:
    [found] = findings.faults([fault(FaultKind.SET_ASIDE, count=2, age=timedelta(minutes=3))], now=NOW)
    assert found.detail == "task backup (2 times, last 3 min ago): ValueError: no zone. Edit the task."
