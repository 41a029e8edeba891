"""The port at which a client waits for the browser: who may call it, and what the person sees."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from shared.client import TaskdeckClient
from shared.client.browser_sign_in import BrowserSignIn
from shared.enums import SignInFailure
from shared.errors import ClearTextRefusedError, SingleSignOnError, UnauthorizedError
from shared.loopback_address import CALLBACK_PATH
from shared.models.auth import SingleSignOn
from shared.proof_key import challenge_of

BACKEND = "http://127.0.0.1:9"
METHOD = SingleSignOn(name="Example", start_url=f"{BACKEND}/api/auth/oidc/start")
TOKENS = {"access_token": "a", "refresh_token": "r", "expires_in": 900}


class Backend:
    """Exchanges one code."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.refuses = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(request.content)
        if self.refuses:
            problem = {"title": "x", "status": 401, "detail": "The code is too old.", "code": "unauthorized"}
            return httpx.Response(401, json=problem)
        return httpx.Response(200, json={"data": TOKENS})


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
async def sign_in(backend: Backend) -> AsyncIterator[BrowserSignIn]:
    async with (
        TaskdeckClient(BACKEND, transport=httpx.MockTransport(backend)) as client,
        BrowserSignIn(client, METHOD) as opened,
    ):
        yield opened


def asked(sign_in: BrowserSignIn) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(sign_in.url).query))


async def call(sign_in: BrowserSignIn, *, headers: dict[str, str] | None = None, **query: str) -> httpx.Response:
    async with httpx.AsyncClient() as browser:
        return await browser.get(asked(sign_in)["redirect_uri"], params=query, headers=headers)


async def test_a_code_becomes_tokens_and_the_page_says_so_in_both_languages(
    sign_in: BrowserSignIn, backend: Backend
) -> None:
    waiting = asyncio.create_task(sign_in.wait())
    page = await call(sign_in, code="c", state=asked(sign_in)["state"])
    assert (await waiting).access_token == "a"
    assert "You can close this window" in page.text
    assert "您可以关闭此窗口" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    (body,) = backend.bodies
    verifier = httpx.Response(200, content=body).json()["code_verifier"]
    assert challenge_of(verifier) == asked(sign_in)["code_challenge"]


async def test_who_does_not_know_the_state_is_ignored(sign_in: BrowserSignIn, backend: Backend) -> None:
    waiting = asyncio.create_task(sign_in.wait())
    for query in ({"code": "evil", "state": "guessed"}, {"code": "evil"}, {"error": "access_denied", "state": ""}):
        assert (await call(sign_in, headers={}, **query)).status_code == 400
    assert not waiting.done()
    assert backend.bodies == []
    await call(sign_in, code="c", state=asked(sign_in)["state"])
    assert (await waiting).access_token == "a"


async def test_other_names_paths_and_methods_find_nothing(sign_in: BrowserSignIn) -> None:
    state = asked(sign_in)["state"]
    rebound = await call(sign_in, headers={"Host": "evil.example"}, code="c", state=state)
    async with httpx.AsyncClient() as browser:
        posted = await browser.post(asked(sign_in)["redirect_uri"], params={"code": "c", "state": state})
        icon = await browser.get(asked(sign_in)["redirect_uri"].replace(CALLBACK_PATH, "/favicon.ico"))
    assert [answer.status_code for answer in (rebound, posted, icon)] == [404, 404, 404]


async def test_a_flood_and_a_head_without_end_keep_nobody_out(sign_in: BrowserSignIn) -> None:
    waiting = asyncio.create_task(sign_in.wait())
    port = urlsplit(asked(sign_in)["redirect_uri"]).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 100_000)
    assert await reader.read() == b""
    writer.close()
    await call(sign_in, code="c", state=asked(sign_in)["state"])
    assert (await waiting).access_token == "a"


@pytest.mark.parametrize("failure", [one for one in SignInFailure if one is not SignInFailure.TIMED_OUT])
async def test_a_failure_is_raised_with_its_sentence(sign_in: BrowserSignIn, failure: SignInFailure) -> None:
    waiting = asyncio.create_task(sign_in.wait())
    page = await call(sign_in, error=failure, state=asked(sign_in)["state"])
    assert "You are not signed in" in page.text
    with pytest.raises(SingleSignOnError) as caught:
        await waiting
    assert caught.value.failure is failure
    assert len(caught.value.detail) > 30


async def test_a_code_that_the_backend_refuses_is_no_success(sign_in: BrowserSignIn, backend: Backend) -> None:
    backend.refuses = True
    waiting = asyncio.create_task(sign_in.wait())
    page = await call(sign_in, code="c", state=asked(sign_in)["state"])
    assert "You are not signed in" in page.text
    with pytest.raises(UnauthorizedError, match="too old"):
        await waiting


async def test_nobody_is_waited_for_without_end(sign_in: BrowserSignIn) -> None:
    with pytest.raises(SingleSignOnError) as caught:
        await sign_in.wait(seconds=0)
    assert caught.value.failure is SignInFailure.TIMED_OUT


async def test_the_address_of_the_last_page_may_be_pasted(sign_in: BrowserSignIn) -> None:
    given = asked(sign_in)
    for wrong in ("", "nonsense", f"{given['redirect_uri']}?code=c&state=guessed", f"http://a/?state={given['state']}"):
        assert not sign_in.accept(wrong)
    assert sign_in.accept(f" {given['redirect_uri']}?code=c&state={given['state']}\n")
    assert (await sign_in.wait()).access_token == "a"


async def test_a_backend_cannot_send_the_browser_where_others_read_along() -> None:
    async with TaskdeckClient("https://deck.example.org") as client:
        with pytest.raises(ClearTextRefusedError, match="TASKDECK_PUBLIC_URL"):
            BrowserSignIn(client, SingleSignOn(name="x", start_url="http://deck.example.org/api/auth/oidc/start"))
