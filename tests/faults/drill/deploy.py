"""A new version replaces the old one under load: workers drain, replicas hand over, no client receives a 5xx."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from shared.version import VERSION
from tests.faults.drill.crew import Replica
from tests.faults.drill.drill import Drill, Incident
from tests.faults.drill.load import COUNTED, LONG
from tests.faults.drill.servers import database_url
from tests.faults.fleet import HERE, Place

END_SECONDS = 10
NEWER = "99.0.0"
_MIGRATION = '''"""Which versions of workers have beaten."""

from alembic import op

revision = "{revision}"
down_revision = "{down}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create table worker_versions_seen (version text not null)")
    op.execute("""
        create function see_version() returns trigger language plpgsql as $$
        begin
            insert into worker_versions_seen values (new.version);
            return new;
        end $$
    """)
    op.execute("create trigger see after insert or update on workers for each row execute function see_version()")
'''
DRAIN_SECONDS = 2


async def roll(drill: Drill) -> None:
    """Replace each worker and each replica, one after the other; migrate while both versions run."""
    async with drill.row("deploy: each process replaced, with a migration", repeats=False) as incident:
        for _ in range(3 if drill.is_long else 1):
            migrating = asyncio.create_task(asyncio.to_thread(_migrate, drill))
            for worker in drill.crew.workers:
                await worker.end(signal.SIGTERM)
                incident.expect(worker.exit_code == 0, f"{worker.name} ended with {worker.exit_code}")
                drill.crew.start(worker)
                incident.injected += 1
            for replica in drill.crew.replicas:
                began = time.time()
                await replica.end(signal.SIGTERM)
                incident.took(time.time() - began, limit=END_SECONDS)
                incident.expect(replica.exit_code == 0, f"{replica.name} ended with {replica.exit_code}")
                drill.crew.start(replica)
                await drill.crew.until_ready(replica)
                incident.injected += 1
            incident.expect(await migrating == 0, "taskdeck migrate failed")
        await _expect_no_failures(drill, incident)


async def new_version(drill: Drill) -> None:
    """Migrate for a newer version while the old one runs, upgrade each process, then downgrade."""
    async with drill.row("deploy: a newer schema and version, and back", repeats=False) as incident:
        newer = await asyncio.to_thread(make_newer_version, drill.folder / "newer")
        incident.expect(await asyncio.to_thread(_migrate, drill, newer) == 0, "taskdeck migrate failed")
        for place in (Place(code=newer), HERE):
            for member in (*drill.crew.replicas, *drill.crew.workers):
                began = time.time()
                await member.end(signal.SIGTERM)
                incident.took(time.time() - began, limit=END_SECONDS)
                incident.expect(member.exit_code == 0, f"{member.name} ended with {member.exit_code}")
                member.place = place
                drill.crew.start(member)
                if isinstance(member, Replica):
                    await drill.crew.until_ready(member)
                incident.injected += 1
            await drill.probe()
        versions = await drill.ask(
            "select string_agg(distinct version, ' ' order by version) from worker_versions_seen"
        )
        incident.expect(versions == f"{VERSION} {NEWER}", f"the new column has seen {versions}")
        await _expect_no_failures(drill, incident)


def make_newer_version(folder: Path) -> Path:
    """Write a version with one more table, which a trigger fills on the writes of both versions."""
    root = Path(__file__).parents[3]
    for package in ("backend", "shared", "migrations", "resources"):
        shutil.copytree(root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "shared" / "version.py").write_text(f'"""The next version."""\n\nVERSION = "{NEWER}"\n')
    number = max(int(file.name[1:5]) for file in (folder / "migrations" / "versions").glob("r[0-9]*.py"))
    (folder / "migrations" / "versions" / f"r{number + 1:04}_versions_seen.py").write_text(
        _MIGRATION.format(revision=f"{number + 1:04}", down=f"{number:04}")
    )
    return folder


async def drain_in_time(drill: Drill) -> None:
    """Stop a worker whose runs outlast its drain timeout: they are retried, or fail where they may not run twice."""
    async with drill.row("deploy: a drain that times out") as incident:
        worker = drill.crew.workers[0]
        worker.variables["TASKDECK_DRAIN_TIMEOUT_SECONDS"] = str(DRAIN_SECONDS)
        await worker.end(signal.SIGTERM)
        drill.crew.start(worker)
        await drill.until("select status = 'online' from workers where id = $1", worker.name)
        drill.load.is_quiet = True
        long_runs = await drill.load.make([LONG] * 4)
        await drill.until("select count(*) from runs where id = any($1) and status = 'running'", long_runs, is_value=4)
        began = time.time()
        await worker.end(signal.SIGTERM)
        incident.injected += 1
        incident.took(time.time() - began, limit=DRAIN_SECONDS + END_SECONDS)
        incident.expect(worker.exit_code == 0, f"{worker.name} ended with {worker.exit_code}")
        drill.load.is_quiet = False
        del worker.variables["TASKDECK_DRAIN_TIMEOUT_SECONDS"]
        drill.crew.start(worker)
        await drill.until_ended(long_runs)
        await drill.until_ended(await drill.load.make([COUNTED]))


async def _expect_no_failures(drill: Drill, incident: Incident) -> None:
    failed = await drill.ask(
        "select count(*) from runs where id = any($1) and status <> 'succeeded' and completed_at is not null",
        list(drill.load.acknowledged),
    )
    incident.expect(failed == 0, f"{failed} runs failed, though every worker was drained")


def _migrate(drill: Drill, code: Path | None = None) -> int:
    replica = drill.crew.replicas[0]
    assert replica.database is not None
    return subprocess.run(
        [sys.executable, "-m", "backend", "migrate"],
        env={**os.environ, "TASKDECK_DATABASE_URL": database_url(replica.database)},
        cwd=code,
        capture_output=True,
        check=False,
        timeout=60,
    ).returncode
