"""The replacement of the key that signs access tokens."""

from sqlalchemy import text

from backend import audit
from backend.accounts.announcements import announce_keys
from backend.accounts.identities import Identities
from backend.accounts.signing_keys import LOCK, insert_key
from backend.context import Actor, ServiceContext
from shared.models.auth import SigningKey

RETIRE = text("update signing_keys set verifies_until = now() + :lifetime where verifies_until is null")
REVOKE = text("update signing_keys set verifies_until = now() where verifies_until is null or verifies_until > now()")
DELETE_EXPIRED = text("delete from signing_keys where verifies_until < now() - interval '1 day'")


async def rotate(context: ServiceContext, identities: Identities, *, revoke: bool, actor: Actor) -> SigningKey:
    """Make a new key, which every replica signs with from now on.

    Former keys verify until the tokens that they signed have expired; with `revoke` they are void at once.
    """
    async with context.database.transaction() as connection:
        await connection.execute(LOCK)
        await connection.execute(DELETE_EXPIRED)
        if revoke:
            await connection.execute(REVOKE)
        else:
            await connection.execute(RETIRE, {"lifetime": context.settings.access_token_lifetime})
        made = await insert_key(connection, context.stored_values)
        await audit.record(
            connection,
            actor=actor,
            action="signing_key.rotate",
            object_type="signing_key",
            object_id=made.id,
            detail={"revoke": revoke},
        )
        await announce_keys(connection)
    identities.keys.forget()
    return made
