"""What a page elsewhere, or text in a page, can make a browser do."""

import re

from shared.enums import Role
from tests.attacks.table import Actor, Attacks, NotPossibleHereError
from tests.attacks.target import Target, refused

BROWSER = Attacks[Target]()
_EVIL = "https://evil.example"
_MARKUP = "<img src=x onerror=alert(1)>"


@BROWSER.attack(
    Actor.STRANGER, "frames the pages of the backend to catch clicks", gets="no frame: both headers, on errors too"
)
async def clickjacking(target: Target) -> None:
    for path in ("/setup", "/docs", "/redoc", "/health", "/api/tasks", "/api/nothing", "/openapi.json"):
        headers = (await target.send("GET", path)).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@BROWSER.attack(
    Actor.STRANGER, "brings a script into the pages by the address", gets="a page without it, and no script but its own"
)
async def reflected_script(target: Target) -> None:
    for path in (
        f"/setup?token={_MARKUP}",
        "/setup?token=%3Cscript%3E",
        f"/docs?url={_EVIL}/openapi.json",
        f"/redoc?x={_MARKUP}",
    ):
        answer = await target.send("GET", path)
        assert "evil" not in answer.text
        assert "onerror" not in answer.text or answer.headers["content-type"] == "application/problem+json"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert not re.search(r"script-src[^;]*(unsafe|https?:|\*)", policy), policy


@BROWSER.attack(
    Actor.OPERATOR, "writes markup into names, which errors and lists repeat", gets="JSON that no browser interprets"
)
async def stored_markup(target: Target) -> None:
    task = await target.system.create(_MARKUP, executor="noop", description=_MARKUP)
    for path in (f"/api/tasks/{task}", f"/api/tasks?q={_MARKUP}", f"/api/{_MARKUP}", f"/api/calendars/{_MARKUP}"):
        answer = await target.send("GET", path, by=Role.VIEWER)
        assert answer.headers["content-type"] in ("application/json", "application/problem+json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@BROWSER.attack(
    Actor.COMMAND,
    "prints a page with a script, whose log somebody opens in a browser",
    gets="JSON or events, not to be sniffed",
)
async def page_as_output(target: Target) -> None:
    run = await target.system.run("page", command="echo '<html><script>alert(1)</script>'")
    for path in (f"/api/runs/{run.id}/logs", f"/api/runs/{run.id}", f"/api/runs/{run.id}/logs/follow"):
        answer = await target.send("GET", path, by=Role.VIEWER)
        assert answer.headers["content-type"].split(";")[0] in ("application/json", "text/event-stream"), answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@BROWSER.attack(
    Actor.STRANGER, "reads the API from a page of another origin", gets="no CORS header, also for the preflight"
)
async def other_origin(target: Target) -> None:
    for origin in (_EVIL, "null", target.system.backend.url, "http://127.0.0.1", "file://"):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answers = [
            await target.send("OPTIONS", "/api/tasks", headers=asked),
            await target.send("GET", "/api/tasks", by=Role.VIEWER, headers={"Origin": origin}),
            await target.send("GET", "/api/stream?topics=x", by=Role.VIEWER, headers={"Origin": origin}),
        ]
        for answer in answers:
            assert not [name for name in answer.headers if name.startswith("access-control")], origin
        assert answers[0].status_code == 405


@BROWSER.attack(
    Actor.STRANGER, "makes a signed-in person's browser send a form", gets="401: nothing is signed in by a cookie"
)
async def forged_form(target: Target) -> None:
    signed_in = await target.send("GET", "/api/auth/me", by=Role.ADMIN)
    assert "set-cookie" not in signed_in.headers
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=a"):
        body = b'{"name": "a", "executor": "noop", "x": "="}'
        headers = {"Content-Type": kind, "Cookie": "session=1", "Origin": _EVIL}
        refused(await target.send("POST", "/api/tasks", content=body, headers=headers), 401)


@BROWSER.attack(
    Actor.STRANGER, "sends another Host, to be named in the page of the setup link", gets="a page that does not name it"
)
async def other_host(target: Target) -> None:
    for name in ("Host", "X-Forwarded-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"):
        for path in ("/setup", "/docs", "/api/nothing", "/openapi.json"):
            answer = await target.send("GET", path, headers={name: "evil.example"})
            assert "evil.example" not in answer.text
            assert "location" not in answer.headers


@BROWSER.attack(Actor.LOCAL_USER, "reads tokens from the cache of a browser or a proxy", gets="no-store")
async def cached(target: Target) -> None:
    for answer in (
        await target.send("POST", "/api/auth/login", json={"username": "a", "password": "b"}),
        await target.send("GET", "/api/auth/me", by=Role.ADMIN),
        await target.send("POST", "/api/tokens", by=Role.ADMIN, json={"name": "kept"}),
        await target.send("GET", "/setup?token=abc"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@BROWSER.attack(
    Actor.STRANGER, "learns from errors and probes what runs inside", gets="no version, path, address or statement"
)
async def disclosure(target: Target) -> None:
    for path in ("/ready", "/health", "/api/nothing", "/api/tasks"):
        answer = await target.send("GET", path)
        assert "server" not in answer.headers
        for word in ("postgres", "127.0.0.1", "site-packages", "Traceback", "uvicorn", "asyncpg", "select "):
            assert word not in answer.text, (path, word)


@BROWSER.attack(Actor.OPERATOR, "names a task with an image, for a tooltip of the console to load", gets="its text")
async def tooltip(target: Target) -> None:
    try:
        from console.widgets.plain_tip import plain_tip
    except ImportError as error:
        raise NotPossibleHereError("the console is not installed") from error
    name = '<img src="//evil.example/x.png"><b>bold</b>'
    task = await target.system.create(name, executor="noop")
    shown = (await target.send("GET", f"/api/tasks/{task}", by=Role.VIEWER)).json()["data"]["name"]
    assert shown == name
    assert "<img" not in plain_tip(shown)
    assert "&lt;img" in plain_tip(shown)
