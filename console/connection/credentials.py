"""Refresh tokens in the keyring of the system; in memory where there is none."""

import asyncio
import logging

from shared.models.auth import TokenPair

_SERVICE = "taskdeck"
_WAIT_SECONDS = 5.0
log = logging.getLogger(__name__)


class Credentials:
    """Keeps the tokens of each address.

    A keyring may ask the person for a password, so every call to it is made in a thread. Where there is no
    keyring the tokens live as long as the process, and `place` says so.
    """

    def __init__(self) -> None:
        self._known: dict[str, TokenPair] = {}

    async def load(self, url: str) -> TokenPair | None:
        """Return what was kept for `url`."""
        if url in self._known:
            return self._known[url]
        text = await self._in_thread(_read, url)
        if text is None:
            return None
        try:
            self._known[url] = TokenPair.model_validate_json(text)
        except ValueError:
            log.warning("What the keyring holds for %s is not a pair of tokens; sign in again.", url)
            return None
        return self._known[url]

    async def keep(self, url: str, pair: TokenPair) -> None:
        """Keep the tokens of `url`."""
        self._known[url] = pair
        await self._in_thread(_write, url, pair.model_dump_json())

    async def forget(self, url: str) -> None:
        """Forget the tokens of `url`."""
        self._known.pop(url, None)
        await self._in_thread(_delete, url)

    async def place(self) -> str:
        """Return the name of the keyring in which tokens lie; empty where they live only as long as the console."""
        return await self._in_thread(_keyring_name) or ""

    async def _in_thread(self, work: object, *arguments: str) -> str | None:
        assert callable(work)
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                found = await asyncio.to_thread(work, *arguments)
        except (ImportError, OSError, RuntimeError, TimeoutError) as error:
            log.info("There is no keyring to keep tokens in: %s", error)
            return None
        return found if isinstance(found, str) else None


def _keyring_name() -> str:
    import keyring
    from keyring.backends import fail

    found = keyring.get_keyring()
    if isinstance(found, fail.Keyring):
        raise RuntimeError("no keyring service answers")
    return str(found.name)


def _delete(url: str) -> None:
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(_SERVICE, url)
    except PasswordDeleteError:
        return
    except KeyringError as error:
        raise RuntimeError(str(error)) from error


def _read(url: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_SERVICE, url)
    except KeyringError as error:
        raise RuntimeError(str(error)) from error


def _write(url: str, text: str) -> None:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, url, text)
    except KeyringError as error:
        raise RuntimeError(str(error)) from error
