from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from console.views.runs.log.ansi import PLAIN
from console.views.runs.log.document import LONGEST_LINE, LogDocument, cells
from shared.enums import LogStream

NOW = datetime(2026, 1, 1, tzinfo=UTC)

OUT, ERR = LogStream.STDOUT, LogStream.STDERR

SOME_TEXT = st.text(st.sampled_from("ab \t\r\n\x1b[]0123456789;:mKH?\x07\\汉é"), max_size=40)


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


def test_what_is_left_out_is_counted_however_the_output_was_cut() -> None:
    document = LogDocument()
    for piece in ("first\n… 7,340", ",032 bytes left out …\nlast", " line\n", "… 5 bytes left out … not a note\n"):
        document.append(piece, OUT, NOW)
    document.append("\n… 1,000 bytes left out …\n", ERR, NOW)
    assert document.bytes_left_out == 7_341_032
    assert LogDocument().bytes_left_out == 0
