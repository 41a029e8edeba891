"""Buttons that are offered only to those who may use them."""

from collections.abc import Callable

from PySide6.QtWidgets import QAbstractButton

from console.connection.permissions import Permissions
from console.widgets.plain_tip import plain_tip

Refusal = Callable[[], str]


def keep_permitted(permissions: Permissions, button: QAbstractButton, refusal: Refusal) -> None:
    """Disable a button for an account that may never use it, with the reason as its tooltip."""
    own_tip = button.toolTip()

    def show() -> None:
        words = refusal()
        button.setEnabled(not words)
        button.setToolTip(plain_tip(words or own_tip))

    permissions.changed.connect(show)
    show()
