"""Tables for terminals and for pipes."""

from hypothesis import given
from hypothesis import strategies as st

from backend.cli.table import fitted, lines_of, width_of, widths


def test_columns_are_as_wide_as_their_cells_and_no_line_ends_with_blanks() -> None:
    rows = [("ID", "NAME", "FOLDER"), ("7", "备份", "finance"), ("12", "report", "")]
    assert ["".join(cells) for cells in lines_of(rows, room=None)] == [
        "ID  NAME    FOLDER",
        "7   备份    finance",
        "12  report",
    ]


def test_the_widest_columns_are_narrowed_and_the_others_are_not() -> None:
    rows = [("7", "a" * 40, "b" * 30, "active")]
    (cells,) = lines_of(rows, room=41)
    assert "".join(cells) == "7  " + "a" * 13 + "…  " + "b" * 13 + "…  active"


def test_a_wide_character_is_never_cut_in_half() -> None:
    assert fitted("备份数据", 6) == "备份… "
    assert width_of("é") == 1


@given(
    rows=st.integers(1, 6).flatmap(
        lambda columns: st.lists(
            st.lists(st.text("ab备é́ ", max_size=30), min_size=columns, max_size=columns), min_size=1
        )
    ),
    room=st.integers(40, 120),
)
def test_no_line_is_wider_than_the_terminal(rows: list[list[str]], room: int) -> None:
    assert all(width_of("".join(cells)) <= room for cells in lines_of(rows, room=room))


@given(cells=st.lists(st.text("ab备", max_size=30), min_size=1, max_size=5))
def test_nothing_is_truncated_where_there_is_room(cells: list[str]) -> None:
    wanted = widths([cells], room=None)
    assert wanted == [width_of(cell) for cell in cells]
    assert widths([cells], room=sum(wanted) + 2 * (len(cells) - 1)) == wanted
