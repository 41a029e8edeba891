"""Single fields of a task as texts, and back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.views.tasks.field_texts import blackouts_text, instant_text, read_blackouts, read_instant, read_numbers
from shared.models.schedule import BlackoutWindow

AT = datetime(2026, 12, 24, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-12-24 18:00 UTC", "2026-12-24T18:00Z", "2026-12-24 18:00", "2026-12-24 18:00:00 utc"]
)
def test_an_instant_is_read_as_it_is_shown_and_as_the_api_writes_it(text: str) -> None:
    read = read_instant(text)
    assert read is not None
    assert datetime.fromisoformat(read) == AT


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_what_is_shown_is_read_as_the_same_second(at: datetime) -> None:
    read = read_instant(instant_text(at))
    assert read is not None
    assert datetime.fromisoformat(read) == at.replace(microsecond=0)


def test_a_blackout_is_read_as_it_is_shown() -> None:
    text = blackouts_text([BlackoutWindow(starts_at=AT, ends_at=AT.replace(day=27))])
    assert text == "2026-12-24 18:00 UTC – 2026-12-27 18:00 UTC"
    assert [BlackoutWindow.model_validate(one) for one in read_blackouts(text)] == [
        BlackoutWindow(starts_at=AT, ends_at=AT.replace(day=27))
    ]


def test_numbers_may_have_chinese_commas() -> None:
    assert read_numbers("1，75、3") == [1, 75, 3]
