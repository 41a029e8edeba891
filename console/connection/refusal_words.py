"""What the backend's refusals say, in the language of the console.

`backend/runs/refusals.py` and the change of an object write the English, which the command line shows as well.
"""

import re
from collections.abc import Callable

from console.status_words import status_words
from console.words import tr
from shared.enums import RunStatus


def refusal_words(detail: str) -> str | None:
    """Return a refusal in the person's language; None for one that is not known here."""
    for pattern, words in _REFUSALS:
        found = re.fullmatch(pattern, detail, re.DOTALL)
        if found is not None:
            return words(*found.groups())
    return None


def sign_in_refusal(username: str, backend: str, provider: str = "") -> str:
    """Return what a backend says that does not accept a user name with a password, with the next step.

    It does not say which of them is wrong. Who signs in with the `provider` has no password.
    """
    if provider:
        return tr(
            "%1 refused the sign-in of %2: check the user name and the password, or sign in with %3.",
            backend,
            username,
            provider,
        )
    return tr("%1 refused the sign-in of %2: check the user name and the password.", backend, username)


def _status(words: str) -> str:
    """Return the status that a refusal names, such as `timed out`; one that is not known stays as it is."""
    value = words.replace(" ", "_")
    return status_words(RunStatus(value)).lower() if value in set(RunStatus) else words


_REFUSALS: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"Run (\d+) does not exist\.", lambda run: tr("Run %1 does not exist.", run)),
    (
        r"Run (\d+) has already ended: it is (.+)\.",
        lambda run, status: tr("Run %1 has already ended: it is %2.", run, _status(status)),
    ),
    (
        r"Run (\d+) has already started: it is (.+)\.",
        lambda run, status: tr("Run %1 has already started: it is %2.", run, _status(status)),
    ),
    (
        r"Run (\d+) has not ended: it is (.+)\. Cancel it first\.",
        lambda run, status: tr("Run %1 has not ended: it is %2. Cancel it first.", run, _status(status)),
    ),
    (
        r"The task of run (\d+) was deleted\. The run cannot be retried\.",
        lambda run: tr("The task of run %1 was deleted. The run cannot be retried.", run),
    ),
    (
        r"(?:The token is not valid|This session has ended|The refresh token was used, was revoked or has expired)\. "
        r"Sign in again\.",
        lambda: tr("Your sign-in has ended."),
    ),
    (r"Task (\d+) does not exist\.", lambda task: tr("Task %1 does not exist.", task)),
    (
        r"(.+) cannot be deleted: (.+) depends? on it\. Remove those dependencies first\.",
        lambda task, others: tr(
            "%1 cannot be deleted: other tasks depend on it (%2). Remove those dependencies first.", task, others
        ),
    ),
    (
        r"Channel '(.+)' is used by the alert rules (.+)\. Change those rules first\.",
        lambda name, rules: tr("Channel %1 is used by the alert rules %2. Change those rules first.", name, rules),
    ),
    (
        r"Concurrency group '(.+)' is used by the tasks (.+)\. Change those tasks first\.",
        lambda name, tasks: tr("Concurrency group %1 is used by the tasks %2. Change those tasks first.", name, tasks),
    ),
    (
        r"Worker (.+) is running\. Drain it and stop its process first\.",
        lambda worker: tr("Worker %1 is running. Drain it and stop its process first.", worker),
    ),
    (
        r"This user is the last administrator\. Make another user an administrator first\.",
        lambda: tr("This user is the last administrator. Make another user an administrator first."),
    ),
    (
        r"(.+) signs in with single sign-on and has no password\. Create another user for a sign-in with a password\.",
        lambda user: tr("%1 signs in with the provider and has no password.", user),
    ),
    (
        r"This backend has no key for secrets\. .*",
        lambda: tr(
            "This backend has no key to encrypt secrets with. An administrator of the server creates one with: "
            "taskdeck secret-key create FILE"
        ),
    ),
    (
        r"The secret (.+) was set by another request\. Set it again\.",
        lambda name: tr("The secret %1 was set by somebody else at this moment. Set it again.", name),
    ),
    (
        r"(.+) has no password: this user signs in with single sign-on, or is the local backend's own\.",
        lambda user: tr("%1 has no password here: it signs in with the provider, or belongs to this computer.", user),
    ),
    (
        r"The role of (.+) comes from their groups in single sign-on\. Change their groups there, or (.+)\.",
        lambda user, setting: tr(
            "The role of %1 comes from their groups at the provider. Change their groups there, or %2.", user, setting
        ),
    ),
    (
        r"(.+) has no schedule, so it has no occurrences to run\.",
        lambda task: tr("%1 has no schedule, so it has no occurrences to run.", task),
    ),
    (
        r"(.+) follows its last run, so it has no occurrences of its own\.",
        lambda task: tr("%1 follows its last run, so it has no occurrences of its own.", task),
    ),
)
