"""The size of the interface as a whole, letters and controls alike. Qt reads it once, when a process starts."""

from collections.abc import Mapping, MutableMapping

from PySide6.QtCore import QSize, QSizeF

from console import remembered
from console.memory import Memory
from console.preferences import Preference

SIZES = (80, 90, 100, 110, 125, 150, 175, 200)
"""The sizes to choose from, in percent of what the system asks for."""
USUAL = 100
LEAST_WINDOW = QSize(880, 560)
"""In pixels at the usual size: nothing is cut from here on."""
_SCALE = "QT_SCALE_FACTOR"


def chosen_size(memory: Memory) -> int:
    """Return the size that a person chose, in percent."""
    text = memory.get(remembered.PREFERENCE.of(Preference.SIZE))
    return int(text) if text.isascii() and text.isdigit() and int(text) in SIZES else USUAL


def fitting_sizes(screen: QSize, chosen: int, environment: Mapping[str, str]) -> list[int]:
    """Return the sizes at which the least window fits a screen, which Qt measures at the scale in use.

    The usual size, smaller ones and the one that is `chosen` are always there.
    """
    whole = QSizeF(screen) * float(environment.get(_SCALE, "1"))
    most = 100 * min(whole.width() / LEAST_WINDOW.width(), whole.height() / LEAST_WINDOW.height())
    return [size for size in SIZES if size <= max(most, USUAL) or size == chosen]


def use_size(memory: Memory, environment: MutableMapping[str, str]) -> None:
    """Let Qt draw at the chosen size; a scale that the environment already has remains."""
    size = chosen_size(memory)
    if size != USUAL and _SCALE not in environment:
        environment[_SCALE] = str(size / 100)
