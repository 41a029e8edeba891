"""Messages about the same trouble as one incident."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.incidents import Incident, incidents_of
from console.views.alerts.model import duration_words
from shared.models.alert import Alert, AlertCondition, AlertMessage
from tests.console.views.alerts.test_words import alert

FIRST, REMINDER, RECOVERY = AlertMessage.FIRST, AlertMessage.REMINDER, AlertMessage.RECOVERY
AT = alert().at


def messages(*kinds: AlertMessage, group: str = "ops", begin: int = 1) -> list[Alert]:
    return [
        alert(id=begin + place, at=AT + timedelta(hours=place), message=kind, grouping_key=group)
        for place, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ([FIRST], [(1, 1, True)]),
        ([FIRST, REMINDER, REMINDER], [(1, 3, True)]),
        ([FIRST, REMINDER, RECOVERY], [(1, 3, False)]),
        ([FIRST, RECOVERY, FIRST], [(3, 1, True), (1, 2, False)]),
        ([REMINDER, RECOVERY], [(1, 2, False)]),  # the first message is older than what was loaded
        ([RECOVERY, REMINDER], [(2, 1, True), (1, 1, False)]),
        ([FIRST, FIRST], [(2, 1, True), (1, 1, True)]),
    ],
)
def test_an_incident_reaches_from_its_first_message_to_the_recovery(
    kinds: list[AlertMessage], found: list[tuple[int, int, bool]]
) -> None:
    incidents = incidents_of(reversed(messages(*kinds)))
    assert [(one.id, one.messages, one.is_open) for one in incidents] == found


def test_groups_conditions_and_rules_are_apart() -> None:
    alerts = [
        *messages(FIRST, REMINDER),
        *messages(FIRST, RECOVERY, group="finance", begin=10),
        alert(id=20, grouping_key="ops", condition=AlertCondition.LATE),
        alert(id=21, grouping_key="ops", rule="another"),
    ]
    assert [one.id for one in incidents_of(alerts)] == [21, 20, 10, 1]


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(list(AlertMessage))), max_size=30))
def test_each_message_belongs_to_one_incident(drawn: list[tuple[str, AlertMessage]]) -> None:
    alerts = [alert(id=place, message=message, grouping_key=group) for place, (group, message) in enumerate(drawn, 1)]
    incidents = incidents_of(alerts)
    assert sum(one.messages for one in incidents) == len(alerts)
    assert [one.newest.id for one in incidents] == sorted((one.newest.id for one in incidents), reverse=True)
    assert all(one.oldest.id <= one.newest.id for one in incidents)


def test_the_duration_goes_on_until_the_recovery(in_english: None) -> None:
    def words(*kinds: AlertMessage) -> str:
        [incident] = incidents_of(messages(*kinds))
        return duration_words(incident, AT + timedelta(hours=5))

    assert words(FIRST) == "open for 5 h"
    assert words(FIRST, REMINDER, RECOVERY) == "over after 2 h"
    only = messages(RECOVERY)[0]
    assert duration_words(Incident(only, only, 1), AT) == "over"
