"""JSON of the database is read without an error, and without what no answer could contain."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.database.connection import Database
from backend.database.json_reader import UnreadableJson, read_json
from shared.json_nesting import MOST_NESTED

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)


@given(VALUES)
def test_what_can_be_read_is_read(value: object) -> None:
    assert read_json(json.dumps(value)) == value


@pytest.mark.parametrize("depth", [MOST_NESTED + 1, 300, 5000, 100_000])
def test_a_deep_value_is_no_error(depth: int) -> None:
    assert isinstance(read_json("[" * depth + "]" * depth), UnreadableJson)


def test_a_value_of_the_greatest_depth_and_a_long_flat_one_are_read() -> None:
    assert not isinstance(read_json("[" * MOST_NESTED + "]" * MOST_NESTED), UnreadableJson)
    assert read_json(json.dumps([[]] * 1000)) == [[]] * 1000


@pytest.mark.parametrize("text", ["", "{", "nonsense"])
def test_a_text_that_is_no_json_is_no_error(text: str) -> None:
    assert isinstance(read_json(text), UnreadableJson)


async def test_a_deep_value_costs_no_other_row(database: Database) -> None:
    async with database.transaction() as connection:
        rows = await connection.exec_driver_sql(
            "select (repeat('[', n) || repeat(']', n))::jsonb as value from (values (1), (5000), (2)) v (n)"
        )
        first, deep, last = [row.value for row in rows]
    assert (first, last) == ([], [[]])
    assert isinstance(deep, UnreadableJson)
