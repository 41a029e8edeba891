"""A client that talks to something else than a backend, and what it does not ask on its way."""

import asyncio

import httpx
import pytest

from shared.client import TaskdeckClient
from shared.client.problems import unreachable
from shared.client.session import TokenAuth
from shared.enums import StreamTopic
from shared.errors import TaskdeckError


def client(status: int, text: str = "", **headers: str) -> TaskdeckClient:
    answer = httpx.Response(status, text=text, headers=headers)
    return TaskdeckClient("http://127.0.0.1", transport=httpx.MockTransport(lambda _: answer))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_an_error_that_names_it(status: int) -> None:
    async with client(status, Location="http://127.0.0.1:1/") as redirected:
        with pytest.raises(TaskdeckError, match=f"answered with status {status}"):
            await redirected.login("ann", "a password for tests")
        with pytest.raises(TaskdeckError, match=f"answered with status {status}"):
            await anext(redirected.stream([StreamTopic.RUNS]))


async def test_an_answer_that_is_no_json_is_quoted() -> None:
    async with client(200, "<html>Sign in to the Wi-Fi</html>") as captive:
        with pytest.raises(TaskdeckError, match="Sign in to the Wi-Fi"):
            await captive.list_workers()


async def test_no_proxy_of_the_environment_gets_what_is_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    proxy = await asyncio.start_server(lambda *streams: heard.append(streams), "127.0.0.1", 0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
    async with proxy:
        for host in ("127.0.0.1", "localhost", "[::1]"):
            async with TaskdeckClient(f"http://{host}:1", auth=TokenAuth("tdk_token")) as local:
                with pytest.raises(TaskdeckError, match="cannot be reached"):
                    await local.list_workers()
    assert heard == []


def test_an_address_that_refuses_is_named_without_the_words_of_the_transport() -> None:
    refused = unreachable("http://127.0.0.1:9", httpx.ConnectError("All connection attempts failed"))
    assert "cannot be reached: the connection failed. Check" in str(refused)
    expired = unreachable("https://a.test", httpx.ConnectError("certificate has expired"))
    assert "the connection failed (certificate has expired). Check" in str(expired)
