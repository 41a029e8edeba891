"""Why a run waits, in the language of the console; `backend/runs/waiting.py` writes the English."""

import re

from console.words import fill, tr


def waiting_words(reason: str) -> str:
    """Return the reason of a waiting run; one that is not known stays as it is."""
    for pattern, words in (
        (r"Next in line\.", tr("Next in line.")),
        (r"Waiting for a free slot\.", tr("Waiting for a free slot.")),
        (
            r"Waiting for a free slot: (\d+) of (\d+) are in use(?:, .+)?\.",
            tr("Waiting for a free slot: %1 of %2 are in use."),
        ),
        (r"Waiting for attempt (\d+).*\.", tr("Waiting for attempt %1.")),
        (
            r"Waiting: the task is at its limit of (\d+) concurrent runs?\.",
            tr("Waiting: the task is at its limit (%1)."),
        ),
        (
            r"Waiting: the concurrency group (.+) is at its limit of (\d+) concurrent runs?\.",
            tr("Waiting: the concurrency group %1 is at its limit (%2)."),
        ),
        (
            r"Waiting: the previous run of the task has not ended\.",
            tr("Waiting: the previous run of the task has not ended."),
        ),
        (r"Waiting for its turn in the backfill\.", tr("Waiting for its turn in the backfill.")),
    ):
        found = re.fullmatch(pattern, reason)
        if found is not None:
            return fill(words, *found.groups())
    return reason
