"""Versions, counts and the depth of the queue over HTTP."""

from backend.api.authentication import SignedIn
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.state import State
from backend.queue.depth import queue_depth, system_stats
from backend.system_info import current_dispatcher, system_info
from shared.models.base import Answer, Page
from shared.models.system import DispatcherInfo, ExecutorInfo, QueueDepth, SystemInfo, SystemStats

router = api_router("/api/system", tag="system")


@router.get("/info", summary="Versions and uptime")
async def info(state: State, user: SignedIn) -> Answer[SystemInfo]:
    return Answer(data=await system_info(state.context, state.broker, state.process, state.resources))


@router.get("/stats", summary="Counts and rates")
async def stats(state: State, user: SignedIn) -> Answer[SystemStats]:
    return Answer(data=await system_stats(state.context, access=user.access))


@router.get("/executors", summary="List executors")
async def executors(state: State, user: SignedIn, part: WholeList) -> Page[ExecutorInfo]:
    specs = state.context.executors.values()
    return whole_answer([ExecutorInfo.model_validate(spec.description) for spec in specs], part)


@router.get("/dispatcher", summary="The replica that dispatches")
async def dispatcher(state: State, user: SignedIn) -> Answer[DispatcherInfo]:
    return Answer(data=await current_dispatcher(state.context))


@router.get("/queues", summary="The depth of the queue by priority and task type")
async def queues(state: State, user: SignedIn) -> Answer[QueueDepth]:
    return Answer(data=await queue_depth(state.context, access=user.access))
