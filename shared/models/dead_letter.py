"""Messages that nobody could read or record, as the API shows them."""

from pydantic import Field

from shared.models.base import Input, Output, Timestamp


class DeadLetterShown(Output):
    """One message; `content` is its beginning as text, `queue` the one that it was taken from."""

    id: str
    queue: str
    reason: str
    at: Timestamp | None = None
    size_bytes: int
    content: str


class DeadLetterList(Output):
    """How many there are, and the oldest of them."""

    total: int
    letters: list[DeadLetterShown]


class DeadLetterChoice(Input):
    """Which of them; without `ids` all."""

    ids: list[str] | None = Field(default=None, min_length=1, max_length=1000)


class DeadLettersSettled(Output):
    """How many were sent back or thrown away."""

    count: int
