"""Dead letters: messages that could not be processed."""

from pydantic import Field

from shared.models.base import Input, Output, Timestamp


class DeadLetterShown(Output):
    """A message; `content` is the beginning of its body as text, `queue` its original queue."""

    id: str
    queue: str
    reason: str
    at: Timestamp | None = None
    size_bytes: int
    content: str


class DeadLetterList(Output):
    """The number of dead letters, and the oldest of them."""

    total: int
    letters: list[DeadLetterShown]


class DeadLetterChoice(Input):
    """The chosen dead letters; without `ids`, all."""

    ids: list[str] | None = Field(default=None, min_length=1, max_length=1000)


class DeadLettersSettled(Output):
    """The number of dead letters that were requeued or discarded."""

    count: int
