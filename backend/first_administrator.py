"""How servers get their first administrator: from a file with the password, or from a link that is logged."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from backend.private_files import exposure
from shared.errors import StartupError
from shared.models.auth import PASSWORD_LENGTH, Password

_PASSWORD: TypeAdapter[str] = TypeAdapter(Password)
_ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104


def read_password(path: Path) -> str:
    """Return the password in a file, without the white space around it; raises `StartupError` if it is not usable."""
    name = f"TASKDECK_ADMIN_PASSWORD_FILE {path}"
    remedy = f"Write a password of at least {PASSWORD_LENGTH} characters into it."
    try:
        if (why := exposure(path)) is not None:
            raise StartupError(f"{name} is not private: {why}")
        password = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StartupError(f"{name} cannot be read: {error.strerror}. {remedy}") from error
    except UnicodeDecodeError as error:
        raise StartupError(f"{name} is not a text in UTF-8. {remedy}") from error
    if not password:
        raise StartupError(f"{name} is empty. {remedy}")
    try:
        return _PASSWORD.validate_python(password)
    except ValidationError as error:
        raise StartupError(f"{name} holds {len(password)} characters. {remedy}") from error


def setup_link(token: str, *, listens_on: str, public_url: str | None, hostname: str) -> str:
    """Return the link that creates the first administrator, at an address that a browser can open.

    `listens_on` is the URL of the API's socket, whose host is replaced by this machine's name if it stands for every
    address.
    """
    base = public_url
    if base is None:
        socket = urlsplit(listens_on)
        host = hostname if socket.hostname in _ANY_ADDRESS else socket.netloc.rpartition(":")[0]
        base = f"{socket.scheme}://{host}:{socket.port}"
    return f"{base.rstrip('/')}/setup?token={token}"
