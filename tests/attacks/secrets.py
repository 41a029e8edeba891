"""Secrets of the backend: by the API, the database, the broker, a folder, and another worker's key."""

import asyncio

import asyncpg

from backend.broker.messages import WORKER_COMMANDS, Assign, Assignment
from backend.broker.secret_seals import DeliveryKey
from shared.enums import RunStatus
from tests.attacks.fleet import Fleet
from tests.attacks.table import Actor, Attacks
from tests.integration.test_backend_secrets import digest
from tests.integration.test_secrets import stored

SECRETS = Attacks[Fleet]()
VALUE = "correct horse/battery & staple"
_SHOW = 'printf %s "$V" | sha256sum | cut -c -16'


async def put(fleet: Fleet, name: str, value: str = VALUE, folder: str = "") -> None:
    answer = await fleet.system.http.put(f"/api/secrets/{name}", json={"value": value, "folder": folder})
    assert answer.status_code == 200, answer.text
    assert value not in answer.text


def sent(fleet: Fleet) -> list[tuple[Assignment, str]]:
    """Return the assignments that were sent with a secret, and its sealed form."""
    found = []
    for queue, body, _ in fleet.recorder.sent:
        if queue == "worker.w1" and isinstance(command := WORKER_COMMANDS.decode(body), Assign):
            found += [(one, secret.sealed or "") for one in command.assignments for secret in one.secrets]
    return found


@SECRETS.attack(Actor.ADMINISTRATOR, "asks the API for the value of a secret, in every way it has", gets="its name")
async def by_the_api(fleet: Fleet) -> None:
    await put(fleet, "API")
    for path in ("/api/secrets", "/api/secret-keys", "/api/audit?limit=200", "/api/audit/export", "/metrics"):
        answer = await fleet.system.http.get(path)
        assert answer.status_code == 200
        assert VALUE not in answer.text
    assert (await fleet.system.http.get("/api/secrets/API")).status_code == 405
    wrong = await fleet.system.http.put("/api/secrets/API", json={"value": VALUE, "folder": "a\nb", "no": VALUE})
    assert (wrong.status_code, VALUE in wrong.text) == (422, False)


@SECRETS.attack(Actor.NETWORK, "reads the database, what the broker stores, and the worker's spool", gets="ciphertexts")
async def at_rest(fleet: Fleet) -> None:
    await put(fleet, "V")
    run = await fleet.run(f"{_SHOW}; echo $V", environment={"V": "${secret:V}"})
    assert (run.status, run.stdout_tail) == (RunStatus.SUCCEEDED, f"{digest(VALUE)}\n***\n"), run.error
    assert sent(fleet)
    for word in (VALUE, "battery", VALUE.encode().hex()):
        assert await stored(fleet.system, word) == []
        assert not [body for _, body, _ in fleet.recorder.sent if word.encode() in body]
        files = [path for path in fleet.folder.rglob("*") if path.is_file()]
        assert not [path for path in files if word.encode() in path.read_bytes()]


@SECRETS.attack(Actor.WORKER, "opens a recorded secret with its own key, or for another attempt", gets="a refusal")
async def of_another_worker(fleet: Fleet) -> None:
    await put(fleet, "V")
    await fleet.run(_SHOW, environment={"V": "${secret:V}"})
    assignment, sealed = sent(fleet)[-1]
    own = DeliveryKey.of("w1", fleet.key.secret)
    assert own.open(sealed, name="V", ref=assignment.ref) == VALUE
    other_attempt = type(assignment.ref)(assignment.run_id, assignment.attempt + 1)
    for key, name, ref in (
        (DeliveryKey.of("mallory", fleet.mallory.secret), "V", assignment.ref),
        (DeliveryKey.of("w1", fleet.mallory.secret), "V", assignment.ref),
        (DeliveryKey.of("mallory", fleet.key.secret), "V", assignment.ref),
        (own, "W", assignment.ref),
        (own, "V", other_attempt),
    ):
        try:
            key.open(sealed, name=name, ref=ref)
        except ValueError:
            continue
        raise AssertionError(f"{key} opened {name} of {ref}")


@SECRETS.attack(Actor.OPERATOR, "uses the secret of a folder in another one", gets="a failed run")
async def of_another_folder(fleet: Fleet) -> None:
    await put(fleet, "FINANCE", folder="finance")
    for folder in ("", "sales", "finances", "finance2/x", "sales/finance"):
        run = await fleet.run("echo $V", folder=folder, environment={"V": "${secret:FINANCE}"})
        assert run.status is RunStatus.FAILED, folder
        assert "this worker has no secret FINANCE" in (run.error or "")


@SECRETS.attack(Actor.NETWORK, "exchanges ciphertexts in the database", gets="a failed run that says so")
async def exchanged(fleet: Fleet) -> None:
    await put(fleet, "SWAP", "of the low folder", "low")
    await put(fleet, "SWAP", "of the high folder", "high")
    connection = await asyncpg.connect(fleet.database_url.replace("+asyncpg", ""))
    await connection.execute(
        "update secrets s set nonce = o.nonce, ciphertext = o.ciphertext, key_id = o.key_id, version = o.version "
        "from secrets o where s.name = 'SWAP' and s.folder = 'low' and o.name = 'SWAP' and o.folder = 'high'"
    )
    await connection.close()
    run = await fleet.run("echo $V", folder="low", environment={"V": "${secret:SWAP}"})
    assert run.status is RunStatus.FAILED
    assert "its stored form was changed or belongs to another object" in (run.error or "")
    assert (await fleet.system.http.delete("/api/secrets/SWAP?folder=low")).status_code == 204


@SECRETS.attack(
    Actor.ADMINISTRATOR, "sets a secret eight times at the same moment", gets="one value, and 409 for the rest"
)
async def race(fleet: Fleet) -> None:
    values = [f"value number {number}" for number in range(8)]
    answers = await asyncio.gather(*(fleet.system.http.put("/api/secrets/RACE", json={"value": one}) for one in values))
    assert {answer.status_code for answer in answers} <= {200, 409}
    run = await fleet.run(_SHOW, environment={"V": "${secret:RACE}"})
    taken = {digest(one) for one, answer in zip(values, answers, strict=True) if answer.status_code == 200}
    assert (run.stdout_tail or "").strip() in taken
