"""The conditions in SQL select what `Access` permits, and the index serves them."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Executable, select, text

from backend.database.connection import Database
from backend.database.folder_conditions import FolderStatement, in_folders
from backend.database.schema import TASKS
from shared.access import GrantedFolder, access_of
from shared.enums import Permission, Role
from tests.fuzzing import fuzzed

PARTS = ["a", "a b", "a0", "a.", "é", "%", "_", "'", "\\", "日本"]
FOLDERS = st.lists(st.sampled_from(PARTS), max_size=3).map("/".join)
GRANTS = st.lists(st.builds(GrantedFolder, FOLDERS, st.sampled_from(Permission)), max_size=5)
STATEMENTS = {
    needed: (
        FolderStatement("select t.folder from tasks t where t.deleted_at is null and granted(t.folder)", needed=needed),
        FolderStatement(
            "select t.folder from tasks t where t.deleted_at is null and granted_task(t.id)", needed=needed
        ),
    )
    for needed in Permission
}
MAKE = """
    insert into tasks (name, folder, executor, task_type, command, arguments, environment, timezone, jitter_seconds,
        misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds, retry_backoff,
        retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version, created_at,
        updated_at)
    select folder || ' ' || n, folder, 'noop', 'noop', '', '[]', '{{}}', 'UTC', 0, 'fire_once', 'queue', 1, 'active', 0,
        10, 'fixed', 3600, 3600, 'retry', '{{}}', '{{}}', 1, now(), now()
    from unnest(cast(:folders as text[])) with ordinality as f (folder, n)
"""


@fuzzed(60)
@given(st.lists(FOLDERS, max_size=12), GRANTS, st.sampled_from(Permission), st.sampled_from(Role))
async def test_each_form_selects_what_is_permitted(
    database: Database, folders: list[str], grants: list[GrantedFolder], needed: Permission, role: Role
) -> None:
    access = access_of(role, grants)
    expected = sorted(folder for folder in folders if access.permits(folder, needed))
    async with database.transaction() as connection:
        await connection.execute(text("delete from tasks"))
        await connection.execute(text(MAKE.format()), {"folders": folders})
        statements: list[Executable] = [
            *(one.within(access) for one in STATEMENTS[needed]),
            select(TASKS.c.folder).where(in_folders(TASKS.c.folder, access, needed)),
        ]
        for statement in statements:
            found = (await connection.execute(statement)).scalars()
            assert sorted(found) == expected, str(statement)


async def test_the_index_of_folders_serves_them(database: Database) -> None:
    access = access_of(Role.MEMBER, [GrantedFolder("f7/x", Permission.READ), GrantedFolder("f9", Permission.READ)])
    async with database.transaction() as connection:
        folders = [f"f{number % 500}/{part}" for number in range(5000) for part in "xy"]
        await connection.execute(text(MAKE.format()), {"folders": folders})
        await connection.exec_driver_sql("analyze tasks")
        for statement in STATEMENTS[Permission.READ]:
            explained = statement.within(access)
            explained.text = f"explain (costs off) {explained.text}"
            plan = "\n".join((await connection.execute(explained)).scalars())
            assert "tasks_folder" in plan, plan
            assert "Seq Scan" not in plan, plan
