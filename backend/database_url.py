"""URLs of PostgreSQL, with the parameters of libpq: what asyncpg takes, what is translated, and what is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")
_EXAMPLE = "a PostgreSQL URL such as postgresql://user:password@host:5432/taskdeck"
_DEFAULT_PORT = 5432

_OF_DRIVER = frozenset(
    (
        "host", "port", "dbname", "database", "user", "password", "passfile", "service", "sslmode", "sslcert", "sslkey",
        "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation", "ssl_min_protocol_version",
        "ssl_max_protocol_version", "target_session_attrs", "krbsrvname", "gsslib",
    )
)  # fmt: skip
"""asyncpg reads them as libpq does."""
_OF_SERVER = frozenset(("options",))
"""They are sent to the server when the connection is opened."""
_TRANSLATED = frozenset(("application_name", "fallback_application_name", "connect_timeout", "client_encoding", "ssl"))

_KEEPALIVES = "Remove it: Taskdeck sets the keepalives of its connections."
_ADVICE = {
    "hostaddr": "Use host with the address instead.",
    "channel_binding": "Remove it: the driver does not support channel binding.",
    "require_auth": "Remove it, and set the method in the server's pg_hba.conf.",
    "gssencmode": "Remove it, and use sslmode for encryption.",
    "sslcompression": "Remove it: compression of TLS is not supported.",
    "sslcertmode": "Remove it: a certificate is sent if sslcert names one.",
    "sslsni": "Remove it: the name of the host is always sent.",
    "sslcrldir": "Use sslcrl with one file instead.",
    "requiressl": "Use sslmode=require instead.",
    "requirepeer": "Remove it: the owner of a socket is not checked.",
    "load_balance_hosts": "Remove it: the hosts are tried in their order.",
    "replication": "Remove it: Taskdeck needs ordinary connections.",
    "servicefile": "Set the environment variable PGSERVICEFILE instead.",
    "prepared_statement_cache_size": "Remove it. Behind a pooler, use one in session mode.",
    "keepalives": _KEEPALIVES,
    "keepalives_idle": _KEEPALIVES,
    "keepalives_interval": _KEEPALIVES,
    "keepalives_count": _KEEPALIVES,
    "tcp_user_timeout": _KEEPALIVES,
    "gssdelegation": "Remove it: credentials are not delegated.",
    "min_protocol_version": "Remove it: the driver uses version 3.0.",
    "max_protocol_version": "Remove it: the driver uses version 3.0.",
    "sslkeylogfile": "Remove it: keys of TLS are not written to a file.",
    "scram_client_key": "Use password or passfile instead.",
    "scram_server_key": "Use password or passfile instead.",
}
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SESSION_ATTRIBUTES = ("any", "primary", "standby", "read-write", "read-only", "prefer-standby")


@dataclass(frozen=True, slots=True)
class Host:
    """A server's name, address or socket folder, and its port."""

    name: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrl:
    """A URL as asyncpg takes it, and what was translated.

    `hosts` are those that the URL names, in their order; empty where a service or the environment names them.
    `connect_timeout` is in seconds for each host; None is Taskdeck's own. `address` has no password.
    `files` are those that the driver reads, by the name of their parameter.
    """

    dsn: str
    hosts: Sequence[Host]
    address: str
    connect_timeout: float | None
    application_name: str | None
    session_attributes: str | None
    ssl_mode: str | None
    files: Mapping[str, str]

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the parts of a URL; raises `ValueError` that names the part which is not supported."""
        try:
            scheme, netloc, path, query, fragment = urlsplit(url.strip())
        except ValueError as error:
            raise ValueError(f"must be {_EXAMPLE}: {error}") from error
        if scheme not in _SCHEMES:
            raise ValueError(f"must be {_EXAMPLE}")
        if fragment:
            raise ValueError("contains the character # outside its place; write it as %23 in a password")
        parameters = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        _check(parameters)
        hosts = _hosts(netloc.rpartition("@")[2], parameters)
        database = unquote(path.removeprefix("/")) or parameters.get("dbname") or parameters.get("database") or ""
        kept = {name: value for name, value in parameters.items() if name in _OF_DRIVER | _OF_SERVER}
        if "ssl" in parameters:
            kept.setdefault(
                "sslmode", {"true": "require", "false": "disable"}.get(parameters["ssl"], parameters["ssl"])
            )
        words = "&".join(f"{name}={quote(value, safe='/,:')}" for name, value in kept.items())
        shown = ",".join(_shown(host) for host in hosts) or parameters.get("service") or "local socket"
        return cls(
            dsn=f"postgresql://{netloc}{path}" + (f"?{words}" if words else ""),
            hosts=hosts,
            address=f"{shown}/{database}",
            connect_timeout=_timeout(parameters.get("connect_timeout")),
            application_name=parameters.get("application_name") or parameters.get("fallback_application_name"),
            session_attributes=parameters.get("target_session_attrs"),
            ssl_mode=kept.get("sslmode"),
            files={name: value for name, value in parameters.items() if name in _FILES},
        )


def _check(parameters: dict[str, str]) -> None:
    for name, value in parameters.items():
        if name in _ADVICE:
            raise ValueError(f"has the parameter {name}, which is not supported. {_ADVICE[name]}")
        if name not in _OF_DRIVER | _OF_SERVER | _TRANSLATED:
            known = ", ".join(sorted(_OF_DRIVER | _OF_SERVER | _TRANSLATED))
            raise ValueError(f"has the parameter {name}, which does not exist. It may have: {known}")
        allowed = {"sslmode": _SSL_MODES, "target_session_attrs": _SESSION_ATTRIBUTES}.get(name)
        if allowed is not None and value not in allowed:
            raise ValueError(f"has {name}={value}. Use one of: {', '.join(allowed)}")
        if name == "ssl" and value not in (*_SSL_MODES, "true", "false"):
            raise ValueError(f"has ssl={value}. Use sslmode with one of: {', '.join(_SSL_MODES)}")
        if name == "sslrootcert" and value == "system":
            raise ValueError(
                "has sslrootcert=system. Name the file instead, such as /etc/ssl/certs/ca-certificates.crt."
            )
        if name == "client_encoding" and value.replace("-", "").lower() not in ("utf8", "auto"):
            raise ValueError(f"has client_encoding={value}. Remove it: Taskdeck uses UTF8.")


def _hosts(place: str, parameters: dict[str, str]) -> list[Host]:
    if not place:
        names = [name for name in parameters.get("host", "").split(",") if name]
        ports = [_port(port) for port in parameters.get("port", "").split(",") if port] or [_DEFAULT_PORT]
        if len(ports) not in (1, len(names)) and names:
            raise ValueError(f"has {len(ports)} ports for {len(names)} hosts. Give one for all, or one for each.")
        return [Host(name, ports[at if len(ports) > 1 else 0]) for at, name in enumerate(names)]
    found = []
    for part in place.split(","):
        name, _, port = part.rpartition(":") if ":" in part.rpartition("]")[2] else (part, "", "")
        found.append(Host(unquote(name).strip("[]"), _port(port) if port else _DEFAULT_PORT))
    return found


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"has the port {text!r}. Use a number from 1 to 65535.")
    return int(text)


def _timeout(text: str | None) -> float | None:
    if text is None:
        return None
    if not text.isascii() or not text.lstrip("-").isdigit():
        raise ValueError(f"has connect_timeout={text}. Use a number of seconds.")
    # As in libpq: zero and below wait without a limit, which a process that must answer does not.
    return float(text) if int(text) > 0 else None


def _shown(host: Host) -> str:
    if host.port == _DEFAULT_PORT or host.name.startswith("/"):
        return host.name
    return f"[{host.name}]:{host.port}" if ":" in host.name else f"{host.name}:{host.port}"
