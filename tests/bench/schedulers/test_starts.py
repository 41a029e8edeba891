"""What the times that commands have written say."""

from tests.bench.schedulers.starts import per_second, read_times


def test_times_are_read_in_ascending_order() -> None:
    assert read_times(b"30\n10\n20\n") == [10, 20, 30]


def test_an_incomplete_line_is_no_time_yet() -> None:
    assert read_times(b"10\n2") is None


def test_a_file_without_lines_has_no_times() -> None:
    assert read_times(b"") == []


def test_the_rate_is_that_between_the_first_start_and_the_last() -> None:
    assert per_second([1_000_000_000, 1_250_000_000, 1_500_000_000, 3_000_000_000]) == 1.5
