"""Users, their keys and tokens, and the audit log."""

from sqlalchemy import BigInteger, Boolean, Column, SmallInteger, String, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from backend.database.schema.columns import INSTANT, METADATA, id_column

USERS = Table(
    "users",
    METADATA,
    id_column(),
    Column("username", String(100), nullable=False, unique=True),
    Column("password_hash", Text),
    Column("role", String(20), nullable=False),
    Column("disabled", Boolean, nullable=False, server_default="false"),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
    Column("generation", BigInteger, nullable=False, server_default="1"),
    Column("issuer", String(500)),
    Column("subject", String(255)),
    Column("groups", ARRAY(Text), nullable=False, server_default="{}"),
)
"""`generation` grows with each change of role, password or state: sessions and tokens of a former one are void.
`issuer` and `subject` are who the user is at a provider of OpenID Connect, and `groups` theirs when they signed in
last."""

GRANTS = Table(
    "grants",
    METADATA,
    id_column(),
    Column("user_id", BigInteger),
    Column("group_name", String(255)),
    Column("folder", String(255), nullable=False),
    Column("permission", String(10), nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
)
"""A permission of one user or of one group in a folder and in those below it; "" is above all folders."""

API_TOKENS = Table(
    "api_tokens",
    METADATA,
    id_column(),
    Column("user_id", BigInteger, nullable=False),
    Column("name", String(100), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
    Column("expires_at", INSTANT),
    Column("last_used_at", INSTANT),
    Column("scope", String(10), nullable=False, server_default="admin"),
    Column("generation", BigInteger, nullable=False, server_default="1"),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
    Column("expires_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("ends_at", INSTANT),
)
"""A sign-in: its `id` is the `family` of its refresh tokens. An ended one is stored until it would have expired.
`ends_at` is when it ends however often it is renewed; null is never."""

REFRESH_TOKENS = Table(
    "refresh_tokens",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("family", String(64), nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("used_at", INSTANT),
)

SIGNING_KEYS = Table(
    "signing_keys",
    METADATA,
    Column("kid", String(64), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
    Column("verifies_until", INSTANT),
)
"""`secret` is sealed once a key of secrets is in use. `verifies_until` is null for the key that signs; a replaced one
verifies until its last token has expired."""

SETUP_TOKENS = Table(
    "setup_tokens",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
)

OIDC_SIGN_INS = Table(
    "oidc_sign_ins",
    METADATA,
    Column("state_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("code_verifier", String(128), nullable=False),
    Column("redirect_uri", String(200), nullable=False),
    Column("code_challenge", String(64), nullable=False),
    Column("client_state", String(200), nullable=False),
    Column("expires_at", INSTANT, nullable=False),
)
"""Sign-ins that have begun and wait for the browser to come back from the provider."""

OIDC_CODES = Table(
    "oidc_codes",
    METADATA,
    Column("code_hash", String(64), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("code_challenge", String(64), nullable=False),
    Column("expires_at", INSTANT, nullable=False),
)
"""One-time codes that browsers carry to the console or the command line."""

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    METADATA,
    Column("user_id", BigInteger, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", SmallInteger),
    Column("answer", JSONB),
    Column("created_at", INSTANT, nullable=False, server_default="now()"),
)

AUDIT_LOG = Table(
    "audit_log",
    METADATA,
    id_column(),
    Column("at", INSTANT, nullable=False, server_default="now()"),
    Column("actor", String(100), nullable=False),
    Column("action", String(50), nullable=False),
    Column("object_type", String(50), nullable=False),
    Column("object_id", String(200), nullable=False),
    Column("object_name", String(255)),
    Column("detail", JSONB, nullable=False),
    Column("user_id", BigInteger),
    Column("token_id", BigInteger),
    Column("address", String(100)),
    Column("request_id", String(64)),
    Column("via", String(20)),
)
