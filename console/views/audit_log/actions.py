"""What a person can do with the entries of the audit log."""

from collections.abc import Callable
from enum import StrEnum

from console.views.policies.resources import ALERT_PAGES
from console.widgets.row_action import RowAction
from console.words import tr
from shared.models.system import AuditEntry

_POLICY_PAGES = {
    "concurrency_group": "concurrency-groups",
    "calendar": "calendars",
    "backfill": "backfills",
    "alert_channel": "channels",
    "alert_rule": "rules",
    "alert_silence": "silences",
}


class AuditLogActionId(StrEnum):
    """The actions of the audit log's table."""

    SHOW_OBJECT = "show_object"
    ONLY_THIS_PERSON = "only_this_person"


def destination_of(event: AuditEntry) -> tuple[str, dict[str, object]] | None:
    """Return the view that shows the object of an entry, and what to show there; None if no view does."""
    if event.action.endswith(".delete"):
        return None
    if event.object_type in ("task", "run"):
        return event.object_type, {event.object_type: int(event.object_id)}
    if event.object_type in ("worker", "user"):
        return f"{event.object_type}s", {event.object_type: event.object_id}
    page = _POLICY_PAGES.get(event.object_type)
    return None if page is None else ("alerts" if page in ALERT_PAGES else "policies", {"page": page})


def row_actions(
    *, show_object: Callable[[AuditEntry], object], only_this_person: Callable[[AuditEntry], object]
) -> list[RowAction[AuditEntry]]:
    """Return what the table offers for its rows."""
    return [
        RowAction(
            id=AuditLogActionId.SHOW_OBJECT,
            text=lambda: tr("Show the object"),
            do=lambda rows: show_object(rows[0]),
            icon_name="connection",
            applies=lambda event: destination_of(event) is not None,
        ),
        RowAction(
            id=AuditLogActionId.ONLY_THIS_PERSON,
            text=lambda: tr("Only this user"),
            do=lambda rows: only_this_person(rows[0]),
            icon_name="users",
        ),
    ]
