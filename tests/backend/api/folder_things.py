"""A task in each place of the permission matrix, with everything that can belong to a task and names it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from tests.backend.api.permission_table import Place
from tests.system import System

NOW = datetime.now(UTC)
SINCE, UNTIL = (NOW - timedelta(hours=6)).isoformat(), (NOW - timedelta(hours=1)).isoformat()
AGENDA = {"since": (NOW - timedelta(days=1)).isoformat(), "until": (NOW + timedelta(days=1)).isoformat()}


def marker(place: Place) -> str:
    """The text that everything of a place has in its name."""
    return f"marker-{place.name.lower()}"


@dataclass(frozen=True)
class Things:
    """The ids of what belongs to one task."""

    place: Place
    task_id: int
    run_id: int
    backfill_id: int
    silence_id: int
    grant_id: int

    def path(self, template: str) -> str:
        """Return a path with the ids; what belongs to no folder does not exist."""
        named = vars(self) | {
            "version": 1,
            "name": "nothing",
            "worker_id": "nothing",
            "user_id": 9999,
            "token_id": 9999,
        }
        return template.format(**named)


async def _made(system: System, path: str, body: dict[str, Any]) -> int:
    answer = await system.http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    found: int = answer.json()["data"]["id"]
    return found


async def make_things(system: System, place: Place, number: int) -> Things:
    """Create a task in a place, with a waiting run, a backfill, a silence and a grant."""
    name = f"{marker(place)} {number}"
    task = {"name": name, "folder": place, "executor": "shell", "command": "true", "schedule": "0 * * * *"}
    task_id = await _made(system, "/api/tasks", task | {"environment": {"KEY": f"{marker(place)} value"}})
    window = {"since": SINCE, "until": UNTIL, "max_concurrency": 1}
    return Things(
        place=place,
        task_id=task_id,
        run_id=await _made(system, f"/api/tasks/{task_id}/trigger", {}),
        backfill_id=await _made(system, f"/api/tasks/{task_id}/backfill", window),
        silence_id=await _made(
            system, "/api/alerts/silences", {"folder": place, "ends_at": "2099-01-01T00:00:00Z", "reason": name}
        ),
        grant_id=await _made(system, "/api/grants", {"group": f"{name} people", "folder": place, "permission": "read"}),
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
    update runs set error = '{name}', attempt = 1 where id = {run_id}
"""


async def store_more(system: System, things: Things) -> None:
    """Store what the backend makes by itself: an alert, faults, output; and a rule."""
    values = {"name": marker(things.place), "place": things.place.value, **vars(things)}
    async with system.backend.context.database.transaction() as connection:
        for statement in _STORED.replace("{place}", things.place.value).format_map(values).split(";"):
            await connection.execute(text(statement.replace(":", "\\:")))


async def join(system: System, things: dict[Place, Things]) -> None:
    """Let a task of each place wait for the task of the other one."""
    for place, other in ((Place.GRANTED, Place.OTHER), (Place.OTHER, Place.GRANTED)):
        task = {"name": f"{marker(place)} waits", "folder": place, "executor": "noop"}
        task_id = await _made(system, "/api/tasks", task | {"depends_on": [{"task_id": things[other].task_id}]})
        await _made(system, f"/api/tasks/{task_id}/trigger", {"ignore_dependencies": False})
