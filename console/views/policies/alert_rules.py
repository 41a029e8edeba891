"""The page of alert rules: what is sent to which channels."""

from console.durations import duration_text, read_duration
from console.views.alerts.words import condition_words
from console.views.policies.form_field import FormField
from console.views.policies.resource import (
    ENABLED,
    IN_USE,
    ResourceColumn,
    ResourceSpec,
    Row,
    folder_names,
    joined,
    pairs_field,
)
from console.words import enumeration, listed, span, tr
from shared.client import TaskdeckClient
from shared.models.alert import AlertCondition


def _conditions_chosen(text: str) -> list[str]:
    return listed(text) or refuse(tr("Choose at least one."))


def _channels_chosen(text: str) -> list[str]:
    return listed(text) or refuse(tr("Choose at least one. Channels are added on their own page."))


def refuse(words: str) -> list[str]:
    raise ValueError(words)


async def _channel_names(client: TaskdeckClient) -> list[str]:
    return [one["name"] for one in (await client.request("GET", "/api/alerts/channels"))["data"]]


def _conditions(row: Row) -> str:
    return enumeration(map(condition_words, row["conditions"]))


ALERT_RULES = ResourceSpec(
    name="rules",
    title=lambda: tr("Alert rules"),
    make=lambda: tr("New alert rule"),
    path="/api/alerts/rules",
    key="name",
    columns=(
        ResourceColumn(lambda: tr("Name"), lambda row: row["name"]),
        ResourceColumn(lambda: tr("Alert on"), lambda row: _conditions(row), "failure, slow, late, paused, fault"),
        ResourceColumn(lambda: tr("Folder"), lambda row: row["folder"] or tr("all"), "finance/monthly"),
        ResourceColumn(lambda: tr("Channels"), lambda row: enumeration(row["channels"]), "console, on-call, mail"),
        ResourceColumn(lambda: tr("Repeat interval"), lambda row: span(row["remind_after_seconds"]), "60 min"),
        IN_USE,
    ),
    fields=(
        FormField(name="name", title=lambda: tr("Name"), hint="all-failures"),
        FormField(
            name="conditions",
            title=lambda: tr("Alert on"),
            read=_conditions_chosen,
            show=lambda value: joined(value or ["failure"]),
            options=lambda: [(one.value, condition_words(one)) for one in AlertCondition],
        ),
        FormField(
            name="channels",
            title=lambda: tr("Channels"),
            read=_channels_chosen,
            show=joined,
            options=list,
            offers=_channel_names,
        ),
        FormField(name="folder", title=lambda: tr("Folder, with its subfolders"), read=str.strip, offers=folder_names),
        pairs_field("labels", lambda: tr("Labels, one NAME=value per line"), hint="team=ops"),
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
        ENABLED,
    ),
    empty=lambda: tr("An alert rule sends selected failures to one or more channels."),
)
