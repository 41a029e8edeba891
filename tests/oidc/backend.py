"""A backend that signs people in with a provider."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backend.app import Backend
from backend.settings import Settings
from tests.backend.accounts.replicas import open_replica
from tests.free_port import free_port


def oidc_settings(database_url: str | None, issuer: str, port: int, **changes: Any) -> Settings:
    """Return the settings of a backend on a port, whose provider's groups `sre` and `ops` have roles."""
    given = {
        "database_url": database_url,
        "oidc_issuer": issuer,
        "oidc_client_id": "taskdeck",
        "oidc_client_secret": "a secret with : and %",
        "oidc_roles": "sre=admin, ops=operator",
        "oidc_name": "Example",
        "public_url": f"http://127.0.0.1:{port}",
        "login_attempts_per_minute": 1000,
    }
    return Settings(**{**given, **changes})


@asynccontextmanager
async def open_oidc_backend(database_url: str, issuer: str, **changes: Any) -> AsyncIterator[Backend]:
    """Open a replica at its public address."""
    port = free_port()
    async with open_replica(oidc_settings(database_url, issuer, port, **changes), port=port) as backend:
        yield backend
