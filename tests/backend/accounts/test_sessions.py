"""What ends a session or a token ends it at once, on every replica."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from backend.accounts.announcements import AccountAnnounced
from backend.accounts.identity_cache import Identity, IdentityCache
from backend.accounts.login import login, refresh, sign_out
from backend.accounts.tokens import create_token, delete_token
from backend.accounts.users import change_user, create_user, delete_user
from backend.app import Backend
from backend.context import Actor
from shared.access import FULL_ACCESS, Access
from shared.enums import Permission, Role, Scope
from shared.errors import ConflictError, UnauthorizedError
from shared.models.auth import ApiTokenCreate, TokenPair, User, UserCreate, UserPatch
from tests.backend.accounts.replicas import open_replica, status
from tests.system import System

ADMIN = Actor(0, "admin")
PASSWORD = "a long password"


@pytest.fixture
async def other(system: System) -> AsyncIterator[Backend]:
    async with open_replica(system.settings) as backend:
        yield backend


async def add(system: System, username: str, role: Role = Role.VIEWER) -> User:
    new = UserCreate(username=username, password=PASSWORD, role=role)
    return await create_user(system.backend.context, new, actor=ADMIN)


async def sign_in(system: System, username: str) -> TokenPair:
    return await login(system.backend.context, system.backend.identities, username, PASSWORD)


async def personal_token(system: System, user: User) -> str:
    made = await create_token(
        system.backend.context,
        ApiTokenCreate(name="script"),
        owner=Identity(user=user, generation=1, scope=Scope.READ, access=Access(Permission.READ)),
    )
    assert made.token is not None
    return made.token


async def change(system: System, user: User, **fields: object) -> None:
    patch = UserPatch.model_validate(fields)
    await change_user(system.backend.context, system.backend.identities, user.id, patch, actor=ADMIN)


async def delete(system: System, user: User) -> None:
    await delete_user(system.backend.context, system.backend.identities, user.id, actor=ADMIN)


@pytest.mark.parametrize(
    "end",
    [
        lambda system, user: change(system, user, role="operator"),
        lambda system, user: change(system, user, password="another long password"),
        lambda system, user: change(system, user, disabled=True),
        delete,
    ],
    ids=["role", "password", "disabled", "deleted"],
)
async def test_a_change_of_an_account_ends_its_sessions_and_tokens_on_every_replica(
    system: System, other: Backend, end: Callable[[System, User], Awaitable[None]]
) -> None:
    user = await add(system, "eve")
    await add(system, "bob")
    pair, bystander, token = (
        await sign_in(system, "eve"),
        await sign_in(system, "bob"),
        await personal_token(system, user),
    )
    for backend in (system.backend, other):
        for used in (pair.access_token, token, bystander.access_token):
            assert await status(backend, used) == 200
    with other.context.passes.watch(AccountAnnounced) as announced:
        await end(system, user)
        assert [await status(system.backend, used) for used in (pair.access_token, token)] == [401, 401]
        await announced.next(lambda one: one.user_id == user.id)
    assert [await status(other, used) for used in (pair.access_token, token)] == [401, 401]
    assert await status(other, bystander.access_token) == 200
    with pytest.raises(UnauthorizedError):
        await refresh(other.context, other.identities, pair.refresh_token)


async def test_what_an_account_lost_does_not_come_back_when_the_change_is_undone(system: System) -> None:
    user = await add(system, "eve")
    pair, token = await sign_in(system, "eve"), await personal_token(system, user)
    await change(system, user, disabled=True)
    await change(system, user, disabled=False)
    assert [await status(system.backend, used) for used in (pair.access_token, token)] == [401, 401]


async def test_a_sign_out_ends_its_session_on_every_replica_and_no_other(system: System, other: Backend) -> None:
    user = await add(system, "eve")
    here, elsewhere = await sign_in(system, "eve"), await sign_in(system, "eve")
    assert await status(other, here.access_token) == 200
    with other.context.passes.watch(AccountAnnounced) as announced:
        answer = await system.http.post("/api/auth/logout", json={"refresh_token": here.refresh_token})
        assert answer.status_code == 204
        await announced.next(lambda one: one.user_id == user.id)
    assert await status(other, here.access_token) == 401
    assert await status(other, elsewhere.access_token) == 200
    with pytest.raises(UnauthorizedError):
        await refresh(other.context, other.identities, here.refresh_token)
    again = await system.http.post("/api/auth/logout", json={"refresh_token": here.refresh_token})
    assert again.status_code == 204


async def test_a_sign_out_everywhere_ends_every_session_of_the_user(system: System) -> None:
    await add(system, "eve")
    here, elsewhere = await sign_in(system, "eve"), await sign_in(system, "eve")
    await sign_out(system.backend.context, system.backend.identities, here.refresh_token, everywhere=True)
    assert [await status(system.backend, one.access_token) for one in (here, elsewhere)] == [401, 401]


async def test_a_sign_in_that_began_before_a_change_of_the_password_gives_nothing(system: System) -> None:
    user = await add(system, "eve")
    context = system.backend.context
    changed = change(system, user, password="another long password")
    _, outcome = await asyncio.gather(sign_in(system, "eve"), changed, return_exceptions=True)
    assert outcome is None
    async with context.database.transaction() as connection:
        usable = text(
            "select count(*) from sessions s join users u on u.id = s.user_id "
            "where s.user_id = :id and s.generation = u.generation and s.ended_at is null"
        )
        assert (await connection.execute(usable, {"id": user.id})).scalar_one() == 0


async def test_two_uses_of_a_refresh_token_at_once_leave_nothing_usable(system: System, other: Backend) -> None:
    await add(system, "eve")
    for _ in range(10):
        stolen = await sign_in(system, "eve")
        uses = await asyncio.gather(
            *(
                refresh(backend.context, backend.identities, stolen.refresh_token)
                for backend in (system.backend, other, system.backend)
            ),
            return_exceptions=True,
        )
        won = [pair for pair in uses if isinstance(pair, TokenPair)]
        assert len(won) == 1
        with pytest.raises(UnauthorizedError):
            await refresh(system.backend.context, system.backend.identities, won[0].refresh_token)
        assert await status(system.backend, won[0].access_token) == 401


async def test_a_replica_that_does_not_receive_changes_caches_nothing(system: System, other: Backend) -> None:
    user = await add(system, "eve")
    pair = await sign_in(system, "eve")
    assert await status(other, pair.access_token) == 200
    other.identities.cache.close()
    await change(system, user, role="operator")
    assert await status(other, pair.access_token) == 401


def test_what_was_read_before_a_change_is_not_cached_after_it() -> None:
    cache = IdentityCache(clock=lambda: 0.0)
    cache.open()
    identity = Identity(
        user=User.model_validate({"id": 7, "username": "eve", "role": "admin", "created_at": "2026-11-29T00:00:00Z"}),
        generation=1,
        scope=Scope.ADMIN,
        access=FULL_ACCESS,
    )
    version = cache.version
    cache.forget(7)
    cache.add("key", identity, read_at_version=version)
    assert cache.get("key") is None
    cache.add("key", identity, read_at_version=cache.version)
    assert cache.get("key") is identity
    cache.forget(8)
    assert cache.get("key") is identity
    cache.forget(7)
    assert cache.get("key") is None


async def test_a_trigger_costs_no_statement_to_authenticate(system: System) -> None:
    task = await system.create("one", command="true")
    trigger = f"/api/tasks/{task}/trigger"
    assert (await system.http.post(trigger)).status_code < 300
    statements: list[str] = []

    def executed(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", executed)
    try:
        assert (await system.http.post(trigger)).status_code < 300
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
    assert [one for one in statements if "users" in one or "api_tokens" in one] == []


async def test_two_administrators_who_demote_each_other_at_once_leave_one(system: System, other: Backend) -> None:
    for number in range(5):
        (first, second) = [await add(system, f"{name}{number}", Role.ADMIN) for name in ("ann", "bob")]
        async with system.backend.context.database.transaction() as connection:
            rest = text("update users set role = 'viewer' where id not in (:first, :second)")
            await connection.execute(rest, {"first": first.id, "second": second.id})
        outcomes = await asyncio.gather(
            change_user(
                system.backend.context, system.backend.identities, second.id, UserPatch(role=Role.VIEWER), actor=ADMIN
            ),
            change_user(other.context, other.identities, first.id, UserPatch(role=Role.VIEWER), actor=ADMIN),
            return_exceptions=True,
        )
        assert sum(isinstance(one, ConflictError) for one in outcomes) == 1, outcomes


async def test_a_deleted_token_ends_on_every_replica(system: System, other: Backend) -> None:
    user = await add(system, "eve")
    made = await create_token(
        system.backend.context,
        ApiTokenCreate(name="script"),
        owner=Identity(user=user, generation=1, scope=Scope.READ, access=Access(Permission.READ)),
    )
    assert made.token is not None
    assert await status(other, made.token) == 200
    with other.context.passes.watch(AccountAnnounced) as announced:
        await delete_token(system.backend.context, system.backend.identities, made.id, owner=user)
        await announced.next()
    assert await status(other, made.token) == 401


async def test_a_check_of_an_open_stream_costs_no_statement(system: System) -> None:
    await add(system, "eve")
    pair = await sign_in(system, "eve")
    identity = await system.backend.identities.identify(pair.access_token)
    assert await system.backend.identities.identify(pair.access_token) is identity
