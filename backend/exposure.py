"""Which of a process's connections others can read or forge, judged by its settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.broker.url import BrokerUrl
from backend.database_url import DatabaseUrl
from backend.settings import Settings
from shared.loopback import is_loopback


@dataclass(frozen=True, slots=True)
class Exposure:
    """A setting by which credentials or data travel without protection, and the next step."""

    setting: str
    detail: str


def exposures(settings: Settings, *, default_ssl_mode: str | None) -> list[Exposure]:
    """Return what others on the network could read or forge; loopback addresses are not on the network.

    `default_ssl_mode` is `PGSSLMODE` of the environment, which counts where the URL has no `sslmode`.
    """
    return [
        *_of_database(settings.database_url, default_ssl_mode),
        *_of_broker(settings.broker_url),
        *_of_seals(settings),
        *_of_redis(settings.redis_url),
    ]


def api_exposure(*, host: str, uses_tls: bool) -> Exposure | None:
    """Return what is exposed by an API that listens on `host`, or None."""
    if uses_tls or is_loopback(host):
        return None
    return Exposure(
        "TASKDECK_TLS_CERTIFICATE",
        f"is not set, and the API listens on {host}: passwords and tokens travel in clear, unless a proxy on this "
        "machine is the only one that can reach it. Set TASKDECK_TLS_CERTIFICATE and TASKDECK_TLS_KEY, or listen on "
        "127.0.0.1 behind the proxy.",
    )


def _of_database(url: str | None, default_ssl_mode: str | None) -> Iterator[Exposure]:
    if url is None:
        return
    parsed = DatabaseUrl.parse(url)
    remote = [host.name for host in parsed.hosts if not host.name.startswith("/") and not is_loopback(host.name)]
    if not remote:
        return
    mode = parsed.ssl_mode or default_ssl_mode or "prefer"
    if mode in ("disable", "allow", "prefer"):
        yield Exposure(
            "TASKDECK_DATABASE_URL",
            f"has sslmode={mode} for {remote[0]}: others on the network may read what is sent. Use "
            "sslmode=verify-full, with sslrootcert=FILE for a private authority.",
        )
    elif mode == "require" and "sslrootcert" not in parsed.files:
        yield Exposure(
            "TASKDECK_DATABASE_URL",
            f"has sslmode=require for {remote[0]}: the connection is encrypted, but a forged server is not noticed. "
            "Use sslmode=verify-full, with sslrootcert=FILE for a private authority.",
        )


def _of_broker(url: str | None) -> Iterator[Exposure]:
    if url is None:
        return
    parsed = BrokerUrl.parse(url)
    if not parsed.uses_tls and not is_loopback(parsed.host):
        yield Exposure(
            "TASKDECK_BROKER_URL",
            f"does not use TLS for {parsed.host}: the password and all messages travel in clear. Use amqps://, with "
            "?cafile=FILE for a private authority.",
        )


def _of_seals(settings: Settings) -> Iterator[Exposure]:
    has_key = settings.signing_key is not None or settings.worker_key is not None
    if settings.broker_url is not None and settings.insecure_broker and not has_key:
        yield Exposure(
            "TASKDECK_INSECURE_BROKER",
            "is set: every client of RabbitMQ can run commands on the workers and report what it likes. Unset it, set "
            "TASKDECK_SIGNING_KEY_FILE for the backends, and enroll the workers: taskdeck worker enroll ID.",
        )


def _of_redis(url: str | None) -> Iterator[Exposure]:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme != "rediss" and parts.password and not is_loopback(parts.hostname or ""):
        yield Exposure(
            "TASKDECK_REDIS_URL",
            f"does not use TLS for {parts.hostname}: the password travels in clear. Use rediss://.",
        )
