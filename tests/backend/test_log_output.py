"""The form of the log: JSON for programs, text for terminals, libraries in the same form."""

import json
import logging
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from backend.log_output import configure_logging
from backend.settings import Settings


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def configured() -> Iterator[Callable[..., None]]:
    """Configure logging for one test."""
    root, former = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook
    yield lambda out, **settings: configure_logging(Settings(**settings), stream=out)
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook = hooks
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.configure(**former)


def _lines(out: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_program_gets_json_and_a_terminal_text(configured: Callable[..., None]) -> None:
    for out, log_format, is_json in [
        (StringIO(), "auto", True),
        (_Terminal(), "auto", False),
        (StringIO(), "text", False),
        (_Terminal(), "json", True),
    ]:
        configured(out, log_format=log_format)
        structlog.get_logger().info("The API is ready.", url="http://host")
        assert out.getvalue().startswith("{") is is_json, log_format
        assert out.getvalue().count("\n") == 1
        assert "The API is ready." in out.getvalue()


@pytest.mark.parametrize("name", ["uvicorn.error", "sqlalchemy.engine", "aio_pika.robust", "httpx", "alembic.runtime"])
def test_a_library_logs_in_the_same_form_with_the_same_context(configured: Callable[..., None], name: str) -> None:
    out = StringIO()
    configured(out)
    with structlog.contextvars.bound_contextvars(worker_id="w1"):
        try:
            raise ValueError("broken")
        except ValueError:
            logging.getLogger(name).exception("%s failed", "a connection")
    [line] = _lines(out)
    assert line["event"] == "a connection failed"
    assert (line["level"], line["logger"], line["worker_id"]) == ("error", name, "w1")
    assert line["timestamp"].endswith("Z")
    assert line["exception"].endswith("ValueError: broken")


def test_ends_by_an_error_and_warnings_of_python_are_lines_too(configured: Callable[..., None]) -> None:
    out = StringIO()
    configured(out)
    error = ValueError("broken")
    sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=lambda: [][1], name="worker of a pool")
    thread.start()
    thread.join()
    logging.getLogger("py.warnings").warning("soon removed")
    ended, of_thread, warned = _lines(out)
    assert (ended["level"], "ValueError: broken" in ended["exception"]) == ("critical", True)
    assert (of_thread["thread"], "IndexError" in of_thread["exception"]) == ("worker of a pool", True)
    assert warned["logger"] == "py.warnings"


def test_a_value_forges_no_line_and_moves_no_cursor(configured: Callable[..., None]) -> None:
    forged = "x\n2026-01-01T00:00:00Z [error    ] forged\x1b[2J"
    for log_format in ("text", "json"):
        out = StringIO()
        configured(out, log_format=log_format)
        structlog.get_logger().warning(f"failed: {forged}", task=forged)
        logging.getLogger("library").warning("failed: %s", forged)
        assert out.getvalue().count("\n") == 2
        assert "\x1b" not in out.getvalue()


_URLS = {
    "database_url": "postgresql://taskdeck:s3cr%40t-of-db@host/taskdeck?sslpassword=of-the-key",
    "broker_url": "amqp://guest:guest@host/",
    "smtp_url": "smtp://mail:of-the-mail@host:587",
    "redis_url": "redis://:of-redis-too@host:6379/0",
    "heartbeat_url": "https://switch.example/ping/0d3f2d4e",
    "metrics_token": "of-the-metrics",
    "oidc_client_secret": "of-the-provider",
}


_JWT = "eyJhbGciOiJFZERTQSJ9" + ".eyJzdWIiOiIxIn0.c2ln"
_RANDOM = "2_LZkepvLBbIikkNCOKc_bgrSoQpJbEHKQSwCA3i25E"


@pytest.mark.parametrize(
    "secret",
    [
        *("s3cr%40t-of-db", "s3cr@t-of-db", "of-the-key", ":guest@", "of-the-mail", "of-redis-too", "0d3f2d4e"),
        *(
            "of-the-metrics",
            "of-the-provider",
            "tdk_0123456789abcdef",
            _JWT,
        ),
        *("Bearer of-somebody", "Basic b2Y6c29tZWJvZHk=", f"/{_RANDOM}"),
    ],
)
def test_no_secret_of_the_settings_and_no_token_is_logged(configured: Callable[..., None], secret: str) -> None:
    out = StringIO()
    configured(out, **_URLS)
    structlog.get_logger().warning("failed", cause=f"refused: x{secret}")
    logging.getLogger("aio_pika").error("cannot connect to %s", f"amqp://u{secret}/host")
    logging.getLogger("library").warning("a header: %s", {"authorization": secret})
    assert out.getvalue().count("***") == 3
    assert secret.removeprefix("Bearer ").removeprefix("Basic ").removeprefix("/") not in out.getvalue()


def test_a_word_that_is_a_short_password_stays_readable(configured: Callable[..., None]) -> None:
    out = StringIO()
    configured(out, broker_url="amqp://taskdeck:taskdeck@host/", database_url="postgresql://app:info@host/db")
    structlog.get_logger().info("taskdeck is ready", url="postgresql://app:info@host/db")
    [line] = _lines(out)
    assert (line["event"], line["level"], line["url"]) == ("taskdeck is ready", "info", "postgresql://app***host/db")


def test_the_link_of_the_first_administrator_and_ids_stay_readable(configured: Callable[..., None]) -> None:
    out = StringIO()
    configured(out)
    link = f"http://host:8420/setup?token={secrets.token_urlsafe(24)}"
    worker = "worker-pool-of-the-region-eu-central-1-abcd"
    assert len(worker) == len(_RANDOM)
    structlog.get_logger().info("Open this link.", url=link, worker_id=worker, request_id="0123456789abcdef" * 2)
    [line] = _lines(out)
    assert (line["url"], line["worker_id"], line["request_id"]) == (link, worker, "0123456789abcdef" * 2)
