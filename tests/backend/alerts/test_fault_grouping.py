"""Faults raise one alert of a rule, however many there are."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.alerts.fault_grouping import is_silenced, on_faults
from backend.alerts.fault_words import fault_words
from backend.alerts.model import FaultsNow, Notice, OpenAlert, WatchedFault
from shared.enums import FaultKind
from shared.models.alert import AlertMessage, Silence
from tests.fuzzing import fuzzed

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def fault(number: int, kind: FaultKind = FaultKind.SET_ASIDE) -> WatchedFault:
    return WatchedFault(
        id=number, kind=kind, object="task backup", cause="no zone 'Moon'", next_step="Edit the task and resume it."
    )


def faults(*ids: int, after: int = 0) -> FaultsNow:
    return FaultsNow(
        count=len(ids), newest=fault(max(ids)) if ids else None, newer_than={after: sum(one > after for one in ids)}
    )


def look(
    alert: OpenAlert | None, found: FaultsNow, *, now: datetime = NOW, silenced: bool = False
) -> tuple[OpenAlert | None, Notice | None]:
    return on_faults(alert, found, now=now, remind_after=HOUR, silenced=silenced)


def test_ten_thousand_faults_are_one_message_with_their_number() -> None:
    alert, notice = look(None, faults(*range(1, 10_001)))
    assert notice == Notice(AlertMessage.FIRST, 10_000)
    title, detail = fault_words(notice, fault(10_000))
    assert title == "10,000 faults, newest: task backup was set aside"
    assert detail == "no zone 'Moon'. Edit the task and resume it. All faults: taskdeck faults list"
    assert look(alert, faults(*range(1, 10_001), after=10_000), now=NOW + 2 * HOUR) == (alert, None)


def test_one_fault_is_told_with_object_cause_and_next_step() -> None:
    _, notice = look(None, faults(7))
    assert notice is not None
    assert fault_words(notice, fault(7)) == (
        "Fault: task backup was set aside",
        "no zone 'Moon'. Edit the task and resume it.",
    )


def test_later_faults_are_counted_and_told_in_one_reminder() -> None:
    alert, _ = look(None, faults(1))
    assert alert is not None
    alert, notice = look(alert, faults(1, 2, 3, after=1))
    assert (notice, alert and alert.held) == (None, 2)
    alert, notice = look(alert, faults(1, 2, 3, after=3), now=NOW + HOUR)
    assert notice == Notice(AlertMessage.REMINDER, 2)
    assert fault_words(notice, fault(3))[0] == "2 more faults, newest: task backup was set aside"


def test_the_alert_ends_with_the_last_fault() -> None:
    alert, _ = look(None, faults(1, 2))
    alert, notice = look(alert, faults(2, after=2))
    assert notice is None
    assert look(alert, faults()) == (None, Notice(AlertMessage.RECOVERY, 2))
    assert fault_words(Notice(AlertMessage.RECOVERY, 2), None) == ("No fault is left", "2 faults since the first.")
    assert look(None, faults()) == (None, None)


def test_a_silence_for_everything_holds_the_message_back_until_its_end() -> None:
    alert, notice = look(None, faults(1), silenced=True)
    assert notice is None
    assert look(alert, faults(1, after=1))[1] == Notice(AlertMessage.FIRST, 1)
    assert look(alert, faults(), silenced=True) == (None, None)
    sent, _ = look(None, faults(1))
    assert look(sent, faults(), silenced=True) == (sent, None)


def test_only_a_silence_for_everything_is_about_faults() -> None:
    at = {"id": 1, "starts_at": NOW - HOUR, "ends_at": NOW + HOUR}
    assert is_silenced([Silence(**at)], now=NOW)
    assert not is_silenced([Silence(**at, folder="ops"), Silence(**at, task_id=3)], now=NOW)
    assert not is_silenced([Silence(**at)], now=NOW + HOUR)


@fuzzed(50)
@given(st.lists(st.tuples(st.sets(st.integers(1, 30), max_size=6), st.booleans()), max_size=12))
def test_every_message_but_the_first_follows_one_and_no_alert_is_left_open(
    steps: list[tuple[set[int], bool]],
) -> None:
    alert, now, is_open = None, NOW, False
    for ids, silenced in [*steps, (set[int](), False)]:
        now += timedelta(minutes=20)
        found = faults(*ids, after=alert.newest_fault_id if alert is not None else 0)
        alert, notice = look(alert, found, now=now, silenced=silenced)
        if notice is None:
            continue
        assert not silenced
        assert notice.count > 0
        assert (notice.message is AlertMessage.FIRST) is not is_open
        is_open = notice.message is not AlertMessage.RECOVERY
    assert (alert, is_open) == (None, False)
