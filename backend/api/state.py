"""What routes use besides their request: FastAPI injects it as `State`."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from backend.accounts.identities import Identities
from backend.accounts.oidc.provider import Provider
from backend.accounts.refusals import Refusals
from backend.api.limiter import Limiter
from backend.api.metrics.text import MetricsText
from backend.api.open_streams import OpenStreams
from backend.api.shared_answer import SharedAnswer
from backend.broker.protocol import MessageQueue
from backend.context import ServiceContext
from backend.events.stream import LiveStream
from backend.loop_watchdog import LoopWatchdog
from backend.resource_watch import ResourceWatch
from backend.runs.log_followers import LogFollowers
from backend.runs.template import RecentTasks
from backend.scheduling.agenda import AgendaReader
from backend.system_info import ProcessInfo
from backend.workers.keys import WorkerKeys
from backend.workers.online import OnlineWorkers
from shared.models.system import Readiness


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiState:
    """The shared parts of the process that routes hand to use cases."""

    context: ServiceContext
    broker: MessageQueue
    agenda: AgendaReader
    identities: Identities
    stream: LiveStream
    log_followers: LogFollowers
    limiter: Limiter
    refusals: Refusals
    online: OnlineWorkers
    watchdog: LoopWatchdog
    resources: ResourceWatch
    process: ProcessInfo
    recent_tasks: RecentTasks
    readiness: SharedAnswer[Readiness]
    metrics: SharedAnswer[MetricsText]
    open_streams: OpenStreams
    worker_keys: WorkerKeys | None
    single_sign_on: Provider | None


def state_of(request: Request) -> ApiState:
    """Return the state of the application that received a request."""
    return cast("ApiState", request.app.state.api)


async def _state(request: Request) -> ApiState:
    return state_of(request)


State = Annotated[ApiState, Depends(_state)]
