"""What an alert says in the console."""

from datetime import UTC, datetime

import pytest

from backend.alerts.words import troubled
from backend.runs.outcomes import MISSED
from console.views.alerts.words import alert_detail, alert_title
from shared.models.alert import Alert, AlertCondition, AlertMessage

ROW = {"task_id": 1, "name": "backup", "folder": "", "seconds": 60}


def alert(**fields: object) -> Alert:
    usual = {
        "id": 1,
        "at": datetime(2026, 11, 25, tzinfo=UTC),
        "rule": "all",
        "condition": AlertCondition.FAILURE,
        "message": AlertMessage.FIRST,
        "grouping_key": "",
        "task_name": "backup",
        "count": 1,
        "title": "as the backend wrote it",
        "detail": "",
    }
    return Alert.model_validate(usual | fields)


@pytest.mark.parametrize("condition", list(AlertCondition))
@pytest.mark.parametrize("message", [AlertMessage.FIRST, AlertMessage.RECOVERY])
def test_an_alert_of_one_task_is_told_in_the_persons_language(condition: AlertCondition, message: AlertMessage) -> None:
    title = alert_title(alert(condition=condition, message=message, task_name="50%2 off"))
    assert title.startswith("50%2 off ")


@pytest.mark.parametrize("fields", [{"message": AlertMessage.REMINDER}, {"task_name": None}])
def test_what_is_about_many_is_told_as_the_backend_wrote_it(fields: dict[str, object]) -> None:
    assert alert_title(alert(**fields)) == "as the backend wrote it"


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("Run 7: exit code 3", "Run 7: exit code 3"),
        ("Run 7: the command cannot be started: %2", "Run 7: the command cannot be started: %2"),
        ("Run 7 did not start within 60 s of its time.", "Run 7 did not start within 60 s of its time."),
        (
            "Its next occurrence did not start within 60 s of its time.",
            "Its next occurrence did not start within 60 s of its time.",
        ),
        (
            troubled({"condition": "late", "reason": MISSED, "run_id": None} | ROW).detail,
            "It was due while nothing could dispatch, and what was missed is left out.",
        ),
        (
            troubled({"condition": "slow", "reason": None, "run_id": 7} | ROW).detail,
            "Run 7 has taken more than 60 s.",
        ),
        ("It was paused.", "It was paused."),
    ],
)
def test_a_detail_names_the_run_and_its_error(detail: str, words: str) -> None:
    assert alert_detail(alert(detail=detail)) == words
