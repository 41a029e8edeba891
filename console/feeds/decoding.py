"""The content of a stream event as a model."""

import logging
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shared.client.stream import StreamEvent

log = logging.getLogger(__name__)
M = TypeVar("M", bound=BaseModel)


def decode(event: StreamEvent, model: type[M]) -> M | None:
    """Return the event's content; None, with a line in the log, if this version of the console cannot read it."""
    try:
        return model.model_validate(event.data)
    except ValidationError as error:
        log.warning("The event %s of type %s could not be read: %s", event.id, event.type, error)
        return None
