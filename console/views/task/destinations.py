"""Where the parts of a task's page lead, as the name of a view and what is wanted of it. Pure."""

from shared.enums import RunStatus
from shared.models.alert import Alert, AlertCondition
from shared.models.run import Run
from shared.models.task import Task

Destination = tuple[str, dict[str, object]]
_BAD = [RunStatus.FAILED, RunStatus.TIMED_OUT]


def of_runs(task: Task, *, statuses: list[RunStatus] | None = None) -> Destination:
    """Return the runs of a task, or those with one of these statuses."""
    wanted: dict[str, object] = {"task": task.id, "task_name": task.name}
    return "runs", wanted if statuses is None else wanted | {"status": statuses}


def of_figure(name: str, task: Task, newest: Run | None) -> Destination | None:
    """Return where a figure leads; None where it counts nothing yet."""
    if name == "next" and task.next_run_at is not None:
        return "agenda", {"at": task.next_run_at}
    if name == "last" and newest is not None:
        return "run", {"run": newest.id}
    if name == "succeeded":
        return of_runs(task, statuses=_BAD)
    return of_runs(task, statuses=[RunStatus.SUCCEEDED]) if name == "duration" else None


def of_folder(task: Task) -> Destination:
    """Return the tasks of the folder of a task."""
    return "tasks", {"folder": task.folder}


def of_labels(task: Task) -> Destination:
    """Return the tasks with the first label of a task."""
    first = next(iter(task.labels.items()), None)
    return "tasks", {"label": f"{first[0]}={first[1]}" if first is not None else ""}


def of_alert(alert: Alert) -> Destination:
    """Return the run that an alert is about, or all alerts."""
    if alert.run_id is not None and alert.condition is not AlertCondition.FAULT:
        return "run", {"run": alert.run_id}
    return "alerts", {}
