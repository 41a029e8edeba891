"""The settings of a process: environment variables that begin with `TASKDECK_`, or the files that they name.

Each field's docstring gives its meaning, its unit and the reason for its default; README's table is generated from
them (`make settings-table`).
"""

import ipaddress
import os
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from backend.broker.heartbeat import redelivers_after
from backend.broker.url import BrokerUrl
from backend.database_url import DatabaseUrl
from backend.encryption.key_ring import KeyRing, parse_keys
from backend.setting_sources import SECRET_PREFIX, SECRET_SETTINGS, SettingFiles, WorkerSecrets
from shared.client.protection import sends_in_clear
from shared.enums import Role
from shared.printable_text import why_unprintable

AccessLog = Literal["all", "failed", "off"]
"""Which requests to the API are logged."""


def asyncpg_url(url: str) -> str:
    """Return the URL with SQLAlchemy's name for asyncpg; every usual scheme of PostgreSQL is accepted."""
    DatabaseUrl.parse(url)
    return "postgresql+asyncpg://" + url.strip().partition("://")[2]


def _amqp_url(url: str) -> str:
    BrokerUrl.parse(url)
    return url.strip()


def _http_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must be a URL such as https://taskdeck.example.org")
    return url


def _trace_url(url: str) -> str:
    if not url.startswith(("http://", "https://")) or url.count("{trace_id}") != 1:
        raise ValueError("must be a URL with {trace_id} in it, such as https://jaeger.example.org/trace/{trace_id}")
    return url


def _redis_url(url: str) -> str:
    if not url.startswith(("redis://", "rediss://", "redis+unix://")):
        raise ValueError("must be a Redis URL such as redis://host:6379/0 or rediss://user:password@host:6380/0")
    return url


def _networks(value: object) -> tuple[str, ...]:
    """Return addresses and networks given as one text or as several."""
    words = value.split(",") if isinstance(value, str) else list(value) if isinstance(value, Iterable) else [value]
    found = tuple(str(word).strip() for word in words if str(word).strip())
    for one in found:
        try:
            ipaddress.ip_network(one)
        except ValueError as error:
            raise ValueError(f"must be addresses or networks such as 10.0.0.5, 10.1.0.0/16; {error}") from error
    return found


def _secret_keys(text: str) -> str:
    parse_keys(text)
    return text


def _origins(text: str) -> list[str]:
    return [origin for origin in (part.strip() for part in text.split(",")) if origin]


def _checked_origins(text: str) -> str:
    for origin in _origins(text):
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}" or not parts.hostname:
            raise ValueError(
                f"has {origin}, which is no origin. Name each with scheme and host, such as https://wall.example.org"
            )
    return text


