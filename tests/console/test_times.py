"""Times as a person wants them."""

from datetime import UTC, datetime, timedelta

from console.words import Times


def test_times_are_written_as_the_person_wants() -> None:
    now = datetime.now(UTC)
    old = now - timedelta(days=800)
    assert Times("absolute").show(now, now) == f"{now.astimezone():%H:%M:%S}"
    assert Times("absolute").show(old, now) == f"{old.astimezone():%Y-%m-%d}"
    assert Times("relative").show(now - timedelta(minutes=5), now) == "5 min ago"
    assert Times().show(None) == ""
