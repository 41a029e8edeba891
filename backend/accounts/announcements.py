"""Announcements of changed accounts, from the replica that made the change to all of them."""

import asyncio
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.accounts.identity_cache import IdentityCache
from backend.accounts.signing_keys import SigningKeys
from backend.context import ServiceContext
from backend.database.notify import notify
from backend.events.listener import listen
from shared.errors import DatabaseUnavailableError

CHANNEL = "taskdeck_accounts"
_KEYS = "keys"
_RESTART_SECONDS = 0.5
"""Between the loss of the connection and the next attempt."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AccountAnnounced:
    """This replica has forgotten what it knew of an account that was changed."""

    user_id: int


@dataclass(frozen=True, slots=True)
class AccountsFollowed:
    """This replica receives announcements from now on."""


@dataclass(frozen=True, slots=True)
class KeysAnnounced:
    """This replica reads the signing keys again before it uses one."""


async def announce(connection: AsyncConnection, user_id: int) -> None:
    """Announce in the transaction of a change that the account has changed."""
    await notify(connection, CHANNEL, str(user_id))


async def announce_keys(connection: AsyncConnection) -> None:
    """Announce in the transaction of a change that the signing keys have changed."""
    await notify(connection, CHANNEL, _KEYS)


class AccountFollower:
    """Receives the announcements, and opens the cache while it does."""

    def __init__(self, context: ServiceContext, cache: IdentityCache, keys: SigningKeys) -> None:
        self._context = context
        self._cache = cache
        self._keys = keys

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await listen(self._context.database, CHANNEL, on_listening=self._opened, on_payload=self._announced)
            except DatabaseUnavailableError as error:
                log.warning(
                    "Changes of accounts are not received. Nothing is cached until they are.", cause=error.detail
                )
            finally:
                self._cache.close()
            await asyncio.sleep(_RESTART_SECONDS)

    def _opened(self) -> None:
        self._cache.open()
        self._keys.forget()
        self._context.passes.record(AccountsFollowed())

    def _announced(self, payload: str) -> None:
        if payload == _KEYS:
            self._keys.forget()
            self._context.passes.record(KeysAnnounced())
            return
        user_id = int(payload)
        self._cache.forget(user_id)
        self._context.passes.record(AccountAnnounced(user_id))
