"""Dead letters over HTTP: messages of workers that could not be read or recorded."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from backend import dead_letters
from backend.api.authentication import Admin, Operator, actor
from backend.api.router import api_router
from backend.api.state import State
from shared.models.base import Answer
from shared.models.dead_letter import DeadLetterChoice, DeadLetterList, DeadLettersSettled

router = api_router("/api/system/dead-letters", tag="system")


class DeadLetterQuery(BaseModel):
    """How many dead letters to return, oldest first."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 50


@router.get("", summary="List dead letters, oldest first")
async def list_dead_letters(
    state: State, user: Operator, query: Annotated[DeadLetterQuery, Query()]
) -> Answer[DeadLetterList]:
    return Answer(data=await dead_letters.list_dead_letters(state.broker, limit=query.limit))


@router.post("/requeue", summary="Return dead letters to their queues")
async def requeue_dead_letters(state: State, user: Admin, choice: DeadLetterChoice) -> Answer[DeadLettersSettled]:
    count = await dead_letters.settle_dead_letters(
        state.context, state.broker, choice.ids, requeue=True, actor=actor(user)
    )
    return Answer(data=DeadLettersSettled(count=count))


@router.post("/discard", summary="Discard dead letters")
async def discard_dead_letters(state: State, user: Admin, choice: DeadLetterChoice) -> Answer[DeadLettersSettled]:
    count = await dead_letters.settle_dead_letters(
        state.context, state.broker, choice.ids, requeue=False, actor=actor(user)
    )
    return Answer(data=DeadLettersSettled(count=count))
