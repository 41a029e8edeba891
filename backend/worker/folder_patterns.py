"""Which folders of tasks a pattern in the configuration of a worker covers."""

from collections.abc import Sequence
from fnmatch import fnmatchcase


def is_covered(folder: str, patterns: Sequence[str]) -> bool:
    """Return whether a folder or one above it matches a pattern.

    `finance` covers `finance` and `finance/daily`. `*` and `?` match within one part: `*/daily` covers `sales/daily`.
    `/` covers every folder, and tasks without one.
    """
    return any(_covers(pattern, folder) for pattern in patterns)


def _covers(pattern: str, folder: str) -> bool:
    wanted, parts = _parts(pattern), _parts(folder)
    return len(wanted) <= len(parts) and all(fnmatchcase(part, one) for part, one in zip(parts, wanted, strict=False))


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]
