"""What the routes need, kept on the application and handed to them by FastAPI's dependencies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request

from backend.api.limiter import Limiter
from backend.broker.protocol import MessageQueue
from backend.services.alert_rules import AlertService
from backend.services.auth import AuthService
from backend.services.backfills import BackfillService
from backend.services.calendars import CalendarService
from backend.services.concurrency_groups import ConcurrencyGroupService
from backend.services.context import ServiceContext
from backend.services.dead_letters import DeadLetterService
from backend.services.live_stream import LiveStream
from backend.services.log_intake import LogIntake
from backend.services.run_calendar import RunCalendarService
from backend.services.run_queue import RunQueueService
from backend.services.runs import RunService
from backend.services.task_graph import TaskGraphService
from backend.services.task_history import TaskHistory
from backend.services.task_listing import TaskListing
from backend.services.tasks import TaskService
from backend.services.trial_runs import TrialRuns
from shared.enums import BackendRole


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiState:
    """The services behind the routes."""

    context: ServiceContext
    queue: MessageQueue
    tasks: TaskService
    task_listing: TaskListing
    trial_runs: TrialRuns
    runs: RunService
    run_queue: RunQueueService
    run_calendar: RunCalendarService
    task_graph: TaskGraphService
    alerts: AlertService
    history: TaskHistory
    backfills: BackfillService
    calendars: CalendarService
    concurrency_groups: ConcurrencyGroupService
    dead_letters: DeadLetterService
    auth: AuthService
    stream: LiveStream
    log_intake: LogIntake
    limiter: Limiter
    roles: frozenset[BackendRole]
    started_at: datetime
    is_local: bool


async def api_state(request: Request) -> ApiState:
    """Return the state of the application that serves a request."""
    return cast("ApiState", request.app.state.api)


State = Annotated[ApiState, Depends(api_state)]
