"""References to secrets, such as `${secret:NAME}`, resolved on the worker."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

_REFERENCE = re.compile(r"\$\{secret:([A-Za-z0-9_.-]+)\}")
VARIABLE_PREFIX = "TASKDECK_SECRET_"
FOLDER_VARIABLE = "TASKDECK_SECRETS_DIR"


class UnknownSecretError(Exception):
    """A reference names a secret that this worker does not have."""


def resolve(text: str, *, found: list[str]) -> str:
    """Return `text` with its references replaced; each value is added to `found`, to be masked.

    A secret is the environment variable TASKDECK_SECRET_NAME of the worker, or the file NAME below
    TASKDECK_SECRETS_DIR. Raises `UnknownSecretError`.
    """

    def value(match: re.Match[str]) -> str:
        secret = _read(match[1])
        found.append(secret)
        return secret

    return _REFERENCE.sub(value, text)


def spellings(secret: str) -> set[str]:
    """Return a secret as it may appear in output: as it is, and percent-encoded as in paths and in queries."""
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}


def resolve_all(values: Mapping[str, str], *, found: list[str]) -> dict[str, str]:
    """Return a mapping with the references in its values replaced."""
    return {name: resolve(value, found=found) for name, value in values.items()}


def _read(name: str) -> str:
    from_environment = os.environ.get(VARIABLE_PREFIX + name)
    if from_environment is not None:
        return from_environment
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder and name not in (".", ".."):
        try:
            return (Path(folder) / name).read_text(encoding="utf-8").rstrip("\n")
        except OSError:
            pass
    raise UnknownSecretError(
        f"this worker has no secret {name}: set {VARIABLE_PREFIX}{name}, "
        f"or put a file {name} into the folder that {FOLDER_VARIABLE} names"
    )
