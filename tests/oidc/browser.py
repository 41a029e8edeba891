"""A browser, and a client that opens it, on loopback."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx

from shared.loopback_address import CALLBACK_PATH, redirect_uri
from shared.models.auth import TokenPair
from shared.proof_key import challenge_of, new_verifier

MOST_REDIRECTS = 10
LOOPBACK = redirect_uri(9)
"""Where no client listens: the browser of the tests stops before it opens the page."""


class Browser:
    """Keeps cookies, follows links and redirects, and signs in at the provider's form as `subject`."""

    def __init__(self, subject: str = "", *, denies: bool = False) -> None:
        self._cookies = httpx.Cookies()
        self._subject = subject
        self._denies = denies

    async def get(self, url: str) -> httpx.Response:
        """Return the page at an address."""
        async with self._http() as http:
            return await http.get(url)

    async def open(self, url: str, *, until: str = CALLBACK_PATH) -> httpx.Response:
        """Open a page and confirm it; return the redirect to the path `until`, or the last answer if there is none."""
        async with self._http() as http:
            answer = await http.get(url)
            found = re.search(r'<a class="primary" href="([^"]+)"', answer.text)
            answer = await http.get(unescape(found[1])) if found else answer
            for _ in range(MOST_REDIRECTS):
                target = answer.headers.get("Location", "")
                if not target or urlsplit(target).path == until:
                    return answer
                answer = await http.get(answer.url.join(target))
                if answer.status_code == 200 and "/oauth2/authorize" in str(answer.url):
                    form = {"action": "deny"} if self._denies else {"sub": self._subject}
                    answer = await http.post(answer.url, data=form)
        raise AssertionError("too many redirects")

    @asynccontextmanager
    async def _http(self) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(timeout=30, cookies=self._cookies) as http:
            yield http
            self._cookies = http.cookies


@dataclass
class SignIn:
    """What a client sends and receives in one sign-in."""

    base_url: str
    verifier: str = field(default_factory=new_verifier)
    state: str = "the client's own state"

    @property
    def url(self) -> str:
        """The address that the client opens."""
        query = {"redirect_uri": LOOPBACK, "code_challenge": challenge_of(self.verifier), "state": self.state}
        return str(httpx.URL(f"{self.base_url}/api/auth/oidc/start", params=query))

    async def through(self, browser: Browser) -> dict[str, str]:
        """Sign in with a browser, and return what it brings to the client."""
        return handed_over(await browser.open(self.url))

    async def exchange(self, code: str, *, verifier: str | None = None) -> httpx.Response:
        """Exchange a code."""
        body = {"code": code, "code_verifier": verifier or self.verifier}
        async with httpx.AsyncClient() as http:
            return await http.post(f"{self.base_url}/api/auth/oidc/token", json=body)

    async def tokens(self, browser: Browser) -> TokenPair:
        """Sign in, and return the tokens."""
        brought = await self.through(browser)
        answer = await self.exchange(brought["code"])
        assert answer.status_code == 200, answer.text
        return TokenPair.model_validate(answer.json()["data"])


def handed_over(answer: httpx.Response) -> dict[str, str]:
    """Return the parameters of a redirect to the client."""
    assert answer.status_code == 303, answer.text
    target = answer.headers["Location"]
    assert target.startswith(LOOPBACK), target
    return dict(parse_qsl(urlsplit(target).query))
