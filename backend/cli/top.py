"""`taskdeck top`: a live view of the backend in a terminal."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from backend.cli.connection import open_client
from backend.cli.connection_options import current_options
from backend.cli.top_figures import fetch_figures
from backend.cli.top_keys import watched_keys
from backend.cli.top_screen import Lost, Screen
from shared.client import TaskdeckClient
from shared.errors import TaskdeckError

_REDRAW_SECONDS = 1.0
"""So that durations go on, also while nothing answers."""

Connect = Callable[[], TaskdeckClient]


def top(
    interval: Annotated[float, typer.Option(min=0.5, max=3600, help="Seconds between two requests.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Print the view once, as where the output is a file.")] = False,
) -> None:
    """Watch queue, workers, running runs and failures in a terminal. The key q ends it."""
    options = current_options()
    console = Console()
    view = TopView(lambda: open_client(options), console, interval_seconds=interval)
    asyncio.run(view.print_once() if once or not console.is_terminal else view.run())


class TopView:
    """Draws figures on a console while it fetches them."""

    def __init__(
        self,
        connect: Connect,
        console: Console,
        *,
        interval_seconds: float,
        redraw_seconds: float = _REDRAW_SECONDS,
        on_drawn: Callable[[Screen], None] = lambda _: None,
        keys: int | None = None,
    ) -> None:
        """`on_drawn` receives each screen that was drawn; `keys` is the descriptor of the terminal that is typed on."""
        self._connect = connect
        self._console = console
        self._interval_seconds = interval_seconds
        self._redraw_seconds = redraw_seconds
        self._on_drawn = on_drawn
        self._keys = keys
        self._changed = asyncio.Event()
        self._is_ended = False

    async def print_once(self) -> None:
        """Print the figures of now; raises `TaskdeckError`."""
        async with self._connect() as client:
            screen = Screen(url=client.base_url, figures=await fetch_figures(client))
        self._console.print(screen.render(now=datetime.now(UTC), height=self._console.height))

    async def run(self) -> None:
        """Draw until the key q; raises `TaskdeckError` if the backend does not answer at first."""
        async with self._connect() as client:
            self._screen = Screen(url=client.base_url, figures=await fetch_figures(client))
        with (
            Live(console=self._console, screen=True, auto_refresh=False) as live,
            watched_keys(self._on_key, descriptor=self._keys),
            _on_resize(self._changed.set),
        ):
            fetching = asyncio.create_task(self._fetch_always(), name="fetch figures")
            try:
                while not self._is_ended:
                    self._draw(live)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), self._redraw_seconds)
                    self._changed.clear()
            finally:
                fetching.cancel()
                await asyncio.gather(fetching, return_exceptions=True)

    def _draw(self, live: Live) -> None:
        screen = self._screen
        live.update(screen.render(now=datetime.now(UTC), height=self._console.height), refresh=True)
        self._on_drawn(screen)

    def _on_key(self, key: str) -> None:
        self._is_ended |= key in "qQ"
        self._changed.set()

    async def _fetch_always(self) -> None:
        """Fetch figures again and again. A new client after each failure finds a backend that moved or signed in."""
        while True:
            try:
                async with self._connect() as client:
                    while True:
                        await asyncio.sleep(self._interval_seconds)
                        figures = await fetch_figures(client)
                        self._show(Screen(url=client.base_url, figures=figures))
            except TaskdeckError as error:
                since = self._screen.lost.since if self._screen.lost is not None else datetime.now(UTC)
                self._show(replace(self._screen, lost=Lost(since=since, cause=error.detail)))
                await asyncio.sleep(self._interval_seconds)

    def _show(self, screen: Screen) -> None:
        self._screen = screen
        self._changed.set()


@contextmanager
def _on_resize(redraw: Callable[[], None]) -> Iterator[None]:
    """Draw at once when the terminal gets another size, where the system tells that."""
    number = getattr(signal, "SIGWINCH", None)
    if number is None:
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(number, redraw)
    try:
        yield
    finally:
        loop.remove_signal_handler(number)
