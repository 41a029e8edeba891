"""What browsers are told: pages cannot be framed, scripts come from the package, other origins get nothing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from backend.api.security_headers import security_headers
from backend.settings import Settings
from tests.system import System, open_system

ORIGIN = "https://wall.example"


async def test_every_answer_has_the_headers(system: System) -> None:
    answers = [
        await system.http.get(path)
        for path in ("/health", "/ready", "/metrics", "/docs", "/redoc", "/setup", "/openapi.json", "/api/tasks")
    ]
    answers += [
        await system.http.get("/api/nothing"),  # 404
        await system.http.patch("/api/tasks"),  # 405
        await system.http.post("/api/tasks", json={"nonsense": 1}),  # 422
        await system.http.post("/api/tasks", content=b"x" * 2_000_000),  # 413
        await system.http.get("/api/tasks", headers={"Authorization": "Bearer tdk_wrong"}),  # 401
        await system.http.post("/api/auth/login", json={"username": "nobody", "password": "wrong"}),  # 401
    ]
    for answer in answers:
        place = f"{answer.request.url} {answer.status_code}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff", place
        assert answer.headers["X-Frame-Options"] == "DENY", place
        assert answer.headers["Referrer-Policy"] == "no-referrer", place
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, place
        assert "frame-ancestors 'none'" in policy, place
        assert "Strict-Transport-Security" not in answer.headers, place
    assert answers[-1].headers["Cache-Control"] == "no-store"


def test_https_stays_https() -> None:
    assert "max-age=31536000" in security_headers("/", uses_tls=True)["Strict-Transport-Security"]


async def test_the_pages_load_nothing_from_elsewhere(system: System) -> None:
    for page in ("/docs", "/redoc"):
        text = (await system.http.get(page)).text
        named = re.findall(r'(?:src|href)="([^"]*)"', text)
        assert len(named) >= 3
        assert not re.search(r"<script>|\bon\w+=", text), "no script within the page"
        for address in named:
            assert "//" not in address
            answer = await system.http.get(f"/{address}")
            assert answer.status_code == 200, address
            assert answer.content
    for name in ("../setup_page.py", "%2e%2e%2fcore.py", "core.py", "nothing.js"):
        assert (await system.http.get(f"/docs/{name}")).status_code == 404


async def test_the_setup_page_runs_its_own_script_only(system: System) -> None:
    answer = await system.http.get("/setup?token=abc")
    policy = answer.headers["Content-Security-Policy"]
    assert re.search(r"script-src 'sha256-[^']+';", policy)
    assert "unsafe" not in policy
    assert len(re.findall("<script", answer.text)) == 1
    assert not re.search(r"\bon\w+=", answer.text)
    for words in ("Set up Taskdeck", "初始化 Taskdeck", "Create administrator", "创建管理员"):
        assert words in answer.text


def preflight(**changes: str) -> dict[str, str]:
    usual = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    return {**usual, "Access-Control-Request-Headers": "authorization,content-type", **changes}


async def test_other_origins_get_nothing_by_default(system: System) -> None:
    asked = await system.http.options("/api/tasks", headers=preflight())
    assert asked.status_code == 405
    read = await system.http.get("/api/tasks", headers={"Origin": ORIGIN})
    for answer in (asked, read):
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.fixture
async def opened(database_url: str, tmp_path: Path) -> AsyncIterator[System]:
    async with open_system(database_url, None, tmp_path, cors_origins=f"{ORIGIN}, http://localhost:3000") as system:
        yield system


async def test_a_named_origin_may_call_the_api_and_no_other(opened: System) -> None:
    asked = await opened.http.options("/api/tasks", headers=preflight())
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in asked.headers
    read = await opened.http.get("/api/tasks", headers={"Origin": ORIGIN})
    assert read.headers["access-control-allow-origin"] == ORIGIN
    assert "ETag" in read.headers["access-control-expose-headers"]
    for origin in ("https://evil.example", f"{ORIGIN}.evil.example", "null", "http://wall.example"):
        refused: httpx.Response = await opened.http.options("/api/tasks", headers=preflight(Origin=origin))
        assert "access-control-allow-origin" not in refused.headers, origin


@pytest.mark.parametrize("origins", ["*", "wall.example", "https://wall.example/", "https://a.example/x", "null"])
def test_what_is_no_origin_is_refused(origins: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        Settings(cors_origins=origins)
