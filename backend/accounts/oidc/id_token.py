"""Verifies what a provider says about somebody: the signature of its ID token, and whom the token is for.

A decision without I/O, over the keys of the provider as they are known.
"""

import base64
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Asymmetric ones only: with an HMAC the public key, or the client's secret, could sign."""

_LEEWAY_SECONDS = 60
"""Clocks of provider and backend may differ by so much."""
_MOST_KEYS = 100
_MOST_SUBJECT = 255
"""OpenID Connect: a subject has at most 255 characters of ASCII."""

Claims = Mapping[str, object]
KeySet = Sequence[Mapping[str, object]]


class IdTokenError(Exception):
    """The token is not a proof of who somebody is; the text says why."""


class UnknownKeyError(IdTokenError):
    """No known key of the provider has the id that the token names: the provider may have a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must say to count in one sign-in."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


def read_keys(document: object) -> KeySet:
    """Return the keys for signatures in a key set of a provider; raises `IdTokenError` if it is no key set."""
    keys = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(keys, list):
        raise IdTokenError("The key set of the provider has no keys.")
    return [key for key in keys[:_MOST_KEYS] if isinstance(key, dict) and key.get("use", "sig") == "sig"]


def verified_claims(token: str, keys: KeySet, expected: Expected) -> Claims:
    """Return the claims of a token; raises `IdTokenError`, and `UnknownKeyError` where other keys may help."""
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise IdTokenError(f"The ID token is signed with {str(algorithm)[:20]!r}, which is not accepted.")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys, header.get("kid"), algorithm),
            algorithms=ALGORITHMS,
            audience=expected.client_id,
            issuer=expected.issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "enforce_minimum_key_length": True},
        )
    except jwt.PyJWTError as error:
        raise IdTokenError(f"The ID token is not valid: {error}.") from error
    _check_nonce(claims, expected)
    _check_authorized_party(claims, expected)
    _check_access_token(claims, expected, algorithm)
    if not 0 < len(claims["sub"]) <= _MOST_SUBJECT or not claims["sub"].isascii():
        raise IdTokenError("The subject of the ID token is no text of 1 to 255 characters of ASCII.")
    return claims


def _key(keys: KeySet, key_id: object, algorithm: str) -> jwt.PyJWK:
    """Return the key with an id, or the only one that fits where the token names none."""
    fitting = list(_fitting(keys, key_id, algorithm))
    if not fitting or (key_id is None and len(fitting) > 1):
        raise UnknownKeyError("The provider has no key with the id that the ID token names.")
    return fitting[0]


def _fitting(keys: KeySet, key_id: object, algorithm: str) -> Iterator[jwt.PyJWK]:
    for key in keys:
        if key_id in (None, key.get("kid")) and key.get("alg", algorithm) == algorithm:
            try:
                yield jwt.PyJWK(dict(key), algorithm)
            except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError):
                # of another kind than the algorithm, of one that is not known here, or no key at all
                continue


def _check_nonce(claims: Claims, expected: Expected) -> None:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise IdTokenError("The ID token belongs to another sign-in: its nonce is missing or wrong.")


def _check_authorized_party(claims: Claims, expected: Expected) -> None:
    audience, party = claims["aud"], claims.get("azp")
    if party is None and isinstance(audience, list) and len(audience) > 1:
        raise IdTokenError("The ID token is for several clients and does not say for which it was issued.")
    if party not in (None, expected.client_id):
        raise IdTokenError("The ID token was issued for another client.")


def _check_access_token(claims: Claims, expected: Expected, algorithm: str) -> None:
    """Check `at_hash`, which a provider may leave out: the left half of the access token's hash."""
    found = claims.get("at_hash")
    if found is None:
        return
    digest = jwt.get_algorithm_by_name(algorithm).compute_hash_digest(expected.access_token.encode())
    wanted = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not isinstance(found, str) or not hmac.compare_digest(found.encode(), wanted):
        raise IdTokenError("The ID token belongs to another access token: its at_hash is wrong.")
