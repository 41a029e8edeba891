"""How the audit trail is written for a reader."""

from collections.abc import Callable, Mapping

from console.views.tasks.choices import (
    backoff_choices,
    calendar_choices,
    distribution_choices,
    lost_choices,
    misfire_choices,
    overlap_choices,
    priority_choices,
    status_choices,
)
from console.views.tasks.field_names import field_name
from console.widgets.table_model import Column
from console.words import Times, absolute, enumeration, number, tr
from shared.enums import Via
from shared.models.system import AuditEntry

_MOST_DETAILS = 4
_MOST_CHARACTERS = 200
SEVERAL = "bulk"
"""The id of the object of an entry that is about more than one."""


def action_words(action: str) -> str:
    """Return what was done, in words; an action that this console does not know is shown as it is."""
    known = {
        "task.create": tr("created"),
        "task.update": tr("changed"),
        "task.delete": tr("deleted"),
        "task.pause": tr("paused schedule"),
        "task.resume": tr("resumed schedule"),
        "task.missed": tr("missed runs"),
        "task.trigger": tr("ran now"),
        "task.label": tr("labelled"),
        "task.move": tr("moved"),
        "task.undo": tr("took back a change"),
        "task.backfill": tr("backfilled"),
        "task.test_run": tr("tested"),
        "run.cancel": tr("cancelled"),
        "run.retry": tr("re-ran"),
        "run.priority": tr("changed the priority"),
        "run.start_now": tr("started now"),
        "runs.batch": tr("created runs"),
        "backfill.cancel": tr("cancelled"),
        "user.setup": tr("set up"),
        "user.create": tr("created"),
        "user.update": tr("changed"),
        "user.delete": tr("removed"),
        "calendar.put": tr("saved"),
        "calendar.delete": tr("deleted"),
        "concurrency_group.put": tr("saved"),
        "concurrency_group.delete": tr("deleted"),
        "alert_channel.put": tr("saved"),
        "alert_channel.delete": tr("deleted"),
        "alert_rule.put": tr("saved"),
        "alert_rule.delete": tr("deleted"),
        "alert_silence.add": tr("silenced"),
        "alert_silence.end": tr("ended the silence"),
        "worker.drain": tr("drained"),
        "worker.resume": tr("resumed"),
        "worker.delete": tr("removed"),
        "worker.enroll": tr("created a key"),
        "worker.revoke": tr("revoked the key"),
        "worker.messages_refused": tr("had messages refused"),
        "alert_channel.test": tr("sent a test message"),
        "token.create": tr("created"),
        "token.delete": tr("deleted"),
        "signing_key.rotate": tr("replaced the key"),
        "secret.set": tr("set"),
        "secret.delete": tr("deleted"),
        "secret_key.rotate": tr("encrypted again"),
        "secret_key.replace_lost": tr("replaced the lost key"),
        "grant.add": tr("granted"),
        "grant.remove": tr("withdrew"),
        "faults.retry": tr("tried again"),
        "dead_letters.requeue": tr("sent back"),
        "dead_letters.discard": tr("discarded"),
        "audit.export": tr("exported"),
        "alert.drill": tr("tried each channel"),
        "alert.acknowledge": tr("acknowledged"),
        "alert.take_back": tr("took back the acknowledgement of"),
        "database.move": tr("moved from one machine"),
        "auth.sign_in": tr("signed in"),
        "auth.sign_out": tr("signed out"),
        "auth.refresh_reused": tr("reused a refresh token"),
        "auth.sign_in_failed": tr("failed to sign in"),
        "auth.refused": tr("was refused"),
    }
    # A change of several has the same name, in the plural.
    return known.get(action) or known.get(action.replace("s.", ".", 1), action)


def kind_words(object_type: str) -> str:
    """Return what kind of object it is."""
    known = {
        "task": tr("Task"),
        "run": tr("Run"),
        "worker": tr("Worker"),
        "user": tr("User"),
        "backfill": tr("Backfill"),
        "calendar": tr("Calendar"),
        "concurrency_group": tr("Concurrency group"),
        "alert": tr("Alerts"),
        "alert_channel": tr("Alert channel"),
        "alert_rule": tr("Alert rule"),
        "alert_silence": tr("Silence"),
        "token": tr("Token"),
        "signing_key": tr("Signing key"),
        "audit_log": tr("Audit log"),
        "database": tr("Database"),
        "request": tr("Request"),
        "secret": tr("Secret"),
        "secret_key": tr("Key of secrets"),
        "grant": tr("Grant"),
        "faults": tr("Faults"),
        "dead_letters": tr("Dead letters"),
    }
    return known.get(object_type, object_type)


def object_words(event: AuditEntry) -> str:
    """Return which object it was: by its name, a run also by its number."""
    if event.object_id == SEVERAL:
        found = event.detail.get("count")
        count = number(found) if isinstance(found, int) else ""
        several = {
            "run": tr("%1 runs", count),
            "alert_silence": tr("%1 silences", count),
            "alert": tr("%1 alerts", count),
        }
        return several.get(event.object_type) or tr("%1 tasks", count)
    if event.object_type == "run":
        run = tr("Run %1", event.object_id)
        return f"{run} · {event.object_name}" if event.object_name else run
    if event.object_type in ("request", "user"):
        return event.object_name or event.object_id
    return event.object_name or f"{kind_words(event.object_type)} {event.object_id}"


