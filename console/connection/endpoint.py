"""Which backend the console talks to."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from shared.client import TaskdeckClient
from shared.client.session import LoginAuth, TokenAuth
from shared.errors import BackendUnreachableError, UnauthorizedError
from shared.local_backend import find_local_backend
from shared.models.auth import TokenPair


def trust(ca_file: str) -> ssl.SSLContext | bool:
    """Return whom to trust: the usual authorities, and the one in `ca_file`.

    Raises `BackendUnreachableError` where the file cannot be used.
    """
    if not ca_file:
        return True
    try:
        context = ssl.create_default_context()
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise BackendUnreachableError(
            f"The certificate authority's file {ca_file} cannot be used: {error.strerror or error}. "
            "Name a file with certificates in PEM form in the connection's settings."
        ) from error
    return context


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
        return TaskdeckClient(found.url, auth=TokenAuth(found.token))


@dataclass(frozen=True, slots=True)
class RemoteEndpoint:
    """A backend at an address, with the pair of tokens that a login gave."""

    url: str
    pair: TokenPair | None = None
    on_renewed: Callable[[TokenPair], None] | None = None
    ca_file: str = ""

    @property
    def key(self) -> str:
        """What tells this endpoint from every other."""
        return self.url

    @property
    def host(self) -> str:
        """The address as a person names it."""
        return urlsplit(self.url).netloc or self.url

    def open(self) -> TaskdeckClient:
        """Return a client; raises `UnauthorizedError` where nobody has signed in."""
        if self.pair is None:
            raise UnauthorizedError(f"Sign in to {self.host} to see its tasks.")
        auth: httpx.Auth = LoginAuth(self.pair, on_renewed=self.on_renewed)
        return TaskdeckClient(self.url, auth=auth, verify=trust(self.ca_file))


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """A backend at an address, with a token that the environment gave."""

    url: str
    token: str

    @property
    def key(self) -> str:
        """What tells this endpoint from every other."""
        return self.url

    @property
    def host(self) -> str:
        """The address as a person names it."""
        return urlsplit(self.url).netloc or self.url

    def open(self) -> TaskdeckClient:
        """Return a client."""
        return TaskdeckClient(self.url, auth=TokenAuth(self.token))


Endpoint = LocalEndpoint | RemoteEndpoint | TokenEndpoint
