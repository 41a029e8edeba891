"""YAML as version 1.2 reads it, and errors that say what to write instead."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.tasks.apply_plan import plan_tasks
from shared.definitions.reading import read_definitions, with_places
from shared.errors import ValidationFailedError
from shared.models.definitions import Section
from shared.plain_yaml import dump_yaml, load_without_libyaml, load_yaml
from shared.task_files import parse_tasks
from tests.fuzzing import fuzzed
from tests.strategies.yaml_files import YAML_FILES


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1:30", "1:30"),
        ("0755", "0755"),
        ("007", "007"),
        ("no", "no"),
        ("NO", "NO"),
        ("on", "on"),
        ("y", "y"),
        ("2026-12-24", "2026-12-24"),
        ("2026-12-24T18:00:00Z", "2026-12-24T18:00:00Z"),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("90", 90),
        ("-5", -5),
        ("0", 0),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("'90'", "90"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_a_value_is_what_stands_there(written: str, value: object) -> None:
    found = load_yaml(f"key: {written}\n")["key"]
    assert found == value
    assert type(found) is type(value)


@fuzzed(100)
@given(YAML_FILES)
def test_libyaml_reads_what_pyyaml_reads(text: str) -> None:
    try:
        expected = load_without_libyaml(text)
    except yaml.YAMLError:
        return
    assert repr(load_yaml(text)) == repr(expected)


def test_a_key_that_is_given_twice_is_refused_and_merging_works() -> None:
    with pytest.raises(yaml.YAMLError, match="'a' is given twice"):
        load_yaml("a: 1\na: 2\n")
    assert load_yaml("base: &base {a: 1}\nmore: {<<: *base, b: 2}\n")["more"] == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "text", ["a: !!float x", "a: !!int ''", "a: !!bool x", "a: !!timestamp x", "a: !!binary é", "[" * 5000]
)
def test_a_value_that_does_not_fit_its_tag_or_is_nested_deeply_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)


@pytest.mark.parametrize(
    "value",
    [
        *("* * * * *", "*/5 * * * *", "*.txt", "@daily", "`date`", "%x", "&", "!include x", "{{ x }}", "]", "a: b"),
        *("[ -x /bin/x ] && /bin/x", '"a" b', "> x", "| x"),
    ],
)
def test_a_value_that_is_not_yaml_names_its_line_and_the_remedy(value: str) -> None:
    for text in (
        f"tasks:\n  - name: a\n    executor: noop\n    schedule: {value}\n",
        f"tasks:\n  - name: a\n\n  - schedule: {value}\n    name: b\n",
    ):
        with pytest.raises(ValidationFailedError, match=r"yaml:4:\d+: .*put the value in quotes"):
            parse_tasks(text, source="tasks.yaml")


@pytest.mark.parametrize("value", ["@daily", "* * * * *", "*/5 * * * *", "[x"])
def test_a_value_alone_says_the_remedy_too(value: str) -> None:
    with pytest.raises(yaml.YAMLError, match="put the value in quotes"):
        load_yaml(value)


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a: 1\n b: 2\nc: &a\n", "a: 1\na: 2\n", "tasks:\n- a\n b\n- [\n"])
def test_an_error_elsewhere_says_nothing_of_quotes(text: str) -> None:
    with pytest.raises(yaml.YAMLError) as refused:
        load_yaml(text)
    assert "quotes" not in str(refused.value)


def test_each_bad_value_in_a_value_of_several_lines_has_its_own_line() -> None:
    text = """\
tasks:
  - name: a
    executor: shell
    command: x
    environment:
      FINE: x
      MODE: true
      PORT: 8080
    arguments:
      - a
      - 1
    blackouts:
      - starts_at: 2026-11-29T00:00:00Z
        ends_at: x
    retry_exit_codes: [1,
      x]
  - {name: b, executor: shell, command: x, environment: {
      A: x,
      1B: x}}
"""
    file = read_definitions(text, source="t")
    with pytest.raises(ValidationFailedError) as refused:
        plan_tasks(file.sections[Section.TASKS], {}, {"a": 1, "b": 2}, {})
    found = [one.field for one in with_places(refused.value.errors, [file])]
    assert sorted(found) == [
        "t:11:9: a: arguments.1",
        "t:14:9: a: blackouts.0.ends_at",
        "t:16:7: a: retry_exit_codes.1",
        "t:19:7: b: environment.1B",
        "t:7:7: a: environment.MODE",
        "t:8:7: a: environment.PORT",
    ]


def test_a_value_that_yaml_cannot_begin_with_says_what_to_do() -> None:
    with pytest.raises(ValidationFailedError, match=r"yaml:4:15: .*put the value in quotes"):
        parse_tasks("tasks:\n  - name: a\n    executor: noop\n    schedule: @daily\n", source="tasks.yaml")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "environment: {MODE: true}",
            "tasks.yaml:4:19: a: environment.MODE: must be a text and is true; put it in quotes",
        ),
        (
            "environment: {PORT: 8080}",
            "tasks.yaml:4:19: a: environment.PORT: must be a text and is 8080; put it in quotes",
        ),
        ("timeout_seconds: true", "tasks.yaml:4:5: a: timeout_seconds: must be a number and is true"),
        ("timeout_seconds: 1:30", "tasks.yaml:4:5: a: timeout_seconds: Input should be a valid integer"),
    ],
)
def test_a_wrong_kind_of_value_names_its_line_and_the_remedy(line: str, says: str) -> None:
    text = f"tasks:\n  - name: a\n    executor: noop\n    {line}\n"
    file = read_definitions(text, source="tasks.yaml")
    with pytest.raises(ValidationFailedError) as refused:
        plan_tasks(file.sections[Section.TASKS], {}, {"a": 1}, {})
    (error,) = with_places(refused.value.errors, [file])
    assert says in f"{error.field}: {error.message}"


_TEXTS = st.one_of(
    st.text(max_size=30),
    st.text("\n\r \t#:-|>'\"ab\x85\u2028", max_size=12),
    st.sampled_from(("1e3", "0o17", "no", "0755", "1:30", "~", "", " x", "x ", "a\n b\n", "\na", "- a", "a: b", "<<")),
)
_CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)


@fuzzed(200)
@given(_CONTENT)
def test_what_is_written_is_read_as_the_same(content: object) -> None:
    assert load_yaml(dump_yaml(content)) == content


def test_several_lines_are_written_as_a_block() -> None:
    assert dump_yaml({"tasks": [{"name": "a", "command": "one\n  two\n"}]}) == (
        "tasks:\n  - name: a\n    command: |\n      one\n        two\n"
    )
