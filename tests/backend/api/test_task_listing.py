"""Finding tasks among many: search, skipping, counts, folders and recent outcomes."""

from typing import Any

import pytest

from backend.tasks import search as task_listing
from shared.enums import RunStatus
from tests.system import System


async def test_a_search_finds_parts_of_names_and_descriptions_in_any_case(system: System) -> None:
    await system.create("Nightly-Backup", command="true", description="Everything below /srv, 100% of it")
    await system.create("报表汇总", command="true")
    await system.create("other", command="true")

    async def found(words: str) -> list[str]:
        return [task.name for task in (await system.client.list_tasks(q=words)).data]

    assert await found("nightly") == ["Nightly-Backup"]
    assert await found("BACK") == ["Nightly-Backup"]
    assert await found("100%") == ["Nightly-Backup"]
    assert await found("_") == []
    assert await found("汇总") == ["报表汇总"]
    assert await found("O") == ["Nightly-Backup", "other"]
    assert await found("ba") == ["Nightly-Backup"]
    assert await found("backnight") == []


@pytest.mark.parametrize("often", [0, 2, 3, 20_000])
async def test_a_search_finds_rare_and_frequent_words(
    system: System, monkeypatch: pytest.MonkeyPatch, often: int
) -> None:
    monkeypatch.setattr(task_listing, "OFTEN", often)
    for name in ("Backup_1", "backup 2", "BACKUP 3", "other"):
        await system.create(name, command="true", folder="x" if name == "backup 2" else "")

    async def found(words: str, **more: Any) -> list[str]:
        page = await system.client.list_tasks(q=words, **more)
        assert await system.client.count_tasks(q=words, **more) == page.meta.total == len(page.data)
        return [task.name for task in page.data]

    assert sorted(await found("backup")) == ["BACKUP 3", "Backup_1", "backup 2"]
    assert sorted(await found("b")) == ["BACKUP 3", "Backup_1", "backup 2"]
    assert await found("_") == await found("p_1") == ["Backup_1"]
    assert await found("ckup", folder="x") == ["backup 2"]
    assert await found("%") == await found("zz") == []
    first = await system.client.list_tasks(q="backup", limit=2, sort="name")
    rest = await system.client.list_tasks(q="backup", limit=2, sort="name", cursor=first.meta.next_cursor)
    assert {task.name for task in (*first.data, *rest.data)} == {"BACKUP 3", "Backup_1", "backup 2"}


async def test_a_search_follows_a_change_of_the_name(system: System) -> None:
    task_id = await system.create("before", command="true")
    await system.client.update_task(task_id, {"name": "afterwards", "description": "now described"})
    assert (await system.client.list_tasks(q="before")).data == []
    assert [task.id for task in (await system.client.list_tasks(q="described")).data] == [task_id]


@pytest.mark.parametrize("sort", ["name", "-name", "folder", "-next_run_at", "id"])
async def test_skipping_rows_shows_the_same_page_as_paging(system: System, sort: str) -> None:
    for number in range(7):
        schedule = f"0 {number} * * *" if number % 2 else None
        await system.create(f"task-{number}", command="true", folder=f"f{number % 3}", schedule=schedule)
    whole = [task.id for task in (await system.client.list_tasks(sort=sort)).data]
    page = await system.client.list_tasks(sort=sort, skip=3, limit=2)
    assert [task.id for task in page.data] == whole[3:5]
    assert page.meta.total == 7
    after = await system.client.list_tasks(sort=sort, limit=1, cursor=page.meta.next_cursor, skip=1)
    assert [task.id for task in after.data] == whole[6:]
    beyond = await system.client.list_tasks(sort=sort, skip=50)
    assert (beyond.data, beyond.meta.total, beyond.meta.next_cursor) == ([], 7, None)


async def test_folders_and_counts_include_every_task(system: System) -> None:
    gone = await system.create("gone", command="true", folder="a")
    await system.client.delete_task(gone)
    for name, folder in (("one", ""), ("two", "a/b"), ("three", "a/b"), ("four", "c")):
        await system.create(name, command="true", folder=folder)
    assert {one.path: one.tasks for one in await system.client.task_folders()} == {"": 1, "a/b": 2, "c": 1}
    assert await system.client.count_tasks(folder="a") == 2
    assert await system.client.count_tasks(q="o") == 3
    refused = await system.http.get("/api/tasks/count", params={"limit": 3})
    assert refused.status_code == 422


async def test_recent_outcomes_are_newest_first_without_unfinished_runs(system: System) -> None:
    good = await system.create("good", command="true")
    never = await system.create("never", command="true")
    await system.add_worker()
    first = await system.finished((await system.client.trigger_task(good)).id)
    bad = await system.run("bad", command="exit 3")
    last = await system.finished((await system.client.trigger_task(good)).id)
    waiting = await system.client.trigger_task(never, {"ignore_dependencies": True})
    await system.finished(waiting.id)
    found = await system.client.recent_outcomes([good, bad.task_id, 999_999], count=5)
    assert [one.run_id for one in found[good]] == [last.id, first.id]
    assert [one.status for one in found[bad.task_id]] == [RunStatus.FAILED]
    assert found[999_999] == []
    refused = await system.http.get("/api/tasks/recent-outcomes", params={"ids": "1,x"})
    assert refused.status_code == 422
