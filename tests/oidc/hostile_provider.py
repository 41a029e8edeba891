"""A provider of the tests' own, which answers as it is told: correctly at first, and then as an attacker's does."""

import asyncio
import base64
import hashlib
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

CLIENT_ID = "taskdeck"
Answer = tuple[int, dict[str, str], bytes]
MOST_HEAD = 64 * 1024


@cache
def rsa_key(name: str, size: int = 2048) -> rsa.RSAPrivateKey:
    """Return a key, the same for each name: making one takes a moment."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    assert name
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: PrivateKeyTypes, **fields: str) -> dict[str, Any]:
    """Return the public half of a key as providers publish it."""
    if isinstance(key, rsa.RSAPrivateKey):
        made = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        made = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**made, **fields}


def half_hash(text: str) -> str:
    """Return the `at_hash` of an access token."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def as_json(value: object, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


class HostileProvider:
    """Signs everybody in at once. Tests replace its attributes; `asked` lists the paths that were requested."""

    def __init__(self) -> None:
        self.issuer = ""
        self.asked: list[str] = []
        self.token_requests: list[dict[str, str]] = []
        self.authorizations: list[str] = []
        self.person: dict[str, Any] = {"sub": "s-ann", "preferred_username": "ann", "groups": ["ops"]}
        self.access_token = "an access token"
        self.key: PrivateKeyTypes = rsa_key("usual")
        self.key_id = "usual"
        self.algorithm = "RS256"
        self.published: list[dict[str, Any]] = [public_jwk(self.key, kid="usual", use="sig")]
        self.metadata: dict[str, Any] = {}
        self.change: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.callback: Callable[[dict[str, str]], dict[str, str]] = dict
        self.instead: dict[str, Callable[[], Answer]] = {}
        self.user_info: dict[str, Any] = {}
        self.held: set[str] = set()
        self.is_holding = asyncio.Semaphore(0)
        self.released = asyncio.Event()
        self.endless: set[str] = set()
        self._codes: dict[str, dict[str, str]] = {}

    def signed(self, claims: dict[str, Any]) -> str:
        """Return claims as an ID token of the usual key."""
        return jwt.encode(claims, self.key, self.algorithm, headers={"kid": self.key_id})  # type: ignore[arg-type]

    def claims(self, nonce: str) -> dict[str, Any]:
        """Return what a correct ID token says."""
        now = int(time.time())
        return {
            **self.person,
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "at_hash": half_hash(self.access_token),
        }

    def answer(self, method: str, target: str, headers: dict[str, str], body: str) -> Answer:
        """Return the answer of a request."""
        parts = urlsplit(target)
        if parts.path in self.instead:
            return self.instead[parts.path]()
        match parts.path:
            case "/.well-known/openid-configuration":
                return as_json(self._document())
            case "/keys":
                return as_json({"keys": self.published})
            case "/authorize":
                return self._authorize(dict(parse_qsl(parts.query)))
            case "/token":
                return self._tokens(dict(parse_qsl(body)), headers)
            case "/user-info" if headers.get("authorization") == f"Bearer {self.access_token}":
                return as_json(self.user_info)
        return as_json({"error": f"{method} {parts.path}"}, 404)

    def _document(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {
            "issuer": self.issuer,
            **{name: f"{self.issuer}/{path}" for name, path in paths.items()},
            "userinfo_endpoint": f"{self.issuer}/user-info",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            **self.metadata,
        }

    def _authorize(self, query: dict[str, str]) -> Answer:
        code = f"code {len(self._codes)}"
        self._codes[code] = query
        back = self.callback({"code": code, "state": query["state"]})
        return 302, {"Location": f"{query['redirect_uri']}?{urlencode(back)}"}, b""

    def _tokens(self, form: dict[str, str], headers: dict[str, str]) -> Answer:
        """Check what a correct client sends, and return the tokens."""
        self.token_requests.append(form)
        self.authorizations.append(headers.get("authorization", ""))
        asked = self._codes.pop(form["code"], None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return as_json({"error": "invalid_grant", "error_description": "unknown code"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return as_json({"error": "invalid_grant", "error_description": "wrong verifier"}, 400)
        token = self.sign(self.change(self.claims(asked["nonce"])))
        return as_json({"access_token": self.access_token, "token_type": "Bearer", "id_token": token})

    def basic_authorization(self) -> list[str]:
        """Return the client id and the secret of the last token request, as RFC 6749 decodes them."""
        encoded = self.authorizations[-1].removeprefix("Basic ")
        return [unquote(part) for part in base64.b64decode(encoded).decode().split(":")]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request of a connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
            path = urlsplit(target).path
            self.asked.append(path)
            if path in self.held:
                self.is_holding.release()
                await self.released.wait()
            if path in self.endless:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
                while True:
                    writer.write(b"1," * 32_768)
                    await writer.drain()
            else:
                status, fields, content = self.answer(method, target, headers, body)
                fields = {**fields, "Content-Length": str(len(content)), "Connection": "close"}
                lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in fields.items())]
                writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
                await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def hostile_provider(*, tls: ssl.SSLContext | None = None) -> AsyncIterator[HostileProvider]:
    """Run such a provider until the end of the block."""
    provider = HostileProvider()
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0, limit=MOST_HEAD, ssl=tls)
    scheme = "http" if tls is None else "https"
    provider.issuer = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        provider.released.set()
        server.close()
