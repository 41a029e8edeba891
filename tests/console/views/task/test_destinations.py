"""Where the parts of a task's page lead."""

from datetime import timedelta

import pytest

from console.views.task import destinations
from shared.enums import RunStatus
from shared.models.alert import AlertCondition
from tests.console.factories import NOW, a_run, a_task
from tests.console.views.alerts.test_words import alert

NEXT = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("next", ("agenda", {"at": NEXT})),
        ("last", ("run", {"run": 7})),
        (
            "succeeded",
            ("runs", {"task": 1, "task_name": "Nightly backup", "status": [RunStatus.FAILED, RunStatus.TIMED_OUT]}),
        ),
        ("duration", ("runs", {"task": 1, "task_name": "Nightly backup", "status": [RunStatus.SUCCEEDED]})),
    ],
)
def test_each_figure_leads_to_what_it_counts(name: str, leads_to: destinations.Destination) -> None:
    assert destinations.of_figure(name, a_task(next_run_at=NEXT), a_run(7)) == leads_to


@pytest.mark.parametrize("name", ["next", "last"])
def test_a_figure_without_anything_leads_nowhere(name: str) -> None:
    assert destinations.of_figure(name, a_task(), None) is None


def test_an_alert_leads_to_its_run_and_faults_to_all_alerts() -> None:
    assert destinations.of_alert(alert(run_id=7)) == ("run", {"run": 7})
    assert destinations.of_alert(alert(run_id=7, condition=AlertCondition.FAULT)) == ("alerts", {})
    assert destinations.of_alert(alert()) == ("alerts", {})


def test_folder_and_labels_lead_to_the_tasks_that_have_them() -> None:
    task = a_task(folder="ops/nightly", labels={"team": "ops", "zone": "b"})
    assert destinations.of_folder(task) == ("tasks", {"folder": "ops/nightly"})
    assert destinations.of_labels(task) == ("tasks", {"label": "team=ops"})
