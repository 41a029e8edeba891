"""`taskdeck import-crontab` on a local backend."""

import json
import subprocess
import sys

from tests.local_process import LocalProcess

CRONTAB = """\
MAILTO=ops@example.org
# Sweeps the floor.
5 4 * * * /opt/imported-sweep.sh >/dev/null
@reboot /opt/never
"""


def taskdeck(backend: LocalProcess, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", "--data-dir", str(backend.data_dir), *words],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_crontab_is_listed_and_imported_once_with_yes(local_backend: LocalProcess) -> None:
    shown = taskdeck(local_backend, "import-crontab", "-", text=CRONTAB)
    assert shown.returncode == 0, shown.stderr
    assert "new" in shown.stdout
    assert "skipped: @reboot has no time" in shown.stdout
    assert "No mail is sent to MAILTO=ops@example.org" in shown.stderr
    assert "--yes" in shown.stderr
    assert taskdeck(local_backend, "task", "show", "imported-sweep").returncode == 3
    options = ("import-crontab", "-", "--yes", "--paused", "--timezone", "Asia/Tokyo", "--json")
    made = json.loads(taskdeck(local_backend, *options, text=CRONTAB).stdout)
    assert [one["outcome"] for one in made] == ["created", None]
    again = json.loads(taskdeck(local_backend, *options, text=CRONTAB).stdout)
    assert [one["outcome"] for one in again] == ["exists", None]
    task = json.loads(taskdeck(local_backend, "task", "show", "imported-sweep", "--json").stdout)
    assert (task["schedule"], task["timezone"], task["status"], task["folder"], task["description"]) == (
        "5 4 * * *",
        "Asia/Tokyo",
        "paused",
        "crontab",
        "Sweeps the floor.",
    )
    taskdeck(local_backend, "task", "delete", "imported-sweep", "--yes")


def test_a_crontab_that_cannot_be_read_is_an_error(local_backend: LocalProcess) -> None:
    answer = taskdeck(local_backend, "import-crontab", "/no/such/crontab")
    assert answer.returncode != 0
    assert "/no/such/crontab cannot be read" in answer.stderr


def test_a_first_word_that_may_be_a_user_or_a_program_is_asked_about(local_backend: LocalProcess) -> None:
    crontab = "30 4 * * 0 git gc\n"
    refused = taskdeck(local_backend, "import-crontab", "-", "--yes", text=crontab)
    assert refused.returncode == 2
    assert "--system" in refused.stderr
    shown = taskdeck(local_backend, "import-crontab", "-", "--user", "--json", text=crontab)
    assert json.loads(shown.stdout)[0]["task"]["command"] == "git gc"
