"""Values of channels that are secret: a file names a variable, and the person who applies it sets that."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.models.alert import HIDDEN

_REFERENCE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")


def variable_of(channel: str, field: str) -> str:
    """Return the variable that an export names for a secret value of a channel."""
    return _NOT_IN_A_NAME.sub("_", f"TASKDECK_{channel}_{field}").strip("_").upper()


def reference_to(variable: str) -> str:
    """Return what a file has in place of a secret value."""
    return f"${{env:{variable}}}"


def fill_in(
    channels: Sequence[Mapping[str, Any]], variables: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return channels with the values of the variables that they name, and the variables that are not set.

    Where one is not set, the value that is stored stays.
    """
    missing: list[str] = []

    def value(text: object) -> object:
        if not isinstance(text, str):
            return text
        names = _REFERENCE.findall(text)
        absent = [name for name in names if name not in variables]
        missing.extend(absent)
        return HIDDEN if absent else _REFERENCE.sub(lambda found: variables[found[1]], text)

    filled = []
    for channel in channels:
        own = dict(channel)
        if "url" in own:
            own["url"] = value(own["url"])
        if isinstance(own.get("headers"), dict):
            own["headers"] = {name: value(text) for name, text in own["headers"].items()}
        filled.append(own)
    return filled, missing
