"""The executor `http` against a server that answers byte by byte as a test wants, on loopback."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.broker.in_process import InProcessBroker
from backend.broker.messages import Assignment, AttemptRef, AttemptResult, Ending
from backend.worker.attempt_process import AttemptProcesses, ProcessHost
from backend.worker.executors.address_rules import ANY_HOST
from backend.worker.executors.contract import Attempt
from backend.worker.executors.http import HttpExecutor
from backend.worker.executors.http_redirects import HttpRequest, RedirectRefusedError, redirected
from backend.worker.log_shipper import ReadGate
from backend.worker.output_capture import OutputCapture
from backend.worker.owner_rules import NO_RULES
from backend.worker.resource_monitor import ResourceMonitor
from backend.worker.secrets import AttemptSecrets, Secrets
from backend.worker.spool import Spool
from shared.enums import LogStream

REF = AttemptRef(7, 2)
Answer = Callable[[str], bytes]


class Server:
    """Answers each request with the bytes that `answers` has for its path, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.hangs = False
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                (int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0
            )
            self.requests.append(head + (await reader.readexactly(length)).decode())
            writer.write(self.answers[head.split(" ")[1]])
            await writer.drain()
            if self.hangs:
                await reader.read()
        finally:
            writer.close()


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as made:
        yield made


