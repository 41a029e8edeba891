"""The simulated year, with fewer schedules than `make simulation` plays."""

import pytest

from tests.simulation.year import simulate


@pytest.mark.parametrize("seed", [1, 2026])
def test_a_year_of_schedules_loses_and_doubles_nothing(seed: int) -> None:
    assert simulate(25, seed=seed) > 10_000
