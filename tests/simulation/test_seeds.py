"""A seed of `make simulation`, in a process of its own: it replaces clock and event loop."""

import os
import re
import subprocess
import sys

SEED = "10"


def simulation(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        env=os.environ | {"TASKDECK_TEST_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def test_a_seed_breaks_no_promise_and_replays_event_by_event(postgres_url: str) -> None:
    played = simulation(postgres_url, "--seeds", SEED, "--twice")
    assert played.returncode == 0, played.stdout + played.stderr
    assert re.findall(r"^seed (\d+):", played.stdout, flags=re.MULTILINE) == [SEED]
    (events,) = re.findall(r"replays: (\d+) events", played.stdout)
    assert int(events) > 500
