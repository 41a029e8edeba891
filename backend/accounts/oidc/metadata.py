"""What a provider's discovery document says, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.loopback import is_loopback


class MetadataError(ValueError):
    """The document is not one of this provider's, or lacks what a sign-in needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMetadata:
    """A provider's addresses, and how it wants to be asked.

    `names_issuer`: its answers to browsers name the issuer (RFC 9207).
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    token_auth_methods: tuple[str, ...]
    names_issuer: bool


def read_metadata(document: object, *, issuer: str) -> ProviderMetadata:
    """Return the metadata of an issuer; raises `MetadataError` with the cause."""
    if not isinstance(document, Mapping):
        raise MetadataError("its discovery document is no object")
    if document.get("issuer") != issuer:
        raise MetadataError(f"its discovery document is that of the issuer {str(document.get('issuer'))[:200]!r}")
    methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return ProviderMetadata(
        authorization_endpoint=_address(document, "authorization_endpoint", issuer),
        token_endpoint=_address(document, "token_endpoint", issuer),
        jwks_uri=_address(document, "jwks_uri", issuer),
        userinfo_endpoint=(
            _address(document, "userinfo_endpoint", issuer) if document.get("userinfo_endpoint") else None
        ),
        token_auth_methods=tuple(str(method) for method in methods) if isinstance(methods, list) else (),
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(document: Mapping[str, object], name: str, issuer: str) -> str:
    """Return an address; it must be protected, unless the issuer itself is on this machine without TLS."""
    address = document.get(name)
    if not isinstance(address, str):
        raise MetadataError(f"its discovery document has no {name}")
    try:
        parts = urlsplit(address)
        is_local = parts.scheme == "http" and is_loopback(parts.hostname or "") and issuer.startswith("http:")
    except ValueError as error:
        raise MetadataError(f"its {name} is no address: {error}") from error
    if not parts.hostname or not (parts.scheme == "https" or is_local):
        raise MetadataError(f"its {name} is not encrypted")
    return address
