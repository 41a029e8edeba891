"""Commands of a service as a command of a shell that does the same."""

import re
import shlex
from collections.abc import Sequence

from shared.systemd.unit_file import UnitError, expand_specifiers, split_words

_PREFIXES = "@-:+!"
_VARIABLE = re.compile(r"\$\$|\$\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\}|\$(?P<bare>[A-Za-z_][A-Za-z0-9_]*)")
_SHELLS = frozenset({"/bin/sh", "/usr/bin/sh", "sh", "/bin/bash", "/usr/bin/bash", "bash"})


def shell_command(
    before: Sequence[str], commands: Sequence[str], after: Sequence[str], *, unit: str
) -> tuple[str, list[str]]:
    """Return a command of the shell, and notes on what is different; raises `UnitError`.

    Commands run one after the other, and the first failure ends them, as in a service of the type oneshot.
    """
    notes: list[str] = []
    lines = [_line(text, unit, notes) for text in (*before, *commands, *after)]
    if len(lines) == 1:
        return lines[0], notes
    return "set -e\n" + "\n".join(lines), notes


def _line(text: str, unit: str, notes: list[str]) -> str:
    prefixes = text[: len(text) - len(text.lstrip(_PREFIXES))]
    text = text[len(prefixes) :].strip()
    if "@" in prefixes:
        raise UnitError("a command that is given another name (@) cannot be expressed")
    if "+" in prefixes or "!" in prefixes:
        notes.append("A command with full privileges (+ or !) runs as the user of its worker.")
    words = split_words(expand_specifiers(text, unit))
    if not words:
        raise UnitError("has an empty command")
    # Without a separator of its own, systemd runs one command; a lone ; separates two.
    parts: list[list[str]] = [[]]
    for position, (word, is_quoted) in enumerate(words):
        if word == ";" and not is_quoted:
            parts.append([])
        elif ":" in prefixes:
            parts[-1].append(shlex.quote(word))
        else:
            parts[-1].append(_word(word, is_command=position == 0))
    command = "; ".join(" ".join(part) for part in parts if part)
    if len(words) == 3 and words[0][0] in _SHELLS and words[1][0] == "-c" and words[0][0].endswith("/sh"):
        command = words[2][0].replace("$$", "$") if "$" in words[2][0] and not _has_variable(words[2][0]) else command
    return f"{command} || true" if "-" in prefixes else command


def _has_variable(word: str) -> bool:
    """Return whether systemd replaces something in a word before the shell reads it."""
    return any(found[0] != "$$" for found in _VARIABLE.finditer(word))


def _word(word: str, *, is_command: bool) -> str:
    """Return a word for the shell: `${NAME}` is replaced within it, and a word that is `$NAME` alone is split."""
    if is_command:
        return shlex.quote(word.replace("$$", "$"))
    alone = _VARIABLE.fullmatch(word)
    if alone is not None and alone["bare"]:
        return f"${alone['bare']}"
    pieces: list[str] = []
    position = 0
    for found in _VARIABLE.finditer(word):
        if found[0] != "$$" and found["bare"]:
            continue  # systemd replaces $NAME only where it is the whole word
        pieces.append(_plain(word[position : found.start()]))
        pieces.append("'$'" if found[0] == "$$" else f'"${{{found["braced"]}}}"')
        position = found.end()
    pieces.append(_plain(word[position:]))
    return "".join(pieces) or "''"


def _plain(text: str) -> str:
    return shlex.quote(text) if text else ""
