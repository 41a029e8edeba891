"""Texts and names as people and programs write them, with what breaks programs."""

from hypothesis import strategies as st

AWKWARD = (
    "a",
    "  padded  ",
    "Ünïcödé",
    "任务",
    "\N{ROCKET}",
    "e\u0301",
    "%1 %s {0} ${x} `y` $(z)",
    "../../etc/passwd",
    "a/b",
    "-rf",
    "null",
    "'\"\\",
    "a\nb",
    "\x1b[31mred",
    "a\u202eb",
    "a\x00b",
    "\ufeffmark",
    "[bold]x[/bold]",
    "<b>x</b>",
    "A=1",
    "\xa0",
    "x" * 255,
    "x" * 256,
)

TEXTS = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=40))

NAMES = st.one_of(st.sampled_from(AWKWARD), st.text(min_size=1, max_size=30))
HEADER_NAMES = st.one_of(
    st.sampled_from(("X-A", "x-b", "Host", "Content-Length", "Transfer-Encoding", "", "a b", "É")), NAMES
)
HEADER_VALUES = st.one_of(
    st.sampled_from(("1", "", " padded ", "a\r\nb: c", "chunked", "é", "${secret:NONE}")),
    st.from_regex(r"[ -~\t]{0,20}", fullmatch=True),
)
