import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.views.queue.words import reason_words
from console.words import Times, brief_number, enumeration, fill, listed, sentences, tr
from shared.enums import WaitingCode
from shared.models.waiting import WaitingReason

awkward_names = st.one_of(
    st.sampled_from(["%1", "%2", "%4", "%n", "%%", "%%1", "%L1", "100 %", "\\1", "\\g<1>", "{0}"]),
    st.text(alphabet=st.sampled_from("%123456789n\\" + string.ascii_letters), max_size=12),
)


@given(st.lists(awkward_names, min_size=3, max_size=3))
def test_values_are_put_in_as_they_are_whatever_they_contain(values: list[str]) -> None:
    one, two, three = values
    assert tr("%1 of %2: %3", one, two, three) == f"{one} of {two}: {three}"


@given(awkward_names, awkward_names)
def test_a_translation_may_turn_the_order_round_and_repeat(one: str, two: str) -> None:
    assert fill("%2 的运行 %1（%2）", one, two) == f"{two} 的运行 {one}（{two}）"


def test_a_text_without_values_stays_as_it_is() -> None:
    assert tr("%1 tasks") == "%1 tasks"


def test_a_place_without_a_value_is_a_mistake_of_the_program() -> None:
    with pytest.raises(IndexError):
        fill("%1 of %2", 1)


@given(awkward_names)
def test_the_name_of_a_concurrency_group_cannot_change_a_reason(name: str) -> None:
    reason = WaitingReason(code=WaitingCode.GROUP_LIMIT, text="", busy=2, limit=3, concurrency_group=name)
    named = reason.model_copy(update={"concurrency_group": "<group>"})
    assert reason_words(reason) == reason_words(named).replace("<group>", name)


def test_times_are_written_as_the_person_wants() -> None:
    now = datetime.now(UTC)
    old = now - timedelta(days=800)
    assert Times("absolute").show(now, now) == f"{now.astimezone():%H:%M:%S}"
    assert Times("absolute").show(old, now) == f"{old.astimezone():%Y-%m-%d}"
    assert Times("relative").show(now - timedelta(minutes=5), now) == "5 min ago"
    assert Times().show(None) == ""


@pytest.mark.parametrize("text", ["a, b c,d", "a，b c、d", "a\nb c\n\n d ,", ",a,,b c,d"])
def test_a_list_may_have_commas_of_both_languages(text: str) -> None:
    assert listed(text) == ["a", "b c", "d"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(-90, "in 1 min"), (0, "due now"), (1, "due now"), (59, "due now"), (7200, "2 h overdue")]
)
def test_a_next_time_in_the_past_is_due(seconds: int, words: str) -> None:
    now = datetime.now(UTC)
    assert Times().due(now - timedelta(seconds=seconds), now) == words


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (
            ("connection refused", "It retries."),
            "connection refused. It retries.",
        ),
        (("Run 7 does not exist.", "Reload the list."), "Run 7 does not exist. Reload the list."),
        (("", "Reload the list."), "Reload the list."),
        (("…", ""), "…"),
        (("Why? ", "连接已断开", "控制台会自动重试。"), "Why? 连接已断开. 控制台会自动重试。"),
        ((), ""),
    ],
)
def test_sentences_are_joined_with_full_stops(parts: tuple[str, ...], joined: str) -> None:
    assert sentences(*parts) == joined


def test_chinese_sentences_follow_each_other_without_a_space(in_chinese: None) -> None:
    assert sentences("连接被拒绝", "控制台会自动重试。") == "连接被拒绝。控制台会自动重试。"


def test_items_of_a_list_are_joined_as_english_does() -> None:
    assert [enumeration(items) for items in ([], ["%1"], ["a", "b", "c"])] == ["", "%1", "a, b, c"]


def test_items_of_a_list_are_joined_as_chinese_does(in_chinese: None) -> None:
    assert enumeration(["失败", "过慢"]) == "失败、过慢"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0k"),
        (4_196, "4.2k"),
        (9_949, "9.9k"),
        (9_950, "10k"),
        (41_960, "42k"),
        (999_499, "999k"),
        (1_300_000, "1.3M"),
        (25_000_000, "25M"),
    ],
)
def test_a_number_in_brief_has_four_characters_at_most(value: int, words: str) -> None:
    assert brief_number(value) == words


@given(st.integers(0, 990_000_000))
def test_a_number_in_brief_is_near_the_number(value: int) -> None:
    words = brief_number(value)
    assert len(words) <= 5
    unit = {"k": 1_000, "M": 1_000_000}.get(words[-1], 1)
    assert abs(float(words.rstrip("kM")) * unit - value) <= 0.06 * value
