import os

from backend.worker.process_usage import usage_of_sessions

NO_SESSION = 2**22
"""Beyond the highest pid of Linux."""


def test_usage_is_counted_by_session() -> None:
    own = os.getsid(0)
    found = usage_of_sessions([own, NO_SESSION])
    assert found[own].memory_bytes > 1_000_000
    assert NO_SESSION not in found
