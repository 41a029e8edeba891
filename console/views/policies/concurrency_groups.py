"""The page of concurrency groups: limits that several tasks share."""

from console.views.policies.form_field import FormField, whole_number
from console.views.policies.resource import ResourceColumn, ResourceSpec
from console.words import tr

CONCURRENCY_GROUPS = ResourceSpec(
    name="concurrency-groups",
    title=lambda: tr("Concurrency groups"),
    make=lambda: tr("New concurrency group"),
    path="/api/concurrency-groups",
    key="name",
    columns=(
        ResourceColumn(lambda: tr("Name"), lambda row: row["name"]),
        ResourceColumn(lambda: tr("Concurrent runs"), lambda row: str(row["max_concurrency"] or "–"), is_number=True),
        ResourceColumn(
            lambda: tr("Starts per minute"), lambda row: str(row["starts_per_minute"] or "–"), is_number=True
        ),
        ResourceColumn(lambda: tr("Running"), lambda row: str(row["busy"]), is_number=True),
        ResourceColumn(lambda: tr("Waiting"), lambda row: str(row["waiting"]), is_number=True),
        ResourceColumn(lambda: tr("Tasks"), lambda row: str(row["task_count"]), is_number=True),
        ResourceColumn(
            lambda: tr("Description"), lambda row: row["description"] or "", "What reads the whole ledger at night"
        ),
    ),
    fields=(
        FormField(name="name", title=lambda: tr("Name"), hint="database-heavy"),
        FormField(
            name="max_concurrency", title=lambda: tr("Maximum concurrent runs (empty: no limit)"), read=whole_number
        ),
        FormField(
            name="starts_per_minute",
            title=lambda: tr("Maximum starts per minute (empty: no limit)"),
            read=whole_number,
        ),
        FormField(name="description", title=lambda: tr("Description")),
    ),
    empty=lambda: tr("A concurrency group is a limit that several tasks share, such as “database-heavy: 2”."),
)
