"""When a local backend is started again."""

from console.connection.local_keeper import MOST_RESTARTS, restart_delay


def test_a_backend_that_dies_again_and_again_is_left_alone() -> None:
    deaths: list[float] = []
    delays = []
    for number in range(MOST_RESTARTS + 1):
        deaths.append(float(number))
        delays.append(restart_delay(deaths, float(number)))
    assert delays == [0.0, 1.0, 2.0, 4.0, 8.0, None]
    assert restart_delay(deaths, 10_000.0) == 0.0, "old deaths are forgiven"
