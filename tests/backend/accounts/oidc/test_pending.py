"""What waits between the steps of a sign-in is bounded, and goes when its time is over."""

import pytest
from sqlalchemy import text

from backend.accounts.oidc import pending
from backend.accounts.oidc.pending import ClientRequest, PendingSignIn
from backend.context import ServiceContext
from shared.errors import RateLimitedError
from shared.loopback_address import redirect_uri
from shared.proof_key import challenge_of

SIGN_IN = PendingSignIn(
    nonce="n",
    code_verifier="v",
    client=ClientRequest(redirect_uri=redirect_uri(9), code_challenge=challenge_of("v"), state="s"),
)
FILL = text(
    """
    insert into oidc_sign_ins
    select 'state ' || number, '', '', '', '', '', '', now() + interval '1 minute' from generate_series(1, 10000) number
    """
)
AGE = text("update oidc_sign_ins set expires_at = expires_at - interval '11 minutes'")
COUNT = text("select count(*) from oidc_sign_ins")


async def test_a_sign_in_is_taken_once_by_its_state_and_browser(context: ServiceContext) -> None:
    async with context.database.transaction() as connection:
        await pending.add(connection, "state", "browser", SIGN_IN)
        assert await pending.take(connection, "state", "another browser") is None
        assert await pending.take(connection, "another state", "browser") is None
        assert await pending.take(connection, "state", "browser") == SIGN_IN
        assert await pending.take(connection, "state", "browser") is None


async def test_their_number_is_bounded_and_old_ones_make_room(context: ServiceContext) -> None:
    async with context.database.transaction() as connection:
        await connection.execute(FILL)
        with pytest.raises(RateLimitedError, match="ten minutes"):
            await pending.add(connection, "state", "browser", SIGN_IN)
        await connection.execute(AGE)
        await pending.add(connection, "state", "browser", SIGN_IN)
        assert (await connection.execute(COUNT)).scalar_one() == 1


async def test_the_purge_leaves_nothing_that_is_too_old(context: ServiceContext) -> None:
    async with context.database.transaction() as connection:
        await pending.add(connection, "state", "browser", SIGN_IN)
        await pending.delete_expired(connection)
        assert (await connection.execute(COUNT)).scalar_one() == 1
        await connection.execute(AGE)
        await pending.delete_expired(connection)
        assert (await connection.execute(COUNT)).scalar_one() == 0
