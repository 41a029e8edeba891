"""Single keys from a terminal, without Return."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def watched_keys(on_key: Callable[[str], None], *, descriptor: int | None = None) -> Iterator[None]:
    """Call `on_key` with each character that is typed, until the end of the block; the terminal is restored then.

    Where standard input is no terminal, or on Windows, no key is read; Ctrl+C works everywhere.
    """
    source = descriptor if descriptor is not None else _standard_input()
    if source is None or sys.platform == "win32" or not os.isatty(source):
        yield
        return
    import termios
    import tty

    loop = asyncio.get_running_loop()
    former = termios.tcgetattr(source)

    def read() -> None:
        typed = os.read(source, 64)
        if not typed:
            loop.remove_reader(source)  # the terminal is gone
        for character in typed.decode("utf-8", "replace"):
            on_key(character)

    tty.setcbreak(source)
    loop.add_reader(source, read)
    try:
        yield
    finally:
        loop.remove_reader(source)
        termios.tcsetattr(source, termios.TCSADRAIN, former)


def _standard_input() -> int | None:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None
