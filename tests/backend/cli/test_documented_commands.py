"""Every `taskdeck …` in README, the runbook and the documentation is a command that exists, with its options."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from backend.cli.main import app

ROOT = Path(__file__).parents[3]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "README.zh.md",
    ROOT / "resources" / "docs" / "runbook.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words after `taskdeck` of each command in a code block or between backticks."""
    text = re.sub(r"\\\n +", " ", text)  # a line that goes on
    blocks = re.findall(r"^ {4}(.*)$", text, flags=re.MULTILINE)
    for code in [*blocks, *re.findall(r"`([^`]+)`", text)]:
        lexer = shlex.shlex(code, posix=True, punctuation_chars=";|")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if word in (";", "|"):
                if "taskdeck" in words:
                    yield words[words.index("taskdeck") + 1 :]
                words = []
            else:
                words.append(word)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_documented_command_exists_with_its_options(document: Path) -> None:
    found = list(commands(document.read_text(encoding="utf-8")))
    for words in found:
        if not words:
            continue  # the program itself
        command: Any = get_command(app)
        has_options = False
        for word in words:
            has_options |= word.startswith("-")
            if hasattr(command, "get_command") and not has_options:
                inner = command.get_command(None, word)
                assert inner is not None, f"taskdeck {' '.join(words)}: there is no command {word!r}"
                command = inner
            elif word.startswith("--"):
                options = {
                    name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
                }
                assert word in options, f"taskdeck {' '.join(words)}: {command.name} has no option {word}"
