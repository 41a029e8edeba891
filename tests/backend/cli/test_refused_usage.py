"""What the command line says of a value that it cannot read, without a backend."""

import os
import re
import subprocess
import sys

import pytest

HOSTILE = "a\x1b]0;p\x07\u202e"


def refusal(*arguments: str) -> str:
    """Return the error output of a command that is refused, as one line without its frame."""
    done = subprocess.run(
        [sys.executable, "-m", "backend", "--url", "http://127.0.0.1:1", "--token", "t", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "200"},
        check=False,
    )
    assert done.returncode in (1, 2, 3, 4), done.stderr
    return re.sub(r"[\s│]+", " ", done.stderr)


@pytest.mark.parametrize("schedule", ["@daily", "*/5 * * * *", "* * * * *"])
def test_a_value_that_is_not_yaml_says_how_it_is_quoted(schedule: str) -> None:
    said = refusal("task", "edit", "x", "--set", f"schedule={schedule}")
    assert f"is not YAML; put the value in quotes: --set 'schedule=\"{schedule}\"'" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("task", "create", "x", "--set", HOSTILE),
        ("task", "create", "x", "--set", f"{HOSTILE}=@x"),
        ("task", "create", "x", "--set", f"name=@{HOSTILE}"),
        ("task", "create", "x", "--label", HOSTILE),
        ("task", "create", "x", f"--{HOSTILE}"),
        ("task", "create", "x", "--timeout", HOSTILE),
        ("task", HOSTILE),
        ("run", "show", HOSTILE),
        ("run", "list", "--status", HOSTILE),
        ("agenda", "--until", HOSTILE),
        ("preview", HOSTILE),
        ("import-crontab", f"/no/{HOSTILE}"),
        ("apply", f"/no/{HOSTILE}"),
        (HOSTILE,),
    ],
)
def test_no_control_character_of_an_argument_reaches_the_terminal(arguments: tuple[str, ...]) -> None:
    said = refusal(*arguments)
    assert not any(character in said for character in "\x1b\x07\u202e"), ascii(said)
