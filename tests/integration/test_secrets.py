"""A task prints, returns and reports a secret in every way: nothing of it leaves the worker."""

import asyncio
import json
from collections.abc import Sequence

import asyncpg
import pytest

from backend.broker.messages import AttemptResult
from backend.executor_spec import ExecutorDescription
from backend.worker.executors.contract import Attempt, failed
from backend.worker.executors.load_plug_ins import load_executors
from backend.worker.secrets import Secrets
from shared.enums import StreamTopic
from shared.errors import FieldError
from shared.models.run import Run
from tests.system import System

ONE_DATABASE_EACH = True
SECRET = "hunter2/and more"
_LEAK = """
echo "plain $API"; echo "argument $1" >&2
printf '{"result": "%s"}' "$API" >"$TASKDECK_OUTPUT"
echo "50 at $API" >"$TASKDECK_PROGRESS"
printf %s "$API" | base64; printf 'me:%s' "$API" | base64
"""


class LeakyExecutor:
    """Fails with the secret in its exception, or in its result."""

    description = ExecutorDescription(name="leaky", description="For tests.")

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        return []

    async def execute(self, attempt: Attempt) -> AttemptResult:
        if attempt.assignment.command == "raise":
            raise RuntimeError(f"cannot connect with {attempt.secrets.resolve('${secret:API}')}")
        return failed(f"refused: {attempt.secrets.resolve('${secret:API}')}")


async def stored(system: System, word: str) -> list[str]:
    """Return the tables in whose rows a word is."""
    connection = await asyncpg.connect(str(system.settings.database_url).replace("+asyncpg", ""))
    try:
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        return [
            name
            for (name,) in tables
            if await connection.fetchval(f'select exists(select from "{name}" t where strpos(t::text, $1) > 0)', word)
        ]
    finally:
        await connection.close()


async def listen(system: System, events: list[str]) -> None:
    """Add the events of the stream."""
    async for event in system.client.stream([StreamTopic.RUNS, StreamTopic.TASKS]):
        events += [repr(event)]


async def test_a_secret_is_in_nothing_that_leaves_the_worker(system: System, capfd: pytest.CaptureFixture[str]) -> None:
    await system.add_worker(
        secrets=Secrets({"API": SECRET, "BAD": f"{SECRET}\x01"}),
        executors=load_executors() | {"leaky": LeakyExecutor()},
    )
    events: list[str] = []
    listening = asyncio.create_task(listen(system, events))
    uses = {"API": "${secret:API}"}
    got: dict[str, Run] = {
        "shell": await system.run("shell", command=_LEAK, environment=uses, arguments=["${secret:API}"]),
        "address": await system.run("address", executor="http", command='{"url": "http://[::1]:1/${secret:API}"}'),
        "header": await system.run(
            "header",
            executor="http",
            command=json.dumps({"url": "http://[::1]:1/", "headers": {"X": "${secret:BAD}"}}),
        ),
    }
    for command in ("raise", "return"):
        task = await system.client.create_task({"name": command, "executor": "noop", "command": command})
        await change_executor(system, task.id)
        got[command] = await system.finished((await system.client.trigger_task(task.id)).id)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert got["shell"].status == "succeeded"
    assert got["shell"].output == {"result": "***"}
    assert got["shell"].stdout_tail == "plain ***\n***=\n" or "plain ***" in (got["shell"].stdout_tail or "")
    assert got["shell"].stderr_tail == "argument ***\n"
    assert "***" in (got["address"].error or "")
    assert got["raise"].error == "the executor leaky failed: cannot connect with ***"
    assert got["return"].error == "refused: ***"
    for word in (SECRET, "hunter2", "aHVudGVyMi9hbmQgbW9yZ"):
        assert await stored(system, word) == []
        assert not [event for event in events if word in event]
        out, err = capfd.readouterr()
        assert word not in out + err


async def change_executor(system: System, task_id: int) -> None:
    """Name an executor that only the worker has, which the API would refuse."""
    connection = await asyncpg.connect(str(system.settings.database_url).replace("+asyncpg", ""))
    await connection.execute("update tasks set executor = 'leaky' where id = $1", task_id)
    await connection.execute(
        "update task_versions set definition = jsonb_set(definition, '{executor}', '\"leaky\"') where task_id = $1",
        task_id,
    )
    await connection.close()


async def test_a_short_secret_and_a_missing_one_are_refused(system: System) -> None:
    await system.add_worker(secrets=Secrets({"PIN": "123"}))
    short = await system.run("short", command="true", environment={"PIN": "${secret:PIN}"})
    assert short.error == (
        "the secret PIN has fewer than 4 characters and cannot be hidden in output: choose a longer one"
    )
    missing = await system.run("missing", command="true", arguments=["${secret:NONE}"])
    assert (missing.error or "").startswith("this worker has no secret NONE: set TASKDECK_SECRET_NONE")
