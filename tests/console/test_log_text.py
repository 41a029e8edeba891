"""Escape sequences, lines and search of logs, without a window."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.theme.palette import DARK, LIGHT, Palette, contrast
from console.theme.terminal_colours import READABLE, readable, terminal_colours
from console.views.runs.log.ansi import PLAIN, Style, cube_colour, plain_text, spans, style_after
from console.views.runs.log.document import LONGEST_LINE, LogDocument, cells
from console.views.runs.log.search import LogSearch
from shared.enums import LogStream

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OUT, ERR = LogStream.STDOUT, LogStream.STDERR
SOME_TEXT = st.text(st.sampled_from("ab \t\r\n\x1b[]0123456789;:mKH?\x07\\汉é"), max_size=40)


@pytest.mark.parametrize(
    ("sequence", "style"),
    [
        ("", PLAIN),
        ("\x1b[31m", Style(foreground=1)),
        ("\x1b[1;4;31m", Style(foreground=1, bold=True, underlined=True)),
        ("\x1b[91;102m", Style(foreground=9, background=10)),
        ("\x1b[38;5;208m", Style(foreground=208)),
        ("\x1b[48;5;17m", Style(background=17)),
        ("\x1b[38;2;1;2;3m", Style(foreground=(1, 2, 3))),
        ("\x1b[38:2::1:2:3m", Style(foreground=(1, 2, 3))),
        ("\x1b[38:2:1:2:3m", Style(foreground=(1, 2, 3))),
        ("\x1b[38:5:9m", Style(foreground=9)),
        ("\x1b[38;5;999m", PLAIN),
        ("\x1b[38;5m", PLAIN),
        ("\x1b[4:3m", Style(underlined=True)),
        ("\x1b[1m\x1b[22m", PLAIN),
        ("\x1b[31;42m\x1b[39m", Style(background=2)),
        ("\x1b[31;42m\x1b[49m", Style(foreground=1)),
        ("\x1b[3;7;9m\x1b[m", PLAIN),
        ("\x1b[2;8m", Style(faint=True, hidden=True)),
        ("\x1b[38;2;1;2;3;1m", Style(foreground=(1, 2, 3), bold=True)),
        ("\x1b[?25l", PLAIN),
        ("\x1b[>4;1m", PLAIN),
        ("\x1b[2K", PLAIN),
    ],
)
def test_a_sequence_gives_its_style_and_no_text(sequence: str, style: Style) -> None:
    found, after = spans(sequence + "x")
    assert [(span.text, span.style) for span in found] == [("x", style)]
    assert after == style


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("\x1b]0;a title\x07rest", "rest"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdevice\x1b\\rest", "rest"),
        ("\x1b(Brest", "rest"),
        ("cut \x1b[3", "cut "),
        ("cut \x1b", "cut "),
        (" 10 %\r 20 %\r100 %", "100 %"),
        ("line\r", "line"),
        ("a\tb", "a       b"),
        ("\x1b[1mab\x1b[m\tc", "ab      c"),
        ("bell\x07 null\x00", "bell null"),
    ],
)
def test_what_is_no_text_is_left_out(line: str, text: str) -> None:
    assert plain_text(line) == text


@given(SOME_TEXT, SOME_TEXT)
def test_any_text_gives_readable_spans_and_the_style_goes_on(one: str, other: str) -> None:
    found, after = spans(one)
    assert all(span.text and span.text.isprintable() for span in found)
    assert "".join(span.text for span in found) == plain_text(one)
    assert after == style_after(one, PLAIN)
    assert spans(other, after)[1] == style_after(other, after)


@given(st.text(max_size=60))
def test_text_without_controls_is_kept_as_it_is(text: str) -> None:
    clean = "".join(one for one in text if one.isprintable())
    assert plain_text(clean) == clean


@given(st.integers(16, 255))
def test_every_colour_of_the_cube_exists(place: int) -> None:
    assert all(0 <= part <= 255 for part in cube_colour(place))


@given(st.lists(st.tuples(st.sampled_from([OUT, ERR]), SOME_TEXT), max_size=12))
def test_lines_are_the_same_however_the_output_was_cut(pieces: list[tuple[LogStream, str]]) -> None:
    for stream in (OUT, ERR):
        whole, cut = LogDocument(), LogDocument()
        whole.append("".join(text for one, text in pieces if one is stream), stream, NOW)
        for one, text in pieces:
            cut.append(text, one, NOW)
        mine = [line for line in range(len(cut)) if cut.is_stderr(line) == (stream is ERR)]
        assert [cut.raw(line) for line in mine] == [whole.raw(line) for line in range(len(whole))]
        assert [cut.spans(line) for line in mine] == [whole.spans(line) for line in range(len(whole))]
        assert [cut.cells[line] for line in mine] == [cells(cut.plain(line)) for line in mine]


def test_a_line_without_end_is_cut() -> None:
    document = LogDocument()
    document.append("x" * LONGEST_LINE, OUT, NOW)
    document.append("y" * 10, OUT, NOW)
    document.append("\n\nz", OUT, NOW)
    assert list(document.lines()) == ["x" * LONGEST_LINE, "y" * 10, "", "z"]


def test_a_note_ends_what_was_open() -> None:
    document = LogDocument()
    document.append("half \x1b[31mred", OUT, NOW)
    document.append_note("attempt 2")
    document.append("new", OUT, NOW)
    assert list(document.lines()) == ["half red", "attempt 2", "new"]
    assert document.is_note(1)
    assert document.spans(2)[0].style == PLAIN


def test_search_finds_every_place_also_while_the_log_grows() -> None:
    document = LogDocument()
    document.append("Error one error\nnothing\n\x1b[31mer\x1b[0mror", OUT, NOW)
    search = LogSearch(document, "error")
    search.step(2)
    assert (list(search.lines), list(search.columns), search.is_done) == ([0, 0], [0, 10], False)
    search.step(100)
    assert list(search.lines) == [0, 0, 2]
    document.append(" and an error", OUT, NOW)
    search.grown()
    search.step(100)
    assert list(zip(search.lines, search.columns, strict=True)) == [(0, 0), (0, 10), (2, 0), (2, 13)]
    assert (search.first_from(1), search.last_until(1)) == (2, 1)
    assert len(LogSearch(document, "")) == 0


def test_capitals_are_heeded_where_they_are_typed() -> None:
    document = LogDocument()
    document.append("Error error\n", OUT, NOW)
    search = LogSearch(document, "Error")
    search.step(1)
    assert list(search.columns) == [0]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_of_a_terminal_can_be_read(palette: Palette) -> None:
    for colour in terminal_colours(palette):
        assert contrast(colour, palette.panel) >= 4.5, colour
    for place in range(16, 256):
        red, green, blue = cube_colour(place)
        shown = readable(f"#{red:02x}{green:02x}{blue:02x}", palette.panel, palette.text)
        assert contrast(shown, palette.panel) >= READABLE
