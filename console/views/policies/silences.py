"""The page of silences: times in which no alert is sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

from console.durations import read_duration
from console.silencing import until_recovery
from console.views.policies.form_field import FormField
from console.views.policies.resource import ResourceColumn, ResourceSpec, Row, folder_names, time_words
from console.views.tasks.field_texts import read_instant
from console.views.tasks.known import find_tasks
from console.words import tr
from shared.client import TaskdeckClient
from shared.enums import Permission
from shared.errors import ValidationFailedError

_MOST_NAMES = 500


def _silenced(row: Row) -> str:
    """Return what a silence is for; a backend of an earlier version gives the number of the task alone."""
    if row["task_id"]:
        return str(row.get("task_name") or tr("task %1", row["task_id"]))
    return row["folder"] or tr("all")


def _end(text: str) -> str | None:
    """Return the instant that was entered, or now and the duration, None for nothing; raises ValueError."""
    try:
        return (datetime.now(UTC) + timedelta(seconds=read_duration(text))).isoformat()
    except ValueError:
        return read_instant(text)


async def _task_names(client: TaskdeckClient) -> list[str]:
    return [one.name for one in (await client.list_tasks(limit=_MOST_NAMES, sort="name")).data]


async def _prepared(client: TaskdeckClient, body: dict[str, Any]) -> dict[str, Any]:
    """Return the silence with the id of the task that was named, and with an end.

    Raises `ValidationFailedError` without the task, or without an end where it does not end with the recovery.
    """
    name, ends_at = body["task_id"], body["ends_at"]
    if body["until_recovery"]:
        if not name:
            raise ValidationFailedError.of("task_id", tr("Enter the task that is to recover."))
        ends_at = ends_at or until_recovery(datetime.now(UTC)).isoformat()
    elif ends_at is None:
        raise ValidationFailedError.of("ends_at", tr("Enter a time, or a duration such as 2h."))
    found = await find_tasks(client, [name]) if name else {}
    if name and name not in found:
        raise ValidationFailedError.of("task_id", tr("There is no such task."))
    return body | {"task_id": found.get(name), "ends_at": ends_at}


def _silenced_until(row: Row) -> str:
    return tr("it recovers") if row.get("until_recovery") else time_words(row["ends_at"])


SILENCES = ResourceSpec(
    name="silences",
    needed=Permission.EDIT,
    title=lambda: tr("Silences"),
    make=lambda: tr("New silence"),
    path="/api/alerts/silences",
    key="id",
    columns=(
        ResourceColumn(
            lambda: tr("Applies to"),
            _silenced,
        ),
        ResourceColumn(lambda: tr("From"), lambda row: time_words(row["starts_at"]), "2026-11-25 08:57:16 CEST"),
        ResourceColumn(lambda: tr("Until"), _silenced_until, "2026-11-25 08:57:16 CEST"),
        ResourceColumn(lambda: tr("Created by"), lambda row: row["created_by"], "wei.zhang"),
        ResourceColumn(lambda: tr("Reason"), lambda row: row["reason"], "Maintenance of the database until Monday"),
    ),
    fields=(
        FormField(
            name="task_id",
            title=lambda: tr("Task (empty: all tasks of the folder)"),
            read=str.strip,
            offers=_task_names,
        ),
        FormField(
            name="folder",
            title=lambda: tr("Folder, with its subfolders (empty: all)"),
            read=str.strip,
            offers=folder_names,
        ),
        FormField(
            name="ends_at",
            title=lambda: tr("Until, or for how long"),
            read=_end,
            hint=lambda: tr("2h, or 2026-12-01 06:00 UTC"),
        ),
        FormField(
            name="until_recovery",
            title=lambda: tr("End when the task recovers"),
            is_check=True,
            read=lambda text: text == "yes",
            show=lambda value: "yes" if value else "no",
        ),
        FormField(name="reason", title=lambda: tr("Reason"), read=str.strip),
    ),
    empty=lambda: tr("A silence suppresses alerts for a period, such as during maintenance."),
    is_posted=True,
    prepare=_prepared,
    verb=lambda: tr("End now"),
    question=lambda name: tr("End the silence %1 now?", name),
    effect=lambda: tr("Alerts that it suppressed are sent again from now on."),
)
