"""PostgreSQL restarted in each mode, down, with terminated connections, statement timeouts, and a failover."""

import asyncio
import random
import signal
import time

from tests.faults.drill.drill import Drill, Incident
from tests.faults.drill.proxy import Proxy

RESUME_SECONDS = 5
_ENDINGS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "SIGKILL": signal.SIGKILL}


async def until_serving(drill: Drill, incident: Incident, since: float) -> None:
    """Return when a new run has finished; record the time since the database is available."""
    await drill.probe()
    incident.took(time.time() - since, limit=RESUME_SECONDS)


async def restart_database(drill: Drill) -> None:
    """Restart the server in each shutdown mode."""
    for name, number in _ENDINGS.items() if drill.is_long else [("SIGKILL", signal.SIGKILL)]:
        async with drill.row(f"PostgreSQL restarted ({name})") as incident:
            for _ in range(10 if drill.is_long else 1):
                await asyncio.sleep(random.uniform(0.1, 0.5))
                await drill.servers.postgres.end(number)
                incident.injected += 1
                await drill.servers.postgres.start()
                await until_serving(drill, incident, time.time())


async def database_down(drill: Drill) -> None:
    """Keep it down; commands continue, answers have status 503."""
    seconds = 120 if drill.is_long else 6
    async with drill.row(f"PostgreSQL down for {seconds} s") as incident:
        before = drill.load.answers.unavailable
        await drill.servers.postgres.end(signal.SIGINT)
        incident.injected += 1
        await asyncio.sleep(seconds)
        unavailable = drill.load.answers.unavailable - before
        await drill.servers.postgres.start()
        await until_serving(drill, incident, time.time())
        incident.expect(unavailable > 0, "no answer said 503 with Retry-After")
        incident.notes = f"{unavailable} answers said 503 with Retry-After"


async def end_connections(drill: Drill) -> None:
    """Terminate connections one by one, as an operator or a firewall does."""
    async with drill.row("connections to PostgreSQL terminated one by one") as incident:
        for _ in range(drill.times * 8):
            await asyncio.sleep(random.uniform(0.05, 0.3))
            await drill.ask(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where pid <> pg_backend_pid() and application_name like 'taskdeck%' order by random() limit 1
                """
            )
            incident.injected += 1
        await until_serving(drill, incident, time.time())


async def statement_timeouts(drill: Drill) -> None:
    """Lock the table of runs repeatedly, so that statements time out."""
    async with drill.row("statement timeouts") as incident:
        for _ in range(drill.times):
            connection = await drill.servers.postgres.connect()
            async with connection.transaction():
                await connection.execute("lock table runs in access exclusive mode")
                await asyncio.sleep(1)
                await connection.execute(
                    """
                    select pg_cancel_backend(pid) from pg_stat_activity
                    where application_name like 'taskdeck%' and state = 'active'
                    """
                )
                await asyncio.sleep(0.5)
            await connection.close()
            incident.injected += 1
            await until_serving(drill, incident, time.time())


async def full_pool(drill: Drill) -> None:
    """Lock a table until every pooled connection waits for it: further requests must not wait for ever."""
    async with drill.row("a full pool") as incident:
        connection = await drill.servers.postgres.connect()
        asking: list[asyncio.Task[object]] = []
        async with connection.transaction():
            await connection.execute("lock table users, api_tokens in access exclusive mode")
            asking = [asyncio.create_task(drill.load.ask("GET", "/api/system/stats")) for _ in range(60)]
            await asyncio.sleep(7)
        incident.injected += 1
        await connection.close()
        await asyncio.gather(*asking)
        await until_serving(drill, incident, time.time())


async def failover(drill: Drill) -> None:
    """Route every replica's connection to another address, as a failover does, and reset open ones."""
    async with drill.row("failover to another address") as incident:
        for _ in range(drill.times):
            there = Proxy(drill.servers.postgres.socket)
            await there.open()
            for replica in drill.crew.replicas:
                assert replica.database is not None
                replica.database.target = ("127.0.0.1", there.port)
                replica.database.cut()
            incident.injected += 1
            await until_serving(drill, incident, time.time())
            for replica in drill.crew.replicas:
                assert replica.database is not None
                replica.database.target = drill.servers.postgres.socket
            await there.close()
            await until_serving(drill, incident, time.time())
