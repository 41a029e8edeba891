"""Why a run has not come as far as a test waited for: what the system knows of it, for the message of the failure."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from backend.events.passes import PassWatch

if TYPE_CHECKING:
    from tests.system import System

_SECONDS = 20.0
"""How long the questions may take: a system that answers nothing is an answer as well."""
_MOST_CHARACTERS = 200
"""Of a pass: the result of a longer one changes with each."""

# No index is needed: a test has few rows.
_RUNS = text(
    """
    select id, task_id, status, hold, attempt, worker_id, placement, now() - queued_at as age,
        now() - dispatched_at as since_dispatch, not_before, cancel_requested_at, error
    from runs where id = :run_id or status in ('blocked', 'pending', 'dispatched', 'running') order by id limit 50
    """
)
_WORKERS = text(
    """
    select id, status, incarnation, sequence, now() - last_heartbeat_at as heartbeat_age, slots, active_count, held,
        task_types, labels, rules
    from workers order by id
    """
)
_FAULTS = text("select kind, object_type, object_id, cause, count, last_at from faults order by last_at desc limit 20")
_STATEMENTS = text(
    """
    select pid, state, wait_event_type, wait_event, now() - state_change as for_so_long, left(query, 120) as query
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by pid
    """
)


async def describe(system: "System", run_id: int, passes: PassWatch[Any]) -> str:
    """Return what is known of a run, of the workers and of the dispatcher; `passes` are those since the wait began."""
    counts: Counter[str] = Counter()
    try:
        while True:
            result = await passes.next(timeout_seconds=0.1)
            words = repr(result)
            counts[words if len(words) < _MOST_CHARACTERS else type(result).__name__] += 1
    except TimeoutError:
        pass
    lag = system.backend.watchdog.lag
    lines = [
        f"this replica leads: {system.backend.dispatcher.elected.is_set()}; the broker is connected: "
        f"{system.broker.is_connected}; the loop was late by {lag.recent_seconds:.2f} s within a minute, by "
        f"{lag.greatest_seconds:.2f} s since the start",
        *(f"pass, {count} times: {words}" for words, count in counts.items()),
    ]
    try:
        async with asyncio.timeout(_SECONDS):
            lines.append(f"waiting: {(await system.client.get_run(run_id)).waiting_reason}")
            async with system.backend.context.database.statements() as connection:
                for name, statement in (
                    ("run", _RUNS),
                    ("worker", _WORKERS),
                    ("fault", _FAULTS),
                    ("statement", _STATEMENTS),
                ):
                    values = {"run_id": run_id} if name == "run" else {}
                    for row in (await connection.execute(statement, values)).mappings():
                        known = {key: value for key, value in row.items() if value is not None}
                        lines.append(f"{name}: {', '.join(f'{key}={value}' for key, value in known.items())}")
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the description
        lines.append(f"the rest is unknown: {error!r}")
    return "\n".join(lines)
