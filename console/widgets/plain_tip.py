"""Tooltips that show text as it is: Qt interprets whatever looks like HTML, and would load its images."""

import html

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """Return a tooltip that shows `text` itself, whatever a task, a run or a worker has put into it."""
    if not Qt.mightBeRichText(text):
        return text
    return f'<p style="white-space: pre-wrap">{html.escape(text)}</p>'
