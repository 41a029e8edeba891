"""The live stream and followed logs of a user with grants: what they carry, and that a grant which ends, ends it."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from sqlalchemy import text

from backend.accounts.announcements import AccountAnnounced
from backend.accounts.identity_cache import Identity
from backend.api.stream_filter import shown_to
from backend.events.stream import StreamItem
from shared.access import Access, GrantedFolder
from shared.client import StreamEvent, StreamGap, StreamOpened, TaskdeckClient
from shared.client.session import TokenAuth
from shared.client.stream import StreamItem as Received
from shared.enums import Permission, Role, Scope, StreamTopic
from shared.errors import NotFoundError
from shared.models.auth import User
from tests.backend.accounts.replicas import open_replica, status
from tests.backend.api.answers import create
from tests.backend.api.members import grant, token_of
from tests.system import System

LOG = """
    insert into log_chunks (run_id, attempt, sequence, stream, at, text)
    values (:run, 1, 1, 'stdout', now(), 'output')
"""


async def event_of(stream: AsyncGenerator[Received, None]) -> tuple[str, str]:
    """Return the type of the next event, and the name of the task that it is about."""
    item = await anext(stream)
    assert isinstance(item, StreamEvent), item
    return item.type, item.data.get("task_name") or item.data["name"]


async def test_the_stream_carries_what_is_granted_now(system: System) -> None:
    token = await token_of(system)
    granted = await grant(system, "finance", "read")
    async with asyncio.timeout(60), TaskdeckClient(system.backend.url, auth=TokenAuth(token)) as anna:
        stream = anna.stream(list(StreamTopic))
        assert isinstance(await anext(stream), StreamOpened)
        hidden = await create(system, name="theirs", folder="ops")
        shown = await create(system, name="mine", folder="finance/daily")
        for task in (hidden, shown):
            await system.client.trigger_task(task["id"])
        assert await event_of(stream) == ("task.created", "mine")
        assert await event_of(stream) == ("run.created", "mine")

        await system.http.patch(f"/api/tasks/{shown['id']}", json={"folder": "hr", "name": "renamed"})
        moved = await anext(stream)
        assert isinstance(moved, StreamEvent)
        assert (moved.type, moved.data) == ("task.deleted", {"id": shown["id"]}), "its new name is not told"
        await system.http.patch(f"/api/tasks/{shown['id']}", json={"folder": "finance", "name": "mine"})
        assert await event_of(stream) == ("task.updated", "mine")

        await grant(system, "ops", "read")
        assert isinstance(await anext(stream), StreamGap), "what is shown is loaded again"
        await system.client.trigger_task(hidden["id"])
        assert await event_of(stream) == ("run.created", "theirs")

        await system.http.delete(f"/api/grants/{granted}")
        assert isinstance(await anext(stream), StreamGap)
        await system.http.delete(f"/api/tasks/{shown['id']}")
        await system.http.delete(f"/api/tasks/{hidden['id']}")
        seen = [await event_of(stream) for _ in range(3)]
        assert seen == [("run.finished", "theirs"), ("run.finished", "theirs"), ("task.deleted", "theirs")]
        await stream.aclose()


async def test_a_followed_log_ends_with_its_grant(system: System) -> None:
    token = await token_of(system)
    granted = await grant(system, "finance", "read")
    run = await system.client.trigger_task((await create(system, name="waits", folder="finance"))["id"])
    async with asyncio.timeout(60), TaskdeckClient(system.backend.url, auth=TokenAuth(token)) as anna:
        async with system.backend.context.database.transaction() as connection:
            await connection.execute(text(LOG), {"run": run.id})
        log = anna.follow_logs(run.id)
        assert (await anext(log)).text == "output"
        await system.http.delete(f"/api/grants/{granted}")
        with pytest.raises(NotFoundError):
            await anext(log)


async def test_a_grant_counts_at_once_on_every_replica(system: System) -> None:
    token = await token_of(system)
    task = await create(system, name="mine", folder="finance")
    path = f"/api/tasks/{task['id']}"
    async with asyncio.timeout(60), open_replica(system.settings) as other:
        assert [await status(one, token, path) for one in (system.backend, other)] == [404, 404]
        with other.context.passes.watch(AccountAnnounced) as announced:
            granted = await grant(system, "finance", "read")
            await announced.next()
            assert [await status(one, token, path) for one in (system.backend, other)] == [200, 200]
            await system.http.delete(f"/api/grants/{granted}")
            await announced.next()
            assert [await status(one, token, path) for one in (system.backend, other)] == [404, 404]


async def test_a_grant_of_a_group_counts_for_those_who_belong_to_it(system: System) -> None:
    token = await token_of(system)
    task = await create(system, name="mine", folder="finance")
    path = f"/api/tasks/{task['id']}"
    async with system.backend.context.database.transaction() as connection:
        await connection.exec_driver_sql("update users set groups = '{sre,finance}' where username = 'anna'")
    body = {"group": "sre", "folder": "finance", "permission": "read"}
    assert await status(system.backend, token, path) == 404
    made = (await system.http.post("/api/grants", json=body)).json()["data"]
    assert (made["user"], made["group"]) == (None, "sre")
    assert await status(system.backend, token, path) == 200
    await system.http.delete(f"/api/grants/{made['id']}")
    assert await status(system.backend, token, path) == 404


@pytest.mark.parametrize(
    ("kind", "body", "is_shown"),
    [
        ("run.created", '{"id": 1, "folder": "finance/daily", "output": {"folder": "x"}}', True),
        ("run.created", '{"id": 1, "folder": "finances"}', False),
        ("run.created", '{"id": 1}', False),
        ("run.created", '{"id": 1, "folder": 7}', False),
        ("alert.raised", '{"id": 1, "folder": null}', False),
        ("task.deleted", '{"id": 1, "folder": "finance"}', True),
        ("task.updated", '{"id": 1, "folder": "finance", "moved_from": "ops"}', True),
        ("task.updated", '{"id": 1, "folder": "ops", "moved_from": "hr"}', False),
        ("worker.online", '{"id": "w1", "folder": "finance"}', False),
        ("queue.sampled", '{"waiting": 1}', False),
        ("alert.acknowledged", '{"id": 1, "folder": "finance"}', True),
        ("alert.of_a_newer_replica", '{"id": 1, "folder": "finance"}', False),
    ],
)
def test_an_event_is_shown_by_the_folder_in_it(kind: str, body: str, is_shown: bool) -> None:
    user = {"id": 7, "username": "anna", "created_at": "2026-11-29T00:00:00Z"}
    access = Access(None, (GrantedFolder("finance", Permission.READ),))

    def identity(role: Role) -> Identity:
        return Identity(user=User.model_validate({**user, "role": role}), generation=1, scope=Scope.READ, access=access)

    shown, item = shown_to(identity(Role.MEMBER)), StreamItem("e-1", kind, body)
    assert shown is not None
    assert shown(item) == (item if is_shown else None)
    assert shown_to(identity(Role.VIEWER)) is None, "nobody else is asked about each event"
