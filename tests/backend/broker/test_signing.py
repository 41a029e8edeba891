"""Seals and the gate: what one byte, another key or another queue makes of a message."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.broker.gate import Gate, Refused, RefusedMessageError
from backend.broker.keys import RootKey, WorkerKey, is_worker_id, write_secret
from backend.broker.messages import Telemetry
from backend.broker.signing import SEAL_HEADER, Stamp, is_sealed, read_stamp, seal
from backend.worker.command_gate import CommandGate, Verdict
from backend.worker.incarnation_id import new_incarnation_id
from backend.worker.key import find_key
from backend.worker.uptime import Uptime
from shared.errors import StartupError
from tests.fuzzing import fuzzed

ROOT = RootKey(b"a secret for tests that is long enough")
KEY = ROOT.of_worker("w1", salt="salt")
BODY = b'{"worker_id": "w1"}'
OTHERS = {
    "another worker's": ROOT.of_worker("w2", salt="salt"),
    "the former": ROOT.of_worker("w1", salt="former"),
    "another installation's": RootKey(b"another secret that is long enough").of_worker("w1", salt="salt"),
}


def stamp(*, number: int = 1, incarnation: str = "b", party: str = "w1", sender: str = "", at_ms: int = 5) -> Stamp:
    return Stamp(party=party, incarnation=incarnation, sender=sender, number=number, at_ms=at_ms)


def headers(given: Stamp, *, queue: str = "reports", key: WorkerKey = KEY, body: bytes = BODY) -> dict[str, str]:
    return {SEAL_HEADER: seal(given, body, purpose=queue, key=key.secret)}


def refusal(gate: Gate, queue: str, sent: dict[str, str], body: bytes = BODY, *, redelivered: bool = False) -> object:
    try:
        gate.examine(queue, sent, body, redelivered=redelivered)
    except RefusedMessageError as error:
        return error.reason
    return None


def find(worker_id: str) -> WorkerKey | Refused:
    if worker_id == "w1":
        return KEY
    return Refused.REVOKED if worker_id == "revoked" else Refused.UNKNOWN


def test_a_stamp_is_read_as_it_was_written() -> None:
    for one in (stamp(), stamp(sender="d", number=2**60), Stamp(party="r", number=3, at_ms=0)):
        assert read_stamp(seal(one, BODY, purpose="q", key=KEY.secret)) == one


@fuzzed(100)
@given(st.data())
def test_no_byte_of_a_message_can_be_changed(data: st.DataObject) -> None:
    header = seal(stamp(), BODY, purpose="reports", key=KEY.secret)
    whole = header.encode() + BODY
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    text, body = bytes(changed[: len(header)]).decode("latin-1"), bytes(changed[len(header) :])
    assert refusal(Gate(find), "reports", {SEAL_HEADER: text}, body) is not None


@fuzzed(50)
@given(st.text(max_size=700))
def test_no_other_text_is_a_seal(text: str) -> None:
    assert refusal(Gate(find), "reports", {SEAL_HEADER: text}) is not None
    assert not is_sealed(text, BODY, purpose="reports", key=KEY.secret)


@pytest.mark.parametrize("other", OTHERS)
def test_no_other_key_seals_for_a_worker(other: str) -> None:
    assert refusal(Gate(find), "reports", headers(stamp(), key=OTHERS[other])) is Refused.WRONG_SEAL


def test_what_is_refused_says_why() -> None:
    gate = Gate(find)
    assert refusal(gate, "reports", {}) is Refused.UNSEALED
    assert refusal(gate, "reports", headers(stamp(party="w9"))) is Refused.UNKNOWN
    assert refusal(gate, "reports", headers(stamp(party="revoked"))) is Refused.REVOKED
    assert refusal(gate, "logs", headers(stamp())) is Refused.WRONG_SEAL, "recorded from another queue"
    assert refusal(gate, "reports", headers(stamp())) is None
    assert refusal(Gate(None), "reports", headers(stamp())) is Refused.UNEXPECTED
    assert refusal(Gate(None), "reports", {}) is None


def test_a_message_speaks_for_the_process_that_sealed_it() -> None:
    gate = Gate(find)
    gate.match(stamp(), Telemetry(worker_id="w1", incarnation="b"))
    for other in (Telemetry(worker_id="w2", incarnation="b"), Telemetry(worker_id="w1", incarnation="a")):
        with pytest.raises(RefusedMessageError) as error:
            gate.match(stamp(), other)
        assert error.value.reason is Refused.FOREIGN


@pytest.mark.parametrize("queue", ["heartbeats", "telemetry"])
def test_a_message_that_replaces_those_before_counts_once_and_in_order(queue: str) -> None:
    gate = Gate(find)

    def sent(number: int, incarnation: str = "b", *, redelivered: bool = False) -> object:
        given = stamp(number=number, incarnation=incarnation)
        return refusal(gate, queue, headers(given, queue=queue), redelivered=redelivered)

    assert (sent(1), sent(3), sent(3), sent(2)) == (None, None, Refused.REPEATED, Refused.REPEATED)
    assert sent(3, redelivered=True) is None, "the broker delivers again what was not acknowledged"
    assert (sent(1, "c"), sent(9, "b")) == (None, Refused.STALE)


def command_gate(incarnation: str = "life") -> CommandGate:
    return CommandGate(KEY, worker_id="w1", incarnation=incarnation, uptime=Uptime())


def command(number: int, *, sender: str = "d", at_ms: int = 60_000, incarnation: str = "life", party: str = "w1"
            ) -> dict[str, str]:  # fmt: skip
    given = stamp(number=number, sender=sender, at_ms=at_ms, incarnation=incarnation, party=party)
    return headers(given, queue="worker.w1")


def test_a_command_is_obeyed_once() -> None:
    gate = command_gate()
    found = [gate.examine(command(number), BODY) for number in (1, 2, 2, 1, 3)]
    assert found == [Verdict.OBEY, Verdict.OBEY, Verdict.KNOWN, Verdict.KNOWN, Verdict.OBEY]
    assert gate.examine(command(1, sender="next-leader"), BODY) is Verdict.OBEY
    assert gate.examine(command(4), BODY) is Verdict.OBEY, "the former leader's may still be on its way"
    assert gate.take_refused() == 0


def test_a_command_is_for_one_process_of_one_worker_for_a_limited_time() -> None:
    gate = command_gate()
    for refused in (
        command(1, incarnation="former"),
        command(1, party="w2"),
        headers(stamp(incarnation="life", at_ms=60_000), queue="worker.w1", key=OTHERS["the former"]),
        headers(stamp(incarnation="life", at_ms=60_000), queue="reports"),
        {},
    ):
        assert gate.examine(refused, BODY) is Verdict.REFUSE
    assert gate.examine(command(1), b"another body") is Verdict.REFUSE
    assert (gate.take_refused(), gate.take_refused()) == (5, 0), "one that was sent before a restart is harmless"


def test_many_commands_that_come_too_late_are_told() -> None:
    gate = command_gate()
    for count, told in ((3, 0), (4, 4), (1, 0)):
        for number in range(count):
            assert gate.examine(command(number + 1, incarnation="former"), BODY) is Verdict.REFUSE
        assert gate.take_refused() == told


def test_a_command_that_comes_too_late_is_refused() -> None:
    uptime = Uptime()
    gate = CommandGate(KEY, worker_id="w1", incarnation="life", uptime=uptime)
    while not uptime.milliseconds:
        continue
    assert gate.examine(command(1, at_ms=0), BODY) is Verdict.REFUSE
    assert gate.examine(command(1), BODY) is Verdict.OBEY


def test_a_later_process_has_a_greater_id_whatever_the_clock_says(tmp_path: Path) -> None:
    ids = [new_incarnation_id(tmp_path) for _ in range(5)]
    (tmp_path / "incarnation").write_text(f"{2**47:012x}")
    ids += [new_incarnation_id(tmp_path) for _ in range(2)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    (tmp_path / "incarnation").write_text("nonsense")
    assert len(new_incarnation_id(tmp_path)) == 32


def test_a_key_is_in_a_file_of_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_secret(path, KEY.text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert find_key(path.read_text(), worker_id=None, is_insecure=False) == KEY
    with pytest.raises(FileExistsError):
        write_secret(path, "another")


def test_a_worker_starts_with_its_own_key_or_says_what_to_do() -> None:
    assert find_key(None, worker_id="w1", is_insecure=True) is None
    for text, worker_id, says in (
        (None, "w1", "taskdeck worker enroll w1"),
        ("x" * 80, None, "holds no key"),
        (KEY.text(), "w2", "the key of worker w1, not of w2"),
    ):
        with pytest.raises(StartupError, match=says):
            find_key(text, worker_id=worker_id, is_insecure=False)


def test_a_key_is_not_shown_where_it_is_printed() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert WorkerKey.parse(KEY.text()) == KEY


@pytest.mark.parametrize(
    ("name", "is_usable"), [("w1", True), ("...", True), ("a.b", True), (".", False), ("..", False), ("a/b", False)]
)
def test_a_worker_id_is_no_step_of_a_path(name: str, is_usable: bool) -> None:
    assert is_worker_id(name) is is_usable
