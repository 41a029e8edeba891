"""Attacks on the secrets of the backend: what each gets, and that tasks get what is theirs."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backend.broker.keys import new_secret_text
from backend.broker.messages import WORKER_COMMANDS, Assign, Assignment
from backend.broker.secret_seals import DeliveryKey
from backend.encryption.key_ring import new_key
from backend.worker.secrets import Secrets
from shared.models.run import Run
from tests.conftest import Databases
from tests.integration.test_broker_attacks import Recorder
from tests.integration.test_secrets import listen, stored
from tests.system import System, open_system

VALUE = "correct horse/battery & staple"
_SHOW = 'printf %s "$V" | sha256sum | cut -c -16'


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    from backend.broker.in_process import InProcessBroker
    from backend.broker.rabbitmq import RabbitBroker

    made = Recorder()
    for kind in (InProcessBroker, RabbitBroker):
        made.tap(kind, monkeypatch)
    return made


@pytest.fixture(params=["in-process", "rabbitmq"])
async def system(
    request: pytest.FixtureRequest, recorder: Recorder, databases: Databases, tmp_path: Path
) -> AsyncIterator[System]:
    """A system with a key of secrets, and the keys of workers."""
    broker = None if request.param == "in-process" else request.getfixturevalue("rabbit_url")
    url = await databases.create()
    keys = {"signing_key": new_secret_text(), "secrets_key": new_key().text()}
    try:
        async with open_system(url, broker, tmp_path, **keys) as opened:
            yield opened
    finally:
        await databases.drop(url)


async def put(system: System, name: str, value: str = VALUE, *, folder: str = "", status: int = 200) -> dict[str, Any]:
    answer = await system.http.put(f"/api/secrets/{name}", json={"value": value, "folder": folder})
    assert answer.status_code == status, answer.text
    assert value not in answer.text
    return dict(answer.json())


async def show(system: System, name: str, *, folder: str = "", **fields: Any) -> Run:
    """Run a task that prints the digest of the secret V."""
    return await system.run(name, command=_SHOW, folder=folder, environment={"V": "${secret:V}"}, **fields)


async def execute(system: System, statement: str, **parameters: Any) -> None:
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text(statement), parameters)


def sent_secrets(recorder: Recorder) -> list[tuple[Assignment, str]]:
    """Return the assignments that were sent with a secret, and its sealed form."""
    found = []
    for queue, body, _ in recorder.sent:
        if queue.startswith("worker.") and isinstance(command := WORKER_COMMANDS.decode(body), Assign):
            found += [(one, secret.sealed or "") for one in command.assignments for secret in one.secrets]
    return found


async def test_a_task_gets_the_secret_of_the_nearest_folder(system: System) -> None:
    await system.add_worker(key=await system.enroll("w1"))
    await put(system, "V", "for every task")
    await put(system, "V", "for finance only", folder="finance")
    for folder, value in {
        "": "for every task",
        "sales": "for every task",
        "finances": "for every task",
        "finance": "for finance only",
        "finance/daily/late": "for finance only",
    }.items():
        run = await show(system, f"in {folder}", folder=folder)
        assert (run.status, run.stdout_tail) == ("succeeded", f"{digest(value)}\n"), (folder, run.error)
    await put(system, "V", "changed since then", folder="finance")
    assert (await show(system, "again", folder="finance")).stdout_tail == f"{digest('changed since then')}\n"
    listed = (await system.http.get("/api/secrets")).json()["data"]
    assert [(one["name"], one["folder"], one["is_readable"]) for one in listed] == [
        ("V", "", True),
        ("V", "finance", True),
    ]
    assert all(one["last_used_at"] for one in listed)
    for path, status in {"/api/secrets/V?folder=finance": 204, "/api/secrets/V?folder=sales": 404}.items():
        assert (await system.http.delete(path)).status_code == status
    assert (await show(system, "fallback", folder="finance")).stdout_tail == f"{digest('for every task')}\n"


async def test_the_value_is_nowhere_but_in_its_command(
    system: System, recorder: Recorder, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await system.add_worker(key=await system.enroll("w1"))
    events: list[str] = []
    listening = asyncio.create_task(listen(system, events))
    await put(system, "V")
    task = {"environment": {"V": "${secret:V}"}, "arguments": ["${secret:V}"]}
    command = 'echo "$V $1" | tee /dev/stderr; printf \'{"v": "%s"}\' "$V" >"$TASKDECK_OUTPUT"; exit 3'
    run = await system.run("leak", command=command, **task)
    assert (run.status, run.stdout_tail, run.stderr_tail) == ("failed", "*** ***\n", "*** ***\n")
    answers = [
        (await system.http.get(path)).text
        for path in (
            "/api/secrets",
            "/api/secret-keys",
            f"/api/runs/{run.id}",
            f"/api/runs/{run.id}/inputs",
            f"/api/runs/{run.id}/logs",
            f"/api/tasks/{run.task_id}",
            "/api/audit?limit=100",
            "/api/system/dead-letters",
        )
    ]
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert sent_secrets(recorder)
    out, err = capfd.readouterr()
    spool = [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    messages = [body.decode(errors="replace") for _, body, _ in recorder.sent]
    for word in (VALUE, "battery", VALUE.encode().hex(), "Y29ycmVjdCBob3JzZS9iYXR0ZXJ5"):
        assert await stored(system, word) == []
        for place in (answers, events, spool, messages, [out, err]):
            assert not [found for found in place if word in found], word
    refused = await system.http.put("/api/secrets/V", json={"value": VALUE, "folder": "a\nb", "no": VALUE})
    assert (refused.status_code, VALUE in refused.text) == (422, False)
    entry = (await system.http.get("/api/audit?action=secret.set")).json()["data"][0]
    assert (entry["object_id"], entry["detail"], entry["actor"]) == ("V", {"folder": ""}, "local")


async def test_ciphertexts_that_are_exchanged_or_changed_are_refused(system: System) -> None:
    await system.add_worker(key=await system.enroll("w1"))
    await put(system, "V", "of the low folder", folder="low")
    await put(system, "V", "of the high folder", folder="high")
    await put(system, "OTHER", "another one there", folder="low")
    copy = """
        update secrets s set nonce = o.nonce, ciphertext = o.ciphertext, key_id = o.key_id, version = o.version
        from secrets o where s.name = 'V' and s.folder = 'low' and o.name = :name and o.folder = :folder
    """
    for name, folder in (("V", "high"), ("OTHER", "low")):
        await execute(system, copy, name=name, folder=folder)
        run = await show(system, f"copied {name}", folder="low")
        assert (run.status, run.stdout_tail) == ("failed", None)
        assert "low/V cannot be read: its stored form was changed or belongs to another object" in (run.error or "")
    await execute(system, "update secrets set version = version + 1 where folder = 'high'")
    assert "was changed" in ((await show(system, "older", folder="high")).error or "")
    await put(system, "V", "set once more", folder="low")
    assert (await show(system, "mended", folder="low")).status == "succeeded"


async def test_what_was_sent_is_worth_nothing_to_another_worker_or_attempt(system: System, recorder: Recorder) -> None:
    key = await system.enroll("w1")
    await system.add_worker(key=key)
    await put(system, "V")
    await show(system, "one")
    ((assignment, sealed),) = sent_secrets(recorder)
    delivery = DeliveryKey.of("w1", key.secret)
    assert delivery.open(sealed, name="V", ref=assignment.ref) == VALUE
    other = await system.enroll("w2")
    renewed = await system.enroll("w1")
    refs = [
        type(assignment.ref)(assignment.run_id + 1, assignment.attempt),
        type(assignment.ref)(assignment.run_id, assignment.attempt + 1),
    ]
    attempts = [
        (DeliveryKey.of("w2", other.secret), "V", assignment.ref),
        (DeliveryKey.of("w1", renewed.secret), "V", assignment.ref),
        (DeliveryKey.of("w2", key.secret), "V", assignment.ref),
        (delivery, "W", assignment.ref),
        *((delivery, "V", ref) for ref in refs),
    ]
    for stranger, name, ref in attempts:
        with pytest.raises(ValueError, match="another key"):
            stranger.open(sealed, name=name, ref=ref)


async def test_the_worker_decides_first(system: System) -> None:
    """Its own secret wins, and the rules of its owner hold for those of the backend too."""
    await put(system, "V", "of the backend")
    key = await system.enroll("w1")
    await system.add_worker(key=key, secrets=Secrets({"V": "of the worker"}, task_folders={"V": ["open"]}))
    assert (await show(system, "own", folder="open")).stdout_tail == f"{digest('of the worker')}\n"
    refused = await show(system, "refused", folder="closed")
    assert "the secret V is not permitted to tasks in the folder closed" in (refused.error or "")
    await put(system, "W", "not named by the owner")
    unnamed = await system.run("unnamed", command="true", folder="open", environment={"W": "${secret:W}"})
    assert "the secret W is not permitted to any task" in (unnamed.error or "")


async def test_a_secret_that_nobody_has_names_all_places(system: System) -> None:
    await system.add_worker(key=await system.enroll("w1"))
    run = await show(system, "none")
    assert (run.error or "").startswith("this worker has no secret V: set TASKDECK_SECRET_V")
    assert "taskdeck secret set V" in (run.error or "")


async def test_references_in_an_http_command_are_sent_too(system: System, recorder: Recorder) -> None:
    await system.add_worker(key=await system.enroll("w1"))
    await put(system, "V")
    command = json.dumps({"url": "http://127.0.0.1:9/", "headers": {"Authorization": "Bearer ${secret:V}"}})
    run = await system.run("http", executor="http", command=command)
    assert len(sent_secrets(recorder)) == 1
    assert VALUE not in (run.error or "")


async def test_only_administrators_set_and_delete(system: System) -> None:
    await put(system, "V")
    password = "a long password"
    expected: Mapping[str, tuple[int, int]] = {"viewer": (0, 403), "operator": (1, 403), "admin": (1, 200)}
    for role, (lists, sets) in expected.items():
        await system.http.post("/api/users", json={"username": role, "password": password, "role": role})
        pair = await system.client.login(role, password)
        headers = {"Authorization": f"Bearer {pair.access_token}"}
        body = {"value": "another value"}
        listed = (await system.http.get("/api/secrets", headers=headers)).json()["data"]
        assert len(listed) == lists
        assert (await system.http.put("/api/secrets/V", json=body, headers=headers)).status_code == sets
        assert (await system.http.post("/api/secret-keys/rotate", headers=headers)).status_code == sets
        assert (await system.http.delete("/api/secrets/V", headers=headers)).status_code == {200: 204}.get(sets, sets)


@pytest.mark.parametrize(
    ("name", "value"),
    [("V", "abc"), ("V", "a\x00bcd"), ("V", "x" * 40_000), ("..", VALUE), ("a b", VALUE), ("V" * 101, VALUE)],
)
async def test_what_cannot_be_a_secret_is_refused(system: System, name: str, value: str) -> None:
    answer = await system.http.put(f"/api/secrets/{name}", json={"value": value})
    assert answer.status_code in (404, 405, 422)
    assert value not in answer.text or len(value) == 3
    assert (await system.http.get("/api/secrets")).json()["data"] == []


async def test_an_administrator_of_a_folder_has_its_secrets(system: System) -> None:
    """He sets those of his folder, and sees the names of those above, which his tasks can use."""
    person = {"username": "ann", "password": "a long password", "role": "member"}
    await system.http.post("/api/users", json=person)
    await system.http.post("/api/grants", json={"user": "ann", "folder": "finance/daily", "permission": "admin"})
    pair = await system.client.login("ann", "a long password")
    headers = {"Authorization": f"Bearer {pair.access_token}"}
    for folder in ("", "finance", "sales"):
        await put(system, "V", folder=folder)
    for folder, status in {"finance/daily/late": 200, "finance/daily": 200, "finance": 403, "": 403}.items():
        body = {"value": "a value", "folder": folder}
        assert (await system.http.put("/api/secrets/MINE", json=body, headers=headers)).status_code == status
    listed = (await system.http.get("/api/secrets", headers=headers)).json()["data"]
    assert [(one["name"], one["folder"]) for one in listed] == [
        ("MINE", "finance/daily"),
        ("MINE", "finance/daily/late"),
        ("V", ""),
        ("V", "finance"),
    ]
    for path, status in {"V?folder=sales": 403, "V": 403, "MINE?folder=finance/daily": 204}.items():
        assert (await system.http.delete(f"/api/secrets/{path}", headers=headers)).status_code == status
