"""Schedules of every kind, valid and almost valid."""

from hypothesis import strategies as st

_ENTRIES = {
    "minute": ("*", "*/15", "0", "5-10", "50-10/15", "H", "H/20", "7,8", "5/20", "60", "H(3-9)"),
    "hour": ("*", "*/6", "3", "22-2", "H", "0-23/2", "24", "1,13"),
    "day": ("*", "1", "L", "15W", "*/2", "31", "H", "1,L", "0", "?"),
    "month": ("*", "jan", "nov-feb", "2", "*/3", "13", "DEC"),
    "weekday": ("*", "mon-fri", "7", "fri#2", "L5", "sat-mon", "0-7", "8", "sun"),
    "second": ("0", "*", "*/10", "30", "H", "60"),
}


def _cron(*names: str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.sampled_from(_ENTRIES[name]) for name in names)).map(" ".join)


FIVE_FIELDS = _cron("minute", "hour", "day", "month", "weekday")
SIX_FIELDS = _cron("minute", "hour", "day", "month", "weekday", "second")
CRON = st.one_of(FIVE_FIELDS, FIVE_FIELDS, SIX_FIELDS, st.sampled_from(("@daily", "@hourly", "@Weekly", "@reboot")))
SCHEDULES = st.one_of(
    CRON,
    st.builds("{} {}{}".format, st.sampled_from(("every", "after")), st.integers(0, 5000), st.sampled_from("smhdx")),
    st.sampled_from(("at 2030-01-02T03:04", "at 2020-01-01T00:00", "at 2031-01-01T00:00Z,2032-01-01T00:00", "at x")),
    st.text(max_size=20),
)
