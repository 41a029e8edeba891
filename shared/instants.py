"""The span of time that Taskdeck knows: wide, with room at either end for arithmetic and time zones."""

from datetime import UTC, datetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
