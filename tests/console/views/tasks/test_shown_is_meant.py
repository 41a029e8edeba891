"""What the task editor shows of a schedule is what the schedule means: its builder, its words and its next times."""

from collections import defaultdict
from datetime import UTC, datetime
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from console.views.tasks.cron_parts import CronKind, read_parts, write_parts
from shared.models.timing import timing_of
from shared.schedule.cron_fields import CronError
from shared.schedule.description import describe
from tests.fuzzing import fuzzed
from tests.strategies.schedules import CRON

_NUMBERS = st.integers(0, 61).map(str) | st.integers(0, 9).map("0{}".format)
_DAY_NAMES = st.sampled_from(("sun", "MON", "tue", "Wed", "thu", "fri", "sat"))
_WEEKDAY = st.integers(0, 8).map(str) | _DAY_NAMES
_WEEKDAYS = st.lists(_WEEKDAY | st.builds("{}-{}".format, _WEEKDAY, _WEEKDAY), min_size=1, max_size=3).map(",".join)
_SIMPLE = st.builds(
    "{} {} {} * {}".format,
    st.just("*") | _NUMBERS | _NUMBERS.map("*/{}".format),
    st.just("*") | _NUMBERS,
    st.just("*") | st.integers(0, 32).map(str) | st.sampled_from(("L", "l")),
    st.just("*") | _WEEKDAYS,
)
"""Near to what the builder can show: with leading zeros, names in any case, ranges that wrap, and numbers beyond."""
_STARTS = (
    datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
    datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
    datetime(2028, 2, 28, 12, 0, tzinfo=UTC),
)
"""Before both changes of the clock in Berlin, and before a leap day."""


def times(schedule: str, *, timezone: str, count: int = 10) -> list[datetime]:
    """Return occurrences of a schedule after each of the starts; raises `CronError`."""
    timing = timing_of(name="nightly", schedule=schedule, timezone=timezone)
    return [at for start in _STARTS for at in islice(timing.iterate(start), count)]


@fuzzed(200)
@given(_SIMPLE | CRON)
def test_what_the_builder_shows_fires_when_the_text_does(text: str) -> None:
    parts = read_parts(text)
    if parts.kind in (CronKind.OTHER, CronKind.NONE):
        return
    try:
        expected = times(text, timezone="Europe/Berlin")
    except CronError:
        raise AssertionError(f"the builder shows {text!r}, which is no schedule") from None
    assert times(write_parts(parts), timezone="Europe/Berlin") == expected


@fuzzed(40)
@given(st.lists(_SIMPLE | CRON, min_size=2, max_size=40, unique=True))
def test_schedules_of_the_same_words_fire_at_the_same_times(texts: list[str]) -> None:
    """In a zone without changes of the clock: no sentence tells how each kind of schedule follows them."""
    for language in ("en", "zh"):
        alike: dict[str, set[tuple[datetime, ...]]] = defaultdict(set)
        for text in texts:
            try:
                alike[describe(text, language=language, name="nightly")].add(tuple(times(text, timezone="UTC")))
            except CronError:
                continue
        assert [words for words, found in alike.items() if len(found) > 1] == []
