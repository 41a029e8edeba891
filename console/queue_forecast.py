"""How many runs wait, and when the queue will be empty at the rate of the last minute. Pure."""

from console.words import number, tr
from shared.models.system import SystemStats

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_SLOWEST_PER_SECOND = 1 / _HOUR
"""Less than one run an hour is no rate that a forecast could rest on."""
_LONGEST_SECONDS = 30 * _DAY
_STEPS = (
    (_MINUTE, 5),
    (10 * _MINUTE, 10),
    (_HOUR, _MINUTE),
    (_DAY, 10 * _MINUTE),
    (2 * _LONGEST_SECONDS, _HOUR),
)
"""Below how many seconds a forecast is rounded to how many."""
_LEAST_WHOLE = 9.95
"""From here on a rate is shown without decimals."""


def forecast_words(waiting: int, ended_per_second: float) -> str:
    """Return `1,450 waiting · empty in about 2 min 40 s at 9/s`; without a forecast where no run ends."""
    words = tr("1 waiting") if waiting == 1 else tr("%1 waiting", number(waiting))
    if waiting == 0:
        return words
    if ended_per_second < _SLOWEST_PER_SECOND:
        return tr("%1 · no run ended in the last minute", words)
    seconds = waiting / ended_per_second
    if seconds > _LONGEST_SECONDS:
        return tr("%1 · empty in more than 30 days at %2", words, rate_words(ended_per_second))
    return tr("%1 · empty in about %2 at %3", words, about(seconds), rate_words(ended_per_second))


def forecast_of(stats: SystemStats) -> str:
    """Return the forecast for the queue of these statistics."""
    return forecast_words(stats.runs_waiting, stats.runs_per_second)


def forecast_basis() -> str:
    """Return what the forecast rests on."""
    return tr("At the rate at which runs ended in the last minute, if no others arrive. Blocked runs do not count.")


def about(seconds: float) -> str:
    """Return a duration in at most two units, rounded to what a forecast can promise."""
    for below, step in _STEPS:
        rounded = max(round(seconds / step), 1) * step
        if rounded < below:
            break
    if rounded < _MINUTE:
        return tr("%1 s", rounded)
    if rounded < _HOUR:
        minutes, rest = divmod(rounded, _MINUTE)
        return tr("%1 min %2 s", minutes, rest) if rest else tr("%1 min", minutes)
    if rounded < _DAY:
        hours, rest = divmod(rounded, _HOUR)
        return tr("%1 h %2 min", hours, rest // _MINUTE) if rest else tr("%1 h", hours)
    days, rest = divmod(rounded, _DAY)
    return tr("%1 d %2 h", days, rest // _HOUR) if rest else tr("%1 d", days)


def rate_words(per_second: float) -> str:
    """Return a rate a second, or a minute or an hour where that would be less than one."""
    if per_second >= 1:
        return tr("%1/s", number(per_second) if per_second >= _LEAST_WHOLE else f"{round(per_second, 1):g}")
    if per_second * _MINUTE >= 1:
        return tr("%1/min", number(per_second * _MINUTE))
    return tr("%1/h", number(per_second * _HOUR))
