"""The search of the task list: words, and `field:value` filters."""

import shlex
from typing import Any

from shared.enums import Priority
from shared.folders import normal_folder

_FIELDS = ("executor", "label", "priority", "folder", "type")
_NAMES = {"type": "task_type"}


def read_search(text: str) -> dict[str, str]:
    """Return the filters of the API for a search such as `backup label:team=ops executor:http`.

    What is not understood stays a word that is looked for, so that typing never fails.
    """
    found: dict[str, str] = {}
    words: list[str] = []
    for word in _split(text):
        name, separator, value = word.partition(":")
        if separator and value and name in _FIELDS and _is_right(name, value):
            if name == "label" and ":" not in value:
                value = value.replace("=", ":", 1)
            found[_NAMES.get(name, name)] = value
        else:
            words.append(word)
    if words:
        found["q"] = " ".join(words)
    return found


def _is_right(name: str, value: str) -> bool:
    if name == "priority":
        return value in set(Priority)
    return name != "label" or ("=" in value.strip("=:") or ":" in value.strip("=:"))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text) if '"' in text else text.split()
    except ValueError:
        return text.split()


def asked(text: str, *, folder: str, status: str | None) -> dict[str, Any]:
    """Return the filters of the API for what is typed and what is chosen beside it."""
    typed: dict[str, Any] = dict(read_search(text))
    if folder and "folder" in typed:
        typed["folder"] = f"{folder}/{normal_folder(typed['folder'])}"
    return {"folder": folder or None, "status": status} | typed
