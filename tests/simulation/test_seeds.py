"""A seed of `make simulation`, in a process of its own: it replaces clock and event loop."""

import os
import re
import subprocess
import sys

FIXED = {"PYTHONHASHSEED": "0", "PGSSLMODE": "disable"}
"""What the simulation would start itself again for."""
SEED = "3"
MUTATION, NOTICING_SEED = "limits", "1"


def simulation(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        env=os.environ | FIXED | {"TASKDECK_TEST_DATABASE_URL": url},
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


def test_a_seed_notices_a_product_without_limits(postgres_url: str) -> None:
    played = simulation(postgres_url, "--mutations", MUTATION, "--seeds", NOTICING_SEED, "--processes", "1")
    assert played.returncode == 0, played.stdout + played.stderr
    assert f"noticed by seed {NOTICING_SEED}: limits_hold:" in played.stdout
