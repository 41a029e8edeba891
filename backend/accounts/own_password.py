"""Users change their own passwords."""

from backend.accounts import sessions
from backend.accounts.announcements import announce
from backend.accounts.identities import Identities
from backend.accounts.passwords import hash_password, verify_password
from backend.accounts.users import find_user, record_change, replace_password
from backend.context import Actor, ServiceContext
from shared.errors import ConflictError, UnauthorizedError
from shared.models.auth import PasswordChange, TokenPair


async def change_own_password(
    context: ServiceContext, identities: Identities, change: PasswordChange, *, actor: Actor
) -> TokenPair:
    """Replace the password of the actor, which ends all sessions and tokens of theirs; return those of a new session.

    Raises `UnauthorizedError` if the current password is wrong, and `ConflictError` for a user without a password, or
    whose password another request changed at the same time.
    """
    async with context.database.transaction() as connection:
        found = await find_user(connection, actor.name)
    if found is not None and found.password_hash is None:
        raise ConflictError(
            f"{actor.name} has no password: this user signs in with single sign-on, or is the local backend's own."
        )
    is_right = await verify_password(found.password_hash if found else None, change.current_password)
    if found is None or found.password_hash is None or not is_right:
        raise UnauthorizedError("The current password is wrong.")
    new_hash = await hash_password(change.new_password)
    async with context.database.transaction() as connection:
        generation = await replace_password(connection, found, new_hash)
        if generation is None:
            raise ConflictError("The password was changed by another request. Sign in again.")
        session = await sessions.start(
            connection, found.user.id, generation=generation, lifetime=context.settings.refresh_token_lifetime
        )
        await announce(connection, found.user.id)
        await record_change(connection, actor, found.user, changed=["password"])
    identities.cache.forget(found.user.id)
    return await identities.token_pair(session)
