"""The place of a request among the open streams."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from backend.api.authentication import SignedIn
from backend.api.open_streams import OpenStream
from backend.api.state import State


async def open_stream(request: Request, state: State, user: SignedIn) -> AsyncIterator[OpenStream]:
    """Hold a place among the open streams until the answer has ended."""
    stream = state.open_streams.open(user.identity, request.headers["Authorization"].partition(" ")[2].strip())
    try:
        yield stream
    finally:
        state.open_streams.close(stream)


Place = Annotated[OpenStream, Depends(open_stream)]
