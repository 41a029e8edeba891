"""Ten thousand tasks of a file are applied in seconds: all new, all as they are, one changed.

The time of the CPU is measured, because that of the clock depends on what else the machine does.
"""

import time

import pytest

from backend.cli.definition_files import apply_files
from shared.definitions.reading import read_definitions
from shared.models.definitions import DefinitionAction
from tests.machine_speed import slowness
from tests.system import System

COUNT = 10_000
MOST_CPU_SECONDS = 10.0
"""Of this process, which is command line and backend; as much of the 20 s is left for PostgreSQL."""


def file_of_tasks(*, changed: int | None = None) -> str:
    """Return a file of tasks in chains of ten; the one with the number `changed` has another command."""
    lines = ["tasks:"]
    for number in range(COUNT):
        lines += [
            f"- name: task {number:05}",
            "  executor: shell",
            f"  command: echo {'changed' if number == changed else number}",
            f"  schedule: {number % 60} {number % 24} * * *",
            "  timezone: Europe/Berlin",
            f"  folder: team/{number % 50}",
            "  labels:",
            f"    team: t{number % 7}",
        ]
        if number % 10:
            lines += ["  depends_on:", f"  - task: task {number - 1:05}"]
    return "\n".join(lines)


@pytest.mark.timeout(600)
async def test_ten_thousand_tasks_are_applied_in_seconds(system: System) -> None:
    for changed, expected in (
        (None, {DefinitionAction.CREATED: COUNT}),
        (None, {DefinitionAction.UNCHANGED: COUNT}),
        (7000, {DefinitionAction.UNCHANGED: COUNT - 1, DefinitionAction.CHANGED: 1}),
    ):
        began = time.process_time()
        file = read_definitions(file_of_tasks(changed=changed), source="tasks.yaml")
        found = (await apply_files(system.client, [file])).definitions
        seconds = time.process_time() - began
        counts = {action: sum(one.action is action for one in found) for action in expected}
        assert counts == expected
        assert seconds < MOST_CPU_SECONDS * slowness(), f"{expected} took {seconds:.1f} s of CPU"
