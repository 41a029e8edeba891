"""Dead letters over HTTP: messages of workers that no backend could read or record."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from backend.api.authentication import Admin, Operator, actor
from backend.api.state import State
from shared.models.base import Answer
from shared.models.dead_letter import DeadLetterChoice, DeadLetterList, DeadLettersSettled

router = APIRouter(prefix="/api/system/dead-letters", tags=["system"])


class DeadLetterQuery(BaseModel):
    """How many of the oldest."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 50


@router.get("", summary="Messages that nobody could read or record")
async def list_dead_letters(
    state: State, user: Operator, query: Annotated[DeadLetterQuery, Query()]
) -> Answer[DeadLetterList]:
    return Answer(data=await state.dead_letters.read(limit=query.limit))


@router.post("/requeue", summary="Send dead letters back to the queue they were taken from")
async def requeue_dead_letters(state: State, user: Admin, choice: DeadLetterChoice) -> Answer[DeadLettersSettled]:
    count = await state.dead_letters.settle(choice.ids, requeue=True, actor=actor(user))
    return Answer(data=DeadLettersSettled(count=count))


@router.post("/discard", summary="Throw dead letters away")
async def discard_dead_letters(state: State, user: Admin, choice: DeadLetterChoice) -> Answer[DeadLettersSettled]:
    count = await state.dead_letters.settle(choice.ids, requeue=False, actor=actor(user))
    return Answer(data=DeadLettersSettled(count=count))
