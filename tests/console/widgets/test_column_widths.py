"""How wide the columns of a table are, and which are left out."""

from hypothesis import given
from hypothesis import strategies as st

from console.widgets.column_widths import LEAST_IMPORTANT, STRETCH_MINIMUM, STRETCH_READABLE, ColumnRoom, fit_columns

NAME = ColumnRoom(width=0, stretches=True)
STATE = ColumnRoom(width=100)
WORKER = ColumnRoom(width=80, goes_at=1)
NUMBER = ColumnRoom(width=60, goes_at=2)
LABELS = ColumnRoom(width=120, least=50, grows=True)


def test_columns_leave_in_their_order_until_the_one_that_stretches_can_be_read() -> None:
    columns = [NAME, STATE, WORKER, NUMBER]
    least = STRETCH_MINIMUM + 100 + 80 + 60
    assert fit_columns(columns, least) == [0, 100, 80, 60]
    assert fit_columns(columns, least - 1) == [0, 100, 80, None]
    assert fit_columns(columns, least - 61) == [0, 100, None, None]
    assert fit_columns(columns, 10) == [0, 100, None, None]


def test_a_column_that_grows_shrinks_to_its_title_and_grows_to_three_times_its_width() -> None:
    columns = [NAME, LABELS]
    assert fit_columns(columns, STRETCH_MINIMUM + 120) == [0, 120]
    assert fit_columns(columns, STRETCH_MINIMUM + 90) == [0, 90]
    assert fit_columns(columns, 0) == [0, 50]
    assert fit_columns(columns, 260 + 120 + 100) == [0, 170]
    assert fit_columns(columns, 5000) == [0, 360]
    assert fit_columns([NAME, ColumnRoom(width=120, least=50, grows=True, is_fixed=True)], 5000) == [0, 120]


def test_names_are_whole_before_a_column_of_the_least_importance_is_shown() -> None:
    columns = [NAME, STATE, WORKER, ColumnRoom(width=90, goes_at=LEAST_IMPORTANT)]
    whole = STRETCH_READABLE + 100 + 80 + 90
    assert fit_columns(columns, whole) == [0, 100, 80, 90]
    assert fit_columns(columns, whole - 1) == [0, 100, 80, None]
    assert fit_columns(columns, STRETCH_MINIMUM + 100 + 80) == [0, 100, 80, None]


def test_each_column_that_stretches_can_be_read() -> None:
    columns = [NAME, STATE, NUMBER, NAME]
    assert fit_columns(columns, 2 * STRETCH_MINIMUM + 160) == [0, 100, 60, 0]
    assert fit_columns(columns, 2 * STRETCH_MINIMUM + 159) == [0, 100, None, 0]


def test_a_column_that_is_hidden_takes_no_room() -> None:
    assert fit_columns([NAME, ColumnRoom(width=900, is_hidden=True), STATE], STRETCH_MINIMUM + 100) == [0, None, 100]


rooms = st.builds(
    ColumnRoom,
    width=st.integers(10, 300),
    least=st.integers(5, 100),
    goes_at=st.integers(0, 6),
    grows=st.booleans(),
    is_fixed=st.booleans(),
    is_hidden=st.booleans(),
)


@given(columns=st.lists(rooms, max_size=8), room=st.integers(0, 4000))
def test_what_is_shown_fits_or_nothing_more_can_leave(columns: list[ColumnRoom], room: int) -> None:
    widths = fit_columns([NAME, *columns], room)[1:]
    shown = [(column, width) for column, width in zip(columns, widths, strict=True) if width is not None]
    if sum(width for _, width in shown) > max(room - STRETCH_MINIMUM, 0):
        assert all(column.goes_at == 0 for column, _ in shown)
        assert all(
            width <= max(column.least, 0) or not column.grows or width == column.width for column, width in shown
        )
