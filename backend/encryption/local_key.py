"""The key of a local backend's secrets: in a file of its data directory, or in the system's keyring."""

import asyncio
from pathlib import Path

from backend.encryption.key_files import create_key_file, read_key_file
from backend.encryption.key_ring import KeyRing, new_key, parse_keys
from shared.errors import StartupError

KEY_FILE = "secrets-key"
_SERVICE = "taskdeck-secrets"
_KEYRING_SECONDS = 20.0
"""A keyring that is locked asks the person for its password."""


async def local_key_ring(data_dir: Path, *, in_keyring: bool) -> KeyRing:
    """Return the keys of the backend of a data directory, made at its first start; raises `StartupError`."""
    if not in_keyring:
        return await asyncio.to_thread(_from_file, data_dir / KEY_FILE)
    try:
        async with asyncio.timeout(_KEYRING_SECONDS):
            return await asyncio.to_thread(_from_keyring, str(data_dir))
    except TimeoutError as error:
        raise StartupError(
            f"The system's keyring did not answer within {_KEYRING_SECONDS:g} s. Unlock it and start again, or unset "
            "TASKDECK_SECRETS_KEYRING."
        ) from error


def _from_file(file: Path) -> KeyRing:
    if not file.exists():
        create_key_file(file)
    return KeyRing(read_key_file(file))


def _from_keyring(account: str) -> KeyRing:
    """Return what the keyring has for a data directory. A keyring is no part of an installation without a console."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise StartupError(
            "TASKDECK_SECRETS_KEYRING needs the package keyring: pip install 'taskdeck[console]'. Or unset it: the key "
            "is then in a file of the data directory."
        ) from error
    try:
        stored = keyring.get_password(_SERVICE, account)
        if stored is None:
            stored = new_key().text()
            keyring.set_password(_SERVICE, account, stored)
        return KeyRing(parse_keys(stored))
    except (KeyringError, RuntimeError) as error:
        raise StartupError(
            f"The system's keyring cannot be used: {error}. Unlock or install one, or unset TASKDECK_SECRETS_KEYRING: "
            "the key is then in a file of the data directory."
        ) from error
    except ValueError as error:
        raise StartupError(f"The entry {_SERVICE} of the system's keyring {error}.") from error