def _issuer(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname or parts.query or parts.fragment or (parts.scheme != "https" and sends_in_clear(url)):
        raise ValueError("must be the https:// URL of a provider, such as https://login.example.org/realms/main")
    return url


def _one_line(text: str) -> str:
    if reason := why_unprintable(text):
        raise ValueError(reason)
    return text


def _checked_scopes(text: str) -> str:
    if "openid" not in text.split():
        raise ValueError("must contain openid, without which the provider sends no ID token")
    return text


_GROUP_AND_ROLE = re.compile(rf"\s*(?P<group>.+?)\s*=\s*(?P<role>{'|'.join(Role)})\s*(?:,|$)")


def _role_of_group(text: str) -> dict[str, Role]:
    """Return the role of each group; a group's name may contain commas and `=`, as in cn=sre,ou=groups=admin."""
    return {found["group"]: Role(found["role"]) for found in _GROUP_AND_ROLE.finditer(text)}


def _checked_roles(text: str) -> str:
    """Refuse what is no group with a role, and a group with a comma that is no distinguished name."""
    unnamed = [part for group in _role_of_group(text) if "," in group for part in group.split(",") if "=" not in part]
    rest = _GROUP_AND_ROLE.sub("", text).strip() or ", ".join(unnamed)
    if rest:
        raise ValueError(f"has {rest}; name a role for each group, as in sre=admin,ops=operator ({', '.join(Role)})")
    return text


class Settings(BaseSettings):
    """The settings of one process; durations are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="TASKDECK_", extra="ignore", env_ignore_empty=True, use_attribute_docstrings=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read a setting from its variable, or from the file that its variable with `_FILE` names."""
        return init_settings, WorkerSecrets(settings_cls), env_settings, SettingFiles(settings_cls)

    # servers

    database_url: Annotated[str, AfterValidator(asyncpg_url)] | None = None
    """URL of the PostgreSQL database, version 13 or later. `serve` and `migrate` require it; `up` brings its own.
    Parameters are those of libpq, such as `?sslmode=verify-full`; several hosts are tried in their order."""

    broker_url: Annotated[str, AfterValidator(_amqp_url)] | None = None
    """URL of RabbitMQ, version 3.10 or later. `serve` and `worker` require it. `amqps://` uses TLS, with
    `?cafile=FILE` for a private authority, `certfile` and `keyfile` for a certificate of the client;
    `?heartbeat=SECONDS` sets the AMQP heartbeat."""

    redis_url: Annotated[str, AfterValidator(_redis_url)] | None = None
    """URL of a Redis in which the replicas count requests and sign-ins together; it needs `pip install
    'taskdeck[redis]'`. While Redis does not answer, and if this is unset, each replica counts its own."""

    smtp_url: str | None = None
    """Mail server for alerts: `smtp://user:password@host:587`, or `smtps://`. A password is sent over TLS only."""

    smtp_from: str = "taskdeck@localhost"
    """Sender of alert e-mails."""

    alert_interval_seconds: float = Field(default=5.0, gt=0)
    """How often tasks are checked for late, slow and paused runs. A failed delivery is retried after this time, then
    after three times the delay before. Failures are examined at once, at most five times in an interval."""

    database_pool_size: int = Field(default=10, ge=2, le=1000)
    """Connections of one replica to the database. Keep replicas × pool size below PostgreSQL's `max_connections`
    (100 by default)."""

    wait_at_start_seconds: float = Field(default=60.0, ge=0)
    """How long a starting process waits for the database and the broker, which may start at the same time."""

    heartbeat_url: Annotated[str, AfterValidator(_http_url)] | None = Field(default=None, repr=False)
    """Address that the leading replica calls each minute (GET), such as one of a dead man's switch: its silence
    reports a dead Taskdeck. Unset: none is called."""

    # the API

    host: str = "127.0.0.1"
    """Address that `serve` listens on. The default is reachable from this machine only."""

    port: int = Field(default=8420, ge=0, le=65535)
    """Port that `serve` listens on; 0 chooses a free one."""

    public_url: Annotated[str, AfterValidator(_http_url)] | None = None
    """URL at which people reach the API, such as that of a proxy. The setup link names it. Unset: the name of the
    machine and the port."""

    trace_url: Annotated[str, AfterValidator(_trace_url)] | None = None
    """URL at which people see a trace, with `{trace_id}` where its id belongs, such as
    `https://jaeger.example.org/trace/{trace_id}`. The page of a run opens it. Unset: the page shows the id alone."""

    trusted_proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_networks)] = ()
    """Addresses and networks of reverse proxies, separated by commas, such as `10.0.0.5, 10.1.0.0/16`. Their
    `X-Forwarded-For` names the client, whose address limits and audit log use. Unset: the header is ignored."""

    admin_password_file: Path | None = None
    """File with the password of the first administrator, `admin`, of at least 10 characters. Unset: each start logs a
    link that creates the administrator, valid for an hour, until there is one."""

    tls_certificate: Path | None = None
    """File with the API's certificate in PEM form, with those of intermediate authorities below it. The API then
    speaks HTTPS only, TLS 1.2 or later. The files are read again when they change, and on SIGHUP. Unset: HTTP."""

    tls_key: Path | None = None
    """File with the certificate's key in PEM form, without a password. Unset: the certificate's file has it."""

    cors_origins: Annotated[str, AfterValidator(_checked_origins)] = ""
    """Origins of web pages that may call the API from a browser, separated by commas, such as
    `https://wall.example.org`. Empty: none may."""

    max_connections: int = Field(default=800, ge=10, le=1_000_000)
    """Open connections to the API of one replica; where a new one finds no place, the one that is idle longest is
    closed. The default stays below 1,024, the usual limit of open files: raise that first."""

    streams_per_user: int = Field(default=50, ge=1)
    """Live streams and followed logs that one user may have open on a replica. A console has one, and one for each log
    that it follows."""

    metrics_token: str | None = None
    """Bearer token that `/metrics` requires. Unset: everybody may read the metrics."""

    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Port of `serve` for `/metrics` alone, over HTTP, on the address of the API, which then does not serve them; 0
    chooses a free one. Unset: the API serves them."""

    access_token_seconds: int = Field(default=900, ge=30)
    """Lifetime of an access token. It ends earlier with its session, and with a change of its user's role, password or
    state."""

    refresh_token_seconds: int = Field(default=30 * 24 * 3600, ge=60)
    """How long a sign-in lasts without use (default: 30 days)."""

    token_days: int = Field(default=90, ge=1, le=3650)
    """Days after which a personal token expires that was made without an expiry of its own."""

    login_attempts_per_minute: int = Field(default=10, ge=1)
    """Sign-in attempts allowed per address (IPv6: per network of /64), against guessing of passwords. Beside it, a
    sign-in waits up to 8 s after failed ones for the same name."""

    invalid_tokens_per_minute: int = Field(default=300, ge=1)
    """Requests with a token that is not valid, allowed per address: more than the consoles behind one address send when
    their access tokens expire, and few enough that guesses cost the database nothing."""

    requests_per_minute: int = Field(default=60_000, ge=1)
    """Requests allowed per user. The default stops runaway scripts, not busy ones."""

    # single sign-on

    oidc_issuer: Annotated[str, Field(max_length=500), AfterValidator(_issuer)] | None = None
    """URL of a provider of OpenID Connect, exactly as the provider names itself; users then sign in with it as well.
    Requires `TASKDECK_OIDC_CLIENT_ID` and `TASKDECK_PUBLIC_URL`. Unset: no single sign-on."""

    oidc_client_id: str | None = None
    """The backend's client id at the provider, where its redirect URI is
    `<TASKDECK_PUBLIC_URL>/api/auth/oidc/callback`."""

    oidc_client_secret: str | None = Field(default=None, repr=False)
    """The client's secret at the provider. Unset: a public client, which is protected by PKCE alone."""

    oidc_scopes: Annotated[str, AfterValidator(_checked_scopes)] = "openid profile email"
    """What the backend asks the provider for, separated by blanks. Some providers send groups only for a scope
    `groups`."""

    oidc_groups_claim: str = Field(default="groups", min_length=1)
    """Claim of the ID token, or else of the user info, that has the groups; a path such as `realm_access.roles` for one
    within another."""

    oidc_roles: Annotated[str, AfterValidator(_checked_roles)] = ""
    """Roles of the provider's groups, separated by commas, such as `sre=admin,ops=operator`. Somebody in several groups
    has the widest role. It is read at each sign-in; where it changed, sessions and tokens of before end."""

    oidc_default_role: Role | None = None
    """Role of somebody in none of these groups. Unset: they are refused."""

    oidc_name: Annotated[str, Field(max_length=50), AfterValidator(_one_line)] | None = None
    """What people call the provider, for the button “Sign in with …”. Unset: the host of its URL."""

    oidc_ca_file: Path | None = None
    """File with certificates of a private authority, in PEM form, that the provider's certificate comes from."""

    oidc_session_hours: float = Field(default=12.0, gt=0, le=8760)
    """Hours after which somebody who signed in with the provider does so again, so that who has left there does not
    stay here. The default is a working day."""

    # files and logs

    data_dir: Path | None = None
    """Folder of the local backend's database and logs and of the workers' unacknowledged results. Unset: the
    platform's data directory."""

    log_format: Literal["auto", "text", "json"] = "auto"
    """Format of the log on standard error: text for people, or one object of JSON a line for log collectors. `auto` is
    text on a terminal and JSON elsewhere."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe level that is logged."""

    access_log: AccessLog | None = None
    """Requests to the API that are logged: `all`, `failed` (refused, in error or unanswered) or `off`. Unset: `all`
    with `serve`; `failed` with `up`, where those of the console would displace other lines from the file."""

    # retention

    keep_days: int | None = Field(default=None, ge=1)
    """Days after which finished runs are deleted, for tasks without a limit of their own. Unset: never."""

    keep_runs: int | None = Field(default=None, ge=1)
    """Newest runs kept of each task that has no limit of its own. Unset: all."""

    keep_audit_days: int | None = Field(default=None, ge=1)
    """Days after which entries of the audit log are deleted. Unset: never."""

    # scheduling and assignment

    misfire_grace_seconds: float = Field(default=60.0, ge=0)
    """How late an occurrence may start before it counts as missed and the task's misfire policy applies. The default
    covers the restart of a dispatcher."""

    priority_aging_seconds: float = Field(default=600.0, gt=0)
    """Waiting time that equals one priority level: a run that has waited this much longer starts before one that is
    one level higher, so that no run starves."""

    strategy: str = "least_loaded"
    """How a worker is chosen: `least_loaded`, `priority`, `round_robin`, `spread`, `sticky`, or the name of a
    plug-in's."""

    reserved_slots: int = Field(default=1, ge=0)
    """Slots of each worker that the strategy `priority` reserves for critical runs."""

    spread_label: str = "zone"
    """Worker label over whose values the strategy `spread` distributes a task's runs."""

    assignment_expiry_seconds: float = Field(default=5.0, gt=0)
    """How long an assignment may be on its way to the worker. One that takes longer counts as lost, and its run is
    retried or failed like that of a lost worker. Raise it on a slow network."""

    max_lost_attempts: int = Field(default=5, ge=1, le=1000)
    """How many attempts of a run may begin and be lost with their worker. After that the run fails and is not retried,
    because its command probably ends its worker. Attempts that never began do not count."""

    heartbeat_timeout_seconds: float = Field(default=15.0, gt=0)
    """How long a worker may be silent before it counts as lost and its runs are retried or failed. At least three
    heartbeat intervals."""

    # workers

    heartbeat_interval_seconds: float = Field(default=5.0, gt=0)
    """Time between two heartbeats of a worker."""

    signing_key: str | None = Field(default=None, min_length=32, repr=False)
    """Secret of the backends, the same for all replicas: `taskdeck create-signing-key FILE` makes a file for
    `TASKDECK_SIGNING_KEY_FILE`. The keys of the workers are derived from it: what workers, backends and replicas send
    one another over RabbitMQ is sealed."""

    secrets_key: Annotated[str, AfterValidator(_secret_keys)] | None = Field(default=None, repr=False)
    """Keys that encrypt secrets, signing keys and credentials of alert channels in the database, one a line, the newest
    first; the same for all replicas. `taskdeck secret-key create FILE` makes a file for `TASKDECK_SECRETS_KEY_FILE`.
    Unset: `up` makes a key in its data directory; a server stores no secrets."""

    secrets_keyring: bool = False
    """Whether `up` has the key of its secrets in the system's keyring instead of a file in its data directory: a copy
    of the directory is then worth nothing to others."""

    worker_key: str | None = Field(default=None, repr=False)
    """On a worker: its key, from `taskdeck worker enroll`, whose file `TASKDECK_WORKER_KEY_FILE` names."""

    insecure_broker: bool = False
    """Whether backends and workers use RabbitMQ without keys. Then every client of the broker can run commands on the
    workers, and report what it likes."""

    secret: dict[str, SecretStr] = Field(default={}, repr=False)
    """On a worker: the secret that `${secret:<NAME>}` stands for in a task's environment and arguments (shell) or in
    its URL, headers and body (HTTP). At least 4 characters."""

    secrets_dir: Path | None = None
    """On a worker: a folder with one file for each secret, for secrets without a variable."""

    worker_config: Path | None = None
    """On a worker: a TOML file by which its owner limits what it runs; `taskdeck worker --config FILE` is the same.
    An example is in the documentation (how-to/worker-rules); `taskdeck worker check FILE` checks it.
    Unset: no limits."""

    drain_timeout_seconds: float = Field(default=60.0, ge=0)
    """How long a worker that is being stopped waits for its runs before it ends them."""

    local_drain_timeout_seconds: float = Field(default=3.0, ge=0)
    """The same for the worker inside `taskdeck up` and `taskdeck serve`, where a person waits for the end."""

    kill_grace_seconds: float = Field(default=10.0, ge=0)
    """Time between SIGTERM and SIGKILL for a run that is cancelled or timed out."""

    reported_attempt_seconds: float = Field(default=300.0, gt=0)
    """How long a worker's heartbeats still name an attempt whose result the broker has accepted, so that the result
    is processed before the attempt counts as lost. At least three AMQP heartbeats: RabbitMQ redelivers the messages
    of a stopped replica after that time."""

    @field_validator("reported_attempt_seconds")
    @classmethod
    def _outlasts_a_redelivery(cls, seconds: float, info: ValidationInfo) -> float:
        url = info.data.get("broker_url")
        least = redelivers_after(url).total_seconds() if url else 0
        if seconds < least:
            raise ValueError(f"must be at least {least:g}: three heartbeats of TASKDECK_BROKER_URL")
        return seconds

    @property
    def secret_keys(self) -> KeyRing:
        """The keys of `secrets_key`."""
        return KeyRing(parse_keys(self.secrets_key) if self.secrets_key is not None else ())

    @property
    def origins(self) -> list[str]:
        """The origins of `cors_origins`."""
        return _origins(self.cors_origins)

    @property
    def role_of_group(self) -> dict[str, Role]:
        """The roles of `oidc_roles`."""
        return _role_of_group(self.oidc_roles)

    @property
    def wait_at_start(self) -> timedelta:
        return timedelta(seconds=self.wait_at_start_seconds)

    @property
    def access_token_lifetime(self) -> timedelta:
        return timedelta(seconds=self.access_token_seconds)

    @property
    def refresh_token_lifetime(self) -> timedelta:
        return timedelta(seconds=self.refresh_token_seconds)

    @property
    def misfire_grace(self) -> timedelta:
        return timedelta(seconds=self.misfire_grace_seconds)

    @property
    def priority_aging(self) -> timedelta:
        return timedelta(seconds=self.priority_aging_seconds)

    @property
    def assignment_expiry(self) -> timedelta:
        return timedelta(seconds=self.assignment_expiry_seconds)

    @property
    def heartbeat_timeout(self) -> timedelta:
        return timedelta(seconds=self.heartbeat_timeout_seconds)

    @property
    def heartbeat_interval(self) -> timedelta:
        return timedelta(seconds=self.heartbeat_interval_seconds)

    @property
    def drain_timeout(self) -> timedelta:
        return timedelta(seconds=self.drain_timeout_seconds)

    @property
    def local_drain_timeout(self) -> timedelta:
        return timedelta(seconds=self.local_drain_timeout_seconds)

    @property
    def kill_grace(self) -> timedelta:
        return timedelta(seconds=self.kill_grace_seconds)

    @property
    def reported_attempt(self) -> timedelta:
        return timedelta(seconds=self.reported_attempt_seconds)


def secret_variables() -> list[str]:
    """Return the names of the environment's variables that hold secrets."""
    settings = {f"TASKDECK_{name.upper()}" for name in SECRET_SETTINGS}
    return [name for name in os.environ if name in settings or name.startswith(SECRET_PREFIX)]