class Client:
    """Runs the executor with an attempt of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.output = OutputCapture(lambda _: None)
        self.rules = ANY_HOST
        self.secrets = Secrets({"API": "s3cr/et +x"})

    async def run(self, url: str, *, timeout_seconds: float = 10, **fields: Any) -> AttemptResult:
        return await self.run_command(json.dumps({"url": url} | fields), timeout_seconds=timeout_seconds)

    async def run_command(self, command: str, *, timeout_seconds: float = 10) -> AttemptResult:
        host = ProcessHost(
            spool=Spool(self._folder), monitor=ResourceMonitor(InProcessBroker(), worker_id="w1"), gate=ReadGate()
        )
        attempt = Attempt(
            assignment=Assignment(
                run_id=REF.run_id,
                attempt=REF.attempt,
                task_id=1,
                task_name="task",
                executor="http",
                command=command,
                arguments=[],
                environment={},
                working_directory=None,
                timeout_seconds=timeout_seconds,
            ),
            worker_id="w1",
            output=self.output,
            secrets=AttemptSecrets(self.secrets, self.output, task_folder=""),
            rules=NO_RULES.model_copy(update={"http": self.rules}),
            processes=AttemptProcesses(host, REF, self.output),
            attempts_folder=self._folder,
            cancelled=asyncio.get_running_loop().create_future(),
            kill_grace=timedelta(seconds=0.2),
        )
        result = await HttpExecutor().execute(attempt)
        self.output.close()
        return result

    @property
    def body(self) -> str:
        return self.output.tail(LogStream.STDOUT) or ""

    @property
    def status_lines(self) -> str:
        return self.output.tail(LogStream.STDERR) or ""


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(tmp_path)


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


async def test_the_body_is_the_output_and_the_status_line_is_apart(server: Server, client: Client) -> None:
    server.answers["/"] = answer("200 OK", "Content-Type: text/plain", body=b"hello")
    result = await client.run(f"{server.url}/")
    assert (result.ending, result.exit_code, result.http_status) == (Ending.SUCCEEDED, 0, 200)
    assert (client.body, client.status_lines) == ("hello", "HTTP/1.1 200 OK\n")
    head = server.requests[0].lower()
    assert "x-taskdeck-run-id: 7\r\n" in head
    assert "x-taskdeck-attempt: 2\r\n" in head
    assert "idempotency-key: taskdeck-run-7\r\n" in head
    assert f"host: 127.0.0.1:{server.port}\r\n" in head


@pytest.mark.parametrize("status", ["304 Not Modified", "300 Multiple Choices", "404 Not Found", "503 Busy"])
async def test_an_unexpected_status_is_kept_and_named(server: Server, client: Client, status: str) -> None:
    server.answers["/"] = answer(status)
    result = await client.run(f"{server.url}/")
    number = int(status[:3])
    assert (result.ending, result.http_status) == (Ending.FAILED, number)
    assert result.error == f"HTTP {number}, expected 2xx"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (answer("200 OK", "Content-Encoding: gzip", body=b"plain text"), "failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789", "failed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "failed"),
        (
            answer("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"long " * 99, mtime=0)[:-12]),
            "ends before its end",
        ),
        (
            answer("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"long " * 99, mtime=0)[:-1]),
            "ends before its end",
        ),
        (answer("200 OK", "Content-Encoding: deflate", body=zlib.compress(b"long " * 99)[:-4]), "ends before its end"),
        (answer("200 OK", "Content-Encoding: deflate", body=b"x"), "ends before its end"),
        (answer("200 OK", "Content-Encoding: gzip, gzip, gzip", body=b"x"), "packed 3 times"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n", "failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "failed"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: \x00\r\n\r\n", "failed"),
    ],
)
async def test_a_broken_body_keeps_the_status(server: Server, client: Client, raw: bytes, says: str) -> None:
    server.answers["/"] = raw
    result = await client.run(f"{server.url}/")
    assert (result.ending, result.http_status) == (Ending.FAILED, 200)
    assert says in (result.error or "")


async def test_a_change_of_protocol_fails_with_its_status(server: Server, client: Client) -> None:
    server.answers["/"] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
    result = await client.run(f"{server.url}/")
    assert (result.ending, result.http_status) == (Ending.FAILED, 101)


@pytest.mark.parametrize(
    "raw", [b"", b"garbage\r\n\r\n", b"HTTP/9.9 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n"]
)
async def test_what_is_not_http_fails_the_attempt(server: Server, client: Client, raw: bytes) -> None:
    server.answers["/"] = raw
    result = await client.run(f"{server.url}/")
    assert result.ending is Ending.FAILED
    assert result.error


async def test_the_charset_of_the_answer_is_decoded(server: Server, client: Client) -> None:
    server.answers["/"] = answer("200 OK", "Content-Type: text/plain; charset=iso-8859-1", body=b"caf\xe9")
    await client.run(f"{server.url}/")
    assert client.body == "café"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"packed", mtime=0)),
        ("x-gzip", gzip.compress(b"pack", mtime=0) + gzip.compress(b"ed", mtime=0)),
        ("gzip", gzip.compress(b"packed", mtime=0) + b"\0\0"),
        ("deflate", zlib.compress(b"packed")),
        ("deflate", zlib.compress(b"packed")[2:-4]),
        ("deflate, gzip", gzip.compress(zlib.compress(b"packed"), mtime=0)),
        ("identity", b"packed"),
        ("unknown", b"packed"),
    ],
)
async def test_a_compressed_body_is_unpacked(server: Server, client: Client, coding: str, body: bytes) -> None:
    server.answers["/"] = answer("200 OK", f"Content-Encoding: {coding}", body=body)
    assert (await client.run(f"{server.url}/")).ending is Ending.SUCCEEDED
    assert client.body == "packed"


async def test_a_compressed_answer_without_a_body_succeeds(server: Server, client: Client) -> None:
    server.answers["/"] = answer("200 OK", "Content-Encoding: gzip")
    assert (await client.run(f"{server.url}/", method="HEAD")).ending is Ending.SUCCEEDED


async def test_nothing_sensitive_leaves_the_origin(server: Server, client: Client) -> None:
    async with serving() as other:
        server.answers["/"] = answer("302 Found", f"Location: {other.url}/there")
        other.answers["/there"] = answer("200 OK")
        headers = {"Cookie": "a=1", "Proxy-Authorization": "x", "Authorization": "y", "X-Api-Key": "z", "Accept": "*/*"}
        assert (await client.run(f"{server.url}/", headers=headers)).ending is Ending.SUCCEEDED
        sent = other.requests[0].lower()
        assert not [name for name in ("cookie", "authorization", "x-api-key", "idempotency-key") if name in sent]
        assert "accept: */*" in sent


async def test_a_redirect_to_a_refused_scheme_fails_plainly(server: Server, client: Client) -> None:
    for location, says in (
        ("ftp://example.org/", "not an http or https address"),
        ("http://[::1/", "not a valid address"),
        ("http://127.0.0.1:99999/", "not a valid address"),
    ):
        server.answers["/"] = answer("302 Found", f"Location: {location}")
        result = await client.run(f"{server.url}/")
        assert (result.ending, result.http_status) == (Ending.FAILED, 302)
        assert says in (result.error or "")


async def test_redirects_without_end_are_ended(server: Server, client: Client) -> None:
    server.answers["/"] = answer("302 Found", "Location: /")
    result = await client.run(f"{server.url}/")
    assert (result.ending, result.http_status) == (Ending.FAILED, 302)
    assert "redirected more than 5 times" in (result.error or "")


def posted(status: int, location: str, *, method: str = "POST") -> HttpRequest:
    request = HttpRequest(method, "http://a.test/x", {"Content-Type": "text/plain", "X-A": "1"}, method != "HEAD")
    return redirected(request, status=status, location=location)


@pytest.mark.parametrize(
    ("status", "method", "follows", "has_body"),
    [
        (301, "POST", "GET", False),
        (302, "POST", "GET", False),
        (303, "POST", "GET", False),
        (303, "PUT", "GET", False),
        (302, "PUT", "PUT", True),
        (307, "POST", "POST", True),
        (308, "POST", "POST", True),
        (303, "HEAD", "HEAD", False),
        (302, "HEAD", "HEAD", False),
    ],
)
def test_a_redirect_changes_the_method_as_browsers_do(status: int, method: str, follows: str, has_body: bool) -> None:
    request = posted(status, "/y", method=method)
    assert (request.method, request.url, request.has_body) == (follows, "http://a.test/y", has_body)
    became_get = follows == "GET"
    assert dict(request.headers) == ({"X-A": "1"} if became_get else {"Content-Type": "text/plain", "X-A": "1"})


@pytest.mark.parametrize("status", [301, 302, 303])
def test_no_header_of_a_body_follows_without_it(status: int) -> None:
    describing = (
        *("Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Location", "content-md5"),
        *("Content-Range", "Content-Disposition", "Content-Digest", "Repr-Digest", "Digest", "Last-Modified", "ETag"),
        *("Expect", "Trailer"),
    )
    request = HttpRequest("POST", "http://a.test/x", dict.fromkeys((*describing, "Accept", "X-A"), "1"), True)
    assert set(redirected(request, status=status, location="/y").headers) == {"Accept", "X-A"}


@pytest.mark.parametrize("location", ["http://a.test:8080/", "https://a.test/", "http://b.test/", "//b.test/"])
def test_a_body_never_follows_to_another_origin(location: str) -> None:
    with pytest.raises(RedirectRefusedError, match="another origin"):
        posted(307, location)
    assert dict(posted(302, location).headers) == {}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ({"url": "http://[::1/"}, "IPv6"),
        ({"url": "http://127.0.0.1:99999/"}, "port"),
        ({"url": "http://127.0.0.1:0/"}, "port"),
        ({"url": "http://a..b/"}, "a..b"),
        ({"url": "http://" + "a" * 64 + "/"}, "63"),
        ({"url": "ftp://a/"}, "not an http or https address"),
        ({"url": "http://a/ b"}, "blank"),
        ({"url": "http://a/\n"}, "blank"),
        ({"url": "http://a/", "method": "BREW"}, "BREW"),
        ({"url": "http://a/", "headers": {"X-Name": "Müller"}}, "X-Name"),
        ({"url": "http://a/", "headers": {"X-A": "a\r\nX-B: b"}}, "X-A"),
        ({"url": "http://a/", "headers": {"": "x"}}, "''"),
        ({"url": "http://a/", "headers": {"A B": "x"}}, "'A B'"),
        ({"url": "http://a/", "headers": {"X-Lead": " lead"}}, "X-Lead begins or ends"),
        ({"url": "http://a/", "headers": {"X-Tail": "tail "}}, "X-Tail begins or ends"),
        ({"url": "http://a/", "headers": {"X-Tab": "\ttab\t"}}, "X-Tab begins or ends"),
        ({"url": "http://a/", "headers": {"X-Blank": " "}}, "X-Blank begins or ends"),
        ({"url": "http://a/", "headers": {"X-A": "1", "x-a": "2"}}, "x-a is given twice"),
        ({"url": "http://a/", "headers": {"Content-Length": "abc"}}, "Content-Length 'abc' is not a number"),
        ({"url": "http://a/", "headers": {"content-length": "5"}}, "content-length is '5' and the body has 0 bytes"),
        ({"url": "http://a/", "body": "ü", "headers": {"Content-Length": "1"}}, "the body has 2 bytes"),
        ({"url": "http://a/", "body": "x", "headers": {"Transfer-Encoding": "chunked"}}, "Transfer-Encoding cannot"),
        ({"url": "http://[::1]x/"}, "only a port"),
        ({"url": "http://x[::1]/"}, "only a port"),
        ({"url": "http://u@[::1]x:80/"}, "only a port"),
        ({"url": "http://a\\b/"}, "is not a name"),
        ({"url": "http://a<b/"}, "is not a name"),
        ({"url": "http://a%2fb/"}, "is not a name"),
        ({"url": "http://xn--a/"}, "is not a name that can be resolved"),
        ({"url": "http://☃.example/"}, "is not a name that can be resolved"),
        ({"url": "http://a/", "expected_status": 99}, "expected_status"),
    ],
)
def test_a_wrong_command_is_refused_when_it_is_saved(command: dict[str, Any], says: str) -> None:
    errors = HttpExecutor().check(command=json.dumps(command), arguments=[])
    assert [error.field for error in errors] == ["command"]
    assert says in errors[0].message


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"url": "http://a/", "body": ' + "9" * 5000 + "}", "write it as a text"),
        ('{"url": "http://a/", "expected_status": ' + "9" * 5000 + "}", "write it as a text"),
        ('{"url": "http://a/", "expected_status": 1e400}', "expected_status"),
        ('{"url": "http://["}', "IPv6"),
        ('{"url": "http://a:' + "9" * 5000 + '/"}', "port"),
        ('{"url": "http://\\ud800/"}', "half of a pair"),
        ('{"url": "http://a/", "headers": {"\\ud800": "x"}}', "half of a pair"),
        ('{"url": "http://a/", "body": "\\ud800"}', "half of a pair"),
        ('{"url": "http://a/", "body": [NaN]}', "written as a text"),
        ("NaN", "the object"),
        ("null", "the object"),
    ],
)
def test_a_command_that_breaks_parsers_is_refused_with_a_reason(command: str, says: str) -> None:
    errors = HttpExecutor().check(command=command, arguments=[])
    assert [error.field for error in errors] == ["command"]
    assert says in errors[0].message


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("1" + "0" * 4400, "write it as a text"),
        ("-1" + "0" * 4400, "write it as a text"),
        ('"\\ud800"', "half of a pair"),
        ('{"\\udc00": 1}', "half of a pair"),
        ("[" * 300 + "]" * 300, "nested too deeply"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "nested too deeply"),
        ("NaN", "written as a text"),
        ("[-Infinity]", "written as a text"),
        ("1e999", "written as a text"),
        ("1,", "is not JSON"),
    ],
)
async def test_a_body_that_is_not_json_is_refused_as_when_it_runs(client: Client, body: str, says: str) -> None:
    command = '{"url": "http://127.0.0.1:1/", "body": ' + body + "}"
    errors = HttpExecutor().check(command=command, arguments=[])
    assert [error.field for error in errors] == ["command"]
    assert says in errors[0].message
    assert len(errors[0].message) < 400
    result = await client.run_command(command)
    assert result.error == f"the command is not valid: {errors[0].message}"


@pytest.mark.parametrize("body", ["1" + "0" * 4200, '"\\ud83d\\ude00"', "[" * 150 + "]" * 150, "1e308", "null"])
def test_a_body_that_can_be_sent_is_accepted(body: str) -> None:
    assert HttpExecutor().check(command='{"url": "http://a/", "body": ' + body + "}", arguments=[]) == []


@pytest.mark.parametrize(
    "command",
    [
        {"url": "x" * 70_000},
        {"url": "http://a/" + "x" * 70_000},
        {"url": "http://a/ " + "x" * 60_000},
        {"url": "http://" + "x." * 30_000},
        {"url": "http://a/", "method": "X" * 70_000},
        {"url": "http://a/", "headers": {"ü" * 70_000: ""}},
        {"url": "http://a/", "headers": {"x" * 70_000: "ü"}},
        {"url": "http://a/", "headers": {"Content-Length": "x" * 70_000}},
        {"url": "http://a/", "x" * 70_000: 1},
    ],
)
def test_what_is_quoted_is_short(command: dict[str, Any]) -> None:
    (error,) = HttpExecutor().check(command=json.dumps(command), arguments=[])
    assert len(error.message) < 500


async def test_a_long_secret_is_not_shown_in_part(client: Client) -> None:
    client.secrets = Secrets({"API": "k3y" * 100})
    for url in ("http://127.0.0.1:1/?key=${secret:API}", "http://127.0.0.1:1/ ${secret:API}"):
        result = await client.run(url)
        assert "k3y" not in client.output.masked(result.error or "")


async def test_a_secret_that_makes_a_header_wrong_is_named_by_it(client: Client) -> None:
    client.secrets = Secrets({"API": "k3y\n"})
    result = await client.run("http://127.0.0.1:1/", headers={"X-Key": "${secret:API}"})
    assert "the value of X-Key contains a line break" in (result.error or "")


def test_a_content_length_may_say_what_is_sent() -> None:
    for body, length in (("ü", "2"), (None, "0"), ("${secret:A}", "9")):
        command = {"url": "http://a/", "body": body, "headers": {"Content-Length": length}}
        assert HttpExecutor().check(command=json.dumps(command), arguments=[]) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "https://user:pw@example.org:8443/a?b=c#d",
        "http://[::1]:80/",
        "http://münchen.example/",
        "https://${secret:HOST}/x?key=${secret:KEY}",
        "http://example.org./",
    ],
)
def test_a_right_url_is_accepted(url: str) -> None:
    assert HttpExecutor().check(command=json.dumps({"url": url}), arguments=[]) == []


def test_arguments_are_refused() -> None:
    errors = HttpExecutor().check(command='{"url": "http://a/"}', arguments=["x"])
    assert [error.field for error in errors] == ["arguments"]


async def test_credentials_in_the_url_and_the_body_are_sent(server: Server, client: Client) -> None:
    server.answers["/"] = answer("200 OK")
    url = server.url.replace("http://", "http://me:p%40ss@")
    await client.run(f"{url}/", method="POST", body={"a": "ü"})
    head, _, body = server.requests[0].partition("\r\n\r\n")
    assert "Authorization: Basic bWU6cEBzcw==" in head
    assert "Content-Type: application/json" in head
    assert json.loads(body) == {"a": "ü"}


async def test_a_secret_in_a_body_is_sent_and_not_shown(server: Server, client: Client) -> None:
    server.answers["/"] = answer("200 OK", body=b"you sent s3cr/et +x")
    body = {"key": ["${secret:API}", 1], "${secret:API}": None}
    await client.run(f"{server.url}/", method="POST", body=body, headers={"X-Key": "${secret:API}"})
    head, _, sent = server.requests[0].partition("\r\n\r\n")
    assert json.loads(sent) == {"key": ["s3cr/et +x", 1], "${secret:API}": None}
    assert "X-Key: s3cr/et +x" in head
    assert client.body == "you sent ***"


async def test_a_secret_in_the_url_is_never_shown(client: Client) -> None:
    result = await client.run("http://127.0.0.1:1/?key=${secret:API}")
    assert result.ending is Ending.FAILED
    for text in (client.output.masked(result.error or ""), client.body, client.status_lines):
        assert "s3cr" not in text


async def test_a_body_that_does_not_end_in_time_keeps_the_status(server: Server, client: Client) -> None:
    server.answers["/"] = b"HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nab"
    server.hangs = True
    result = await client.run(f"{server.url}/", timeout_seconds=1)
    assert (result.ending, result.http_status, client.body) == (Ending.TIMED_OUT, 503, "ab")
