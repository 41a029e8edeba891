"""A task in each place of the permission matrix, with everything that can belong to a task and names it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from shared.enums import RunStatus
from tests.backend.api.permission_table import VARIANT, Place
from tests.system import System

NOW = datetime.now(UTC)
SINCE, UNTIL = (NOW - timedelta(hours=6)).isoformat(), (NOW - timedelta(hours=1)).isoformat()
AGENDA = {"since": (NOW - timedelta(days=1)).isoformat(), "until": (NOW + timedelta(days=1)).isoformat()}


def marker(place: Place) -> str:
    """The text that everything of a place has in its name."""
    return f"marker-{place.name.lower()}"


def value_marker(place: Place) -> str:
    """The text that every value of an environment variable has."""
    return f"value of {marker(place)}"


@dataclass(frozen=True)
class Things:
    """The ids of what belongs to one task."""

    place: Place
    task_id: int
    run_id: int
    backfill_id: int
    silence_id: int
    task_silence_id: int
    grant_id: int
    alert_id: int
    busy_task_id: int = 9_000_000
    """A task with a run that runs."""

    def path(self, template: str) -> str:
        """Return a path with the ids; what belongs to no folder does not exist."""
        named = vars(self) | {
            "version": 1,
            "name": "nothing",
            "worker_id": "nothing",
            "user_id": 9999,
            "token_id": 9999,
        }
        path, _, variant = template.partition(VARIANT)
        if variant == "task":
            named["silence_id"] = self.task_silence_id
        return path.format(**named)


NO_ID = 9_000_000
NO_THINGS = Things(Place.NOWHERE, *[NO_ID] * 7)


async def _made(system: System, path: str, body: dict[str, Any]) -> int:
    answer = await system.http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    found: int = answer.json()["data"]["id"]
    return found


async def make_things(system: System, place: Place, number: int, *, path: str | None = None) -> Things:
    """Create a task in a place, with what belongs to it: all, or what a path names."""

    async def made(part: str, where: str, body: dict[str, Any]) -> int:
        return await _made(system, where, body) if path is None or part in path else NO_ID

    name = f"{marker(place)} {number}"
    task = {"name": name, "folder": place, "executor": "shell", "command": "true", "schedule": "0 * * * *"}
    task_id = await _made(system, "/api/tasks", task | {"environment": {"KEY": value_marker(place)}})
    if path is None:
        changed = {"environment": {"KEY": f"{value_marker(place)}, changed"}}
        assert (await system.http.patch(f"/api/tasks/{task_id}", json=changed)).status_code == 200
    window = {"since": SINCE, "until": UNTIL, "max_concurrency": 1}
    silence = {"ends_at": "2099-01-01T00:00:00Z", "reason": name}
    group = {"group": f"{name} people", "folder": place, "permission": "read"}
    return Things(
        place=place,
        task_id=task_id,
        run_id=await made("runs", f"/api/tasks/{task_id}/trigger", {}),
        backfill_id=await made("backfill_id", f"/api/tasks/{task_id}/backfill", window),
        silence_id=await made("silence", "/api/alerts/silences", silence | {"folder": place}),
        task_silence_id=await made("silence", "/api/alerts/silences", silence | {"task_id": task_id}),
        grant_id=await made("grant_id", "/api/grants", group),
        alert_id=await _raised(system, place, name) if path is None or "/alerts/bulk" in path else NO_ID,
    )


async def _raised(system: System, place: Place, name: str) -> int:
    """Store an open alert as the backend makes it; return the id of its message."""
    values = {"name": name, "place": place.value}
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(_OPEN, values)
        found: int = (await connection.execute(_FIRST_MESSAGE, values)).scalar_one()
    return found


_OPEN = text(
    """
    insert into open_alerts (rule, condition, grouping_key, task_ids, opened_at, last_sent_at)
        values ('rule', 'failure', :name, '[]', now(), now())
    """
)
_FIRST_MESSAGE = text(
    """
    insert into alerts (rule, condition, message, grouping_key, count, title, detail, folder)
        values ('rule', 'failure', 'first', :name, 1, cast(:name as varchar), cast(:name as varchar), :place)
        returning id
    """
)

_STORED = """
    insert into alerts (rule, condition, message, grouping_key, count, title, detail, folder)
        values ('rule', 'failure', 'first', '', 1, '{name}', '{name}', '{place}');
    insert into alert_rules (name, conditions, folder, channels, group_by, remind_after_seconds)
        values ('{name}', '["failure"]', '{place}', '[]', 'task', 60);
    insert into faults (kind, object_type, object_id, object_name, cause, next_step)
        values ('set_aside', 'task', '{task_id}', '{name}', '{name}', '');
    insert into faults (kind, object_type, object_id, object_name, cause, next_step)
        values ('set_aside', 'run', '{run_id}', '{name}', '{name}', '');
    insert into log_chunks (run_id, attempt, sequence, stream, at, text)
        values ({run_id}, 1, 1, 'stdout', now(), '{name}');
    update runs set error = '{name}', attempt = 1 where id = {run_id};
    insert into runs (task_id, task_version, trigger, priority, dispatch_rank, placement, status, attempt, queued_at,
            started_at, completed_at)
        select task_id, task_version, trigger, priority, dispatch_rank, placement, 'failed', 1, now(), now(), now()
        from runs where id = {run_id}
"""


async def store_more(system: System, things: Things) -> None:
    """Store what the backend makes by itself: an alert, faults, output; and a rule."""
    values = {"name": f"{marker(things.place)} {things.task_id}", "place": things.place.value, **vars(things)}
    async with system.backend.context.database.transaction() as connection:
        for statement in _STORED.replace("{place}", things.place.value).format_map(values).split(";"):
            await connection.execute(text(statement.replace(":", "\\:")))


OCCUPIED = "occupied"
"""The task type of runs that run all the time."""


async def occupy(system: System, place: Place) -> int:
    """Start a run in a place, on a worker for such runs; return the id of its task."""
    fields = {"folder": place.value, "command": "sleep 600", "task_type": OCCUPIED}
    task_id = await system.create(f"{marker(place)} running", **fields)
    run = await system.client.trigger_task(task_id)
    await system.until(run.id, RunStatus.RUNNING)
    return task_id


async def join(system: System, things: dict[Place, Things]) -> None:
    """Let a task of each place wait for the task of the other one."""
    for place, other in ((Place.GRANTED, Place.OTHER), (Place.OTHER, Place.GRANTED)):
        task = {"name": f"{marker(place)} {things[place].task_id} waits", "folder": place, "executor": "noop"}
        task_id = await _made(system, "/api/tasks", task | {"depends_on": [{"task_id": things[other].task_id}]})
        await _made(system, f"/api/tasks/{task_id}/trigger", {"ignore_dependencies": False})
