"""Which silence holds the alerts of a task back."""

from datetime import timedelta

import pytest

from console.silence_words import silence_of, silence_words, silenced_until
from shared.models.alert import Silence
from tests.console.factories import NOW, a_task

TASK = a_task(id=7, folder="finance/daily")


def silence(number: int, *, hours: float = 1, begins: float = -1, **fields: object) -> Silence:
    return Silence.model_validate(
        {
            "id": number,
            "starts_at": NOW + timedelta(hours=begins),
            "ends_at": NOW + timedelta(hours=hours),
            "created_by": "anna",
        }
        | fields
    )


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({"task_id": 7}, True),
        ({"task_id": 8}, False),
        ({"folder": "finance"}, True),
        ({"folder": "finance/daily"}, True),
        ({"folder": "finance/daily/deeper"}, False),
        ({"folder": "fin"}, False),
        ({}, True),
        ({"task_id": 7, "hours": 0}, False),
        ({"task_id": 7, "begins": 0.5}, False),
    ],
)
def test_a_silence_covers_its_task_folder_or_all(fields: dict[str, object], covers: bool) -> None:
    assert (silence_of(TASK.id, TASK.folder, [silence(1, **fields)], NOW) is not None) is covers  # type: ignore[arg-type]


def test_the_one_that_lasts_longest_is_shown(in_english: None) -> None:
    silences = [silence(1, task_id=7), silence(2, hours=3), silence(3, hours=2, folder="finance")]
    found = silence_of(TASK.id, TASK.folder, silences, NOW)
    assert found is not None
    assert found.id == 2
    assert silence_words(found, NOW).startswith("All alerts are silenced until")
    assert silence_words(silence(1, task_id=7), NOW).startswith("Alerts of this task")
    ends_by_itself = silence(1, task_id=7, until_recovery=True)
    assert silence_words(ends_by_itself, NOW) == "Alerts of this task are silenced until it recovers (by anna)."
    assert "finance" in silence_words(silence(1, folder="finance"), NOW)


@pytest.mark.parametrize(
    ("fields", "covers"),
    [({"task_id": 7}, False), ({"folder": "finance"}, True), ({"folder": "finance/daily"}, False), ({}, True)],
)
def test_an_alert_about_several_tasks_is_silenced_with_their_folder(fields: dict[str, object], covers: bool) -> None:
    assert (silence_of(None, "finance", [silence(1, **fields)], NOW) is not None) is covers  # type: ignore[arg-type]


def test_a_row_says_when_its_silence_ends(in_english: None) -> None:
    ends_at = silence(1, task_id=7).ends_at.astimezone()
    assert silenced_until(silence(1, task_id=7), NOW) == f"Silenced until {ends_at:%H:%M:%S}, by anna"
    by_itself = silence(1, task_id=7, until_recovery=True)
    assert silenced_until(by_itself, NOW) == "Silenced until it recovers, by anna"
