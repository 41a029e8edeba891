"""The range of valid times: smaller than Python's, so that arithmetic and time zones cannot overflow."""

from datetime import UTC, datetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
