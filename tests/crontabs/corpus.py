"""Crontabs in the shapes that systems ship, with what cronie starts for each, as `tests.crontabs.record` found it.

`system/NAME.crontab` has a column of users, `user/NAME.crontab` has none. Beside each lie `NAME.import.json`, the tasks
that it becomes, and `NAME.starts.json`, what cronie started.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.crontabs.cronie import Entry

FOLDER = Path(__file__).parent
ZONE = "Europe/Berlin"
"""The zone of the machine on which the crontabs lie."""

WINDOWS = (
    (datetime(2026, 1, 30, 12, tzinfo=UTC), datetime(2026, 2, 2, 12, tzinfo=UTC)),  # Friday to Monday, the first of one
    (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 8, tzinfo=UTC)),  # summer time begins
    (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # summer time ends
)
"""Spans of time between which crond was started again."""

_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Recorded:
    """What was started: the shell, its command, the standard input, the directory and the environment."""

    shell: str
    command: str
    given: str
    directory: str
    environment: tuple[str, ...]

    @staticmethod
    def of(entry: Entry) -> "Recorded":
        return Recorded(
            shell=entry.shell,
            command=entry.command,
            given=entry.given,
            directory=entry.directory,
            environment=tuple(sorted(f"{name}={value}" for name, value in entry.environment.items())),
        )


@dataclass(frozen=True, slots=True)
class Crontab:
    """One file of the corpus."""

    path: Path

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def is_system(self) -> bool:
        return self.path.parent.name == "system"

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode()

    @property
    def expected_import(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.path.with_suffix(".import.json").read_text(encoding="utf-8"))
        return found

    @property
    def recorded(self) -> dict[Recorded, list[datetime]]:
        found = {}
        for one in json.loads(self.path.with_suffix(".starts.json").read_text(encoding="utf-8")):
            runs = one.pop("minutes")
            start = Recorded(**one | {"environment": tuple(one["environment"])})
            found[start] = [_EPOCH + (first + step * n) * _MINUTE for first, step, count in runs for n in range(count)]
        return found


CORPUS = tuple(Crontab(path) for path in sorted(FOLDER.glob("*/*.crontab")))


def write_recorded(crontab: Crontab, starts: Mapping[Recorded, Sequence[datetime]]) -> None:
    """Write what was started, with the minutes of 2026 as progressions of first, step and count."""
    found = [
        {
            "command": start.command,
            "given": start.given,
            "shell": start.shell,
            "directory": start.directory,
            "environment": list(start.environment),
            "minutes": _progressions([(one - _EPOCH) // _MINUTE for one in at]),
        }
        for start, at in sorted(starts.items())
    ]
    text = json.dumps(found, ensure_ascii=False)
    crontab.path.with_suffix(".starts.json").write_text(text + "\n", encoding="utf-8")


def _progressions(numbers: Sequence[int]) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    place = 0
    while place < len(numbers):
        step = numbers[place + 1] - numbers[place] if place + 1 < len(numbers) else 1
        count = 1
        while place + count < len(numbers) and numbers[place + count] == numbers[place] + step * count:
            count += 1
        found.append((numbers[place], step, count))
        place += count
    return found
