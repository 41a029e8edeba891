"""URLs of RabbitMQ: what the client takes, and what is refused because it would not do what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, urlsplit

_EXAMPLE = "a RabbitMQ URL such as amqp://user:password@host:5672/"
_FILES = ("cafile", "certfile", "keyfile")
_OF_TLS = frozenset((*_FILES, "capath", "cadata"))
_NUMBERS = frozenset(("heartbeat", "timeout"))
_KNOWN = _OF_TLS | _NUMBERS | {"auth", "name"}
_ADVICE = {
    "no_verify_ssl": "Remove it: a certificate is always verified. Name its authority with cafile.",
    "verify": "Remove it: a certificate is always verified. Name its authority with cafile.",
    "cacertfile": "Use cafile instead.",
    "server_name_indication": "Remove it: the name of the host is always sent.",
    "auth_mechanism": "Use auth instead.",
    "connection_timeout": "Use timeout instead.",
    "channel_max": "Remove it: the server's limit holds.",
}


@dataclass(frozen=True, slots=True)
class BrokerUrl:
    """The host of a URL, whether it uses TLS, and the files that the client reads, by the name of their parameter."""

    host: str
    uses_tls: bool
    files: Mapping[str, str]

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the parts of a URL; raises `ValueError` that names the part which is not supported."""
        try:
            parts = urlsplit(url.strip())
            host = parts.hostname or ""
        except ValueError as error:
            raise ValueError(f"must be {_EXAMPLE}: {error}") from error
        if parts.scheme not in ("amqp", "amqps") or not host:
            raise ValueError(f"must be {_EXAMPLE}")
        uses_tls = parts.scheme == "amqps"
        parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
        for name, value in parameters.items():
            _check(name, value, uses_tls=uses_tls)
        return cls(host, uses_tls, {name: parameters[name] for name in _FILES if name in parameters})


def _check(name: str, value: str, *, uses_tls: bool) -> None:
    if name in _ADVICE:
        raise ValueError(f"has the parameter {name}, which is not supported. {_ADVICE[name]}")
    if name not in _KNOWN:
        raise ValueError(f"has the parameter {name}, which does not exist. It may have: {', '.join(sorted(_KNOWN))}")
    if name in _OF_TLS and not uses_tls:
        raise ValueError(f"has {name}, but amqp:// does not use TLS. Use amqps://.")
    if name in _NUMBERS and not (value.isascii() and value.isdigit()):
        raise ValueError(f"has {name}={value}. Use a number of seconds.")
