"""Private folders that are used by one attempt after the other."""

import os
import stat
from pathlib import Path

_OWN_ONLY = 0o700


class KeptFolders:
    """Folders in which commands have left nothing.

    Making two folders for each attempt and removing them took a quarter of what a worker spends on a short command. The
    commands run as the worker's own user, who can read the folders of all of them anyway.
    """

    def __init__(self) -> None:
        self._folders: list[Path] = []
        self._named = 0

    @property
    def count(self) -> int:
        """How many wait for an attempt."""
        return len(self._folders)

    def take(self, parent: Path, *, tmp: str | None) -> tuple[Path, bool]:
        """Return a folder that is as new and whether it exists already; otherwise one to make, in the parent.

        `tmp` names the temporary folder in it, which is all that it contains. It has no attempt in its own name, since
        it may become that of others.
        """
        while self._folders:
            folder = self._folders.pop()
            # Programs that tidy temporary directories remove what nobody has used for days.
            if _is_as_new(folder, tmp):
                return folder, True
        self._named += 1
        return parent / f"kept-{self._named}", False

    def keep(self, folder: Path, *, tmp: str | None) -> bool:
        """Keep a folder for the next attempt; False where it is not as it was made, and has to be removed."""
        is_as_new = _is_as_new(folder, tmp)
        if is_as_new:
            self._folders.append(folder)
        return is_as_new


def _is_as_new(folder: Path, tmp: str | None) -> bool:
    wanted = [] if tmp is None else [tmp]
    try:
        return _contains(folder, wanted) and (tmp is None or _contains(folder / tmp, []))
    except OSError:
        return False


def _contains(folder: Path, wanted: list[str]) -> bool:
    """Whether a path is a folder of this user alone with no other entries than these; links are not followed."""
    status = os.lstat(folder)
    is_private = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == _OWN_ONLY
    return is_private and status.st_uid == os.geteuid() and [path.name for path in folder.iterdir()] == wanted
