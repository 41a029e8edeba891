"""The time zone of this machine, by its name."""

import os
from pathlib import Path
from zoneinfo import available_timezones

_LINK = Path("/etc/localtime")
_NAME = Path("/etc/timezone")


def machine_zone() -> str:
    """Return the IANA name of this machine's zone; UTC where it has none that can be found out."""
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    if _LINK.is_symlink():
        candidates.append(str(_LINK.resolve()).rpartition("/zoneinfo/")[2])
    if _NAME.is_file():
        candidates.append(_NAME.read_text(encoding="utf-8").strip())
    known = available_timezones()
    return next((name for name in candidates if name in known), "UTC")
