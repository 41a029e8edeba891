"""Run by a frozen program before anything else: marks its version as in use until the process ends.

An upgrade removes the folders of former versions whose file `in-use` nobody has locked (installer/versions.sh). To look
for processes would not do: a backend hides which program it executes from other processes of its user.
"""

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl

    _file = Path(sys.executable).with_name("in-use")
    if _file.exists():
        # Not inheritable, and open as long as the process: a descriptor, since a file object would be collected.
        fcntl.flock(os.open(_file, os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)
