"""Announcements of releases: signed as minisign does, and served on loopback."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class Publisher:
    """Has a key pair of minisign."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._id = b"\1\2\3\4\5\6\7\x08"
        self.public_key = base64.b64encode(b"Ed" + self._id + self._key.public_key().public_bytes(*RAW)).decode()

    def announce(self, version: str, *, published: str = "2026-11-30") -> bytes:
        """Return what `minisign -S -t "taskdeck VERSION DATE"` writes."""
        return self.sign(f"taskdeck {version} {published}")

    def sign(self, comment: str) -> bytes:
        signature = self._key.sign(b"the hash of a file")
        of_comment = self._key.sign(signature + comment.encode())
        lines = (
            "untrusted comment: signature from minisign secret key",
            base64.b64encode(b"ED" + self._id + signature).decode(),
            f"trusted comment: {comment}",
            base64.b64encode(of_comment).decode(),
        )
        return ("\n".join(lines) + "\n").encode()


class ReleaseServer:
    """Answers every request with `content`; `requests` has the request line and the headers of each."""

    def __init__(self) -> None:
        self.content = b""
        self.status = 200
        self.redirects_to = ""
        self.is_stuck = False
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._ended = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append((self.requestline, dict(self.headers)))
                self.send_response(302 if outer.redirects_to else outer.status)
                if outer.redirects_to:
                    self.send_header("Location", outer.redirects_to)
                self.end_headers()
                if outer.is_stuck:
                    self.wfile.write(outer.content[:20])
                    self.wfile.flush()
                    outer.wait()
                else:
                    self.wfile.write(outer.content)

            def log_request(self, code: object = "-", size: object = "-") -> None:
                """Override BaseHTTPRequestHandler.log_request: say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/SHA256SUMS.minisig"

    def wait(self) -> None:
        """Return at the end of the server."""
        self._ended.wait()

    @contextmanager
    def serving(self) -> "Iterator[ReleaseServer]":
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()
