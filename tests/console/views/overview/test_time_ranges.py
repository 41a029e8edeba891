from console.charts.span import step_for
from console.views.overview.time_ranges import RANGES


def test_every_range_has_a_resolution_to_match() -> None:
    steps = [step_for(one.span) for one in RANGES]
    assert steps == sorted(steps)
    assert all(10 <= one.span / step <= 360 for one, step in zip(RANGES, steps, strict=True))
