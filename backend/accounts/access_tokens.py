"""Access tokens: JSON Web Tokens that name a session, whose state the database has."""

import secrets
import time
from collections.abc import Mapping

import jwt

from shared.errors import ExpiredTokenError, UnauthorizedError

ALGORITHM = "HS256"


def encode(session_id: str, user_id: int, *, key_id: str, secret: str, seconds: int) -> str:
    """Return a signed access token that expires after `seconds`."""
    now = int(time.time())
    claims = {"sub": str(user_id), "sid": session_id, "iat": now, "exp": now + seconds}
    return jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": key_id})


def key_of(token: str) -> str:
    """Return the id of the key that a token names; empty if it is none."""
    try:
        return str(jwt.get_unverified_header(token).get("kid", ""))
    except jwt.InvalidTokenError:
        return ""


def session_of(token: str, keys: Mapping[str, str]) -> str:
    """Return the id of the session that a token names; raises `UnauthorizedError` if it is not valid."""
    try:
        claims = jwt.decode(
            token,
            keys.get(key_of(token), secrets.token_hex(32)),
            algorithms=[ALGORITHM],
            options={"require": ["exp", "sub", "sid"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise ExpiredTokenError("The access token has expired. Refresh it or sign in again.") from error
    except jwt.InvalidTokenError as error:
        raise UnauthorizedError("The token is not valid. Sign in again.") from error
    return str(claims["sid"])