def detail_lines(event: AuditEntry) -> list[str]:
    """Return the details: first what was changed from what to what, then the fields whose values are not recorded."""
    values = event.detail.get("values")
    shown = values if isinstance(values, dict) else {}
    lines = [
        tr("%1: %2 → %3", field_name(name), _side_words(name, pair[0]), _side_words(name, pair[1]))
        for name, pair in shown.items()
        if isinstance(pair, list) and len(pair) == 2
    ]
    changed = event.detail.get("changed")
    others = [name for name in changed if name not in shown] if isinstance(changed, list) else []
    rest = {name: value for name, value in event.detail.items() if name not in ("values", "changed")}
    return lines + [
        tr("%1: %2", _key_words(name), _value_words(name, value))
        for name, value in ({"changed": others} | rest).items()
        if value is not False and value not in (None, "", [], {})
    ]


def _side_words(name: str, value: object) -> str:
    """Return the value of a field before or after a change."""
    if value in (None, "", [], {}):
        return tr("none")
    if name in _CHOICES:
        return dict(_CHOICES[name]()).get(str(value), str(value))
    return tr("no") if value is False else _value_words("", value)


def detail_words(event: AuditEntry) -> str:
    """Return the details in one line."""
    parts = detail_lines(event)
    return tr(", ").join(parts[:_MOST_DETAILS]) + (" …" if len(parts) > _MOST_DETAILS else "")


_CHOICES: Mapping[str, Callable[[], list[tuple[str, str]]]] = {
    "status": status_choices,
    "priority": priority_choices,
    "overlap_policy": overlap_choices,
    "misfire_policy": misfire_choices,
    "calendar_policy": calendar_choices,
    "distribution": distribution_choices,
    "retry_backoff": backoff_choices,
    "on_worker_lost": lost_choices,
}


def _key_words(name: str) -> str:
    known = {
        "changed": tr("fields"),
        "run_id": tr("run"),
        "backfill_id": tr("backfill"),
        "runs": tr("runs"),
        "tasks": tr("tasks"),
        "count": tr("count"),
        "definition": tr("definition"),
        "missed": tr("missed"),
        "created_runs": tr("runs created for them"),
        "policy": tr("policy"),
        "more_were_left_out": tr("more missed runs not listed"),
        "reason": tr("reason"),
        "starts_per_minute": tr("starts per minute"),
        "scope": tr("scope"),
        "permission": tr("permission"),
        "subject": tr("for"),
        "folder": tr("folder"),
        "with": tr("with"),
        "refused": tr("not changed"),
        "filter": tr("filter"),
        "queue": tr("filter"),
        "named": tr("chosen"),
        "ids": tr("ids"),
        "run_ids": tr("runs"),
        "added": tr("added labels"),
        "removed": tr("removed labels"),
        "undone": tr("undone"),
        "revoke": tr("sign-ins ended"),
    }
    return known.get(name) or field_name(name).replace("_", " ")


def _value_words(name: str, value: object) -> str:
    if isinstance(value, list):
        return enumeration(field_name(str(one)) if name == "changed" else str(one) for one in value)
    if isinstance(value, dict):
        return enumeration(f"{key} {inner}" for key, inner in value.items())
    words = tr("yes") if value is True else str(value)
    return words if len(words) <= _MOST_CHARACTERS else f"{words[:_MOST_CHARACTERS]}…"


def origin_words(event: AuditEntry) -> str:
    """Return where an entry came from, a fact in each line."""
    via = {
        Via.CONSOLE: tr("Console"),
        Via.COMMAND_LINE: tr("Command line"),
        Via.TOKEN: tr("Token"),
        Via.SESSION: tr("Another program, with a sign-in"),
    }
    facts = [
        (tr("User"), event.actor),
        (tr("Address"), event.address),
        (tr("Program"), via[event.via] if event.via else None),
        (tr("Request"), event.request_id),
    ]
    return "\n".join(tr("%1: %2", name, value) for name, value in facts if value)


def event_columns(times: Times) -> list[Column[AuditEntry]]:
    """Return the columns of the trail's table."""
    return [
        Column(tr("Object"), object_words, stretches=True, tooltip=object_words),
        Column(
            tr("Kind"), lambda event: kind_words(event.object_type), widest="Alert channel", is_muted=True, goes_at=2
        ),
        Column(tr("Action"), lambda event: action_words(event.action), widest="changed the priority"),
        Column(tr("User"), lambda event: event.actor, widest="console-operator", grows=True, tooltip=origin_words),
        Column(
            tr("Details"),
            detail_words,
            widest="schedule: 0 3 * * * → 30 3 * * *",
            grows=True,
            is_muted=True,
            goes_at=3,
            tooltip=lambda event: "\n".join(detail_lines(event)),
        ),
        Column(
            tr("When"),
            lambda event: times.show(event.at),
            widest="11-23 19:00:00",
            is_muted=True,
            tooltip=lambda event: absolute(event.at),
        ),
    ]
