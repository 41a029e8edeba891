"""Secrets of the backend. Their values are sent to it, and are in no answer."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from shared.folders import normal_folder
from shared.models.base import Input, Line, Output, Timestamp, promised

MOST_SECRET_BYTES = 32 * 1024
"""Room for a private key or a configuration with several; a batch of assignments carries one for each attempt."""
LEAST_SECRET_CHARACTERS = 4
"""A shorter one could not be hidden in output."""


def _checked_name(name: str) -> str:
    if name in (".", ".."):
        raise ValueError("must not be . or ..: a worker may have secrets in files of their names")
    return name


SecretName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]+$"),
    AfterValidator(_checked_name),
    promised(pattern=r"^(?!\.{1,2}$)[A-Za-z0-9_.-]+$"),
]


def _checked_value(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) < LEAST_SECRET_CHARACTERS:
        raise ValueError(f"must have at least {LEAST_SECRET_CHARACTERS} characters: it could not be hidden in output")
    if "\x00" in text:
        raise ValueError("must not contain a NUL character")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_SECRET_BYTES:
        raise ValueError(f"has {size:,} bytes; at most {MOST_SECRET_BYTES:,} are possible")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must be valid Unicode")
    return value


class SecretFields(Input):
    """The value of a secret, and the folder whose tasks may use it; those below too. Empty: every task."""

    value: Annotated[SecretStr, AfterValidator(_checked_value)] = Field(
        json_schema_extra={
            "minLength": LEAST_SECRET_CHARACTERS,
            "maxLength": MOST_SECRET_BYTES,
            "pattern": r"^[^\u0000]*$",
            "writeOnly": True,
        }
    )
    folder: Annotated[Line, StringConstraints(max_length=255), AfterValidator(normal_folder)] = ""


class Secret(Output):
    """A secret of the backend, without its value.

    `is_readable` is false where it was encrypted with a key that the answering backend does not have.
    """

    name: str
    folder: str = ""
    created_at: Timestamp
    created_by: str
    updated_at: Timestamp
    updated_by: str
    last_used_at: Timestamp | None = None
    key_id: str
    is_readable: bool = True


class SecretKeyInfo(Output):
    """A key that encrypts what is stored. `is_here`: the answering backend has it. `values`: how many it encrypts."""

    id: str
    is_in_use: bool
    is_here: bool
    values: int


class SecretKeyRotation(Output):
    """What a rotation did: values of former keys are encrypted with `key_id` now, but for the unreadable ones."""

    key_id: str
    encrypted: int
    unreadable: list[str] = []
