"""How a client protects what it sends: whom it trusts, and that no password or token travels in clear."""

import ssl
from urllib.parse import urlsplit

import certifi

from shared.errors import BackendUnreachableError, ClearTextRefusedError
from shared.loopback import is_loopback


def trust(ca_file: str) -> ssl.SSLContext:
    """Return whom to trust: the usual authorities, and the one in `ca_file`. Nothing is ever left unverified.

    Raises `BackendUnreachableError` where the file cannot be used.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Beside those of the system: not every installation of Python knows where they are.
    context.load_verify_locations(cafile=certifi.where())
    if not ca_file:
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise BackendUnreachableError(
            f"The certificate authority's file {ca_file} cannot be used: {error.strerror or error}. "
            "Name a file with certificates in PEM form."
        ) from error
    return context


def sends_in_clear(url: str) -> bool:
    """Whether what is sent to a URL can be read on its way."""
    parts = urlsplit(url)
    return parts.scheme != "https" and not is_loopback(parts.hostname or "")


def check_protected(url: str, *, allows_http: bool) -> None:
    """Raise `ClearTextRefusedError` for an address at which passwords and tokens could be read on their way."""
    if sends_in_clear(url) and not allows_http:
        raise ClearTextRefusedError(
            f"{url} is not encrypted: everybody on the way could read your password and tokens. Use https://. "
            "On a network that you trust: --allow-http, or TASKDECK_ALLOW_HTTP=1."
        )
