"""Run by a frozen program before anything else: gives the environment back as the user had it.

The programs that Taskdeck starts, commands of tasks above all, must not find Taskdeck's libraries before their own.
This process has no use for the variables any more: the dynamic linker has read them before it began.
"""

import os

_SAVED = "_ORIG"
"""The suffix of the variable in which PyInstaller saves the user's value."""
_INTERNAL = "_PYI_"
"""How variables begin by which one process of PyInstaller informs the next."""

for _name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
    _value = os.environ.pop(_name + _SAVED, None)
    if _value is not None:
        os.environ[_name] = _value
    else:
        os.environ.pop(_name, None)
for _name in [name for name in os.environ if name.startswith(_INTERNAL)]:
    del os.environ[_name]
