"""Which folder's secret a task uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.secret_references import names_in, replaced
from backend.secret_store.nearest import folders_above, nearest
from tests.fuzzing import fuzzed

FOLDERS = st.lists(st.sampled_from(["a", "b", "c d"]), max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("folder", "having", "found"),
    [
        ("", [""], ""),
        ("a/b", ["", "a", "a/b"], "a/b"),
        ("a/b/c", ["", "a"], "a"),
        ("ab", ["a"], None),
        ("", ["a"], None),
        ("a", ["a/b"], None),
    ],
)
def test_the_nearest_folder_at_or_above_the_task_counts(folder: str, having: list[str], found: str | None) -> None:
    assert nearest(folder, having) == found


@fuzzed(80)
@given(folder=FOLDERS, having=st.sets(FOLDERS))
def test_it_is_one_of_those_above_and_none_is_nearer(folder: str, having: set[str]) -> None:
    found = nearest(folder, having)
    above = [one for one in having if not one or f"{folder}/".startswith(f"{one}/")]
    assert (found is None) == (not above)
    if found is not None:
        assert found in above
        assert len(found) == max(len(one) for one in above)
    assert folders_above(folder)[0] == folder
    assert folders_above(folder)[-1] == ""


def test_references_are_found_and_replaced() -> None:
    text = "a ${secret:ONE} ${secret:two.x-Y} ${secret:no name} ${other:X} $${secret:ONE}"
    assert names_in([text, "", "${secret:THREE}"]) == {"ONE", "two.x-Y", "THREE"}
    assert replaced(text, str.lower) == "a one two.x-y ${secret:no name} ${other:X} $one"
