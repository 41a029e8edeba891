"""The key of secrets: missing, wrong, replaced while tasks run, on two replicas."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backend.app import Backend, open_backend, open_broker, open_database
from backend.broker.in_process import InProcessBroker
from backend.broker.keys import new_secret_text
from backend.cli.connection_options import ConnectionOptions
from backend.cli.direct_checks import check_state
from backend.cli.doctor import examine
from backend.context import SYSTEM
from backend.encryption.key_ring import KeyRing, SecretKey, new_key
from backend.encryption.stored_values import StoredValues
from backend.encryption_rotation import count_in_clear, rotate_secret_key, use_local_key
from backend.server_app import replace_lost_key
from backend.settings import Settings
from shared.enums import BackendRole
from shared.errors import StartupError
from tests.backend.accounts.replicas import open_replica
from tests.conftest import Databases
from tests.integration.test_backend_secrets import VALUE, digest, put, show
from tests.integration.test_secrets import stored
from tests.system import System, open_system

OLD, NEW = new_key(), new_key()


@pytest.fixture
async def url(databases: Databases) -> AsyncIterator[str]:
    made = await databases.create()
    yield made
    await databases.drop(made)


def lines(*keys: SecretKey) -> str:
    return "\n".join(key.text() for key in keys)


@asynccontextmanager
async def opened(url: str, folder: Path, *keys: SecretKey, **more: Any) -> AsyncIterator[System]:
    given = {"secrets_key": lines(*keys)} if keys else {}
    async with open_system(url, None, folder, **given, **more) as system:
        yield system


async def keys_of(system: System) -> dict[str, tuple[bool, bool, int]]:
    found = (await system.http.get("/api/secret-keys")).json()["data"]
    return {one["id"]: (one["is_in_use"], one["is_here"], one["values"]) for one in found}


async def execute(system: System, statement: str, **parameters: Any) -> Any:
    async with system.backend.context.database.transaction() as connection:
        return await connection.execute(text(statement), parameters)


async def test_without_a_key_nothing_is_stored_and_the_answer_says_what_to_do(url: str, tmp_path: Path) -> None:
    async with opened(url, tmp_path) as system:
        refused = await put(system, "V", status=409)
        assert "taskdeck secret-key create FILE" in refused["detail"]
        assert "TASKDECK_SECRETS_KEY_FILE" in refused["detail"]
        assert (await system.http.post("/api/secret-keys/rotate")).status_code == 409
        assert await keys_of(system) == {"": (False, True, 1)}, "the signing key is in clear"
        assert await count_in_clear(system.backend.context) == 0, "it has no key to encrypt it with"


async def test_a_laptop_sends_secrets_within_its_process(url: str, tmp_path: Path) -> None:
    async with opened(url, tmp_path, OLD) as system:
        await system.add_worker()
        await put(system, "V")
        assert (await show(system, "one")).stdout_tail == f"{digest(VALUE)}\n"


async def test_with_an_insecure_broker_a_secret_of_the_backend_is_not_sent(
    url: str, rabbit_url: str, tmp_path: Path
) -> None:
    async with open_system(url, rabbit_url, tmp_path, secrets_key=OLD.text(), insecure_broker=True) as system:
        await system.add_worker()
        await put(system, "V")
        run = await show(system, "one")
        assert run.status == "failed"
        assert (run.error or "").startswith(
            "the secret V of the backend is not sent: with --insecure-broker others could read it on its way. Start "
            "the backends with TASKDECK_SIGNING_KEY_FILE"
        )


@pytest.mark.parametrize("keys", [(), (NEW,)])
async def test_a_backend_without_the_key_in_use_does_not_start(
    url: str, tmp_path: Path, keys: tuple[SecretKey, ...]
) -> None:
    async with opened(url, tmp_path, OLD) as system:
        await put(system, "V")
    has = NEW.id if keys else "none"
    with pytest.raises(StartupError, match=rf"encrypted with the key {OLD.id}.* \(it has {has}\).* replace-lost"):
        async with opened(url, tmp_path, *keys):
            pass


async def test_a_lost_key_is_replaced_and_its_secrets_are_named(url: str, tmp_path: Path) -> None:
    async with opened(url, tmp_path, OLD) as system:
        await put(system, "V")
    assert await replace_lost_key(Settings(database_url=url, secrets_key=NEW.text())) == NEW.id
    async with opened(url, tmp_path, NEW) as system:
        await system.add_worker()
        assert f"encrypted with the key {OLD.id}" in ((await show(system, "lost")).error or "")
        (listed,) = (await system.http.get("/api/secrets")).json()["data"]
        assert (listed["key_id"], listed["is_readable"]) == (OLD.id, False)
        rotated = (await system.http.post("/api/secret-keys/rotate")).json()["data"]
        assert rotated["unreadable"][0].startswith("secret V: it is encrypted with the key")
        await put(system, "V", "set once more")
        assert (await show(system, "found")).stdout_tail == f"{digest('set once more')}\n"


async def test_a_local_backend_goes_on_with_another_key(url: str, tmp_path: Path) -> None:
    """Such as after a restore on another machine: secrets are to be set again, and everything else works."""
    async with opened(url, tmp_path, OLD) as system:
        await put(system, "V")
    settings = Settings(database_url=url, secrets_key=NEW.text())
    async with (
        open_database(settings, url) as database,
        open_broker(settings, InProcessBroker()) as broker,
    ):
        backend = Backend(settings, database, broker, roles=frozenset({BackendRole.API}))
        await use_local_key(backend.context)
        async with open_backend(backend, host="127.0.0.1", port=0, is_local=True):
            assert await backend.identities.keys.newest()


async def test_the_key_is_replaced_on_two_replicas_while_tasks_run(url: str, tmp_path: Path) -> None:
    async with opened(url, tmp_path, OLD) as system:
        for number in range(250):
            await put(system, f"S{number}")
        await put(system, "V")
    async with (
        opened(url, tmp_path, NEW, OLD, signing_key=new_secret_text()) as system,
        open_replica(system.settings) as other,
    ):
        assert (await keys_of(system))[OLD.id] == (True, True, 252)
        await put(system, "BETWEEN")
        assert (await keys_of(system))[NEW.id] == (False, True, 0), "until the rotation all replicas use the former key"
        await system.add_worker(key=await system.enroll("w1"))
        stop = asyncio.Event()

        async def work() -> int:
            count = 0
            while not stop.is_set() or count < 5:
                run = await show(system, f"run {count}")
                assert (run.status, run.stdout_tail) == ("succeeded", f"{digest(VALUE)}\n"), run.error
                await put(system, f"NEW{count}")
                count += 1
            return count

        working = asyncio.create_task(work())
        rotated = await rotate_secret_key(other.context, actor=SYSTEM)
        stop.set()
        count = await working
        assert (rotated.key_id, rotated.unreadable) == (NEW.id, [])
        assert rotated.encrypted >= 253
        found = await keys_of(system)
        assert found[NEW.id] == (True, True, 253 + count)
        assert found[OLD.id] == (False, True, 0)
        again = (await system.http.post("/api/secret-keys/rotate")).json()["data"]
        assert again == {"key_id": NEW.id, "encrypted": 0, "unreadable": []}
    async with opened(url, tmp_path, NEW) as system:
        await system.add_worker()
        assert (await show(system, "with the new key alone")).stdout_tail == f"{digest(VALUE)}\n"


async def test_an_interrupted_rotation_is_continued(url: str, tmp_path: Path) -> None:
    async with opened(url, tmp_path, OLD) as system:
        await put(system, "V")
        await put(system, "W")
    async with opened(url, tmp_path, NEW, OLD) as system:
        async with system.backend.context.database.transaction() as connection:
            await StoredValues(system.settings.secret_keys).use(connection, NEW)
        await put(system, "W")
        await system.add_worker()
        assert (await show(system, "between")).stdout_tail == f"{digest(VALUE)}\n"
        rotated = (await system.http.post("/api/secret-keys/rotate")).json()["data"]
        assert rotated["encrypted"] == 2, "V and the signing key; W was encrypted before"
        assert set(await keys_of(system)) == {NEW.id, OLD.id}


async def test_signing_keys_and_channels_are_encrypted_too(url: str, tmp_path: Path) -> None:
    """From the start in a new database; in one of the version before with the first rotation."""
    channel = {
        "kind": "webhook",
        "url": "http://127.0.0.1:9/hook-token-71",
        "headers": {"Authorization": "Bearer 4711"},
    }
    async with opened(url, tmp_path) as system:
        assert (await system.http.put("/api/alerts/channels/chat", json=channel)).status_code == 200
        _, signing = await system.backend.identities.keys.newest()
        for word in ("hook-token-71", "Bearer 4711", signing):
            assert len(await stored(system, word)) == 1, "in clear"
        await system.http.post(
            "/api/users", json={"username": "ann", "password": "a long password", "role": "operator"}
        )
        pair = await system.client.login("ann", "a long password")
    async with opened(url, tmp_path, OLD) as system:
        assert len(await stored(system, signing)) == 1, "the version before may be running"
        assert await count_in_clear(system.backend.context) == 2, "and the start says so"
        await system.http.post("/api/secret-keys/rotate")
        assert await count_in_clear(system.backend.context) == 0
        for word in ("hook-token-71", "Bearer 4711", signing):
            assert await stored(system, word) == []
        headers = {"Authorization": f"Bearer {pair.access_token}"}
        assert (await system.http.get("/api/auth/me", headers=headers)).status_code == 200
        made = (await system.http.post("/api/signing-keys/rotate", json={})).json()["data"]["id"]
        key_id, signing = await system.backend.identities.keys.newest()
        assert (key_id, await stored(system, signing)) == (made, [])
        await system.http.put("/api/alerts/channels/mail", json={**channel, "url": "http://127.0.0.1:9/hook-token-72"})
        assert await stored(system, "hook-token-72") == []
    async with opened(url, tmp_path, OLD) as system:
        assert (await system.http.get("/api/auth/me", headers=headers)).status_code == 200
        shown = {one["name"]: one for one in (await system.http.get("/api/alerts/channels")).json()["data"]}
        assert shown["chat"]["url"] == channel["url"]
        tried = (await system.http.post("/api/alerts/channels/chat/test")).json()["data"]
        assert "127.0.0.1:9" in tried["error"] or "connect" in tried["error"].lower()
        await execute(
            system, "update alert_channels c set config = o.config from alert_channels o where o.name = 'mail'"
        )
        shown = {one["name"]: one for one in (await system.http.get("/api/alerts/channels")).json()["data"]}
        assert set(shown) == {"mail"}, "a configuration that belongs to another channel is not used"


async def test_a_new_database_encrypts_from_the_start(url: str, tmp_path: Path) -> None:
    async with opened(url, tmp_path, OLD) as system:
        console = {"kind": "console"}
        assert (await system.http.put("/api/alerts/channels/desk", json=console)).status_code == 200
        assert await keys_of(system) == {OLD.id: (True, True, 1)}, "a channel without an address has no secret"
        assert await count_in_clear(system.backend.context) == 0


async def findings_of(system: System) -> list[tuple[str, str]]:
    """Return what the doctor says of the keys, signed in."""
    options = ConnectionOptions(url=system.backend.url, token=system.token)
    return [(one.state, one.detail) for one in await examine(options, Settings()) if one.what == "Key of secrets"]


async def test_the_doctor_names_what_is_wrong_with_the_keys(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKDECK_DATA_DIR", str(tmp_path))
    async with opened(url, tmp_path) as system:
        [(state, detail)] = await findings_of(system)
        assert (state, "taskdeck secret-key create FILE" in detail) == ("warning", True)
    async with opened(url, tmp_path, OLD) as system:
        [(state, detail)] = await findings_of(system)
        assert (state, "none is in use, and 1 value stored in clear" in detail) == ("warning", True)
        await system.http.post("/api/secret-keys/rotate")
        await put(system, "V")
        assert [state for state, _ in await findings_of(system)] == ["ok"]
    async with opened(url, tmp_path, NEW, OLD) as system:
        [(state, detail)] = await findings_of(system)
        assert (state, f"the former key {OLD.id} is still in use" in detail) == ("warning", True)
    assert await replace_lost_key(Settings(database_url=url, secrets_key=NEW.text())) == NEW.id
    async with opened(url, tmp_path, NEW) as system:
        [(state, detail)] = await findings_of(system)
        assert (state, f"the key {OLD.id} encrypts" in detail) == ("problem", True)
    on_the_server = await check_state(url, KeyRing([NEW, OLD]))
    [found] = [one for one in on_the_server if one.what == "Key of secrets"]
    assert f"the former key {OLD.id} still encrypts" in found.detail
