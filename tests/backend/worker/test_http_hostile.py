"""The executor `http` against a server that answers anything: each attempt ends in time, with a reason."""

import asyncio
import contextlib
import json
import socket
import struct
import tempfile
from pathlib import Path

from hypothesis import given

from backend.broker.messages import AttemptResult, Ending
from backend.worker.executors.http import HttpExecutor
from tests.backend.worker.bench import Bench
from tests.fuzzing import fuzzed
from tests.strategies import http_answers as answers
from tests.strategies.http_answers import HttpAnswer, http_answers

TIMEOUT_SECONDS = 0.3
_LATEST_SECONDS = 10.0
"""An attempt that takes longer has missed its timeout, on a slow machine too."""


async def answer(given_answer: HttpAnswer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send the pieces of an answer, and end it as it says."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        for piece in given_answer.pieces:
            writer.write(piece)
            await writer.drain()
        match given_answer.ending:
            case answers.Ending.HANG:
                await reader.read()
            case answers.Ending.ENDLESS:
                while True:
                    writer.write(b"x" * 65_536)
                    await writer.drain()
            case answers.Ending.RESET:
                plug: socket.socket = writer.get_extra_info("socket")
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


async def called(given_answer: HttpAnswer, folder: Path) -> tuple[AttemptResult, Bench]:
    """Return the result of calling a server that gives this answer."""
    bench = Bench(folder)
    server = await asyncio.start_server(lambda *streams: answer(given_answer, *streams), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, asyncio.timeout(_LATEST_SECONDS):
        command = json.dumps({"url": f"http://127.0.0.1:{port}/"})
        return await bench.run(command, timeout=TIMEOUT_SECONDS, executor=HttpExecutor()), bench


@fuzzed(60)
@given(http_answers())
def test_an_attempt_ends_in_time_with_a_reason_and_the_status(given_answer: HttpAnswer) -> None:
    with tempfile.TemporaryDirectory() as folder:
        result, bench = asyncio.run(called(given_answer, Path(folder)))
    assert result.ending in (Ending.SUCCEEDED, Ending.FAILED, Ending.TIMED_OUT)
    if result.ending is not Ending.SUCCEEDED:
        assert result.error
        assert "\n" not in result.error
        assert result.error.isprintable()
    elif given_answer.status is not None:
        assert 200 <= given_answer.status < 300
    lines = [line for line in bench.stderr.splitlines() if line.startswith("HTTP/")]
    if lines:
        assert result.http_status == int(lines[-1].split()[1]), "the status that was read is the status of the run"
    is_final = given_answer.status is not None and not 300 <= given_answer.status < 400
    if is_final and given_answer.ending is answers.Ending.CLOSE and result.ending is not Ending.TIMED_OUT:
        assert result.http_status == given_answer.status
