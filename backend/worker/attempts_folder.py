"""The parent of the private folders of a worker's attempts, in the system's temporary directory.

Not in the spool's folder: when the file system of the spool is full, commands continue.
"""

import contextlib
import shutil
import tempfile
from pathlib import Path

_NOTE = "attempts-folder"
"""File in the spool's folder with the path, for the next incarnation where this one is killed."""
_PREFIX = "taskdeck-"


def replace_attempts_folder(spool_dir: Path, *, is_entered_by_others: bool = False) -> Path:
    """Remove the folder of the worker's last incarnation, and create one; raises OSError.

    `is_entered_by_others` lets other users enter it, but not list it: commands that run as one have folders in it.
    """
    note = spool_dir / _NOTE
    with contextlib.suppress(OSError):
        former = Path(note.read_text(encoding="utf-8"))
        if former.name.startswith(_PREFIX):
            shutil.rmtree(former, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    if is_entered_by_others:
        folder.chmod(0o711)
    # Without the note, only the removal after a kill is lost.
    with contextlib.suppress(OSError):
        note.write_text(str(folder), encoding="utf-8")
    return folder


def remove_attempts_folder(folder: Path) -> None:
    """Remove it with all that commands left in it."""
    shutil.rmtree(folder, ignore_errors=True)
