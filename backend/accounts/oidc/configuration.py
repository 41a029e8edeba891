"""The settings of the provider as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from backend.settings import Settings
from shared.client.protection import sends_in_clear
from shared.enums import Role
from shared.errors import StartupError

START_PATH = "/api/auth/oidc/start"
CALLBACK_PATH = "/api/auth/oidc/callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcConfiguration:
    """How to sign in with a provider, and what its groups may do here.

    `name` is what people call the provider; `session_lifetime` is the time after which a person signs in again.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    scopes: str
    groups_claim: str
    roles: Mapping[str, Role]
    default_role: Role | None
    ca_file: str
    name: str
    public_url: str
    session_lifetime: timedelta

    @property
    def start_url(self) -> str:
        return self.public_url + START_PATH

    @property
    def callback_url(self) -> str:
        """The redirect URI that the provider knows."""
        return self.public_url + CALLBACK_PATH

    @property
    def uses_tls(self) -> bool:
        """Whether browsers reach the API over HTTPS."""
        return self.public_url.startswith("https:")


def oidc_configuration(settings: Settings) -> OidcConfiguration | None:
    """Return the configuration, or None where the settings name no provider.

    Raises `StartupError` that names the settings which are missing or do not fit together.
    """
    given = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_roles)
    if not any(given):
        return None
    if not settings.oidc_issuer or not settings.oidc_client_id or not settings.public_url:
        missing = [
            f"TASKDECK_{name.upper()}"
            for name in ("oidc_issuer", "oidc_client_id", "public_url")
            if not getattr(settings, name)
        ]
        raise StartupError(f"Sign-in with OpenID Connect also needs {' and '.join(missing)}. Set what is missing.")
    public_url = settings.public_url.rstrip("/")
    if sends_in_clear(public_url):
        raise StartupError(
            f"TASKDECK_PUBLIC_URL is {public_url}: sign-in with OpenID Connect needs an https:// address, since its "
            "codes would travel in clear. Set TASKDECK_TLS_CERTIFICATE, or use a proxy with TLS."
        )
    if not settings.oidc_roles and settings.oidc_default_role is None:
        raise StartupError(
            "Nobody could sign in with OpenID Connect, because no group has a role. Set TASKDECK_OIDC_ROLES, such as "
            "sre=admin,ops=operator, or TASKDECK_OIDC_DEFAULT_ROLE."
        )
    return OidcConfiguration(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        scopes=settings.oidc_scopes,
        groups_claim=settings.oidc_groups_claim,
        roles=settings.role_of_group,
        default_role=settings.oidc_default_role,
        ca_file=str(settings.oidc_ca_file or ""),
        name=settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or settings.oidc_issuer,
        public_url=public_url,
        session_lifetime=timedelta(hours=settings.oidc_session_hours),
    )
