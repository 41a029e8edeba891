"""The placement key."""

from hypothesis import given
from hypothesis import strategies as st

from backend.workers.placement import demands, placement


@given(st.text(min_size=1), st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_a_placement_reads_back_as_its_demands(task_type: str, labels: dict[str, str]) -> None:
    assert demands(placement(task_type, {}))[0]
    if " {" not in task_type:
        assert demands(placement(task_type, labels)) == (task_type, labels)
        assert demands(placement(task_type, {})) == (task_type, {})


def test_a_task_type_in_braces_is_just_a_task_type() -> None:
    assert demands(placement("gpu {big}", {})) == ("gpu {big}", {})
