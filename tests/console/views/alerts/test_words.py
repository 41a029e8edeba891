"""What an alert says in the console."""

import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from pytestqt.qtbot import QtBot

from backend.alerts.fault_words import fault_words
from backend.alerts.model import Notice, Trouble, TroubleKind, WatchedFault, WatchedTask
from backend.alerts.words import trouble_detail
from console.views.alerts.model import delivery_details, delivery_words
from console.views.alerts.words import alert_detail, alert_title
from shared.enums import FaultKind
from shared.models.alert import Alert, AlertCondition, AlertMessage

TASK = WatchedTask(1, "backup", "", {})


def detail_of(kind: TroubleKind) -> str:
    reason = "failed 3 times in a row, last in run 7" if kind is TroubleKind.PAUSED else None
    return trouble_detail(Trouble(kind=kind, task=TASK, run_id=7, limit_seconds=60, reason=reason))


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


@pytest.mark.parametrize("condition", [one for one in AlertCondition if one is not AlertCondition.FAULT])
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
        ("It was paused.", "It was paused."),
    ],
)
def test_a_detail_names_the_run_and_its_error(detail: str, words: str) -> None:
    assert alert_detail(alert(detail=detail)) == words


@pytest.mark.parametrize("kind", list(TroubleKind))
def test_every_sentence_of_the_backend_about_a_trouble_is_translated(qtbot: QtBot, kind: TroubleKind) -> None:
    application = QCoreApplication.instance()
    assert application is not None
    translator = QTranslator()
    assert translator.load(str(files("resources.translations").joinpath("taskdeck_zh_CN.qm")))
    english = alert_detail(alert(detail=detail_of(kind)))
    application.installTranslator(translator)
    try:
        assert alert_detail(alert(detail=detail_of(kind))) != english == detail_of(kind)
    finally:
        application.removeTranslator(translator)


NOTICES = {
    "one": Notice(AlertMessage.FIRST, 1),
    "several": Notice(AlertMessage.FIRST, 12_000),
    "one more": Notice(AlertMessage.REMINDER, 1),
    "more": Notice(AlertMessage.REMINDER, 12),
    "none is left": Notice(AlertMessage.RECOVERY, 12),
}


@pytest.mark.parametrize("kind", list(FaultKind))
@pytest.mark.parametrize("notice", NOTICES)
def test_every_title_of_the_backend_about_faults_is_translated(qtbot: QtBot, kind: FaultKind, notice: str) -> None:
    newest = WatchedFault(id=1, kind=kind, object="task 50%2 off", cause="x", next_step="y")
    title, _ = fault_words(NOTICES[notice], newest)
    told = alert(condition=AlertCondition.FAULT, title=title, task_name=None)
    application = QCoreApplication.instance()
    assert application is not None
    translator = QTranslator()
    assert translator.load(str(files("resources.translations").joinpath("taskdeck_zh_CN.qm")))
    assert ("50%2 off" in alert_title(told)) is (notice != "none is left")
    application.installTranslator(translator)
    try:
        assert not re.search("[a-z]{3,}", alert_title(told).replace("50%2 off", ""))
    finally:
        application.removeTranslator(translator)


def test_a_title_of_another_version_about_faults_stays_as_it_is() -> None:
    for title in ("Something else", "3 faults, newest: moon fell"):
        assert alert_title(alert(condition=AlertCondition.FAULT, title=title)) == title


def test_a_failed_delivery_has_its_cause_in_the_details() -> None:
    deliveries = [
        {"channel": "on-call", "status": "failed", "attempts": 5, "error": "Connection refused"},
        {"channel": "mail", "status": "pending", "attempts": 0},
        {"channel": "console", "status": "sent", "attempts": 1},
    ]
    told = alert(deliveries=deliveries)
    assert delivery_words(told) == "on-call (failed), mail (not sent yet), console"
    assert delivery_details(told) == "on-call (failed): Connection refused\nmail (not sent yet)\nconsole"
