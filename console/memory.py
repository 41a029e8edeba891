"""What the console remembers of one backend: last view, filters, columns, splitters."""

import hashlib
import json
from typing import Any

from PySide6.QtCore import QSettings


class Memory:
    """A part of the settings that belongs to one backend; values are what JSON can hold."""

    def __init__(self, settings: QSettings, key: str) -> None:
        """`key` tells the backend from every other."""
        self._settings = settings
        self._group = f"backend-{hashlib.sha256(key.encode()).hexdigest()[:12]}"

    def get(self, name: str, default: Any = None) -> Any:
        """Return what was kept; `default` also where it cannot be read."""
        text = self._settings.value(f"{self._group}/{name}")
        if not isinstance(text, str):
            return default
        try:
            return json.loads(text)
        except ValueError:
            return default

    def put(self, name: str, value: Any) -> None:
        """Keep a value."""
        self._settings.setValue(f"{self._group}/{name}", json.dumps(value))
