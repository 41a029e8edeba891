"""Forged, copied, replayed and misplaced tokens."""

import asyncio
import base64
import json
from typing import Any

import jwt

from backend.accounts import access_tokens
from shared.enums import Role
from shared.models.auth import TokenPair
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import PASSWORD, Person, Target, refused, statuses

TOKENS = Attacks[Target]()
ME = "/api/auth/me"
_OPEN = ("/api/auth/methods",)
"""What is asked before a sign-in."""


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return the header, the claims and the signature of a token."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.get_unverified_header(token), claims, token.rpartition(".")[2]


async def expect_refused(target: Target, *tokens: str) -> None:
    for token in tokens:
        refused(await target.send("GET", ME, by=token), 401, code="unauthorized")


async def renew(target: Target, refresh_token: str) -> TokenPair | None:
    answer = await target.send("POST", "/api/auth/refresh", json={"refresh_token": refresh_token})
    if answer.status_code == 200:
        return TokenPair.model_validate(answer.json()["data"])
    refused(answer, 401)
    return None


async def personal(target: Target, person: Person, **fields: Any) -> dict[str, Any]:
    answer = await target.send("POST", "/api/tokens", by=person, json={"name": "script", **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["data"])


@TOKENS.attack(Actor.STRANGER, "reads every list without a token", gets="401")
async def no_token(target: Target) -> None:
    paths = (await target.send("GET", "/openapi.json")).json()["paths"]
    lists = [
        path
        for path, operations in paths.items()
        if path.startswith("/api") and path not in _OPEN and "get" in operations
    ]
    assert len(lists) > 40
    for path in lists:
        refused(await target.send("GET", path.replace("{name}", "a").replace("{worker_id}", "a")), 401, 422)


@TOKENS.attack(Actor.STRANGER, "signs an access token with `alg: none`, in any spelling", gets="401")
async def alg_none(target: Target) -> None:
    header, claims, _ = opened(target.people[Role.ADMIN].token)
    for name in ("none", "None", "NONE", "nOnE", ""):
        for signature in ("", "AAAA"):
            await expect_refused(target, f"{part({**header, 'alg': name})}.{part(claims)}.{signature}")


@TOKENS.attack(
    Actor.STRANGER, "signs an access token with a key of their own, under the kid of the backend's", gets="401"
)
async def foreign_key(target: Target) -> None:
    header, claims, _ = opened(target.people[Role.ADMIN].token)
    for key in ("x" * 32, header["kid"] * 4):
        await expect_refused(target, jwt.encode(claims, key, algorithm="HS256", headers=header))


@TOKENS.attack(Actor.STRANGER, "names a file, a path or SQL as kid, and signs with what it would hold", gets="401")
async def kid_tricks(target: Target) -> None:
    _, claims, _ = opened(target.people[Role.ADMIN].token)
    for kid in ("../../../../dev/null", "/dev/null", "' union select '", "\x00", "", "a" * 5000):
        for key in (b"\x00", b" "):
            forged = jwt.encode(claims, key * 32, algorithm="HS256", headers={"kid": kid})
            await expect_refused(target, forged)


@TOKENS.attack(Actor.STRANGER, "brings the key along: jwk, jku and x5u in the header", gets="401; nothing is fetched")
async def key_in_header(target: Target) -> None:
    header, claims, _ = opened(target.people[Role.ADMIN].token)
    fetched: list[object] = []
    server = await asyncio.start_server(lambda *streams: fetched.append(streams), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
    key = "k" * 32
    own = {"kty": "oct", "k": base64.urlsafe_b64encode(key.encode()).decode().rstrip("="), "kid": "own"}
    async with server:
        for more in ({"jwk": own}, {"jku": url}, {"x5u": url}, {"x5c": ["AAAA"]}, {"crit": ["jwk"], "jwk": own}):
            for kid in ("own", header["kid"]):
                token = jwt.encode(claims, key, algorithm="HS256", headers={"kid": kid, **more})
                await expect_refused(target, token)
    assert fetched == []


@TOKENS.attack(Actor.VIEWER, "puts the administrator's claims under the signature of their own token", gets="401")
async def exchanged_payload(target: Target) -> None:
    header, claims, signature = opened(target.people[Role.VIEWER].token)
    _, others, _ = opened(target.people[Role.ADMIN].token)
    for changed in (others, {**claims, "sid": others["sid"]}, {**claims, "role": "admin"}, {**claims, "exp": 2**33}):
        await expect_refused(target, f"{part(header)}.{part(changed)}.{signature}")


@TOKENS.attack(Actor.VIEWER, "cuts, extends and mangles a real token", gets="401, never a crash")
async def mangled(target: Target) -> None:
    token = target.people[Role.VIEWER].token
    head, claims, signature = token.split(".")
    for one in (
        f"{head}.{claims}",
        f"{head}.{claims}.",
        f"{head}..{signature}",
        f"{token}.{signature}",
        token[:-2],
        "a.b.c",
        "..",
        "[]",
        f"{part({'alg': ['HS256']})}.{claims}.{signature}",
        f"{part({})}.{claims}.{signature}",
        f"{base64.b64encode(b'[' * 3000).decode()}.{claims}.{signature}",
    ):
        await expect_refused(target, one)


@TOKENS.attack(Actor.VIEWER, "uses an access token after its end", gets="401, and the reason")
async def expired(target: Target) -> None:
    person = target.people[Role.VIEWER]
    key_id, secret = await target.system.backend.identities.keys.newest()
    session = opened(person.token)[1]["sid"]
    old = access_tokens.encode(session, person.user_id, key_id=key_id, secret=secret, seconds=-1)
    assert "has expired" in refused(await target.send("GET", ME, by=old), 401)["detail"]


@TOKENS.attack(Actor.VIEWER, "uses a refresh token as an access token", gets="401")
async def refresh_as_access(target: Target) -> None:
    await expect_refused(target, target.people[Role.VIEWER].pair.refresh_token)


@TOKENS.attack(Actor.VIEWER, "uses an access token or a personal token as a refresh token", gets="401")
async def access_as_refresh(target: Target) -> None:
    person = target.people[Role.VIEWER]
    made = await personal(target, person)
    for token in (person.token, made["token"]):
        assert await renew(target, token) is None


@TOKENS.attack(Actor.STRANGER, "replays a refresh token that was stolen", gets="401, and the end of the whole session")
async def refresh_replayed(target: Target) -> None:
    owner = await target.new_person()
    renewed = await renew(target, owner.pair.refresh_token)
    assert renewed is not None
    assert await renew(target, owner.pair.refresh_token) is None
    await expect_refused(target, owner.token, renewed.access_token)
    assert await renew(target, renewed.refresh_token) is None


@TOKENS.attack(Actor.STRANGER, "uses a stolen refresh token at the same moment as its owner", gets="nothing that lasts")
async def refresh_race(target: Target) -> None:
    owner = await target.new_person()
    pairs = await asyncio.gather(*(renew(target, owner.pair.refresh_token) for _ in range(6)))
    won = [pair for pair in pairs if pair is not None]
    assert len(won) <= 1
    for pair in won:
        await expect_refused(target, pair.access_token)
        assert await renew(target, pair.refresh_token) is None


@TOKENS.attack(Actor.STRANGER, "puts a token into the address, a cookie, a form or another header", gets="401")
async def misplaced(target: Target) -> None:
    token = target.people[Role.ADMIN].token
    for name in ("token", "access_token", "authorization", "api_key"):
        refused(await target.send("GET", f"{ME}?{name}={token}"), 401, 422)
        refused(await target.send("GET", ME, headers={"Cookie": f"{name}={token}"}), 401)
    for name in ("X-Api-Key", "X-Auth-Token", "Proxy-Authorization"):
        refused(await target.send("GET", ME, headers={name: f"Bearer {token}"}), 401)


@TOKENS.attack(
    Actor.VIEWER, "sends two Authorization headers, their own and a guess at another", gets="never more rights"
)
async def two_headers(target: Target) -> None:
    viewer = target.people[Role.VIEWER].token.encode()
    for pair in ((viewer, b"tdk_guess"), (b"tdk_guess", viewer), (viewer, viewer)):
        lines = b"".join(b"Authorization: Bearer " + token + b"\r\n" for token in pair)
        said = await target.raw(b"GET /api/users HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + lines + b"\r\n")
        assert said.startswith((b"HTTP/1.1 401", b"HTTP/1.1 403")), said[:100]


@TOKENS.attack(Actor.STRANGER, "sends a token under another scheme", gets="401")
async def other_scheme(target: Target) -> None:
    token = target.people[Role.ADMIN].token
    for value in (f"Basic {token}", token, f"Token {token}", f"Bearer{token}", "Bearer", "Bearer null", "Bearer \t"):
        said = await target.raw(
            f"GET {ME} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: {value}\r\n\r\n".encode()
        )
        assert said.startswith(b"HTTP/1.1 401"), (value, said[:100])


@TOKENS.attack(Actor.STRANGER, "guesses a personal token by its beginning", gets="401")
async def token_prefix(target: Target) -> None:
    token = (await personal(target, target.people[Role.ADMIN]))["token"]
    await expect_refused(target, token[:-1], token[:20], f"{token}x", token.upper(), "tdk_", "tdk_%")


@TOKENS.attack(Actor.VIEWER, "lists tokens to read their values", gets="names only")
async def values_of_tokens(target: Target) -> None:
    person = await target.new_person()
    value = (await personal(target, person))["token"]
    listed = await target.send("GET", "/api/tokens", by=person)
    assert listed.status_code == 200
    assert value not in listed.text
    assert value.removeprefix("tdk_")[:12] not in listed.text


@TOKENS.attack(Actor.VIEWER, "deletes the token of somebody else by its number", gets="404")
async def token_of_another(target: Target) -> None:
    made = await personal(target, target.people[Role.ADMIN])
    refused(await target.send("DELETE", f"/api/tokens/{made['id']}", by=Role.VIEWER), 404)
    assert (await target.send("GET", ME, by=made["token"])).status_code == 200


@TOKENS.attack(Actor.OPERATOR, "makes a wider token with a narrow one", gets="422")
async def wider_token(target: Target) -> None:
    operator = target.people[Role.OPERATOR]
    narrow = (await personal(target, operator, scope="run"))["token"]
    for scope in ("edit", "admin"):
        answer = await target.send("POST", "/api/tokens", by=narrow, json={"name": "wider", "scope": scope})
        assert "scope" in refused(answer, 422)["errors"][0]["field"]
    refused(await target.send("POST", "/api/tokens", by=operator, json={"name": "wider", "scope": "admin"}), 422)
    inherited = await target.send("POST", "/api/tokens", by=narrow, json={"name": "same"})
    assert inherited.json()["data"]["scope"] == "run"


@TOKENS.attack(Actor.OPERATOR, "edits a task with a token that may only run it", gets="403")
async def narrow_token(target: Target) -> None:
    narrow = (await personal(target, target.people[Role.OPERATOR], scope="run"))["token"]
    task = await target.system.create("narrow", executor="noop", command="")
    for method, path in (("PATCH", f"/api/tasks/{task}"), ("DELETE", f"/api/tasks/{task}"), ("POST", "/api/tasks")):
        refused(await target.send(method, path, by=narrow, json={"description": "changed"}), 403)


@TOKENS.attack(Actor.VIEWER, "uses a deleted token, or one whose owner changed the password", gets="401 at once")
async def ended_tokens(target: Target) -> None:
    person = await target.new_person()
    first, second = await personal(target, person), await personal(target, person)
    assert (await target.send("GET", ME, by=first["token"])).status_code == 200
    assert (await target.send("DELETE", f"/api/tokens/{first['id']}", by=person)).status_code == 204
    await expect_refused(target, first["token"])
    change = {"password": f"{PASSWORD}, another one"}
    changed = await target.send("PATCH", f"/api/users/{person.user_id}", by=Role.ADMIN, json=change)
    assert changed.status_code == 200
    await expect_refused(target, second["token"], person.token)
    assert await renew(target, person.pair.refresh_token) is None


@TOKENS.attack(Actor.STRANGER, "goes on with the tokens of somebody who signed out", gets="401 at once")
async def signed_out(target: Target) -> None:
    person = await target.new_person()
    body = {"refresh_token": person.pair.refresh_token}
    assert (await target.send("POST", "/api/auth/logout", json=body)).status_code == 204
    await expect_refused(target, person.token)
    assert await renew(target, person.pair.refresh_token) is None


@TOKENS.attack(
    Actor.VIEWER, "keeps a stream open after the token was deleted", gets="the event `expired`, then the end"
)
async def stream_outlives(target: Target) -> None:
    person = await target.new_person()
    made = await personal(target, person)
    headers = {"Authorization": f"Bearer {made['token']}"}
    async with asyncio.timeout(20), target.stranger.stream("GET", "/api/stream", headers=headers) as answer:
        assert answer.status_code == 200
        assert (await target.send("DELETE", f"/api/tokens/{made['id']}", by=person)).status_code == 204
        said = b"".join([piece async for piece in answer.aiter_raw()])
    assert b"event: expired" in said


@TOKENS.attack(Actor.STRANGER, "takes the name of a deleted account, or waits for it to be taken again", gets="401")
async def reused_name(target: Target) -> None:
    person = await target.new_person()
    kept = (await personal(target, person))["token"]
    assert (await target.send("DELETE", f"/api/users/{person.user_id}", by=Role.ADMIN)).status_code == 204
    new = {"username": person.name, "password": PASSWORD, "role": "admin"}
    assert (await target.send("POST", "/api/users", by=Role.ADMIN, json=new)).status_code == 201
    await expect_refused(target, kept, person.token)
    assert await renew(target, person.pair.refresh_token) is None


@TOKENS.attack(
    Actor.VIEWER, "sends another account's Idempotency-Key to get its answer, a token", gets="an answer of their own"
)
async def key_of_another(target: Target) -> None:
    body, headers = {"name": "shared"}, {"Idempotency-Key": "the same key"}
    answers = [
        await target.send("POST", "/api/tokens", by=by, json=body, headers=headers)
        for by in (Role.ADMIN, Role.VIEWER, Role.ADMIN)
    ]
    assert statuses(answers) == {201}
    first, other, again = (answer.json()["data"] for answer in answers)
    assert other["id"] != first["id"]
    assert other["scope"] == "read"
    assert again == {**first, "token": None}
    different = await target.send("POST", "/api/tokens", by=Role.ADMIN, json={"name": "b"}, headers=headers)
    refused(different, 409)
