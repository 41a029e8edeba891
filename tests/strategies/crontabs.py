"""Crontabs: lines that cronie reads, lines that it refuses, and all that stands between them."""

from hypothesis import strategies as st

NAMES = ("A", "B_2", "HOME", "SHELL", "MAILTO", "TZ", "LANG_X", '"Q"')
VALUES = ("1", "two words", '"quoted "', "'it'", "", '"a" b', "'it's'", '"open', "$HOME/x", "  padded\t", "a=b")
_MONTHS = ("jan", "FEB", "Mar", "dec")
_WEEKDAYS = ("sun", "Mon", "FRI", "sat")
_COMMANDS = (
    "/opt/backup.sh --all",
    "cat%first%second",
    "cat%100\\% sure%",
    "echo \\% \\\\ \\x",
    "echo a\\\\%in",
    "wc -c%",
    "-n /opt/quiet.sh",
    "-n",
    "-x y",
    "* typo",
    "cd /srv && ./run # note",
    'echo "$MAILTO"',
    "date +\\%F >> /tmp/log 2>&1",
    "x = y",
)


def _entries(low: int, high: int, names: tuple[str, ...]) -> st.SearchStrategy[str]:
    number = st.integers(low, high).map(str)
    value = st.one_of(
        number, number, number.map(lambda text: text.zfill(2)), *([st.sampled_from(names)] if names else [])
    )
    step = st.sampled_from(("", "", "/2", "/5", "/07", "/70"))
    return st.one_of(
        value,
        st.builds("*{}".format, step),
        st.builds("{}-{}{}".format, value, value, step),
        st.builds("{}-{}".format, value, value),
        st.sampled_from(("0-0", "5/15", "~", "1~2", "2~1", "", "*/0", "99", "L", "1#2", "H", "?", "*5", "0-99", "x")),
    )


def fields(low: int, high: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Fields of a crontab; one of ten has an entry that is rare or wrong."""
    plain = st.one_of(st.just("*"), st.integers(low, high).map(str), st.sampled_from(("*/2", "*/7", f"{low}-{high}/3")))
    return st.one_of(plain, plain, st.lists(_entries(low, high, names), min_size=1, max_size=3).map(",".join))


BLANK = st.sampled_from((" ", " ", " ", "\t", "  "))
TIMES = st.one_of(
    st.builds(
        lambda blank, *parts: blank.join(parts),
        BLANK,
        fields(0, 59),
        fields(0, 23),
        fields(1, 31),
        fields(1, 12, _MONTHS),
        fields(0, 7, _WEEKDAYS),
    ),
    st.sampled_from(
        ("@daily", "@hourly", "@weekly", "@monthly", "@yearly", "@reboot", "@Daily", "@often", "@midnight")
    ),
)


@st.composite
def crontabs(draw: st.DrawFn) -> tuple[str, bool]:
    """A crontab and whether each of its lines names a user."""
    is_system = draw(st.booleans())
    user = st.sampled_from(("root", "root", "www-data", "alice"))
    command = st.one_of(
        st.sampled_from(_COMMANDS), st.text(alphabet="ab%\\ '\"#=-*é", min_size=1, max_size=12).map(str.strip)
    )
    job = st.builds(
        lambda sign, times, blank, who, what: f"{sign}{times}{blank}{who + blank if is_system else ''}{what}",
        st.sampled_from(("", "", "", "", "-", " ")),
        TIMES,
        BLANK,
        user,
        command,
    )
    variable = st.builds(
        "{}{}{}".format, st.sampled_from(NAMES), st.sampled_from(("=", " = ", "\t=")), st.sampled_from(VALUES)
    )
    other = st.sampled_from(("", "# a comment", "  # another", "just words", "* * * *", "=", "\t"))
    lines = draw(st.lists(st.one_of(job, job, job, variable, other), min_size=1, max_size=6))
    return "\n".join(lines) + "\n", is_system
