"""RabbitMQ over TLS: both sides prove who they are, and nothing is left unverified."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend.broker.rabbitmq import RabbitBroker
from shared.errors import BrokerUnavailableError
from tests.certificates import Authority, Certificate
from tests.rabbit_node import NO_RABBIT, RabbitNode, TlsFiles, find_server

LONG = timedelta(hours=1)
"""What is refused is refused at once, long before this."""


class TlsNode:
    """A node that asks for certificates, its authority, and a client's certificate."""

    def __init__(self, server: str, folder: Path) -> None:
        self.authority = Authority(folder)
        served = self.authority.issue("localhost")
        self.client: Certificate = self.authority.issue("client", to="client")
        self.node = RabbitNode(server, tls=TlsFiles(self.authority.file, served.certificate, served.key))

    def url(self, *, host: str = "localhost", authority: Path | None = None, is_known: bool = True) -> str:
        query = f"cafile={authority or self.authority.file}"
        if is_known:
            query += f"&certfile={self.client.certificate}&keyfile={self.client.key}"
        return f"amqps://guest:guest@{host}:{self.node.port}/?{query}"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsNode]:
    server = find_server()
    if server is None:
        pytest.skip(NO_RABBIT)
    made = TlsNode(server, tmp_path_factory.mktemp("rabbit"))
    made.node.start()
    yield made
    made.node.remove()


async def test_a_verified_connection_carries_messages(tls: TlsNode) -> None:
    broker = RabbitBroker(tls.url())
    await broker.start(timeout=timedelta(seconds=30))
    try:
        assert (await broker.ping()).total_seconds() > 0
    finally:
        await broker.close()


async def test_what_cannot_be_verified_is_refused_at_once(tls: TlsNode, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger")
    broken = tmp_path / "broken.pem"
    broken.write_text("not PEM")
    for url, words in (
        (tls.url(authority=stranger.file), "its certificate cannot be verified"),
        (tls.url(host="127.0.0.1"), "IP address mismatch"),
        (tls.url(authority=tmp_path / "absent.pem"), r"cafile=.*absent\.pem cannot be read \(No such file"),
        (tls.url(authority=broken), "TLS failed"),
    ):
        broker = RabbitBroker(url)
        with pytest.raises(BrokerUnavailableError, match=words):
            await broker.start(timeout=LONG)
        await broker.close()


async def test_a_client_without_a_certificate_and_one_in_clear_get_nowhere(tls: TlsNode) -> None:
    for url in (tls.url(is_known=False), f"amqp://guest:guest@localhost:{tls.node.port}/"):
        broker = RabbitBroker(url)
        with pytest.raises(BrokerUnavailableError):
            await broker.start(timeout=timedelta(seconds=2))
        await broker.close()
