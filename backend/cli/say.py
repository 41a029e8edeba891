"""Sentences for people: no control character of a name, an error or a log reaches the terminal."""

import typer

from shared.printable_text import escaped


def say(text: str, *, err: bool = False) -> None:
    """Print a text, to standard error if `err`; control characters other than line breaks and tabs are written out."""
    typer.echo(escaped(text, keep="\n\t"), err=err)
