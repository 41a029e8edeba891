"""Files and keyrings with keys of secrets."""

import asyncio
import os
import stat
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from backend.encryption.key_files import add_key, create_key_file, read_key_file
from backend.encryption.local_key import KEY_FILE, local_key_ring
from shared.errors import StartupError


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_file_is_private_and_a_new_key_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    before = os.umask(0)
    try:
        first = create_key_file(file)
        assert mode(file) == 0o600
        second = add_key(file)
    finally:
        os.umask(before)
    assert read_key_file(file) == (second, first)
    assert (mode(file), list(tmp_path.iterdir())) == (0o600, [file])


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    create_key_file(file)
    content = file.read_bytes()
    with pytest.raises(StartupError, match=r"exists. To add a key to it: taskdeck secret-key add"):
        create_key_file(file)
    assert file.read_bytes() == content


def test_a_file_that_is_none_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("my notes\n")
    with pytest.raises(StartupError, match="must be one or more keys") as refused:
        add_key(file)
    assert "my notes" not in refused.value.detail
    assert file.read_text() == "my notes\n"
    with pytest.raises(StartupError, match="cannot be read: No such file"):
        add_key(tmp_path / "none")


async def test_a_local_backend_makes_its_key_once(tmp_path: Path) -> None:
    first = await local_key_ring(tmp_path, in_keyring=False)
    again = await local_key_ring(tmp_path, in_keyring=False)
    assert first.keys == again.keys
    assert mode(tmp_path / KEY_FILE) == 0o600


class MemoryKeyring(KeyringBackend):
    """A keyring in memory; `trouble` is raised by each call."""

    priority = 1

    def __init__(self, trouble: Exception | None = None) -> None:
        self.stored: dict[tuple[str, str], str] = {}
        self.trouble = trouble

    def get_password(self, service: str, username: str) -> str | None:
        if self.trouble is not None:
            raise self.trouble
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.stored[service, username] = password


@pytest.fixture
def memory() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture(autouse=True)
def own_keyring(memory: MemoryKeyring) -> None:
    keyring.set_keyring(memory)


async def test_the_keyring_has_the_key_in_place_of_a_file(tmp_path: Path, memory: MemoryKeyring) -> None:
    first = await local_key_ring(tmp_path, in_keyring=True)
    again = await local_key_ring(tmp_path, in_keyring=True)
    assert first.keys == again.keys
    assert list(memory.stored) == [("taskdeck-secrets", str(tmp_path))]
    assert list(tmp_path.iterdir()) == []
    other = await local_key_ring(tmp_path / "other", in_keyring=True)
    assert other.keys != first.keys


async def test_a_keyring_that_fails_names_the_way_out(tmp_path: Path, memory: MemoryKeyring) -> None:
    memory.trouble = KeyringLocked("it is locked")
    with pytest.raises(StartupError, match=r"it is locked. Unlock .* or unset TASKDECK_SECRETS_KEYRING"):
        await local_key_ring(tmp_path, in_keyring=True)
    memory.trouble = None
    memory.stored["taskdeck-secrets", str(tmp_path)] = "something else"
    with pytest.raises(StartupError, match=r"entry taskdeck-secrets .* must be one or more keys"):
        await local_key_ring(tmp_path, in_keyring=True)


async def test_a_keyring_that_never_answers_is_given_up(
    tmp_path: Path, memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_arguments: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "to_thread", never)
    real = asyncio.timeout
    monkeypatch.setattr(asyncio, "timeout", lambda _seconds: real(0.01))
    with pytest.raises(StartupError, match="did not answer within 20 s"):
        await local_key_ring(tmp_path, in_keyring=True)
