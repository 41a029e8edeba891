"""To which addresses the backend hands out codes: to a program on the person's own machine, and nowhere else."""

import re
from urllib.parse import urlencode

from shared.errors import ValidationFailedError
from shared.loopback_address import CALLBACK_PATH, HOST

_LOOPBACK = re.compile(rf"http://(?:{re.escape(HOST)}|\[::1\]):([1-9][0-9]{{0,4}}){re.escape(CALLBACK_PATH)}")


def loopback_port(redirect_uri: str) -> int:
    """Return the port of a redirect URI; raises `ValidationFailedError` for any other than a client of ours sends."""
    found = _LOOPBACK.fullmatch(redirect_uri)
    if found is None or int(found[1]) > 65535:
        raise ValidationFailedError.of(
            "redirect_uri", f"must be http://{HOST}:PORT{CALLBACK_PATH}: codes are given to this machine only"
        )
    return int(found[1])


def with_parameters(redirect_uri: str, **parameters: str) -> str:
    """Return a redirect URI with a query."""
    return f"{redirect_uri}?{urlencode(parameters)}"
