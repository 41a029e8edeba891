"""The password of an embedded PostgreSQL that listens on a port, where no socket protects it: on Windows."""

import os
import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

_FILE = "postgres-password"
"""In the data directory, beside the folder of the database."""
_RULES = """\
# Everybody who reaches this port must know the password in ../postgres-password.
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
"""
_TIMEOUT_SECONDS = 10


async def with_password(url: str, folder: Path) -> str:
    """Return the URL of a server on a port with its password, which the server requires from now on.

    A new server, and one of an earlier version, trusts everybody until this has been called once.
    """
    password = _password(folder.parent / _FILE)
    parts = urlsplit(url)
    secured = urlunsplit(
        parts._replace(netloc=f"{parts.username}:{quote(password, safe='')}@{parts.hostname}:{parts.port}")
    )
    rules = folder / "pg_hba.conf"
    if rules.read_text(encoding="utf-8") == _RULES:
        return secured
    connection = await asyncpg.connect(url, timeout=_TIMEOUT_SECONDS)
    try:
        await connection.execute("set password_encryption = 'scram-sha-256'")
        # The password has letters, digits, - and _ only; a statement for roles takes no parameters.
        await connection.execute(f"alter role {parts.username} password '{password}'")
        replacement = rules.with_suffix(".partial")
        replacement.write_text(_RULES, encoding="utf-8")
        replacement.replace(rules)
        await connection.execute("select pg_reload_conf()")
    finally:
        await connection.close()
    return secured


def _password(file: Path) -> str:
    """Return the password in a file, which is created where it does not exist, readable by its owner alone."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="utf-8")
    password = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(password)
    return password
