"""Sign-in, users and tokens."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from shared.enums import Permission, Role, Scope
from shared.models.base import Flag, GivenTimestamp, Input, Name, Output, Timestamp, refused, without_null
from shared.proof_key import VERIFIER_PATTERN

Username = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._@+-]+$")]
PASSWORD_LENGTH = 10
"""Fewest characters of a password."""
Password = Annotated[str, StringConstraints(min_length=PASSWORD_LENGTH, max_length=1000)]


class LoginRequest(Input):
    """A user name and a password."""

    username: str = Field(max_length=100)
    password: str = Field(max_length=1000)


class RefreshRequest(Input):
    """The refresh token of the previous answer."""

    refresh_token: str = Field(max_length=500)


class LogoutRequest(Input):
    """A refresh token of the session to end; `everywhere` ends all sessions of its user."""

    refresh_token: str = Field(max_length=500)
    everywhere: Flag = False


class SetupRequest(Input):
    """The first administrator, created with the one-time token that the backend logged."""

    setup_token: str = Field(max_length=200)
    username: Username = "admin"
    password: Password


class TokenPair(Output):
    """The answer to login and refresh; `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int


class SingleSignOn(Output):
    """A provider that users sign in with; `start_url` is opened in a browser."""

    name: str
    start_url: str


class SignInMethods(Output):
    """How users sign in: with a password, and with a provider if there is one."""

    password: bool = True
    single_sign_on: SingleSignOn | None = None


class CodeExchange(Input):
    """The code that the browser brought, and the proof that the sign-in is the client's own."""

    code: str = Field(min_length=1, max_length=200)
    code_verifier: str = Field(pattern=VERIFIER_PATTERN)


class User(Output):
    """A user; one of them is the local backend's own.

    With `single_sign_on` they sign in with the provider, which their role and `groups` come from; they have no
    password.
    """

    id: int
    username: str
    role: Role
    created_at: Timestamp
    disabled: bool = False
    single_sign_on: bool = False
    groups: list[str] = []


class FolderPermission(Output):
    """The greatest permission in a folder and the folders below it."""

    folder: str
    permission: Permission


class SignedInUser(User):
    """The user of a request, and what its token permits: `permission` in all folders, more of it in `folders`.

    `permission` is null for a user who may read nothing but what is granted. `scope` is the widest of all.
    """

    scope: Scope
    permission: Permission | None = None
    folders: list[FolderPermission] = []


class UserCreate(Input):
    """A new user."""

    username: Username
    password: Password
    role: Role = Role.VIEWER


class UserPatch(Input):
    """Changes of a user."""

    model_config = ConfigDict(json_schema_extra=without_null)

    password: Password | None = None
    role: Role | None = None
    disabled: Flag | None = None

    @model_validator(mode="after")
    def _has_no_null(self) -> Self:
        for name in sorted(self.model_fields_set):
            if getattr(self, name) is None:
                raise refused(name, "must not be null; omit it to keep its value")
        return self


class PasswordChange(Input):
    """A new password of the user who is signed in; it ends all of their other sessions, and their tokens."""

    current_password: str = Field(max_length=1000)
    new_password: Password


class ApiTokenCreate(Input):
    """A new personal API token.

    `scope` is at most what the token of this request permits, which is the default. Without `expires_at` the token
    expires after `TASKDECK_TOKEN_DAYS` (90 days); null means never. It ends when its owner's role, password or state
    changes.
    """

    name: Name
    scope: Scope | None = None
    expires_at: GivenTimestamp | None = None


class ApiToken(Output):
    """A personal API token. `token` is present only in the answer that created it."""

    id: int
    name: str
    scope: Scope = Scope.ADMIN
    created_at: Timestamp
    expires_at: Timestamp | None = None
    last_used_at: Timestamp | None = None
    token: str | None = None


class SigningKey(Output):
    """A key that signs access tokens (`verifies_until` is null), or one that still verifies those it has signed."""

    id: str
    created_at: Timestamp
    verifies_until: Timestamp | None = None


class KeyRotation(Input):
    """With `revoke`, tokens of the former keys are void at once: clients renew them with their refresh tokens."""

    revoke: Flag = False
