"""Which backend the console talks to."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from console.connection.client import ConsoleClient
from shared.client import TaskdeckClient
from shared.client.protection import trust
from shared.client.session import LoginAuth, TokenAuth
from shared.errors import BackendUnreachableError, UnauthorizedError
from shared.local_backend import find_local_backend
from shared.models.auth import TokenPair


@dataclass(frozen=True, slots=True)
class LocalEndpoint:
    """The backend of this machine, found through its data directory at each attempt."""

    data_dir: Path

    @property
    def key(self) -> str:
        """What tells this endpoint from every other."""
        return f"local:{self.data_dir}"

    def open(self) -> TaskdeckClient:
        """Return a client; raises `BackendUnreachableError` while no backend runs here."""
        found = find_local_backend(self.data_dir)
        if found is None:
            raise BackendUnreachableError(
                f"No backend runs on this machine with the data directory {self.data_dir}. "
                "Start one with 'taskdeck up', or choose another backend."
            )
        return ConsoleClient(found.url, auth=TokenAuth(found.token))


@dataclass(frozen=True, slots=True)
class RemoteEndpoint:
    """A backend at an address, with the pair of tokens that a login gave."""

    url: str
    pair: TokenPair | None = None
    on_renewed: Callable[[TokenPair], None] | None = None
    ca_file: str = ""
    allows_http: bool = False

    @property
    def key(self) -> str:
        """What tells this endpoint from every other."""
        return self.url

    @property
    def host(self) -> str:
        """The address as a person names it."""
        return urlsplit(self.url).netloc or self.url

    def open(self) -> TaskdeckClient:
        """Return a client.

        Raises `UnauthorizedError` where nobody has signed in, `ClearTextRefusedError` for HTTP to another machine.
        """
        if self.pair is None:
            raise UnauthorizedError(f"Sign in to {self.host} to see its tasks.")
        auth: httpx.Auth = LoginAuth(self.pair, on_renewed=self.on_renewed)
        return ConsoleClient(self.url, auth=auth, tls=trust(self.ca_file), allows_http=self.allows_http)


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """A backend at an address, with a token that the environment gave."""

    url: str
    token: str
    ca_file: str = ""
    allows_http: bool = False

    @property
    def key(self) -> str:
        """What tells this endpoint from every other."""
        return self.url

    @property
    def host(self) -> str:
        """The address as a person names it."""
        return urlsplit(self.url).netloc or self.url

    def open(self) -> TaskdeckClient:
        """Return a client; raises `ClearTextRefusedError` for HTTP to another machine."""
        auth = TokenAuth(self.token)
        return ConsoleClient(self.url, auth=auth, tls=trust(self.ca_file), allows_http=self.allows_http)


Endpoint = LocalEndpoint | RemoteEndpoint | TokenEndpoint
