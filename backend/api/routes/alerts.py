"""Alerts over HTTP: messages, channels, rules and silences."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Path, Query, Request

from backend.alerts import channels, drill, messages, rules, silences
from backend.api.authentication import Admin, Caller, Editor, Operator, SignedIn, Viewer, actor
from backend.api.idempotency import IdempotencyKey, once
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.state import State
from shared.enums import Scope
from shared.models.alert import (
    Alert,
    Channel,
    ChannelFields,
    Delivery,
    Rule,
    RuleFields,
    Silence,
    SilenceFields,
)
from shared.models.base import Answer, Meta, ObjectId, ObjectName, Page

router = api_router("/api/alerts", tag="alerts")

Name = Annotated[ObjectName, Path()]


@router.get(
    "",
    summary="List alerts, newest first",
    description="With `task_id`, only those about one task; an alert that groups several tasks names the last of them.",
)
async def list_alerts(
    state: State,
    user: SignedIn,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    task_id: ObjectId | None = None,
) -> Page[Alert]:
    found = await messages.list_alerts(
        state.context, before=cursor, limit=limit + 1, access=user.access, task_id=task_id
    )
    more = len(found) > limit
    return Page(data=found[:limit], meta=Meta(next_cursor=str(found[limit - 1].id) if more else None))


def _seen_by(user: Caller, channel: Channel) -> Channel:
    """Return the channel with a masked address for users who are not administrators: it is a secret of the receiver."""
    if user.may_by_role(Scope.ADMIN) or channel.url is None:
        return channel
    address = urlsplit(channel.url)
    return channel.model_copy(update={"url": f"{address.scheme}://{address.hostname}/***"})


@router.get("/channels", summary="List channels")
async def list_channels(state: State, user: Viewer, part: WholeList) -> Page[Channel]:
    return whole_answer([_seen_by(user, channel) for channel in await channels.list_channels(state.context)], part)


@router.put("/channels/{name}", summary="Create or replace a channel")
async def put_channel(state: State, user: Admin, name: Name, fields: ChannelFields) -> Answer[Channel]:
    return Answer(data=await channels.put_channel(state.context, name, fields, actor=actor(user)))


@router.delete("/channels/{name}", status_code=204, summary="Delete a channel that no rule uses")
async def delete_channel(state: State, user: Admin, name: Name) -> None:
    await channels.delete_channel(state.context, name, actor=actor(user))


@router.post("/channels/{name}/test", summary="Send a test message over a channel")
async def test_channel(state: State, user: Admin, name: Name) -> Answer[Delivery]:
    return Answer(data=await channels.send_test(state.context, name, actor=actor(user)))


@router.post(
    "/drill",
    status_code=202,
    summary="Send a marked message over every enabled channel",
    description="The message takes the way of each alert. `GET /api/alerts` lists it with deliveries: one is `sent`, "
    "or has an `error`.",
)
async def start_drill(state: State, user: Admin) -> Answer[Alert]:
    return Answer(data=await drill.drill(state.context, actor=actor(user)))


@router.get("/rules", summary="List rules")
async def list_rules(state: State, user: SignedIn, part: WholeList) -> Page[Rule]:
    return whole_answer(await rules.list_rules(state.context, access=user.access), part)


@router.put("/rules/{name}", summary="Create or replace a rule")
async def put_rule(state: State, user: Operator, name: Name, fields: RuleFields) -> Answer[Rule]:
    return Answer(data=await rules.put_rule(state.context, name, fields, actor=actor(user)))


@router.delete("/rules/{name}", status_code=204, summary="Delete a rule")
async def delete_rule(state: State, user: Operator, name: Name) -> None:
    await rules.delete_rule(state.context, name, actor=actor(user))


@router.get("/silences", summary="List silences that have not ended")
async def list_silences(state: State, user: SignedIn, part: WholeList) -> Page[Silence]:
    return whole_answer(await silences.list_silences(state.context, access=user.access), part)


@router.post("/silences", status_code=201, summary="Send no alerts for a task, a folder or all tasks for a while")
async def add_silence(
    state: State, user: Editor, request: Request, fields: SilenceFields, idempotency_key: IdempotencyKey = None
) -> Answer[Silence]:
    return Answer(
        data=await once(
            state,
            request,
            user=user,
            key=idempotency_key,
            kind=Silence,
            produce=lambda by: silences.add_silence(state.context, fields, actor=actor(by)),
        )
    )


@router.delete("/silences/{silence_id}", status_code=204, summary="End a silence now")
async def end_silence(state: State, user: Editor, silence_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> None:
    await silences.end_silence(state.context, silence_id, actor=actor(user))
