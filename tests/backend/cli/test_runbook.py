"""The runbook is at hand where the trouble is."""

import subprocess
import sys


def runbook(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", "runbook", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_runbook_lists_its_entries_and_prints_one() -> None:
    assert "clock-skew" in runbook().stdout
    entry = runbook("no-dispatcher")
    assert "taskdeck serve --roles api,dispatcher" in entry.stdout
    unknown = runbook("nonsense")
    assert unknown.returncode == 3
    assert "no-dispatcher" in unknown.stderr
