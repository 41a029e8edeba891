"""A backend with the real provider."""

from collections.abc import AsyncIterator

import pytest

from backend.app import Backend
from tests.oidc.backend import open_oidc_backend
from tests.oidc.provider_process import ProviderProcess


@pytest.fixture
async def backend(database_url: str, oidc_provider: ProviderProcess) -> AsyncIterator[Backend]:
    async with open_oidc_backend(database_url, oidc_provider.issuer) as opened:
        yield opened
