"""Which of the secrets of a name a task uses: that of its folder, or of the nearest one above it."""

from collections.abc import Iterable


def folders_above(folder: str) -> list[str]:
    """Return a folder and those above it, the nearest first; the last one is empty and holds for all tasks."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:length]) for length in range(len(parts), -1, -1)]


def nearest(folder: str, having: Iterable[str]) -> str | None:
    """Return the nearest of the folders `having` a secret that a task in `folder` may use, or None."""
    found = set(having)
    return next((one for one in folders_above(folder) if one in found), None)
