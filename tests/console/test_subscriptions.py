"""Which failures a person is notified of."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.memory import Memory
from console.subscriptions import Subscriptions, is_worth_telling, subscription_action
from shared.enums import RunStatus
from shared.models.task import Task
from tests.console.factories import a_run


@pytest.mark.parametrize(
    ("status", "choice", "subscribed", "told"),
    [
        ("failed", "subscribed", {7}, True),
        ("timed_out", "subscribed", {7}, True),
        ("failed", "subscribed", {8}, False),
        ("failed", "all", set(), True),
        ("failed", "none", {7}, False),
        ("succeeded", "all", {7}, False),
        ("cancelled", "all", {7}, False),
    ],
)
def test_only_wanted_failures_are_told(status: str, choice: str, subscribed: set[int], told: bool) -> None:
    run = a_run(1, RunStatus(status), task_id=7)
    assert is_worth_telling(run, choice=choice, subscribed=frozenset(subscribed)) is told


def test_a_person_sees_whether_one_is_notified(tmp_path: Path) -> None:
    memory = Memory.in_file(tmp_path / "settings.ini")
    said: list[str] = []
    action = subscription_action(memory, said.append)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    tasks = [
        Task(id=one, name=f"task-{one}", executor="noop", task_type="noop", created_at=now, updated_at=now)
        for one in (1, 2)
    ]
    assert action.is_on is not None
    action.do(tasks[:1])
    assert [action.is_on(task) for task in tasks] == [True, False]
    action.do(tasks)
    assert Subscriptions(memory).task_ids == {1, 2}
    action.do(tasks)
    assert Subscriptions(memory).task_ids == set()
    assert ["notified when" in words for words in said] == [True, True, False]
