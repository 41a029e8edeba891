"""Messages about the same trouble as one incident: from the first one over its reminders to the recovery. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.models.alert import Alert, AlertMessage


@dataclass(frozen=True, slots=True)
class Incident:
    """One trouble: its newest message, the oldest that is known, and how many messages there were."""

    newest: Alert
    oldest: Alert
    messages: int

    @property
    def id(self) -> int:
        """What identifies it, whatever messages follow."""
        return self.oldest.id

    @property
    def is_open(self) -> bool:
        """Whether it has not recovered."""
        return self.newest.message is not AlertMessage.RECOVERY

    @property
    def is_unattended(self) -> bool:
        """Whether it has not recovered and nobody has acknowledged it."""
        return self.is_open and self.newest.acknowledged_by is None

    def lasted(self, now: datetime) -> timedelta:
        """Return how long it lasted, or has lasted by `now`."""
        return (now if self.is_open else self.newest.at) - self.oldest.at


def incidents_of(alerts: Iterable[Alert]) -> list[Incident]:
    """Return the incidents of messages in any order, the one with the newest message first.

    A first message begins another incident of its rule, condition and group; what comes before it belongs to the
    one before. Of the oldest incidents the first messages may be missing.
    """
    found: list[Incident] = []
    current: dict[tuple[str, str, str], int] = {}
    for alert in sorted(alerts, key=lambda alert: alert.id):
        key = (alert.rule, alert.condition, alert.grouping_key)
        place = current.get(key)
        if place is None or alert.message is AlertMessage.FIRST or not found[place].is_open:
            current[key] = len(found)
            found.append(Incident(alert, alert, 1))
        else:
            found[place] = Incident(alert, found[place].oldest, found[place].messages + 1)
    return sorted(found, key=lambda incident: -incident.newest.id)
