"""Rate limits by user and by address."""

from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import ConfigurationError
from limits.storage import storage_from_string

from backend.settings import Settings
from shared.errors import RateLimitedError, StartupError


class Limiter:
    """Counts requests per minute, in Redis if the settings name one and in this process otherwise."""

    def __init__(self, settings: Settings) -> None:
        """Raises `StartupError` if `TASKDECK_REDIS_URL` cannot be used."""
        url = f"async+{settings.redis_url}" if settings.redis_url else "async+memory://"
        try:
            storage = storage_from_string(url)
        except (ConfigurationError, ImportError) as error:
            raise StartupError(
                f"TASKDECK_REDIS_URL cannot be used: {error}. Set it to redis://host:6379 and install coredis."
            ) from error
        assert isinstance(storage, Storage)
        self._limiter = FixedWindowRateLimiter(storage)
        self._requests = RateLimitItemPerMinute(settings.requests_per_minute)
        self._logins = RateLimitItemPerMinute(settings.login_attempts_per_minute)

    async def count_request(self, user_id: str) -> None:
        """Count a request of a user; raises `RateLimitedError`."""
        if not await self._limiter.hit(self._requests, "request", user_id):
            raise RateLimitedError("You sent too many requests. Wait a minute.", retry_after_seconds=60)

    async def count_login(self, username: str, address: str) -> None:
        """Count an attempt to sign in, by user name and by address; raises `RateLimitedError`."""
        for key in (f"name:{username}", f"address:{address}"):
            if not await self._limiter.hit(self._logins, "login", key):
                raise RateLimitedError(
                    "Too many attempts to sign in. Wait a minute, then try again.", retry_after_seconds=60
                )
