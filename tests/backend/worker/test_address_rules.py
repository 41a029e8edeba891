"""Which addresses an HTTP task may call.

No packet goes to any of them: the rules are asked, or a resolver and a transport of the test's own take the connection.
"""

import asyncio
import json
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from backend.broker.messages import AttemptResult, Ending
from backend.worker.executors.address_rules import ANY_HOST, HttpRules, refusal
from backend.worker.executors.http import HttpExecutor
from backend.worker.executors.http_addresses import AddressRefusedError, resolve_checked
from backend.worker.owner_rules import NO_RULES
from tests.backend.worker.bench import Bench

METADATA = ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192")
METADATA_6 = ("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fe80::1", "fe80::a9fe:a9fe", "febf::1")


def notations_of(text: str) -> list[str]:
    """Return an IPv4 address in all notations of IPv6 that some network translates or tunnels."""
    number = int(ip_address(text))
    high, low = number >> 16, number & 0xFFFF
    last = f"{high:x}:{low:x}"
    first, second = number >> 24, (number >> 16) & 0xFF
    return [
        text,
        f"::ffff:{text}",
        f"::{text}",
        f"::ffff:0:{last}",
        f"64:ff9b::{last}",
        f"2002:{last}::1",
        f"2001:0:{last}::3f3f:3ffe",
        f"2001:0:c000:201::{0xFFFF ^ high:x}:{0xFFFF ^ low:x}",
        f"64:ff9b:1::{last}",
        f"64:ff9b:1:{high:x}:{low >> 8:x}:{(low & 0xFF) << 8:x}::",
        f"64:ff9b:1:{first:x}:{second:x}:{low:x}::",
        f"64:ff9b:1:0:{first:x}:{second << 8 | low >> 8:x}:{(low & 0xFF) << 8:x}:0",
        f"2001:db8::5efe:{last}",
        f"2001:db8::200:5efe:{last}",
    ]


@pytest.mark.parametrize("text", [one for address in METADATA for one in notations_of(address)] + list(METADATA_6))
def test_link_local_and_metadata_addresses_are_refused_in_every_notation(text: str) -> None:
    everything = HttpRules(allow=("0.0.0.0/0", "::/0", "*"))
    for rules in (ANY_HOST, everything):
        assert refusal(rules, "host", ip_address(text)) == "link-local and metadata addresses are refused"


@pytest.mark.parametrize("text", ["224.0.0.1", "255.255.255.255", "::ffff:239.1.1.1", "ff02::1"])
def test_what_is_no_host_is_refused(text: str) -> None:
    assert refusal(ANY_HOST, "host", ip_address(text)) == "multicast and reserved addresses are refused"


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "10.0.0.1", "192.0.2.1", "2001:db8::1", "::ffff:10.0.0.1"])
def test_others_are_permitted_without_rules(text: str) -> None:
    assert refusal(ANY_HOST, "host", ip_address(text)) is None


