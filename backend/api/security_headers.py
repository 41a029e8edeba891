"""Headers that tell browsers what an answer may do: nothing, unless it is one of the pages."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.accounts.oidc.configuration import CALLBACK_PATH, START_PATH
from backend.api.setup_page import SETUP_PAGE
from shared.client.sign_in_page import STYLE_SOURCE

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # browsers without frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_DOCUMENTATION = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The library writes styles into its page and starts its search from a blob."""
_ONE_YEAR = "max-age=31536000"
_SECRET_PATHS = ("/api/auth/", "/api/tokens", "/setup")
"""Their answers hold tokens, or their addresses do: no cache keeps them."""


def _hash_of(element: str) -> str:
    """Return the source expression of the only inline element of this kind in the setup page."""
    found = re.search(rf"<{element}>(.*?)</{element}>", SETUP_PAGE, re.DOTALL)
    assert found is not None
    digest = hashlib.sha256(found[1].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


_SETUP = (
    f"default-src 'none'; script-src {_hash_of('script')}; style-src {_hash_of('style')}; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


_SIGN_IN = f"default-src 'none'; style-src {STYLE_SOURCE}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def security_headers(path: str, *, uses_tls: bool) -> dict[str, str]:
    """Return the headers of an answer to a request for `path`."""
    headers = dict(_COMMON)
    if path == "/setup":
        headers["Content-Security-Policy"] = _SETUP
    elif path in (START_PATH, CALLBACK_PATH):
        headers["Content-Security-Policy"] = _SIGN_IN
    elif path in ("/docs", "/redoc"):
        headers["Content-Security-Policy"] = _DOCUMENTATION
    else:
        headers["Content-Security-Policy"] = _NOTHING
    if path.startswith(_SECRET_PATHS):
        headers["Cache-Control"] = "no-store"
    if uses_tls:
        headers["Strict-Transport-Security"] = _ONE_YEAR
    return headers


class SecurityHeadersMiddleware:
    """Adds the headers to every answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in security_headers(scope["path"], uses_tls=scope["scheme"] == "https").items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_protected)
