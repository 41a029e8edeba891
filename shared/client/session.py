"""Authentication of a client: a fixed token, or a pair of tokens that is renewed."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

import httpx

from shared.models.auth import TokenPair

REFRESH_PATH = "/api/auth/refresh"
_RENEWAL_TIMEOUT_SECONDS = 20.0
"""The backend answers within 12 s also where its database does not."""


class TokenAuth(httpx.Auth):
    """A personal API token, or that of the local backend."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class TokenStore(Protocol):
    """Where a pair of tokens is kept for several processes, of which one at a time renews it."""

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        """Return a context that only one process can be in."""

    def load(self) -> TokenPair | None:
        """Return the pair that was saved last, by whichever process."""

    def save(self, pair: TokenPair) -> None:
        """Keep a pair: a refresh token is valid once."""


class LoginAuth(httpx.Auth):
    """An access token that is renewed with its refresh token when the backend rejects it.

    `on_renewed` receives each new pair where there is one process; with a `store`, processes share the pair.
    """

    def __init__(
        self,
        pair: TokenPair,
        *,
        on_renewed: Callable[[TokenPair], None] | None = None,
        store: TokenStore | None = None,
    ) -> None:
        self._pair = pair
        self._on_renewed = on_renewed
        self._store = store
        self._lock = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Override of httpx: send the request, and repeat it with a new access token if it was rejected."""
        used = self._pair
        request.headers["Authorization"] = f"Bearer {used.access_token}"
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        async with self._lock:
            if self._pair is used:
                async with self._store.exclusive() if self._store is not None else nullcontext():
                    stored = self._store.load() if self._store is not None else None
                    if stored is not None and stored != used:
                        self._pair = stored
                    else:
                        renewal = yield self._renewal(request, used)
                        # httpx reads a body only if asked to, and an override of the flow has to ask itself.
                        await renewal.aread()
                        if renewal.status_code != httpx.codes.OK:
                            return
                        self._keep(TokenPair.model_validate(renewal.json()["data"]))
        request.headers["Authorization"] = f"Bearer {self._pair.access_token}"
        yield request

    def _renewal(self, request: httpx.Request, used: TokenPair) -> httpx.Request:
        return httpx.Request(
            "POST",
            request.url.copy_with(raw_path=REFRESH_PATH.encode()),
            json={"refresh_token": used.refresh_token},
            extensions={"timeout": httpx.Timeout(_RENEWAL_TIMEOUT_SECONDS).as_dict()},
        )

    def replace(self, pair: TokenPair) -> None:
        """Use another pair from now on, such as that of a new session."""
        self._keep(pair)

    def _keep(self, pair: TokenPair) -> None:
        self._pair = pair
        if self._store is not None:
            self._store.save(pair)
        if self._on_renewed is not None:
            self._on_renewed(pair)
