"""What is stored of faults, whatever their texts contain."""

from backend.database.connection import Database
from backend.faults.model import NewFault, set_aside
from backend.faults.store import read_faults, store_faults
from shared.enums import FaultKind

WRONG = "a\x00b\ud800c"
RIGHT = "a\ufffdb?c"


async def test_a_fault_with_texts_that_cannot_be_stored_keeps_no_other_from_being_stored(database: Database) -> None:
    wrong = NewFault(
        kind=FaultKind.RESTARTED,
        object_type="service",
        object_id=WRONG + "x" * 10_000,
        object_name=WRONG,
        cause=WRONG,
        next_step=WRONG,
    )
    other = set_aside("task", 7, cause=ValueError("no"), next_step="Edit it.", name="backup")
    async with database.transaction() as connection:
        await store_faults(connection, [wrong, other])
        await store_faults(connection, [wrong])
        found = {one.object_type: one for one in await read_faults(connection)}
    stored = found["service"]
    assert (stored.object_name, stored.cause, stored.next_step) == (RIGHT, RIGHT, RIGHT)
    assert stored.object_id.startswith(RIGHT)
    assert stored.count == 2
    assert (found["task"].object_id, found["task"].cause) == ("7", "ValueError: no")


async def test_repetitions_are_counted(database: Database) -> None:
    one, other = (set_aside("task", number, cause="no", next_step="Edit it.") for number in (7, 8))
    async with database.transaction() as connection:
        await store_faults(connection, [one, other, one])
        await store_faults(connection, [one, other, one], counts=[2, 3, 4])
        assert {fault.object_id: fault.count for fault in await read_faults(connection)} == {"7": 7, "8": 4}
