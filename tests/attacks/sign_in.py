"""Guessing at the sign-in, and what its answers tell."""

import time

from shared.enums import Role
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import PASSWORD, Target, refused, statuses

SIGN_IN = Attacks[Target]()
LOGIN = "/api/auth/login"
_TIMES = 3
"""Failures of a name beyond these are delayed."""


@SIGN_IN.attack(Actor.STRANGER, "compares the answers for a known and an unknown name", gets="the same 401")
async def same_answer(target: Target) -> None:
    known = (await target.new_person()).name
    answers = [
        refused(await target.send("POST", LOGIN, json={"username": name, "password": "wrong password"}), 401)
        for name in (known, "nobody-of-this-name", "local")
    ]
    assert answers[0] == answers[1] == answers[2]


@SIGN_IN.attack(Actor.STRANGER, "measures how long the answers take", gets="the cost of one hash for each")
async def same_cost(target: Target) -> None:
    known = (await target.new_person()).name
    quickest = {known: 9e9, "unknown": 9e9}
    for number in range(_TIMES):
        for kind, name in ((known, known), ("unknown", f"unknown-{number}")):
            began = time.monotonic()
            refused(await target.send("POST", LOGIN, json={"username": name, "password": "wrong password"}), 401)
            quickest[kind] = min(quickest[kind], time.monotonic() - began)
    assert 0.3 < quickest[known] / quickest["unknown"] < 3, quickest


@SIGN_IN.attack(Actor.STRANGER, "writes SQL, LDAP, NUL or markup as name and password", gets="401 or 422")
async def injected(target: Target) -> None:
    for text in ("' or 1=1 --", "%", "admin\x00", "<script>${jndi:ldap://a}\r\nadmin"):
        body = {"username": text, "password": text}
        refused(await target.send("POST", LOGIN, json=body), 401, 422)


@SIGN_IN.attack(Actor.STRANGER, "sends objects, lists and null for texts", gets="422")
async def wrong_types(target: Target) -> None:
    name = target.people[Role.ADMIN].name
    for password in ({"$ne": None}, ["a", "b"], None, True, 0, {"$gt": ""}):
        refused(await target.send("POST", LOGIN, json={"username": name, "password": password}), 422)


@SIGN_IN.attack(Actor.STRANGER, "signs in as the account of the machine, which has no password", gets="401")
async def without_password(target: Target) -> None:
    for password in ("", "None", "local"):
        refused(await target.send("POST", LOGIN, json={"username": "local", "password": password}), 401)


@SIGN_IN.attack(Actor.STRANGER, "writes a name that looks like another one", gets="401, and no account")
async def lookalikes(target: Target) -> None:
    name = target.people[Role.ADMIN].name
    for other in (name.upper(), f"{name} ", name.replace("a", "а")):
        refused(await target.send("POST", LOGIN, json={"username": other, "password": PASSWORD}), 401)
        new = {"username": other, "password": PASSWORD}
        if other != name.upper():
            refused(await target.send("POST", "/api/users", by=Role.ADMIN, json=new), 422)


@SIGN_IN.attack(Actor.STRANGER, "sends a password of a megabyte, to be hashed", gets="413, unread")
async def large_password(target: Target) -> None:
    for size, status in ((1_000_000, 413), (2000, 422)):
        refused(await target.send("POST", LOGIN, json={"username": "a", "password": "x" * size}), status)


@SIGN_IN.attack(
    Actor.VIEWER, "signs in after the account was disabled, with the right password", gets="the 401 of a wrong one"
)
async def disabled(target: Target) -> None:
    person = await target.new_person()
    change = await target.send("PATCH", f"/api/users/{person.user_id}", by=Role.ADMIN, json={"disabled": True})
    assert change.status_code == 200
    body = {"username": person.name, "password": PASSWORD}
    wrong = await target.send("POST", LOGIN, json={**body, "password": "wrong password"})
    assert refused(await target.send("POST", LOGIN, json=body), 401) == refused(wrong, 401)


@SIGN_IN.attack(
    Actor.STRANGER, "refreshes, signs out and sets up with empty and strange tokens", gets="401, 403 or 422"
)
async def strange_tokens(target: Target) -> None:
    for token in ("", " ", "\x00", "x" * 501, "' or 1=1 --", "null"):
        refused(await target.send("POST", "/api/auth/refresh", json={"refresh_token": token}), 401, 422)
        new = {"setup_token": token, "username": "eve", "password": PASSWORD}
        refused(await target.send("POST", "/api/auth/setup", json=new), 403, 422)
        ended = await target.send("POST", "/api/auth/logout", json={"refresh_token": token, "everywhere": True})
        assert ended.status_code in (204, 422)
    assert statuses([await target.send("GET", "/api/auth/me", by=role) for role in Role]) == {200}
