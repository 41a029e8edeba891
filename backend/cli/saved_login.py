"""The tokens of `taskdeck login`, in a file that only its owner can read."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from shared.errors import StartupError
from shared.models.auth import TokenPair

if TYPE_CHECKING:
    from filelock import AsyncFileLock

_LOCK_TIMEOUT_SECONDS = 30.0
"""Longer than another command takes to renew the tokens."""


def login_file() -> Path:
    return Path(platformdirs.user_config_dir("taskdeck", appauthor=False)) / "login.json"


@dataclass(frozen=True, slots=True)
class SavedLogin:
    """An address, the tokens for it, and how the connection is protected."""

    url: str
    pair: TokenPair
    ca_file: str = ""
    allows_http: bool = False

    def write(self) -> None:
        """Replace the file atomically; raises `StartupError` where it cannot be written."""
        path = login_file()
        partial = path.with_suffix(".partial")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial.unlink(missing_ok=True)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(
                    {
                        "url": self.url,
                        "ca_file": self.ca_file,
                        "allows_http": self.allows_http,
                        **self.pair.model_dump(),
                    },
                    file,
                )
            partial.replace(path)
        except OSError as error:
            raise StartupError(f"The tokens cannot be stored in {path}: {error.strerror}") from error

    @staticmethod
    def read() -> "SavedLogin | None":
        """Return the stored login, or None where there is none or the file is not valid."""
        try:
            content = json.loads(login_file().read_text(encoding="utf-8"))
            return SavedLogin(
                str(content.pop("url")),
                ca_file=str(content.pop("ca_file", "")),
                allows_http=content.pop("allows_http", False) is True,
                pair=TokenPair.model_validate(content),
            )
        except (OSError, ValueError, KeyError, AttributeError):
            return None

    @staticmethod
    def delete() -> bool:
        """Delete the stored login; return whether there was one."""
        path = login_file()
        was_there = path.exists()
        path.unlink(missing_ok=True)
        return was_there


@dataclass(frozen=True, slots=True)
class LoginStore:
    """The stored login of one address, shared by all commands that run at the same time."""

    url: str

    def exclusive(self) -> "AsyncFileLock":
        """Return the lock under which a command renews the tokens."""
        from filelock import AsyncFileLock  # most commands renew no tokens, and start sooner without it

        path = login_file()
        return AsyncFileLock(
            path.with_name(f"{path.name}.lock"), timeout=_LOCK_TIMEOUT_SECONDS, mode=0o600, run_in_executor=True
        )

    def load(self) -> TokenPair | None:
        """Return the stored tokens for the address, or None."""
        saved = SavedLogin.read()
        return saved.pair if saved is not None and saved.url == self.url else None

    def save(self, pair: TokenPair) -> None:
        """Store new tokens."""
        former = SavedLogin.read()
        is_same = former is not None and former.url == self.url
        (replace(former, pair=pair) if former is not None and is_same else SavedLogin(self.url, pair)).write()
