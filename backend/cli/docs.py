"""`taskdeck docs`: the documentation of this version."""

import webbrowser
from typing import Annotated

import typer

from backend.cli.say import say
from shared.documentation import page_file, page_names
from shared.errors import NotFoundError


def docs(
    page: Annotated[str | None, typer.Argument(help="Such as how-to/secrets. Default: the first page.")] = None,
    language: Annotated[str, typer.Option(help="en or zh; a page without a translation is in English.")] = "en",
    path: Annotated[bool, typer.Option("--path", help="Print the file instead of opening it.")] = False,
) -> None:
    """Open the documentation of this version in the browser."""
    file = page_file(page or "index", language=language)
    if file is None:
        known = page_names()
        if not known:
            raise NotFoundError("This installation has no documentation. In a repository, build it with: make docs")
        raise NotFoundError(f"The documentation has no page {page!r}. Its pages are: {', '.join(known)}.")
    if path or not webbrowser.open(file.as_uri()):
        say(str(file))
