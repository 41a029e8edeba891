"""The page of backfills: runs of a task for past times."""

from console.status_words import status_words
from console.views.policies.resource import ResourceColumn, ResourceSpec, time_words
from console.words import tr
from shared.enums import Permission, RunStatus

BACKFILLS = ResourceSpec(
    name="backfills",
    needed=Permission.RUN,
    title=lambda: tr("Backfills"),
    path="/api/backfills",
    key="id",
    columns=(
        ResourceColumn(lambda: tr("Task"), lambda row: row["task_name"]),
        ResourceColumn(lambda: tr("Status"), lambda row: status_words(RunStatus(row["status"])), "Succeeded"),
        ResourceColumn(lambda: tr("From"), lambda row: time_words(row["since"]), "2026-11-25 08:57:16 CEST"),
        ResourceColumn(lambda: tr("Until"), lambda row: time_words(row["until"]), "2026-11-25 08:57:16 CEST"),
        ResourceColumn(lambda: tr("Done"), lambda row: f"{row['finished']} / {row['total']}", "1,000 / 1,000", True),
        ResourceColumn(lambda: tr("Failed"), lambda row: str(row["failed"]), is_number=True),
    ),
    fields=(),
    empty=lambda: tr("A backfill runs a task for past times. Start one from the menu of a task."),
    verb=lambda: tr("Cancel backfill"),
    question=lambda name: tr("Cancel the backfill of %1?", name),
    effect=lambda: tr(
        "Waiting runs are cancelled now. Cancellation of running runs is requested. This cannot be undone."
    ),
    removal="/cancel",
)
