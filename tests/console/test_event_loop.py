"""What runs on the console's loop ends with it."""

import asyncio
import socket

from PySide6.QtWidgets import QApplication

from console.event_loop import event_loop


def test_no_task_and_no_socket_outlives_the_loop(qapp: QApplication) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        tasks: list[asyncio.Task[object]] = []

        async def fail() -> None:
            raise ValueError("the others go on")

        async def wait_for_ever() -> None:
            tasks.append(asyncio.current_task())  # type: ignore[arg-type]
            _reader, writer = await asyncio.open_connection(*address)
            try:
                await asyncio.Event().wait()
            finally:
                writer.close()

        async def whole() -> None:
            _reader, writer = await asyncio.open_connection(*address)
            results = asyncio.gather(wait_for_ever(), fail())
            try:
                await results
            except ValueError:
                writer.close()

        with event_loop(qapp) as loop:
            loop.run_until_complete(whole())
        assert [task.done() for task in tasks] == [True]
        server.settimeout(10)
        for _ in range(2):
            accepted, _ = server.accept()
            with accepted:
                accepted.settimeout(10)
                assert accepted.recv(1) == b"", "closed by the loop, not by the garbage collector"
