"""No control character of a name, an error or a log reaches a terminal, and no token the list of processes."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from backend.cli.output import confirm, print_facts, print_json, print_table
from backend.cli.run_commands import for_terminal
from backend.cli.say import say
from shared.printable_text import UNPRINTABLE
from tests.local_process import LocalProcess

TITLE, CLEAR, CSI, REVERSED = "\x1b]0;owned\x07", "\x1b[2J\x1b[H", "\x9b31m", "\u202egpj.exe"
HOSTILE = f"a{TITLE}b{CLEAR}c{CSI}d{REVERSED}\x08\x7f"


def is_clean(text: str) -> bool:
    return not any(character in text for character in "\x1b\x07\x9b\x08\x7f\u202e")


def test_every_way_of_printing_writes_control_characters_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(HOSTILE)
    say(HOSTILE, err=True)
    print_facts([(HOSTILE, HOSTILE)])
    print_table(("A", "B"), [(HOSTILE, "x")], empty="")
    print_json({HOSTILE: HOSTILE})
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda question, abort: print(question))
    confirm(f"Delete {HOSTILE}?", yes=False)
    shown = capsys.readouterr()
    for text in (shown.out, shown.err):
        assert "owned" in text
        assert is_clean(text)


def test_json_stays_the_same_document(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({HOSTILE: ["备份", HOSTILE, "a\nb"]})
    assert json.loads(capsys.readouterr().out) == {HOSTILE: ["备份", HOSTILE, "a\nb"]}
    assert UNPRINTABLE


def test_output_for_a_terminal_keeps_its_lines_and_loses_its_colours() -> None:
    assert for_terminal("\x1b[1;32mok\x1b[0m\tdone\r\nnext\n") == "ok\tdone\nnext\n"
    assert is_clean(for_terminal(HOSTILE))


def run_in_terminal(*arguments: str, folder: Path) -> str:
    """Run `taskdeck` in a terminal, and return what the terminal received."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "backend", "--data-dir", str(folder), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    received = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # the other end was closed
            break
        if not piece:
            break
        received += piece
    os.close(ours)
    assert process.wait(timeout=60) == 0, received
    return received.decode()


def test_a_log_reaches_a_terminal_raw_only_if_that_is_asked_for(local_backend: LocalProcess) -> None:
    folder = local_backend.data_dir
    command = "printf 'a\\033]0;owned\\007b\\033[2J\\033[32mgreen\\033[0m\\n'"
    base = [sys.executable, "-m", "backend", "--data-dir", str(folder)]

    def call(*arguments: str) -> str:
        return subprocess.run([*base, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout

    call("task", "create", "noisy", "--command", command)
    run_id = str(json.loads(call("task", "trigger", "noisy", "--json"))["id"])
    assert TITLE in call("run", "logs", run_id, "--follow")
    shown = run_in_terminal("run", "logs", run_id, folder=folder)
    assert "owned" in shown
    assert "green" in shown
    assert is_clean(shown)
    assert is_clean(run_in_terminal("run", "show", run_id, folder=folder))
    assert TITLE in run_in_terminal("run", "logs", run_id, "--raw", folder=folder)


def test_a_token_comes_from_a_file_and_one_on_the_command_line_is_warned_of(
    local_backend: LocalProcess, tmp_path: Path
) -> None:
    address = local_backend.address
    file = tmp_path / "token"
    file.write_text(address.token + "\n")

    def call(*options: str, text: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "backend", "--url", address.url, *options, "task", "list"],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, **variables},
            check=False,
        )

    for given in (
        call("--token-file", str(file)),
        call("--token-file", "-", text=address.token + "\n"),
        call(TASKDECK_TOKEN=address.token),
        call(TASKDECK_TOKEN_FILE=str(file)),
    ):
        assert (given.returncode, "list of processes" in given.stderr) == (0, False), given.stderr
    visible = call("--token", address.token)
    assert visible.returncode == 0
    assert "--token can be read by every user of this machine" in visible.stderr
    for content in ("", "two tokens", "two\nlines"):
        file.write_text(content)
        refused = call("--token-file", str(file))
        assert refused.returncode == 1
        assert "must hold one token" in refused.stderr
    assert "cannot be read: No such file" in call("--token-file", str(tmp_path / "absent")).stderr
