"""The preview of a schedule over HTTP."""

from backend.api.authentication import SignedIn
from backend.api.router import api_router
from backend.api.state import State
from backend.scheduling.preview import preview_schedule
from shared.models.base import Answer
from shared.models.schedule import SchedulePreview, SchedulePreviewRequest

router = api_router(tag="system")


@router.post("/api/schedules/preview", summary="Preview a schedule")
async def preview(state: State, user: SignedIn, asked: SchedulePreviewRequest) -> Answer[SchedulePreview]:
    return Answer(data=await preview_schedule(state.context, asked))
