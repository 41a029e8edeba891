"""Authentication of a client: a fixed token, or a pair of tokens that is renewed."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import httpx

from shared.models.auth import TokenPair

REFRESH_PATH = "/api/auth/refresh"


class TokenAuth(httpx.Auth):
    """A personal API token, or that of the local backend."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class LoginAuth(httpx.Auth):
    """An access token that is renewed with its refresh token when the backend rejects it as expired.

    `on_renewed` receives each new pair and must store it: a refresh token is valid once.
    """

    requires_response_body = True

    def __init__(self, pair: TokenPair, *, on_renewed: Callable[[TokenPair], None] | None = None) -> None:
        self._pair = pair
        self._on_renewed = on_renewed
        self._lock = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send the request, and repeat it with a new access token if it was rejected."""
        used = self._pair
        request.headers["Authorization"] = f"Bearer {used.access_token}"
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        async with self._lock:
            if self._pair is used:
                renewal = yield httpx.Request(
                    "POST",
                    request.url.copy_with(raw_path=REFRESH_PATH.encode()),
                    json={"refresh_token": used.refresh_token},
                )
                if renewal.status_code != httpx.codes.OK:
                    return
                self._pair = TokenPair.model_validate(renewal.json()["data"])
                if self._on_renewed is not None:
                    self._on_renewed(self._pair)
        request.headers["Authorization"] = f"Bearer {self._pair.access_token}"
        yield request
