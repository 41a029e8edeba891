"""The end of a run for which nothing waits asks about edges and limits once each, and looks no further."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import event
from sqlalchemy.engine import Engine

from backend.database.direct_statement import DirectStatement
from backend.runs import release as gate
from backend.tasks import resolve
from tests.system import System

ONE_DATABASE_EACH = True

ASKED = {"edges": resolve.AFFECTED, "limits": gate.HELD_RUNS, "times": gate.NEXT_TIMES}
NOT_ASKED = {"edges": resolve.EDGES, "delays": gate.END_DELAYS, "expiry": gate.EXPIRE, "room": gate.TASK_ROOM}


def _key(statement: str) -> str:
    return "".join(statement.split()).split(":", 1)[0].split("$", 1)[0]


class _Heard:
    """The statements of this process, and whether all that must be asked was."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.has_asked = asyncio.Event()
        self._awaited = {_key(statement.text) for statement in ASKED.values()}

    def __call__(self, _connection: object, _cursor: object, statement: str, *_more: Any) -> None:
        self.note(statement)

    def note(self, statement: str) -> None:
        self.statements.append(_key(statement))
        if self._awaited <= set(self.statements):
            self.has_asked.set()


@contextmanager
def _listening() -> Iterator[_Heard]:
    heard = _Heard()
    rows = DirectStatement.rows

    async def noted_rows(self: DirectStatement, *arguments: Any) -> Any:
        heard.note(self.text.text)
        return await rows(self, *arguments)

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        with mock.patch.object(DirectStatement, "rows", noted_rows):
            yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


async def test_the_end_of_a_run_without_dependents_needs_one_query_of_dependencies_and_limits(system: System) -> None:
    await system.add_worker()
    with _listening() as heard:
        await system.run("alone", executor="noop", command="")
        async with asyncio.timeout(30):
            await heard.has_asked.wait()

    asked = {name for name, statement in NOT_ASKED.items() if _key(statement.text) in heard.statements}
    assert not asked
