"""What each page of the policies shows, and how its objects are written: data, no widgets."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QLocale

from console.durations import duration_text, read_duration
from console.status_words import status_words
from console.views.alerts.words import condition_words
from console.views.policies.form_dialog import FormField
from console.views.tasks.field_texts import pairs_text, read_instant, read_pairs
from console.views.tasks.known import find_tasks
from console.words import absolute, enumeration, listed, span, tr
from shared.client import TaskdeckClient
from shared.enums import Permission, Role, RunStatus
from shared.errors import ValidationFailedError
from shared.models.alert import AlertCondition, WebhookFormat
from shared.models.schedule import Weekday

Row = dict[str, Any]
ALERT_PAGES = ("rules", "channels", "silences")
"""The pages that the view of the alerts has; the others are those of the policies."""
_MOST_NAMES = 500
_FOR_WEBHOOKS = ("kind", frozenset({"webhook"}))


_KINDS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("webhook", lambda: tr("Webhook")),
    ("email", lambda: tr("E-mail")),
    ("console", lambda: tr("Desktop console")),
)


def whole_number(text: str) -> int | None:
    """Return a number, None for nothing; raises ValueError."""
    try:
        return int(text) if text.strip() else None
    except ValueError:
        raise ValueError(tr("Enter a whole number, such as 10.")) from None


def _joined(value: Any) -> str:
    return ", ".join(str(one) for one in value or ())


def _lines(value: Any) -> str:
    return "\n".join(str(one) for one in value or ())


def _time(value: Any) -> str:
    return absolute(datetime.fromisoformat(value)) if value else ""


def _weekdays(row: Row) -> str:
    names_of_days = (
        QLocale().dayName(list(Weekday).index(day) + 1, QLocale.FormatType.ShortFormat) for day in row["weekdays"]
    )
    return enumeration(names_of_days) or "–"


def _weekdays_text(value: Any) -> str:
    return enumeration(QLocale().dayName(list(Weekday).index(day) + 1) for day in value or ())


def _read_weekdays(text: str) -> list[str]:
    """Return the API's names of weekdays given in English or the person's language, long or short."""
    return [_weekday(word) for word in listed(text)]


def _weekday(word: str) -> str:
    forms = (QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat)
    for place, day in enumerate(Weekday, 1):
        names = {locale.dayName(place, form) for locale in (QLocale(), QLocale.c()) for form in forms}
        if word.casefold() in {day.value, *(name.casefold() for name in names)}:
            return day.value
    return word


def _silenced(row: Row) -> str:
    """Return what a silence is for; a backend of an earlier version gives the number of the task alone."""
    if row["task_id"]:
        return str(row.get("task_name") or tr("task %1", row["task_id"]))
    return row["folder"] or tr("all")


def _conditions_chosen(text: str) -> list[str]:
    return listed(text) or _refuse(tr("Choose at least one."))


def _channels_chosen(text: str) -> list[str]:
    return listed(text) or _refuse(tr("Choose at least one. Channels are added on their own page."))


def _refuse(words: str) -> list[str]:
    raise ValueError(words)


def _end(text: str) -> str | None:
    """Return the instant that was entered, or now and the duration; raises ValueError."""
    try:
        return (datetime.now(UTC) + timedelta(seconds=read_duration(text))).isoformat()
    except ValueError:
        return read_instant(text)


async def _channel_names(client: TaskdeckClient) -> list[str]:
    return [one["name"] for one in (await client.request("GET", "/api/alerts/channels"))["data"]]


async def _folder_names(client: TaskdeckClient) -> list[str]:
    return [one.path for one in await client.task_folders() if one.path]


async def _task_names(client: TaskdeckClient) -> list[str]:
    return [one.name for one in (await client.list_tasks(limit=_MOST_NAMES, sort="name")).data]


async def _with_task(client: TaskdeckClient, body: dict[str, Any]) -> dict[str, Any]:
    """Return the silence with the id of the task that was named; raises `ValidationFailedError` if there is none."""
    name = body["task_id"]
    if not name:
        return body | {"task_id": None}
    found = await find_tasks(client, [name])
    if name not in found:
        raise ValidationFailedError.of("task_id", "does not exist")
    return body | {"task_id": found[name]}


def _silenced_until(row: Row) -> str:
    return tr("it recovers") if row.get("until_recovery") else _time(row["ends_at"])


def _is_on(value: Any) -> str:
    return "no" if value is False else "yes"


def _conditions(row: Row) -> str:
    return enumeration(map(condition_words, row["conditions"]))


def _format(value: str) -> str:
    known = {
        WebhookFormat.JSON: "JSON",
        WebhookFormat.SLACK: "Slack",
        WebhookFormat.FEISHU: tr("Feishu"),
        WebhookFormat.DINGTALK: tr("DingTalk"),
        WebhookFormat.WECOM: tr("WeCom"),
        WebhookFormat.CUSTOM: tr("Custom"),
    }
    return known[WebhookFormat(value)] if value in known else value


def _kind(row: Row) -> str:
    return next((words() for kind, words in _KINDS if kind == row["kind"]), str(row["kind"]))


def _template(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except ValueError as error:
        raise ValueError(tr("This is not valid JSON: %1", error)) from error


def _template_text(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)


def _pairs(
    name: str, title: Callable[[], str], *, hint: str, only_for: tuple[str, frozenset[str]] | None = None
) -> FormField:
    return FormField(
        name=name,
        title=title,
        read=read_pairs,
        show=lambda value: pairs_text(value or {}),
        hint=hint,
        has_lines=True,
        only_for=only_for,
    )


_ENABLED = FormField(
    name="enabled",
    title=lambda: tr("Enabled"),
    is_check=True,
    read=lambda text: text == "yes",
    show=_is_on,
)


@dataclass(frozen=True, slots=True)
class ResourceColumn:
    """A column: its title, what it shows of an object, and a text as wide as that may be."""

    title: Callable[[], str]
    read: Callable[[Row], str]
    widest: str = "12345"


_IN_USE = ResourceColumn(lambda: tr("Enabled"), lambda row: tr("yes") if row["enabled"] else tr("no"), "yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSpec:
    """One kind of object: where it is in the API, its columns, its form.

    `key` names the field that is in the path; objects that are made by POST have ids and are not edited. The form
    has every field, for PUT replaces all of them. `trial` is behind the path of what can be tried, and
    `prepare` makes what is sent of what was entered. `needed` is the
    role, or the permission in a folder, of those who change the objects.
    """

    name: str
    title: Callable[[], str]
    path: str
    key: str
    columns: Sequence[ResourceColumn]
    fields: Sequence[FormField]
    empty: Callable[[], str]
    is_posted: bool = False
    can_make: bool = True
    verb: Callable[[], str] = field(default=lambda: tr("Delete"))
    question: Callable[[str], str] = field(default=lambda name: tr("Delete %1?", name))
    effect: Callable[[], str] = field(default=lambda: tr("This cannot be undone."))
    removal: str = ""
    trial: str = ""
    prepare: Callable[[TaskdeckClient, dict[str, Any]], Awaitable[dict[str, Any]]] | None = None
    needed: Role | Permission = Role.OPERATOR


_NAME = FormField(name="name", title=lambda: tr("Name"), hint="database-heavy")

RESOURCES: tuple[ResourceSpec, ...] = (
    ResourceSpec(
        name="concurrency-groups",
        title=lambda: tr("Concurrency groups"),
        path="/api/concurrency-groups",
        key="name",
        columns=(
            ResourceColumn(lambda: tr("Name"), lambda row: row["name"]),
            ResourceColumn(lambda: tr("Concurrent runs"), lambda row: str(row["max_concurrency"] or "–")),
            ResourceColumn(lambda: tr("Starts per minute"), lambda row: str(row["starts_per_minute"] or "–")),
            ResourceColumn(lambda: tr("Running"), lambda row: str(row["busy"])),
            ResourceColumn(lambda: tr("Waiting"), lambda row: str(row["waiting"])),
            ResourceColumn(lambda: tr("Tasks"), lambda row: str(row["task_count"])),
            ResourceColumn(
                lambda: tr("Description"), lambda row: row["description"] or "", "What reads the whole ledger at night"
            ),
        ),
        fields=(
            _NAME,
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
    ),
    ResourceSpec(
        name="calendars",
        title=lambda: tr("Calendars"),
        path="/api/calendars",
        key="name",
        columns=(
            ResourceColumn(lambda: tr("Name"), lambda row: row["name"]),
            ResourceColumn(lambda: tr("Weekdays off"), lambda row: _weekdays(row), "Mon, Tue, Wed, Thu"),
            ResourceColumn(lambda: tr("Dates"), lambda row: str(len(row["dates"]))),
            ResourceColumn(
                lambda: tr("Next"),
                lambda row: min(
                    (day for day in row["dates"] if day >= datetime.now(UTC).date().isoformat()), default="–"
                ),
                "2026-12-25",
            ),
            ResourceColumn(lambda: tr("Tasks"), lambda row: str(row["task_count"])),
            ResourceColumn(
                lambda: tr("Description"), lambda row: row["description"] or "", "What reads the whole ledger at night"
            ),
        ),
        fields=(
            FormField(name="name", title=lambda: tr("Name"), hint="public-holidays"),
            FormField(
                name="weekdays",
                title=lambda: tr("Weekdays off"),
                read=_read_weekdays,
                show=_weekdays_text,
                hint=lambda: _weekdays_text(("saturday", "sunday")),
            ),
            FormField(
                name="dates",
                title=lambda: tr("Dates, one per line"),
                read=listed,
                show=_lines,
                hint="2026-12-25",
                has_lines=True,
            ),
            FormField(name="description", title=lambda: tr("Description")),
        ),
        empty=lambda: tr(
            "A calendar lists days off, such as public holidays. Tasks skip them or move to the next working day."
        ),
    ),
    ResourceSpec(
        name="rules",
        title=lambda: tr("Alert rules"),
        path="/api/alerts/rules",
        key="name",
        columns=(
            ResourceColumn(lambda: tr("Name"), lambda row: row["name"]),
            ResourceColumn(lambda: tr("Alert on"), lambda row: _conditions(row), "failure, slow, late, paused, fault"),
            ResourceColumn(lambda: tr("Folder"), lambda row: row["folder"] or tr("all"), "finance/monthly"),
            ResourceColumn(lambda: tr("Channels"), lambda row: enumeration(row["channels"]), "console, on-call, mail"),
            ResourceColumn(lambda: tr("Repeat interval"), lambda row: span(row["remind_after_seconds"]), "60 min"),
            _IN_USE,
        ),
        fields=(
            FormField(name="name", title=lambda: tr("Name"), hint="all-failures"),
            FormField(
                name="conditions",
                title=lambda: tr("Alert on"),
                read=_conditions_chosen,
                show=lambda value: _joined(value or ["failure"]),
                options=lambda: [(one.value, condition_words(one)) for one in AlertCondition],
            ),
            FormField(
                name="channels",
                title=lambda: tr("Channels"),
                read=_channels_chosen,
                show=_joined,
                options=list,
                offers=_channel_names,
            ),
            FormField(
                name="folder", title=lambda: tr("Folder, with its subfolders"), read=str.strip, offers=_folder_names
            ),
            _pairs("labels", lambda: tr("Labels, one NAME=value per line"), hint="team=ops"),
            FormField(
                name="group_by",
                title=lambda: tr("Group alerts by"),
                choices=(
                    ("folder", lambda: tr("folder")),
                    ("task", lambda: tr("task")),
                    ("rule", lambda: tr("rule")),
                ),
            ),
            FormField(
                name="remind_after_seconds",
                title=lambda: tr("Repeat at most every"),
                read=lambda text: read_duration(text or "1h"),
                show=lambda value: duration_text(value or 3600),
                is_duration=True,
            ),
            _ENABLED,
        ),
        empty=lambda: tr("An alert rule sends selected failures to one or more channels."),
    ),
    ResourceSpec(
        name="channels",
        needed=Role.ADMIN,
        title=lambda: tr("Alert channels"),
        path="/api/alerts/channels",
        key="name",
        columns=(
            ResourceColumn(lambda: tr("Name"), lambda row: row["name"]),
            ResourceColumn(lambda: tr("Kind"), lambda row: _kind(row), "Desktop console"),
            ResourceColumn(
                lambda: tr("Destination"),
                lambda row: row["url"] or enumeration(row["recipients"]) or "–",
                "https://chat.example.org/hooks/on-call-team",
            ),
            ResourceColumn(
                lambda: tr("Format"),
                lambda row: _format(row["format"]) if row["kind"] == "webhook" else "–",
                "DingTalk",
            ),
            _IN_USE,
        ),
        fields=(
            FormField(name="name", title=lambda: tr("Name"), hint="chat"),
            FormField(
                name="kind",
                title=lambda: tr("Kind"),
                choices=_KINDS,
            ),
            FormField(
                name="url",
                title=lambda: tr("Webhook URL"),
                hint="https://…",
                grants_access=True,
                only_for=_FOR_WEBHOOKS,
            ),
            FormField(
                name="format",
                title=lambda: tr("Format"),
                choices=tuple((one, partial(_format, one)) for one in WebhookFormat),
                only_for=_FOR_WEBHOOKS,
            ),
            FormField(
                name="template",
                title=lambda: tr("Custom format (JSON)"),
                read=_template,
                show=_template_text,
                hint='{"text": "{{title}}"}',
                has_lines=True,
                only_for=("format", frozenset({WebhookFormat.CUSTOM})),
            ),
            _pairs(
                "headers",
                lambda: tr("Headers, one NAME=value per line; leave *** to keep the saved value"),
                hint="Authorization=Bearer …",
                only_for=_FOR_WEBHOOKS,
            ),
            FormField(
                name="recipients",
                title=lambda: tr("Recipients"),
                read=listed,
                show=_joined,
                hint="ops@example.org",
                only_for=("kind", frozenset({"email"})),
            ),
            _ENABLED,
        ),
        trial="/test",
        empty=lambda: tr("An alert channel is where alerts are sent: a chat webhook, e-mail or this console."),
    ),
    ResourceSpec(
        name="silences",
        needed=Permission.EDIT,
        title=lambda: tr("Silences"),
        path="/api/alerts/silences",
        key="id",
        columns=(
            ResourceColumn(
                lambda: tr("Applies to"),
                _silenced,
            ),
            ResourceColumn(lambda: tr("From"), lambda row: _time(row["starts_at"]), "2026-11-25 08:57:16 CEST"),
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
                offers=_folder_names,
            ),
            FormField(
                name="ends_at",
                title=lambda: tr("Until, or for how long"),
                read=_end,
                hint=lambda: tr("2h, or 2026-12-01 06:00 UTC"),
            ),
            FormField(name="reason", title=lambda: tr("Reason"), read=str.strip),
        ),
        empty=lambda: tr("A silence suppresses alerts for a period, such as during maintenance."),
        is_posted=True,
        prepare=_with_task,
        verb=lambda: tr("End now"),
        question=lambda name: tr("End the silence %1 now?", name),
        effect=lambda: tr("Alerts that it suppressed are sent again from now on."),
    ),
    ResourceSpec(
        name="backfills",
        needed=Permission.RUN,
        title=lambda: tr("Backfills"),
        path="/api/backfills",
        key="id",
        columns=(
            ResourceColumn(lambda: tr("Task"), lambda row: row["task_name"]),
            ResourceColumn(lambda: tr("Status"), lambda row: status_words(RunStatus(row["status"])), "Succeeded"),
            ResourceColumn(lambda: tr("From"), lambda row: _time(row["since"]), "2026-11-25 08:57:16 CEST"),
            ResourceColumn(lambda: tr("Until"), lambda row: _time(row["until"]), "2026-11-25 08:57:16 CEST"),
            ResourceColumn(lambda: tr("Done"), lambda row: f"{row['finished']} / {row['total']}", "1,000 / 1,000"),
            ResourceColumn(lambda: tr("Failed"), lambda row: str(row["failed"])),
        ),
        fields=(),
        empty=lambda: tr("A backfill runs a task for past times. Start one from the menu of a task."),
        can_make=False,
        verb=lambda: tr("Cancel backfill"),
        question=lambda name: tr("Cancel the backfill of %1?", name),
        effect=lambda: tr(
            "Waiting runs are cancelled now. Cancellation of running runs is requested. This cannot be undone."
        ),
        removal="/cancel",
    ),
)
