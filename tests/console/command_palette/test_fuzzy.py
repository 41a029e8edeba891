import string

from hypothesis import given
from hypothesis import strategies as st

from console.command_palette.fuzzy import rank, score
from console.command_palette.object_search import run_id_in

WORDS = st.text(string.ascii_lowercase + "-_ ", min_size=1, max_size=30).filter(str.strip)


def test_what_begins_with_the_query_goes_before_what_contains_it_before_mere_letters() -> None:
    names = ["n-i-g-h-t-watch", "last-night", "nightly-backup", "night", "unrelated"]
    assert rank("night", names, str) == ["night", "nightly-backup", "last-night", "n-i-g-h-t-watch"]


def test_letters_where_words_begin_find_a_name() -> None:
    assert rank("nb", ["unbound", "nightly-backup"], str)[0] in ("unbound", "nightly-backup")
    assert score("nibac", "nightly-backup") is not None
    assert score("nightly backup", "nightly-backup") is not None
    assert score("backup nightly", "nightly-backup") is not None


def test_letters_that_are_not_there_find_nothing() -> None:
    assert score("xyz", "nightly-backup") is None
    assert score("nightly xyz", "nightly-backup") is None


def test_chinese_names_are_found() -> None:
    assert rank("汇总", ["报表汇总", "报表"], str) == ["报表汇总"]


@given(WORDS)
def test_a_text_fits_itself(text: str) -> None:
    assert score(text, text) is not None
    assert score(text.upper(), text) is not None


@given(WORDS, WORDS)
def test_what_fits_has_all_the_letters(query: str, text: str) -> None:
    if score(query, text) is not None:
        assert set(query) - {" "} <= set(text)


@given(WORDS, st.lists(WORDS, max_size=8))
def test_an_exact_name_is_never_beaten(text: str, others: list[str]) -> None:
    word = text.strip().split()[0]
    best = rank(word, [*others, word], str)[0]
    assert score(word, best) == score(word, word)


@given(st.lists(WORDS, max_size=10))
def test_no_query_keeps_the_order(texts: list[str]) -> None:
    assert rank("", texts, str) == texts


def test_a_run_is_asked_for_by_its_number() -> None:
    assert [run_id_in(text) for text in ("17", "#17", "run 17", " Run #17 ")] == [17] * 4
    assert [run_id_in(text) for text in ("", "run", "17a", "1" * 19)] == [None] * 4
