import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.views.runs.log.ansi import PLAIN, Style, cube_colour, plain_text, spans, style_after

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
