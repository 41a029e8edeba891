"""Where the window stood and how large it was, kept for the next start."""

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from console import remembered
from console.memory import Memory


def restore_geometry(window: QWidget, memory: Memory) -> None:
    """Place a window as it stood when it was closed last."""
    if geometry := memory.get(remembered.WINDOW_GEOMETRY):
        window.restoreGeometry(QByteArray.fromHex(geometry.encode()))


def remember_geometry(window: QWidget, memory: Memory) -> None:
    """Keep place and size of a window."""
    memory.put(remembered.WINDOW_GEOMETRY, bytes(window.saveGeometry().data()).hex())
