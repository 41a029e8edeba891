"""Time zones by their IANA names, from the tzdata package: every machine knows the same ones and the same rules."""

import importlib.resources
import os
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

_NOT_ZONES = frozenset({"Factory"})
"""Placeholders that tzdata ships: Factory is the zone of a machine that was never set up."""

_LOCALTIME = Path("/etc/localtime")
_TIMEZONE = Path("/etc/timezone")


@lru_cache(maxsize=1)
def time_zone_names() -> frozenset[str]:
    """Return the names of all zones."""
    listed = importlib.resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - _NOT_ZONES


@lru_cache(maxsize=1024)
def time_zone(name: str) -> ZoneInfo:
    """Return the zone of a name; raises ValueError, with examples, where there is none."""
    if name not in time_zone_names():
        raise ValueError(f"unknown time zone {name!r}; use an IANA name such as UTC, Europe/Berlin or Asia/Shanghai")
    with importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def machine_zone() -> str:
    """Return the name of this machine's zone; UTC where it has none of these names."""
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    if _LOCALTIME.is_symlink():
        candidates.append(str(_LOCALTIME.resolve()).rpartition("/zoneinfo/")[2])
    if _TIMEZONE.is_file():
        candidates.append(_TIMEZONE.read_text(encoding="utf-8").strip())
    return next((name for name in candidates if name in time_zone_names()), "UTC")
