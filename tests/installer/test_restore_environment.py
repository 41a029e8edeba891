"""A frozen program gives its commands the environment that the user had."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOOK = Path(__file__).parents[2] / "installer" / "restore_environment.py"
SHOW = "import json, os, runpy, sys; runpy.run_path(sys.argv[1]); print(json.dumps(dict(os.environ)))"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"LD_LIBRARY_PATH": "/app/_internal"}, {}),
        ({"LD_LIBRARY_PATH": "/app/_internal:/own", "LD_LIBRARY_PATH_ORIG": "/own"}, {"LD_LIBRARY_PATH": "/own"}),
        ({"_PYI_ARCHIVE_FILE": "/app/taskdeck", "_PYI_APPLICATION_HOME_DIR": "/app"}, {}),
        ({"TZ": "UTC"}, {"TZ": "UTC"}),
    ],
)
def test_commands_get_what_the_user_had(given: dict[str, str], expected: dict[str, str]) -> None:
    basic = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", SHOW, str(HOOK)], env={**basic, **given}, capture_output=True, text=True, check=True
    )
    found = {name: value for name, value in json.loads(done.stdout).items() if name not in ("PATH", "LC_CTYPE")}
    assert found == expected
