"""What each page of the policies shows, and how its objects are written: data, no widgets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from console.views.policies.form_dialog import FormField
from console.views.tasks.field_texts import instant_text, read_instant
from console.words import tr

Row = dict[str, Any]


def names(text: str) -> list[str]:
    """Return the parts of a text with commas or lines between them."""
    return [part.strip() for line in text.splitlines() for part in line.split(",") if part.strip()]


def whole_number(text: str) -> int | None:
    """Return a number, None for nothing; raises ValueError."""
    try:
        return int(text) if text.strip() else None
    except ValueError:
        raise ValueError(tr("must be a whole number, such as 10")) from None


def _joined(value: Any) -> str:
    return ", ".join(str(one) for one in value or ())


def _lines(value: Any) -> str:
    return "\n".join(str(one) for one in value or ())


def _time(value: Any) -> str:
    return instant_text(datetime.fromisoformat(value)) if value else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSpec:
    """One kind of object: where it is in the API, its columns, its form.

    `key` names the field that is in the path; objects that are made by POST have ids and are not edited.
    """

    name: str
    title: Callable[[], str]
    path: str
    key: str
    columns: Sequence[tuple[Callable[[], str], Callable[[Row], str]]]
    fields: Sequence[FormField]
    empty: Callable[[], str]
    is_posted: bool = False
    can_make: bool = True
    verb: Callable[[], str] = field(default=lambda: tr("Delete"))
    removal: str = ""


_NAME = FormField(name="name", title=lambda: tr("Name"), hint="database-heavy")

RESOURCES: tuple[ResourceSpec, ...] = (
    ResourceSpec(
        name="groups",
        title=lambda: tr("Concurrency groups"),
        path="/api/concurrency-groups",
        key="name",
        columns=(
            (lambda: tr("Name"), lambda row: row["name"]),
            (lambda: tr("At once"), lambda row: str(row["max_concurrency"] or "–")),
            (lambda: tr("Starts per minute"), lambda row: str(row["starts_per_minute"] or "–")),
            (lambda: tr("Running"), lambda row: str(row["busy"])),
            (lambda: tr("Waiting"), lambda row: str(row["waiting"])),
            (lambda: tr("Tasks"), lambda row: str(row["task_count"])),
        ),
        fields=(
            _NAME,
            FormField(
                name="max_concurrency", title=lambda: tr("Most runs at once (empty: no limit)"), read=whole_number
            ),
            FormField(
                name="starts_per_minute",
                title=lambda: tr("Most starts per minute (empty: no limit)"),
                read=whole_number,
            ),
            FormField(name="description", title=lambda: tr("Description")),
        ),
        empty=lambda: tr("A concurrency group is a limit that many tasks share, such as database-heavy: 2."),
    ),
    ResourceSpec(
        name="calendars",
        title=lambda: tr("Calendars"),
        path="/api/calendars",
        key="name",
        columns=(
            (lambda: tr("Name"), lambda row: row["name"]),
            (lambda: tr("Weekdays off"), lambda row: _joined(day[:3] for day in row["weekdays"]) or "–"),
            (lambda: tr("Dates"), lambda row: str(len(row["dates"]))),
            (
                lambda: tr("Next"),
                lambda row: min(
                    (day for day in row["dates"] if day >= datetime.now(UTC).date().isoformat()), default="–"
                ),
            ),
            (lambda: tr("Tasks"), lambda row: str(row["task_count"])),
        ),
        fields=(
            FormField(name="name", title=lambda: tr("Name"), hint="public-holidays"),
            FormField(
                name="weekdays", title=lambda: tr("Weekdays off"), read=names, show=_joined, hint="saturday, sunday"
            ),
            FormField(
                name="dates",
                title=lambda: tr("Dates, one a line"),
                read=names,
                show=_lines,
                hint="2026-12-25",
                has_lines=True,
            ),
            FormField(name="description", title=lambda: tr("Description")),
        ),
        empty=lambda: tr("A calendar names days off, such as public holidays; tasks skip them or move."),
    ),
    ResourceSpec(
        name="rules",
        title=lambda: tr("Alert rules"),
        path="/api/alerts/rules",
        key="name",
        columns=(
            (lambda: tr("Name"), lambda row: row["name"]),
            (lambda: tr("On"), lambda row: _joined(row["conditions"])),
            (lambda: tr("Folder"), lambda row: row["folder"] or tr("all")),
            (lambda: tr("Channels"), lambda row: _joined(row["channels"])),
            (lambda: tr("Remind after"), lambda row: f"{row['remind_after_seconds']} s"),
        ),
        fields=(
            FormField(name="name", title=lambda: tr("Name"), hint="all-failures"),
            FormField(
                name="conditions",
                title=lambda: tr("On: failure, slow, late, paused"),
                read=lambda text: names(text) or ["failure"],
                show=_joined,
                hint="failure",
            ),
            FormField(name="channels", title=lambda: tr("Channels"), read=names, show=_joined, hint="chat, mail"),
            FormField(name="folder", title=lambda: tr("Only tasks below this folder"), read=str.strip),
            FormField(
                name="group_by",
                title=lambda: tr("What counts as alike"),
                choices=(
                    ("folder", lambda: tr("the same folder")),
                    ("task", lambda: tr("the same task")),
                    ("rule", lambda: tr("all of this rule")),
                ),
            ),
            FormField(
                name="remind_after_seconds",
                title=lambda: tr("Hold back what is alike for, in seconds"),
                read=lambda text: whole_number(text) or 3600,
                hint="3600",
            ),
        ),
        empty=lambda: tr("A rule says which failures are told to which channels."),
    ),
    ResourceSpec(
        name="channels",
        title=lambda: tr("Alert channels"),
        path="/api/alerts/channels",
        key="name",
        columns=(
            (lambda: tr("Name"), lambda row: row["name"]),
            (lambda: tr("Kind"), lambda row: row["kind"]),
            (lambda: tr("To"), lambda row: row["url"] or _joined(row["recipients"]) or "–"),
            (lambda: tr("Format"), lambda row: row["format"] if row["kind"] == "webhook" else "–"),
        ),
        fields=(
            FormField(name="name", title=lambda: tr("Name"), hint="chat"),
            FormField(
                name="kind",
                title=lambda: tr("Kind"),
                choices=(
                    ("webhook", lambda: tr("webhook")),
                    ("email", lambda: tr("e-mail")),
                    ("console", lambda: tr("this console")),
                ),
            ),
            FormField(name="url", title=lambda: tr("Address of the webhook"), hint="https://…"),
            FormField(
                name="format",
                title=lambda: tr("Format"),
                choices=tuple((one, partial(str, one)) for one in ("json", "slack", "feishu", "dingtalk", "wecom")),
            ),
            FormField(
                name="recipients", title=lambda: tr("Recipients"), read=names, show=_joined, hint="ops@example.org"
            ),
        ),
        empty=lambda: tr("A channel is where alerts go: a chat's webhook, e-mail, or this console."),
    ),
    ResourceSpec(
        name="silences",
        title=lambda: tr("Silences"),
        path="/api/alerts/silences",
        key="id",
        columns=(
            (
                lambda: tr("About"),
                lambda row: (
                    tr("task %1").replace("%1", str(row["task_id"])) if row["task_id"] else row["folder"] or tr("all")
                ),
            ),
            (lambda: tr("From"), lambda row: _time(row["starts_at"])),
            (lambda: tr("Until"), lambda row: _time(row["ends_at"])),
            (lambda: tr("Who"), lambda row: row["created_by"]),
            (lambda: tr("Reason"), lambda row: row["reason"]),
        ),
        fields=(
            FormField(name="folder", title=lambda: tr("Only tasks below this folder"), read=str.strip),
            FormField(name="task_id", title=lambda: tr("Only the task with this id"), read=whole_number),
            FormField(name="ends_at", title=lambda: tr("Until"), read=read_instant, hint="2026-12-01T06:00Z"),
            FormField(name="reason", title=lambda: tr("Reason"), read=str.strip),
        ),
        empty=lambda: tr("A silence holds alerts back for a while, such as during maintenance."),
        is_posted=True,
        verb=lambda: tr("End"),
    ),
    ResourceSpec(
        name="backfills",
        title=lambda: tr("Backfills"),
        path="/api/backfills",
        key="id",
        columns=(
            (lambda: tr("Task"), lambda row: row["task_name"]),
            (lambda: tr("Status"), lambda row: row["status"]),
            (lambda: tr("From"), lambda row: _time(row["since"])),
            (lambda: tr("Until"), lambda row: _time(row["until"])),
            (lambda: tr("Done"), lambda row: f"{row['finished']} / {row['total']}"),
            (lambda: tr("Failed"), lambda row: str(row["failed"])),
        ),
        fields=(),
        empty=lambda: tr("A backfill runs a task for past times: choose it in the menu of a task."),
        can_make=False,
        verb=lambda: tr("Cancel"),
        removal="/cancel",
    ),
)
