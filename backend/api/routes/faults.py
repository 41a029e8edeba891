"""Faults over HTTP: what was set aside or restarted, and waits for an operator."""

from backend.api.authentication import Operator, SignedIn, actor
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.state import State
from backend.fault_list import list_faults, retry_faults
from shared.models.base import Answer, Page
from shared.models.fault import Fault, FaultChoice, FaultsRetried

router = api_router("/api/system/faults", tag="system")


@router.get("", summary="List faults, the newest first")
async def faults(state: State, user: SignedIn, part: WholeList) -> Page[Fault]:
    return whole_answer(await list_faults(state.context, access=user.access), part)


@router.post("/retry", summary="Remove faults, so that what was set aside is tried again")
async def retry(state: State, user: Operator, choice: FaultChoice) -> Answer[FaultsRetried]:
    return Answer(data=FaultsRetried(count=await retry_faults(state.context, choice.ids, actor=actor(user))))