@pytest.mark.parametrize("text", ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", *notations_of("127.0.0.1")])
def test_loopback_is_refused_where_the_owner_says_so(text: str) -> None:
    assert "[http] loopback" in (refusal(HttpRules(loopback=False), "host", ip_address(text)) or "")


@pytest.mark.parametrize("text", [*notations_of("10.1.2.3"), "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd12::1"])
def test_private_ranges_are_refused_where_the_owner_says_so(text: str) -> None:
    assert "[http] private" in (refusal(HttpRules(private=False), "host", ip_address(text)) or "")
    assert refusal(HttpRules(private=False), "host", ip_address("192.0.2.1")) is None


@pytest.mark.parametrize(
    ("host", "address", "is_permitted"),
    [
        ("api.example.org", "192.0.2.1", True),
        ("API.example.org.", "192.0.2.1", True),
        ("api.example.org", "10.1.0.1", False),
        ("example.org", "192.0.2.1", False),
        ("example.org.evil.test", "192.0.2.1", False),
        ("10.2.3.4", "10.2.3.4", True),
        ("rebound.example.org", "10.2.3.4", True),
        ("10.2.3.4", "::ffff:10.2.3.4", True),
        ("admin.example.org", "192.0.2.1", False),
        ("any.example.org", "10.2.9.9", False),
        ("any.example.org", "::ffff:10.2.9.9", False),
    ],
)
def test_the_owner_permits_and_refuses_hosts_and_networks(host: str, address: str, is_permitted: bool) -> None:
    rules = HttpRules(private=False, allow=("*.Example.org", "10.2.0.0/16"), deny=("admin.example.org", "10.2.9.0/24"))
    assert (refusal(rules, host, ip_address(address)) is None) is is_permitted


@pytest.mark.parametrize("pattern", ["10.0.0.1/8", "10.0.0.0/33", "10.0.0", "fe80::/200", "::g"])
def test_a_pattern_that_is_no_network_is_refused_by_its_reason(pattern: str) -> None:
    with pytest.raises(ValidationError, match="is not a network"):
        HttpRules(deny=(pattern,))


@pytest.mark.parametrize("host", ["169.254.169.254", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376"])
async def test_numeric_notations_are_resolved_before_they_are_checked(host: str) -> None:
    with pytest.raises(AddressRefusedError, match=r"169\.254\.169\.254: link-local and metadata"):
        await resolve_checked(host, 80, ANY_HOST)


class Connector:
    """Takes the place of the transport: records where a connection would go, and answers."""

    def __init__(self, answers: list[httpx.Response]) -> None:
        self.connected: list[tuple[str, str]] = []
        self._answers = answers

    async def send(self, request: httpx.Request) -> httpx.Response:
        self.connected.append((request.url.host, request.headers["host"]))
        return self._answers.pop(0)


async def called(
    folder: Path, patch: pytest.MonkeyPatch, url: str, names: dict[str, list[list[str]]], connector: Connector,
    rules: HttpRules = ANY_HOST,
) -> AttemptResult:  # fmt: skip
    """Return the result of a call while names have these addresses, other ones at each look-up."""

    async def look_up(_: object, host: str, port: int, **__: Any) -> list[Any]:
        found = names[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    patch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look_up)
    patch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", connector.send)
    bench = Bench(folder)
    bench.rules = NO_RULES.model_copy(update={"http": rules})
    return await bench.run(json.dumps({"url": url}), executor=HttpExecutor())


async def test_a_name_is_looked_up_once_and_that_address_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = Connector([httpx.Response(200, stream=httpx.ByteStream(b""))])
    names = {"rebinding.test": [["192.0.2.1"], ["169.254.169.254"]]}
    result = await called(tmp_path, monkeypatch, "http://rebinding.test/", names, connector)
    assert result.ending is Ending.SUCCEEDED
    assert connector.connected == [("192.0.2.1", "rebinding.test")]
    assert names["rebinding.test"] == [["169.254.169.254"]], "there was no second look-up"


async def test_one_refused_address_of_a_name_refuses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connector = Connector([])
    names = {"two.test": [["192.0.2.1", "100.100.100.200"]]}
    result = await called(tmp_path, monkeypatch, "http://two.test/", names, connector)
    assert result.error == "two.test is 100.100.100.200: link-local and metadata addresses are refused"
    assert connector.connected == []


async def test_a_redirect_to_a_refused_address_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connector = Connector([httpx.Response(302, headers={"Location": "http://inside.test/"})])
    names = {"outside.test": [["192.0.2.1"]], "inside.test": [["10.0.0.1"]]}
    result = await called(tmp_path, monkeypatch, "http://outside.test/", names, connector, HttpRules(private=False))
    assert result.error == "inside.test is 10.0.0.1: the owner of the worker refuses private addresses ([http] private)"
    assert [host for host, _ in connector.connected] == ["192.0.2.1"]


async def test_a_proxy_in_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    connector = Connector([httpx.Response(200, stream=httpx.ByteStream(b""))])
    result = await called(tmp_path, monkeypatch, "http://direct.test/", {"direct.test": [["192.0.2.1"]]}, connector)
    assert result.ending is Ending.SUCCEEDED
    assert connector.connected == [("192.0.2.1", "direct.test")]
