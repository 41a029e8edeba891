"""Files with keys of secrets: one key a line, the newest first, readable by their owner only."""

import os
import tempfile
from pathlib import Path

from backend.encryption.key_ring import SecretKey, new_key, parse_keys
from shared.errors import StartupError


def create_key_file(file: Path) -> SecretKey:
    """Write a new file with one key; raises `StartupError`, also where it exists."""
    key = new_key()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(f"{key.text()}\n")
    except FileExistsError as error:
        raise StartupError(f"{file} exists. To add a key to it: taskdeck secret-key add {file}") from error
    except OSError as error:
        raise StartupError(f"{file} cannot be created: {error.strerror}.") from error
    return key


def add_key(file: Path) -> SecretKey:
    """Put a new key before those of a file, which is replaced as a whole; raises `StartupError`."""
    former = read_key_file(file)
    key = new_key()
    lines = "".join(f"{one.text()}\n" for one in (key, *former))
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        unfinished = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(lines)
            if os.name == "posix":
                status = file.stat()
                os.chown(unfinished, status.st_uid, status.st_gid)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise StartupError(f"{file} cannot be replaced: {error.strerror}. It is unchanged.") from error
    return key


def read_key_file(file: Path) -> tuple[SecretKey, ...]:
    """Return the keys of a file; raises `StartupError`."""
    try:
        return parse_keys(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartupError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise StartupError(f"{file} {error}.") from error
