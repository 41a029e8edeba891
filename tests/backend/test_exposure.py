"""What is said about connections that others can read, and which URLs of RabbitMQ are refused."""

import pytest
from pydantic import ValidationError

from backend.broker.url import BrokerUrl
from backend.exposure import api_exposure, exposures
from backend.settings import Settings


@pytest.mark.parametrize(
    ("url", "default", "words"),
    [
        ("postgresql://u:p@db.example/t", None, "sslmode=prefer for db.example"),
        ("postgresql://u:p@db.example/t", "verify-full", None),
        ("postgresql://u:p@db.example/t?sslmode=disable", "verify-full", "sslmode=disable"),
        ("postgresql://u:p@db.example/t?sslmode=require", None, "a forged server is not noticed"),
        ("postgresql://u:p@db.example/t?sslmode=require&sslrootcert=/ca.pem", None, None),
        ("postgresql://u:p@db.example/t?ssl=verify-full", None, None),
        ("postgresql://u:p@127.0.0.1,db.example/t", None, "for db.example"),
        ("postgresql://u:p@127.0.0.1,[::1],localhost/t", None, None),
        ("postgresql:///t?host=/run/postgresql", None, None),
    ],
)
def test_connections_to_the_database(url: str, default: str | None, words: str | None) -> None:
    found = exposures(Settings(database_url=url), default_ssl_mode=default)
    assert [one.setting for one in found] == ([] if words is None else ["TASKDECK_DATABASE_URL"])
    assert words is None or words in found[0].detail


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"broker_url": "amqp://u:p@broker.example/"}, "TASKDECK_BROKER_URL"),
        ({"broker_url": "amqps://u:p@broker.example/"}, None),
        ({"broker_url": "amqp://u:p@127.0.0.2/"}, None),
        ({"broker_url": "amqp://u:p@127.0.0.1/", "insecure_broker": "true"}, "TASKDECK_INSECURE_BROKER"),
        ({"redis_url": "redis://:p@redis.example:6379"}, "TASKDECK_REDIS_URL"),
        ({"redis_url": "rediss://:p@redis.example:6379"}, None),
        ({"redis_url": "redis://redis.example:6379"}, None),
    ],
)
def test_other_connections(changes: dict[str, str], setting: str | None) -> None:
    found = exposures(Settings.model_validate(changes), default_ssl_mode=None)
    assert [one.setting for one in found] == ([setting] if setting else [])
    assert all(":p@" not in one.detail for one in found)


@pytest.mark.parametrize(
    ("host", "uses_tls", "is_exposed"),
    [("0.0.0.0", False, True), ("::", False, True), ("0.0.0.0", True, False), ("127.0.0.1", False, False)],
)
def test_the_api(host: str, uses_tls: bool, is_exposed: bool) -> None:
    assert (api_exposure(host=host, uses_tls=uses_tls) is not None) is is_exposed


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("amqps://h/?no_verify_ssl=1", "no_verify_ssl, which is not supported. Remove it: a certificate is always"),
        ("amqps://h/?verify=verify_none", "verify, which is not supported"),
        ("amqps://h/?cacertfile=/ca.pem", "Use cafile instead"),
        ("amqps://h/?ca_file=/ca.pem", "ca_file, which does not exist. It may have: .*cafile"),
        ("amqp://h/?cafile=/ca.pem", "has cafile, but amqp:// does not use TLS. Use amqps://"),
        ("amqps://h/?heartbeat=soon", "heartbeat=soon. Use a number"),
        ("amqps:///", "must be a RabbitMQ URL"),
        ("http://h/", "must be a RabbitMQ URL"),
        ("amqps://[::1/", "must be a RabbitMQ URL"),
    ],
)
def test_urls_of_rabbitmq_that_would_not_do_what_they_say_are_refused(url: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings(broker_url=url)


def test_the_parts_of_a_url_of_rabbitmq() -> None:
    found = BrokerUrl.parse("amqps://u:p@h:5671/v?cafile=/a%20b.pem&certfile=/c&keyfile=/k&heartbeat=5")
    assert (found.host, found.uses_tls) == ("h", True)
    assert found.files == {"cafile": "/a b.pem", "certfile": "/c", "keyfile": "/k"}
