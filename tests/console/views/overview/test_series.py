from console.charts.levels import runs_of_data
from shared.enums import Priority
from tests.console.views.overview.histories import a_history


def test_no_data_is_a_gap_and_nothing_ended_is_zero() -> None:
    history = a_history()
    assert history.succeeded == [0.8, None, 0.0, None, None, None]
    assert history.failure_rate == [20.0, None, None, None, None, None]
    assert history.wait["p95_ms"] == [2.0, None, None, None, None, None]
    assert history.depth[Priority.NORMAL] == [3.0, 9.0, 100.0]


def test_a_line_breaks_where_nothing_is_known() -> None:
    assert runs_of_data([0, 5, 10, 40, 45], [True] * 5, step=5) == [(0, 3), (3, 5)]
    assert runs_of_data([0, 5, 10], [True, False, True], step=5) == [(0, 1), (2, 3)]
    assert runs_of_data([], [], step=5) == []
