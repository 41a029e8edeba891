"""How a task is, in one sentence."""

from datetime import timedelta

import pytest

from console.theme.glyphs import Glyph
from console.views.task.state_words import state_words, task_glyph
from console.words import Times
from shared.enums import RunStatus, TaskStatus
from shared.models.run import Run
from shared.models.task import Task
from tests.console.factories import NOW, a_run, a_task

SOON, BEFORE = NOW + timedelta(minutes=5), NOW - timedelta(minutes=2)
DONE = a_run(1, RunStatus.SUCCEEDED, completed_at=BEFORE)


@pytest.mark.parametrize(
    ("task", "run", "words"),
    [
        (a_task(schedule="* * * * *", next_run_at=SOON), None, "Active, next run in 5 min. It has never run."),
        (
            a_task(schedule="* * * * *", next_run_at=SOON),
            DONE,
            "Active, next run in 5 min. Last run: succeeded 2 min ago.",
        ),
        (a_task(schedule="* * * * *"), None, "Active, and its schedule has no further times. It has never run."),
        (a_task(), None, "Active, runs when it is triggered. It has never run."),
        (a_task(depends_on=[{"task_id": 2}]), None, "Active, runs after other tasks. It has never run."),
        (a_task(status=TaskStatus.PAUSED), DONE, "Paused. Last run: succeeded 2 min ago."),
        (
            a_task(status=TaskStatus.PAUSED, paused_reason="failed 3 times in a row, last in run 9"),
            DONE,
            "Paused: it failed 3 times in a row, last in run 9. Last run: succeeded 2 min ago.",
        ),
        (
            a_task(),
            a_run(1, RunStatus.RUNNING, started_at=BEFORE),
            "Active, runs when it is triggered. A run has been going for 2 min.",
        ),
        (
            a_task(),
            a_run(1, RunStatus.PENDING, queued_at=BEFORE),
            "Active, runs when it is triggered. A run has been waiting for 2 min.",
        ),
    ],
)
def test_the_state_says_schedule_and_newest_run(in_english: None, task: Task, run: Run | None, words: str) -> None:
    assert state_words(task, run, Times(), NOW) == words


def test_a_paused_task_has_its_own_shape() -> None:
    assert task_glyph(a_task(), None) is Glyph.RING
    assert task_glyph(a_task(), DONE) is Glyph.TICK
    assert task_glyph(a_task(last_run={"id": 1, "status": "failed"}), None) is Glyph.CROSS
    assert task_glyph(a_task(status=TaskStatus.PAUSED), DONE) is Glyph.RING_BAR
