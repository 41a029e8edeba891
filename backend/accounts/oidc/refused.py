"""A sign-in that ends without a user."""

from shared.enums import SignInFailure


class SignInRefused(Exception):  # noqa: N818 - an outcome, which the sign-in reports
    """`failure` is for the person; `cause` is for the log and the audit log; `who` is the person, if known."""

    def __init__(self, failure: SignInFailure, cause: str, *, who: str = "") -> None:
        super().__init__(cause)
        self.failure = failure
        self.cause = cause
        self.who = who
