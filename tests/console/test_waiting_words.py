"""Every reason of the backend is worded from its code and numbers, in both languages."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from backend.runs.limits import Hold, Room
from backend.runs.waiting import UnmetEdge, WaitingFacts, decide_waiting
from backend.workers.assignment import Unschedulable
from console.views.queue.words import reason_words
from console.waiting_words import until_words, waiting_words
from shared.enums import DependencyCondition, DependencyWindow, RunStatus, UnschedulableCause, WaitingCode
from shared.models.waiting import WaitingReason

SOON = datetime.now(UTC) + timedelta(seconds=30)
FULL, OPEN = Room(2, 2), Room(0, 2)


def pending(**fields: object) -> WaitingFacts:
    return WaitingFacts(status=RunStatus.PENDING, **fields)  # type: ignore[arg-type]


def lacks(cause: UnschedulableCause, worker_id: str | None = None) -> WaitingFacts:
    labels = {"z": "1"} if cause is UnschedulableCause.LABELS else {}
    return pending(
        unschedulable=Unschedulable(
            cause=cause, task_type="gpu", worker_id=worker_id, worker_labels=labels, executor="sql", run_as="app"
        )
    )


def edge(
    name: str,
    condition: DependencyCondition,
    window: DependencyWindow = DependencyWindow.LATEST,
    last_status: RunStatus | None = None,
) -> UnmetEdge:
    return UnmetEdge(task_id=1, task_name=name, condition=condition, window=window, last_status=last_status)


EDGES = [
    edge("A", DependencyCondition.SUCCESS, last_status=RunStatus.TIMED_OUT),
    edge("B", DependencyCondition.COMPLETION, DependencyWindow.PERIOD),
    edge("C", DependencyCondition.FAILURE),
]
CASES = [
    (pending(), "Waiting for a free slot.", "等待空闲槽位。", "no free slot"),
    (
        pending(slots=4, taken=4),
        "Waiting for a free slot: 4 of 4 are in use.",
        "等待空闲槽位：已用 4/4。",
        "no free slot (4 of 4 busy)",
    ),
    (
        pending(slots=4, taken=4, ahead=2),
        "Waiting for a free slot: 4 of 4 are in use. Runs ahead: 2.",
        "等待空闲槽位：已用 4/4，前面还有 2 次运行。",
        "no free slot (4 of 4 busy)",
    ),
    (
        lacks(UnschedulableCause.NO_WORKER),
        "No worker is online.",
        "没有在线的工作节点。",
        "no online worker",
    ),
    (
        lacks(UnschedulableCause.WORKER_OFFLINE, "W"),
        "Worker W is not online.",
        "工作节点 W 不在线。",
        "waiting for worker W",
    ),
    (
        lacks(UnschedulableCause.TASK_TYPE),
        "No online worker accepts the task type gpu.",
        "没有在线的工作节点接受任务类型 gpu。",
        "no worker with the task type gpu",
    ),
    (
        lacks(UnschedulableCause.TASK_TYPE, "W"),
        "Worker W does not accept the task type gpu.",
        "工作节点 W 不接受任务类型 gpu。",
        "waiting for worker W",
    ),
    (
        lacks(UnschedulableCause.LABELS),
        "No online worker that accepts the task type gpu has the labels z=1.",
        "接受任务类型 gpu 的在线工作节点都没有标签 z=1。",
        "no worker with the labels z=1",
    ),
    (
        lacks(UnschedulableCause.LABELS, "W"),
        "Worker W does not have the labels z=1.",
        "工作节点 W 没有标签 z=1。",
        "waiting for worker W",
    ),
    (
        lacks(UnschedulableCause.EXECUTOR),
        "No online worker has the executor sql and permits it.",
        "没有在线的工作节点具备并允许执行器 sql。",
        "no worker that permits the executor sql",
    ),
    (
        lacks(UnschedulableCause.EXECUTOR, "W"),
        "Worker W does not have the executor sql, or its owner does not permit it.",
        "工作节点 W 没有执行器 sql，或其所有者不允许使用。",
        "waiting for worker W",
    ),
    (
        lacks(UnschedulableCause.RUN_AS),
        "No owner of an online worker permits tasks to run as app.",
        "在线工作节点的所有者均不允许任务以用户 app 运行。",
        "no worker that permits tasks to run as app",
    ),
    (
        lacks(UnschedulableCause.RUN_AS, "W"),
        "The owner of worker W does not permit tasks to run as app.",
        "工作节点 W 的所有者不允许任务以用户 app 运行。",
        "waiting for worker W",
    ),
    (
        pending(hold=Hold.LIMIT),
        "Waiting: the task is at its concurrency limit.",
        "等待中：任务已达并发上限。",
        "task at its limit",
    ),
    (
        pending(hold=Hold.LIMIT, task_room=FULL),
        "Waiting: the task is at its concurrency limit of 2.",
        "等待中：任务已达并发上限（2）。",
        "task at its limit (2 of 2)",
    ),
    (
        pending(hold=Hold.LIMIT, concurrency_group="%2"),
        "Waiting: the task or its concurrency group %2 is at its limit.",
        "等待中：任务或其并发组 %2 已达上限。",
        "concurrency group %2 at its limit",
    ),
    (
        pending(hold=Hold.LIMIT, task_room=OPEN, concurrency_group="%2", concurrency_group_room=FULL),
        "Waiting: the concurrency group %2 is at its limit of 2.",
        "等待中：并发组 %2 已达上限（2）。",
        "concurrency group %2 at its limit (2 of 2)",
    ),
    (
        pending(
            hold=Hold.LIMIT,
            concurrency_group="db",
            concurrency_group_room=Room(0, None, 0),
            rate_allows_at=SOON,
        ),
        "Waiting: the concurrency group db is at its limit of starts per minute. Next start: <soon>.",
        "等待中：并发组 db 已达每分钟启动次数上限，下次启动：<soon>。",
        "start rate of concurrency group db, until <soon>",
    ),
    (
        pending(hold=Hold.OVERLAP),
        "Waiting: the previous run of the task has not ended.",
        "等待中：该任务的上一次运行尚未结束。",
        "previous run has not ended",
    ),
    (
        pending(hold=Hold.BACKFILL),
        "Waiting for its turn in the backfill.",
        "等待补跑中的次序。",
        "backfill at its limit",
    ),
    (
        pending(hold=Hold.BACKFILL, task_room=OPEN, backfill_room=FULL),
        "Waiting: the backfill is at its concurrency limit of 2.",
        "等待中：补跑已达并发上限（2）。",
        "backfill at its limit (2 of 2)",
    ),
    (
        pending(hold=Hold.DELAY, not_before=SOON, attempt=2),
        "Waiting for attempt 3, not before <soon>.",
        "等待第 3 次尝试，最早于 <soon>。",
        "retry at <soon>",
    ),
    (
        WaitingFacts(status=RunStatus.BLOCKED, upstreams=EDGES),
        "Waiting for: A to succeed (last run: Timed out); every run of B in its period to end; C to fail.",
        "等待：A 成功（上次运行：已超时）；B 在周期内的所有运行结束；C 失败。",
        "waiting for success of A, completion of B (whole period), failure of C",
    ),
    (
        WaitingFacts(status=RunStatus.BLOCKED, upstreams=[edge("", DependencyCondition.SUCCESS)]),
        "Waiting for: a task that you may not read to succeed.",
        "等待：您无权查看的任务 成功。",
        "waiting for success of a task that you may not read",
    ),
    (
        WaitingFacts(status=RunStatus.BLOCKED),
        "Waiting for its upstream tasks.",
        "等待其上游任务。",
        "waiting for its upstream tasks",
    ),
    (WaitingFacts(status=RunStatus.BLOCKED, upstreams=[]), "Next in line.", "即将启动。", "starting next"),
    (
        pending(hold=Hold.EXPAND),
        "Next in line: its child runs are being created.",
        "即将展开为子运行。",
        "creating its child runs",
    ),
]


def reason_of(facts: WaitingFacts) -> WaitingReason:
    return WaitingReason.model_validate(decide_waiting(facts))


def without_time(words: str) -> str:
    return words.replace(until_words(SOON), "<soon>")


@pytest.mark.parametrize(("facts", "english", "chinese", "brief"), CASES)
def test_each_reason_is_worded_in_english(facts: WaitingFacts, english: str, chinese: str, brief: str) -> None:
    reason = reason_of(facts)
    assert without_time(waiting_words(reason)) == english
    assert without_time(reason_words(reason)) == brief


@pytest.mark.parametrize(("facts", "english", "chinese", "brief"), CASES)
def test_each_reason_is_worded_in_chinese(
    in_chinese: None, facts: WaitingFacts, english: str, chinese: str, brief: str
) -> None:
    reason = reason_of(facts)
    assert without_time(waiting_words(reason)) == chinese
    assert re.findall("[a-z]{4,}", without_time(reason_words(reason)).replace("<soon>", "")) == []


def test_the_table_has_every_code() -> None:
    assert {reason_of(facts).code for facts, *_ in CASES} == set(WaitingCode)


def test_a_reason_names_the_concurrency_group_also_by_the_former_name() -> None:
    reason = reason_of(pending(hold=Hold.LIMIT, concurrency_group="db"))
    assert (reason.concurrency_group, reason.group) == ("db", "db")
