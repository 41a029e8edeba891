"""A real provider of OpenID Connect, in a process of its own."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.free_port import free_port

END_SECONDS = 10


class ProviderProcess:
    """oidc-provider-mock: it accepts every client, and everybody who names themselves."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def put(self, subject: str, **claims: object) -> None:
        """Say what the provider knows of somebody."""
        answer = httpx.put(f"{self.issuer}/users/{subject}", json=claims)
        assert answer.status_code == 204, answer.text


@contextmanager
def running_provider() -> Iterator[ProviderProcess]:
    """Run a provider until the end of the block."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "-n", "true"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    lines, reading = [], None
    try:
        for line in process.stdout:
            lines.append(line)
            if "running on" in line or "Started" in line:
                break
        else:
            raise AssertionError(f"the provider ended: {''.join(lines)}")
        # Its log is read to the end: a full pipe would stop it.
        reading = threading.Thread(target=process.stdout.read)
        reading.start()
        yield ProviderProcess(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(END_SECONDS)
        if reading is not None:
            reading.join()
        process.stdout.close()
