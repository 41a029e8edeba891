"""Rows under the pointer: they change in place, and what would move them waits."""

from hypothesis import given
from hypothesis import strategies as st

from console.widgets.still_rows import keep_still

lists = st.lists(st.tuples(st.integers(0, 12), st.text("ab", max_size=1)), unique_by=lambda row: row[0])


@given(shown=lists, fresh=lists)
def test_each_row_stays_where_it_is_and_shows_its_newest_state(
    shown: list[tuple[int, str]], fresh: list[tuple[int, str]]
) -> None:
    still = keep_still(shown, fresh, key=lambda row: row[0], gone=lambda row: (row[0], "gone"))
    newest = dict(fresh)
    assert still.rows == [(key, newest.get(key, "gone")) for key, _ in shown]
    assert (still.changes == 0) == ([key for key, _ in shown] == [key for key, _ in fresh])
