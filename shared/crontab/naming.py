"""Names for the tasks of a crontab, after the programs that they run."""

import re
from collections.abc import Sequence
from itertools import takewhile
from pathlib import PurePosixPath

MAX_NAME_CHARACTERS = 255
"""The length of a task's name."""

_WRAPPERS = frozenset(
    {
        "cd",
        "chronic",
        "command",
        "env",
        "exec",
        "flock",
        "ionice",
        "nice",
        "nohup",
        "setsid",
        "sleep",
        "sudo",
        "test",
        "time",
        "timeout",
    }
)
_SHELL_WORDS = frozenset({"if", "then", "else", "fi", "for", "while", "do", "done", "case", "esac", "!"})
_INTERPRETER = re.compile(r"(python|perl|ruby|(ea-)?php|node|bash|sh|zsh)[\d.]*")
_REDIRECTION = re.compile(r"\d*[<>]")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def name_of(command: str) -> str:
    """Return a name such as `backup` for `cd /srv && /usr/local/bin/backup.sh -v`; empty where nothing fits."""
    for part in re.split(r"&&|;|\|\|?|\n", command):
        words = [word.strip("()[]{}\"'") for word in part.split()]
        words = [word for word in words if word and not _ASSIGNMENT.match(word)]
        skips_next = False
        for place, word in enumerate(words):
            stem = PurePosixPath(word).name
            if skips_next and not word.startswith("-"):
                skips_next = False
                continue
            skips_next = skips_next or stem == "flock"
            if stem in ("cd", "test"):
                break
            if (
                stem in _WRAPPERS
                or stem in _SHELL_WORDS
                or word.startswith(("-", ">", "<", "&", "$"))
                or stem.replace(".", "").isdigit()
            ):
                continue
            return _script_of(stem, words[place + 1 :])[:MAX_NAME_CHARACTERS]
    return ""


def _script_of(program: str, words: Sequence[str]) -> str:
    """Return the script that an interpreter runs, or the program itself, without its ending."""
    if _INTERPRETER.fullmatch(program):
        words = list(takewhile(lambda word: _REDIRECTION.match(word) is None, words))
        if "-c" in words or "-e" in words:
            return program
        plain = [word for word in words if not word.startswith("-")]
        script = next((word for word in plain if "/" in word or "." in word), next(iter(plain), program))
        return re.sub(r"\.\w+$", "", PurePosixPath(script).name)
    return re.sub(r"\.(sh|py|pl|rb|js|php|bash)$", "", program)


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return the names with a number behind each that occurred before: `backup`, `backup-2`."""
    taken: set[str] = set()
    found = []
    for name in names:
        distinct, number = name, 2
        while distinct in taken:
            distinct, number = f"{name[: MAX_NAME_CHARACTERS - 8]}-{number}", number + 1
        taken.add(distinct)
        found.append(distinct)
    return found
