"""Drills one after another on one set of servers: load, fault, recovery, verdict."""

import asyncio
import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from tests.faults.drill.audit import WITNESS, Verdict, judge, read_ledger, read_statuses
from tests.faults.drill.crew import Crew, Replica
from tests.faults.drill.load import PROBE, Load
from tests.faults.drill.report import Row
from tests.faults.drill.servers import Servers

QUIET_SECONDS = 60
PROBE_SECONDS = 60
_LOOK_SECONDS = 0.02
_RUN_UP_SECONDS = 0.5

_LOST_CONNECTION = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)

SLACK = float(os.environ.get("TASKDECK_DRILL_SLACK", "1"))
"""Factor of all time limits, for a machine that is busy otherwise."""


@dataclass
class Incident:
    """What a drill records while it injects a fault."""

    injected: int = 0
    recovered: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    notes: str = ""

    def expect(self, holds: bool, otherwise: str) -> None:
        """Record a broken promise."""
        if not holds:
            self.failures.append(otherwise)

    def took(self, seconds: float, *, limit: float) -> None:
        """Record the time to recover."""
        self.recovered.append(seconds)
        self.expect(seconds <= limit * SLACK, f"took {seconds:.1f} s, may take {limit:g} s")


class Drill:
    """The servers, the crew, the load, and the finished rows of the table."""

    def __init__(self, folder: Path, *, times: int, is_long: bool) -> None:
        """`times` is how often a short fault is injected; `is_long` includes faults that take minutes."""
        self.folder = folder
        self.times = times
        self.is_long = is_long
        self.servers = Servers(folder)
        self.crew = Crew(folder, self.servers)
        self.load = Load(self.crew)
        self.ledger = folder / "ledger"
        self.rows: list[Row] = []
        self.most_worker_memory = 0
        self._asking = asyncio.Lock()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def open(self) -> None:
        """Start servers and crew."""
        self.ledger.touch()
        await self.servers.start()
        for _ in range(2):
            replica = await self.crew.add_replica()
            self.crew.start(replica)
            await self.crew.until_ready(replica)
        for _ in range(2):
            self.crew.start(await self.crew.add_worker())
        await self.until("select count(*) from workers where status = 'online'", is_value=2, seconds=90)
        await (await self.database()).execute(WITNESS)
        await self.load.prepare(self.ledger)

    async def close(self) -> None:
        """Kill the crew and remove the servers."""
        await self.load.close()
        self.crew.kill_all()
        if self._connection is not None:
            self._connection.terminate()
        await self.servers.remove()

    async def database(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Return a connection that bypasses the proxies; a closed one is replaced."""
        while self._connection is None or self._connection.is_closed():
            try:
                self._connection = await self.servers.postgres.connect()
            except (OSError, asyncpg.PostgresError, TimeoutError):
                await asyncio.sleep(_LOOK_SECONDS)
        assert self._connection is not None
        return self._connection

    async def ask(self, query: str, *arguments: object) -> object:
        """Return the value of a query, which is repeated until the database answers."""
        while True:
            async with self._asking:
                connection = await self.database()
                try:
                    return await connection.fetchval(query, *arguments)
                except _LOST_CONNECTION:
                    connection.terminate()
                except BaseException:
                    # What was interrupted in the middle leaves a connection that nobody can use.
                    connection.terminate()
                    raise
            await asyncio.sleep(_LOOK_SECONDS)

    @asynccontextmanager
    async def row(self, fault: str, *, repeats: bool = True) -> AsyncIterator[Incident]:
        """Keep the load going while the block breaks things; then wait for quiet, judge, and add a row.

        `repeats` False: nothing is lost by this fault for which a run may begin twice.
        """
        incident = Incident()
        self.load.acknowledged.clear()
        self.load.answers.wrong.clear()
        began = time.monotonic()
        background = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("load", self.load.make_runs()),
                ("answers", self.load.watch_answers()),
                ("backlog", self._watch_backlog()),
            )
        ]
        try:
            await asyncio.sleep(_RUN_UP_SECONDS)
            yield incident
        except TimeoutError:
            incident.failures.append("it did not recover in time")
            await self._mend()
        except Exception as error:  # noqa: BLE001 - one drill that breaks must not hide what the others show
            incident.failures.append(f"the drill itself failed: {error!r}")
            traceback.print_exc()
            await self._mend()
        finally:
            for task in background:
                task.cancel()
            done = await asyncio.gather(*background, return_exceptions=True)
        incident.failures += [f"the drill itself failed: {one!r}" for one in done if isinstance(one, Exception)]
        await self._judge(fault, incident, repeats=repeats)
        said = "; ".join(self.rows[-1].failures) or "holds"
        print(f"{fault}, {time.monotonic() - began:.0f} s: {said}", file=sys.stderr, flush=True)

    async def _judge(self, fault: str, incident: Incident, *, repeats: bool) -> None:
        with contextlib.suppress(TimeoutError):
            await self.until_ended(list(self.load.acknowledged), seconds=QUIET_SECONDS)
        run_ids = list(self.load.acknowledged)
        statuses, outcomes = await read_statuses(await self.database(), run_ids)
        executions = read_ledger(self.ledger.read_text().splitlines())
        verdict = judge(self.load.acknowledged, statuses, outcomes, executions, cancelled=self.load.cancelled)
        failures = [*verdict.faults[:10], *self.load.answers.wrong[:10], *incident.failures]
        if not repeats and verdict.repeated:
            failures.append(f"{verdict.repeated} runs began twice, though no worker was lost")
        self.rows.append(
            Row(fault, incident.injected, verdict, tuple(incident.recovered), tuple(failures), incident.notes)
        )

    async def give_up(self, name: str, error: Exception) -> None:
        """Note a drill that failed outside of its rows, and make everything whole again for the next."""
        traceback.print_exception(error)
        self.rows.append(Row(name, 0, Verdict(), (), (f"the drill itself failed: {error!r}",)))
        await self._mend()

    async def _mend(self) -> None:
        """Make everything whole again after a drill that was given up."""
        for member in (*self.crew.replicas, *self.crew.workers):
            if member.is_up:
                member.send(signal.SIGCONT)
            else:
                self.crew.start(member)
        self.servers.release()
        await self.servers.postgres.start()

    async def _watch_backlog(self) -> None:
        while True:
            count = await self.ask(
                "select count(*) from runs where status in ('blocked', 'pending', 'dispatched', 'running')"
            )
            assert isinstance(count, int)
            self.load.waiting = count
            await asyncio.sleep(0.2)

    async def until_ended(self, run_ids: list[int], *, seconds: float = PROBE_SECONDS) -> None:
        """Return when these runs have their outcomes; raises TimeoutError."""
        query = """
            select count(*) from runs
            where id = any($1::bigint[]) and status in ('succeeded', 'failed', 'timed_out', 'cancelled')
        """
        await self.until(query, run_ids, is_value=len(run_ids), seconds=seconds)

    async def until(self, query: str, *arguments: object, is_value: object = True, seconds: float = 30) -> None:
        """Return when a query gives this value; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while await self.ask(query, *arguments) != is_value:
                await asyncio.sleep(_LOOK_SECONDS)

    async def probe(self) -> None:
        """Make an urgent run and return when it has ended: somebody serves, dispatches and works."""
        async with asyncio.timeout(PROBE_SECONDS):
            await self.until_ended(await self.load.make([PROBE]))

    async def leader(self) -> Replica:
        """Return the replica that dispatches."""
        async with asyncio.timeout(PROBE_SECONDS):
            while True:
                name = await self.ask("select replica_id from dispatchers")
                for replica in self.crew.replicas:
                    if replica.is_up and replica.id == name:
                        return replica
                await asyncio.sleep(_LOOK_SECONDS)
