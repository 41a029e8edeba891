"""Whom a verified sign-in stands for: finds or creates the user, and gives them the role of their groups."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts.oidc.refused import SignInRefused
from backend.accounts.users import (
    StoredUser,
    change_by_provider,
    find_by_subject,
    insert_user,
    lock_administrators,
)
from backend.context import Actor, Origin
from shared.enums import Role, SignInFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPerson:
    """Somebody as the provider describes them: `subject` is theirs for good, all else may change.

    `names` are user names in the order in which a new user gets the first that is free.
    """

    issuer: str
    subject: str
    names: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def known_as(self) -> str:
        """What log and audit log call somebody who is no user."""
        return f"{self.names[0]} ({self.subject})"


@dataclass(frozen=True, slots=True)
class Admission:
    """The user, or why there is none; `changed_user_id` is the account whose rights are others than before."""

    user: StoredUser | None = None
    refusal: SignInRefused | None = None
    changed_user_id: int | None = None


async def admit(connection: AsyncConnection, person: VerifiedPerson, role: Role | None, *, origin: Origin) -> Admission:
    """Find or create the user of a person, by issuer and subject only, and store their groups and role.

    A role that changed ends the sessions and tokens of before. So does the end of every role, which is None: the
    person is refused.
    """
    found = await find_by_subject(connection, person.issuer, person.subject)
    is_same = found is not None and found.user.role is role and found.user.groups == list(person.groups)
    if not is_same:
        await lock_administrators(connection)
        found = await find_by_subject(connection, person.issuer, person.subject)
    if found is None:
        return await _create(connection, person, role, origin=origin)
    if found.user.disabled:
        cause = "The user is disabled."
        return Admission(refusal=SignInRefused(SignInFailure.DISABLED, cause, who=found.user.username))
    if role is None:
        changed = await change_by_provider(
            connection, found, role=found.user.role, groups=person.groups, ends_access=True
        )
        if changed.user.groups != found.user.groups:
            await _record(connection, "user.update", changed, found.user.role, origin, access_ended=True)
        return replace(_not_permitted(found.user.username), changed_user_id=found.user.id)
    if is_same:
        return Admission(found)
    changed = await change_by_provider(
        connection, found, role=role, groups=person.groups, ends_access=role is not found.user.role
    )
    await _record(connection, "user.update", changed, found.user.role, origin)
    return Admission(changed, changed_user_id=found.user.id)


async def _create(
    connection: AsyncConnection, person: VerifiedPerson, role: Role | None, *, origin: Origin
) -> Admission:
    if role is None:
        return _not_permitted(person.known_as)
    for name in person.names:
        added = await insert_user(
            connection, name, password_hash=None, role=role, issuer=person.issuer, subject=person.subject,
            groups=person.groups,
        )  # fmt: skip
        if added is not None:
            await _record(connection, "user.create", added, None, origin)
            return Admission(added)
    cause = f"Every user name like {person.names[0]} belongs to somebody else."
    return Admission(refusal=SignInRefused(SignInFailure.PROVIDER_INVALID, cause, who=person.known_as))


def _not_permitted(who: str) -> Admission:
    cause = "No group of the person has a role: TASKDECK_OIDC_ROLES names none of them."
    return Admission(refusal=SignInRefused(SignInFailure.NOT_PERMITTED, cause, who=who))


async def _record(
    connection: AsyncConnection,
    action: str,
    stored: StoredUser,
    former_role: Role | None,
    origin: Origin,
    *,
    access_ended: bool = False,
) -> None:
    user = stored.user
    detail: dict[str, object] = {"by": "single sign-on", "role": user.role, "groups": user.groups[:20]}
    if former_role is not None and former_role is not user.role:
        detail["former_role"] = former_role
    if access_ended:
        detail["access_ended"] = True
    await audit.record(
        connection,
        actor=Actor(user.id, user.username, origin),
        action=action,
        object_type="user",
        object_id=user.id,
        object_name=user.username,
        detail=detail,
    )
