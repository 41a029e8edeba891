"""The pages of the documentation that the console opens."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from console.connection.errors import Trouble
from console.translation import language
from console.words import tr
from shared.documentation import page_file


def open_page(page: str) -> Trouble | None:
    """Open a page such as `how-to/alerts` or `start/console#queue` in the browser; return what prevented it.

    A page that is not translated opens in English. Some systems ignore the part after `#` and show the page's top.
    """
    name, _, section = page.partition("#")
    file = page_file(name, language=language())
    if file is None:
        return Trouble(
            tr("The documentation is not installed."),
            tr("The packages of Taskdeck contain it; a repository contains it after it was built."),
            tr("Build it in the repository with “make docs”."),
            page,
        )
    url = QUrl.fromLocalFile(str(file))
    url.setFragment(section)
    if not QDesktopServices.openUrl(url):
        return Trouble(
            tr("The documentation could not be opened."),
            tr("This system has no program that opens web pages."),
            tr("Open this file in a browser: %1", str(file)),
            url.toString(),
        )
    return None
