from shared.client.stream import StreamEvent, StreamGap, StreamOpened, stream_item
from shared.enums import EventType, StreamTopic


def test_each_kind_of_item_has_its_type() -> None:
    assert stream_item(id="a-1", type="hello", data={}) == StreamOpened("a-1")
    assert stream_item(id="a-2", type="gap", data={"reason": "events were missed"}) == StreamGap(
        "a-2", "events were missed"
    )
    assert stream_item(id="a-3", type="run.finished", data={"id": 7}) == StreamEvent(
        "a-3", EventType.RUN_FINISHED, {"id": 7}
    )


def test_an_event_that_only_a_newer_backend_knows_is_skipped() -> None:
    assert stream_item(id="a-4", type="run.teleported", data={}) is None


def test_every_event_has_a_topic() -> None:
    assert {kind.topic for kind in EventType} == set(StreamTopic)
    assert EventType.DISPATCHER_ELECTED.topic is StreamTopic.QUEUES
