"""The connection that is lost and found."""

from console.connection.backend_connection import FIRST_DELAY_SECONDS, MOST_DELAY_SECONDS, ConnectionState, next_delay


def test_a_lost_backend_is_tried_ever_less_often_and_one_that_starts_at_an_even_pace() -> None:
    delays = [FIRST_DELAY_SECONDS]
    for _ in range(9):
        delays.append(next_delay(delays[-1], ConnectionState.OFFLINE))
    assert delays == sorted(delays)
    assert delays[-1] == MOST_DELAY_SECONDS
    assert next_delay(delays[-1], ConnectionState.CONNECTING) == FIRST_DELAY_SECONDS
