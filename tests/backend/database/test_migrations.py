"""The migrations make exactly the schema that the code expects."""

import importlib.resources

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from backend.database import migration
from backend.database.connection import Database
from backend.database.schema import METADATA
from backend.runs import claim as dispatch_queue
from backend.tasks import model as tasks
from shared.enums import RunDistribution
from tests.conftest import Databases


def is_compared(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Indexes and foreign keys live in the migrations alone: no code builds on a description of them."""
    return kind not in ("index", "foreign_key_constraint") and name != "alembic_version"


async def test_migrations_and_schema_agree(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_compared})
        return list(compare_metadata(context, METADATA))

    async with database.transaction() as connection:
        assert await connection.run_sync(differences) == []
    assert await migration.current_revision(database) == migration.newest_revision()


def test_the_newest_revision_is_the_one_that_alembic_ends_at() -> None:
    scripts = ScriptDirectory(str(importlib.resources.files("migrations")))
    assert migration.newest_revision() == scripts.get_current_head()
    assert [revision.revision for revision in scripts.walk_revisions()] == sorted(
        (revision.revision for revision in scripts.walk_revisions()), reverse=True
    )


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            text("insert into users (username, password_hash, role) values ('kept', 'x', 'viewer')")
        )
    await migration.upgrade(database)
    async with database.transaction() as connection:
        found = await connection.execute(text("select count(*) from users where username = 'kept'"))
        assert found.scalar_one() == 1


async def test_rows_of_the_first_schema_go_on_and_the_version_before_goes_on_writing(databases: Databases) -> None:
    url = await databases.create_empty()
    database = Database(url, pool_size=2, application_name="tests")
    first_task = """
        insert into tasks (name, folder, executor, task_type, command, arguments, environment, timezone,
            jitter_seconds, misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds,
            retry_backoff, retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version,
            created_at, updated_at)
        values ('{name}', '', 'shell', 'shell', 'true', '[]', '{{}}', 'UTC', 0, 'fire_once', 'queue', 1, 'active', 0,
            10, 'fixed', 3600, 3600, 'retry', '{{}}', '{{}}', 1, now(), now()) returning id
    """
    first_run = """
        insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at)
        values (:task, 1, 'pending', 'manual', 1, 0, 'shell', now())
    """
    try:
        await migration.upgrade(database, to="0001")
        for name in ("before", "after"):
            async with database.transaction() as connection:
                statement = text(first_task.format(name=name).replace(":", "\\:"))
                task_id = (await connection.execute(statement)).scalar_one()
                await connection.execute(text(first_run), {"task": task_id})
            if name == "before":
                await migration.upgrade(database)
        async with database.transaction() as connection:
            found = [await tasks.read_task(connection, task_id) for task_id in (1, 2)]
            assert [task.name for task in found] == ["before", "after"]
            assert {task.distribution for task in found} == {RunDistribution.SINGLE}
            ready = await dispatch_queue.ready_runs(connection, {"shell": 5})
            assert len(ready) == 2
    finally:
        await database.close()
        await databases.drop(url)
