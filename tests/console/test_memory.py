"""What the console remembers is typed, and scoped on purpose."""

from pathlib import Path

from console import remembered
from console.memory import Memory


def test_a_value_outlives_the_process(tmp_path: Path) -> None:
    Memory.in_file(tmp_path / "s.ini").put(remembered.SIDE_BAR_FOLDED, True)
    assert Memory.in_file(tmp_path / "s.ini").get(remembered.SIDE_BAR_FOLDED) is True


def test_what_is_looked_for_belongs_to_one_connection_and_the_look_to_all(tmp_path: Path) -> None:
    memory = Memory.in_file(tmp_path / "s.ini")
    one, other = memory.for_connection("https://one"), memory.for_connection("https://other")
    one.put(remembered.SUBSCRIBED_TASKS, [1, 2])
    one.put(remembered.SPLITTER_SIZES.of("runs"), [300, 200])
    assert (one.get(remembered.SUBSCRIBED_TASKS), other.get(remembered.SUBSCRIBED_TASKS)) == ([1, 2], ())
    assert other.get(remembered.SPLITTER_SIZES.of("runs")) == [300, 200]


def test_what_cannot_be_read_is_the_default(tmp_path: Path) -> None:
    memory = Memory.in_file(tmp_path / "s.ini").for_connection("local")
    for damaged in (remembered.SPLITTER_SIZES, remembered.TASK_FILTERS, remembered.VIEW_STATE, remembered.LOG_WRAPS):
        memory.put(damaged, "not what it should be")
        assert memory.get(damaged) == damaged.default


def test_members_of_a_family_do_not_share_a_value(tmp_path: Path) -> None:
    memory = Memory.in_file(tmp_path / "s.ini")
    memory.put(remembered.COLUMNS.of("tasks"), {"order": ["name"]})
    assert memory.get(remembered.COLUMNS.of("runs")) == {}
