"""A few seeds of `make simulation`, in a process of their own: it replaces clock and event loop."""

import os
import re
import subprocess
import sys

SEEDS = "1,10,13"


def test_a_few_seeds_break_no_promise(postgres_url: str) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seeds", SEEDS, "--processes", "1"],
        env=os.environ | {"TASKDECK_TEST_DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert re.findall(r"^seed (\d+):", played.stdout, flags=re.MULTILINE) == SEEDS.split(",")
