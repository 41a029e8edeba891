"""Reads the JSON of the database, of which one value that cannot be read costs no other."""

import json
from dataclasses import dataclass
from typing import Any

from shared.json_nesting import MOST_NESTED, nesting

_LEAST_TOO_DEEP = 2 * (MOST_NESTED + 1)
"""The shortest text that is nested too deeply has so many brackets."""


@dataclass(frozen=True, slots=True)
class UnreadableJson:
    """Stands for a value that was written by hand or by another version.

    It is neither list nor mapping nor text, so that who reads its row fails on it as on any value of a wrong type.
    """

    reason: str


def read_json(text: str) -> Any:
    """Return a value, or an `UnreadableJson`; never raises.

    It is called while the driver takes in all rows of a statement: an error would cost all of them. A value that could
    be read, and is nested more deeply than an answer of the API can be, is left out too.
    """
    try:
        if len(text) >= _LEAST_TOO_DEEP and _may_be_too_deep(text) and nesting(text) > MOST_NESTED:
            return UnreadableJson(f"it is nested deeper than {MOST_NESTED} levels")
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return UnreadableJson(f"{type(error).__name__}: {error}")


def _may_be_too_deep(text: str) -> bool:
    return text.count("[") + text.count("{") > MOST_NESTED
