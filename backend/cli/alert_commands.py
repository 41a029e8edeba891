"""`taskdeck alert`: the alerts, and their channels, rules and silences."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer

from backend.cli.completion import complete_channel, complete_rule, complete_task
from backend.cli.connection import call
from backend.cli.exit_codes import ExitCode
from backend.cli.lookup import find_task, pages
from backend.cli.output import AsJson, ago, instant, print_json, print_table
from backend.cli.say import say
from backend.cli.task_options import pairs
from shared.client import TaskdeckClient
from shared.errors import NotFoundError
from shared.models.alert import Alert, Channel, Delivery, Rule, Silence, SilenceFields
from shared.models.bulk import AddSilences, EndSilences
from shared.schedule.durations import parse_duration

app = typer.Typer(no_args_is_help=True, help="Alerts, and their channels, rules and silences.")
channel_app = typer.Typer(no_args_is_help=True, help="Channels: where alerts are sent.")
rule_app = typer.Typer(no_args_is_help=True, help="Rules: which outcomes raise an alert, on which channels.")
silence_app = typer.Typer(no_args_is_help=True, help="Silences: times in which no alert is sent.")
app.add_typer(channel_app, name="channel")
app.add_typer(rule_app, name="rule")
app.add_typer(silence_app, name="silence")
_DRILL_PAUSE_SECONDS = 0.25
_LONGEST_SILENCE = "30d"
"""When a silence until a recovery ends in any case."""
ChannelName = Annotated[str, typer.Argument(help="The channel's name.", autocompletion=complete_channel)]
RuleName = Annotated[str, typer.Argument(help="The rule's name.", autocompletion=complete_rule)]


def _request(method: str, path: str, body: Any = None) -> Any:
    async def work(client: TaskdeckClient) -> Any:
        return await client.request(method, f"/api/alerts{path}", json=body)

    answer = call(work)
    return answer["data"] if answer else None


@app.command("list")
def list_alerts(
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 30,
    as_json: AsJson = False,
) -> None:
    """List alerts, newest first."""

    async def work(client: TaskdeckClient) -> list[dict[str, Any]]:
        return await pages(client, "/api/alerts", limit=limit)

    found = [Alert.model_validate(one) for one in call(work)]
    if as_json:
        print_json(found)
        return
    print_table(
        ("WHEN", "ALERT", "DETAIL", "DELIVERY"),
        (
            (
                ago(one.at),
                one.title,
                one.detail,
                ", ".join(
                    f"{delivery.channel}: {delivery.status}" + (f" ({delivery.error})" if delivery.error else "")
                    for delivery in one.deliveries
                )
                or "-",
            )
            for one in found
        ),
        empty="No alerts. Create a rule with: taskdeck alert rule set NAME --channel CHANNEL",
    )


async def _drill(client: TaskdeckClient, *, seconds: float) -> list[Delivery]:
    """Start a drill; return the deliveries once each was sent or failed, or after some seconds."""
    started = Alert.model_validate((await client.request("POST", "/api/alerts/drill"))["data"])
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    while True:
        listed = await client.request("GET", "/api/alerts", params={"limit": 1, "cursor": started.id + 1})
        deliveries = Alert.model_validate(listed["data"][0]).deliveries
        is_done = all(one.status != "pending" or one.error is not None for one in deliveries)
        if is_done or clock() >= deadline:
            return deliveries
        await asyncio.sleep(_DRILL_PAUSE_SECONDS)


@app.command("drill")
def start_drill(
    wait: Annotated[float, typer.Option(min=1, max=600, help="Seconds to wait for the results.")] = 60.0,
    as_json: AsJson = False,
) -> None:
    """Send a marked message over every enabled channel, by the way of alerts, and print the result of each."""
    deliveries = call(lambda client: _drill(client, seconds=wait))
    if as_json:
        print_json(deliveries)
    else:
        print_table(
            ("CHANNEL", "RESULT", "DETAIL"),
            (
                (
                    one.channel,
                    "sent" if one.status == "sent" else "failed" if one.error else "no result",
                    one.error or ("-" if one.status == "sent" else f"not sent within {wait:g} s; does a replica lead?"),
                )
                for one in deliveries
            ),
            empty="No channel is left.",
        )
    if any(one.status != "sent" for one in deliveries):
        raise typer.Exit(ExitCode.FAILED)


@channel_app.command("list")
def list_channels(as_json: AsJson = False) -> None:
    """List channels."""
    found = [Channel.model_validate(one) for one in _request("GET", "/channels")]
    if as_json:
        print_json(found)
        return
    print_table(
        ("NAME", "KIND", "DESTINATION", "ENABLED"),
        (
            (one.name, one.kind, one.url or ", ".join(one.recipients) or "-", "yes" if one.enabled else "no")
            for one in found
        ),
        empty="No channels. Create one with: taskdeck alert channel set NAME --url https://…",
    )


@channel_app.command("set")
def set_channel(
    name: ChannelName,
    url: Annotated[str | None, typer.Option(help="The URL of a webhook.")] = None,
    style: Annotated[str, typer.Option("--format", help="json, slack, feishu, dingtalk, wecom or custom.")] = "json",
    template: Annotated[
        str | None, typer.Option(help='The JSON body for custom, such as {"text": "{{title}}"}.')
    ] = None,
    header: Annotated[list[str] | None, typer.Option(help="An HTTP header, name=value. Repeatable.")] = None,
    mail: Annotated[list[str] | None, typer.Option(help="An e-mail address. Repeatable.")] = None,
    console: Annotated[bool, typer.Option(help="Show alerts in the console only.")] = False,
    disabled: Annotated[bool, typer.Option(help="Store the channel disabled.")] = False,
) -> None:
    """Create or replace a channel: a webhook, e-mail or the console."""
    body: dict[str, Any] = {"kind": "console" if console else "email" if mail else "webhook", "enabled": not disabled}
    if body["kind"] == "webhook":
        body |= {"url": url, "format": style, "headers": pairs(header or None, option="--header") or {}}
        if template is not None:
            try:
                body["template"] = json.loads(template)
            except ValueError as error:
                raise typer.BadParameter(f"--template is not JSON: {error}") from error
    elif mail:
        body["recipients"] = mail
    _request("PUT", f"/channels/{quote(name, safe='')}", body)
    say(f"Channel {name} is saved. Test it with: taskdeck alert channel test {name}")


@channel_app.command("test")
def test_channel(name: ChannelName) -> None:
    """Send a test message over a channel."""
    delivery = _request("POST", f"/channels/{quote(name, safe='')}/test")
    if delivery["status"] != "sent":
        say(f"taskdeck: The message was not delivered: {delivery['error']}", err=True)
        raise typer.Exit(ExitCode.FAILED)
    say("The message was delivered.")


@channel_app.command("delete")
def delete_channel(name: ChannelName) -> None:
    """Delete a channel that no rule uses."""
    _request("DELETE", f"/channels/{quote(name, safe='')}")
    say(f"Deleted the channel {name}.")


@rule_app.command("list")
def list_rules(as_json: AsJson = False) -> None:
    """List rules."""
    found = [Rule.model_validate(one) for one in _request("GET", "/rules")]
    if as_json:
        print_json(found)
        return
    print_table(
        ("NAME", "ON", "FOLDER", "CHANNELS", "GROUPED BY", "REMIND AFTER", "ENABLED"),
        (
            (
                one.name,
                ", ".join(one.conditions),
                one.folder or "all",
                ", ".join(one.channels),
                one.group_by,
                f"{one.remind_after_seconds} s",
                "yes" if one.enabled else "no",
            )
            for one in found
        ),
        empty="No rules. Create one with: taskdeck alert rule set NAME --channel CHANNEL",
    )


@rule_app.command("set")
def set_rule(
    name: RuleName,
    channel: Annotated[list[str], typer.Option(help="A channel. Repeatable.")],
    on: Annotated[list[str] | None, typer.Option(help="failure, slow, late, paused or fault. Repeatable.")] = None,
    folder: Annotated[str, typer.Option(help="Only tasks in this folder and below it.")] = "",
    label: Annotated[list[str] | None, typer.Option(help="Only tasks with this label, name=value. Repeatable.")] = None,
    group_by: Annotated[str, typer.Option(help="Group alerts by task, folder or rule.")] = "folder",
    remind_after: Annotated[str, typer.Option(help="Time between two alerts of a group, such as 1h.")] = "1h",
    disabled: Annotated[bool, typer.Option(help="Store the rule disabled.")] = False,
) -> None:
    """Create or replace a rule."""
    try:
        seconds = int(parse_duration(remind_after).total_seconds())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    body = {
        "conditions": on or ["failure"],
        "channels": channel,
        "folder": folder,
        "labels": pairs(label or None, option="--label") or {},
        "group_by": group_by,
        "remind_after_seconds": seconds,
        "enabled": not disabled,
    }
    _request("PUT", f"/rules/{quote(name, safe='')}", body)
    say(f"Rule {name} is saved.")


@rule_app.command("delete")
def delete_rule(name: RuleName) -> None:
    """Delete a rule."""
    _request("DELETE", f"/rules/{quote(name, safe='')}")
    say(f"Deleted the rule {name}.")


@silence_app.command("list")
def list_silences(as_json: AsJson = False) -> None:
    """List silences that have not ended."""
    found = [Silence.model_validate(one) for one in _request("GET", "/silences")]
    if as_json:
        print_json(found)
        return
    print_table(
        ("ID", "SCOPE", "FROM", "UNTIL", "BY", "REASON"),
        (
            (
                str(one.id),
                f"task {one.task_id}" if one.task_id else one.folder or "everything",
                instant(one.starts_at),
                ("recovery, or " if one.until_recovery else "") + instant(one.ends_at),
                one.created_by,
                one.reason,
            )
            for one in found
        ),
        empty="No silences.",
    )


@silence_app.command("add")
def add_silence(
    length: Annotated[str, typer.Option("--for", help="The duration, such as 2h.")] = "",
    task: Annotated[
        list[str] | None, typer.Option(help="Only alerts of this task. Repeatable.", autocompletion=complete_task)
    ] = None,
    folder: Annotated[str, typer.Option(help="Only tasks in this folder and below it.")] = "",
    reason: Annotated[str, typer.Option(help="The reason.")] = "",
    until_recovery: Annotated[
        bool, typer.Option(help="End once the task has recovered, or after --for (default: 30d). Needs --task.")
    ] = False,
) -> None:
    """Send no alerts for some time: of a task, of a folder, or at all."""
    if not length and not until_recovery:
        raise typer.BadParameter("give --for, such as --for 2h, or --until-recovery")
    if until_recovery and not task:
        raise typer.BadParameter("--until-recovery needs --task: only a task recovers")
    try:
        until = datetime.now(UTC) + parse_duration(length or _LONGEST_SILENCE)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error

    async def work(client: TaskdeckClient) -> list[int]:
        ids = [(await find_task(client, one)).id for one in task or []]
        if len(ids) > 1:
            request = AddSilences(action="add", ids=ids, ends_at=until, until_recovery=until_recovery, reason=reason)
            return (await client.change_silences(request)).ids
        fields = SilenceFields(
            task_id=ids[0] if ids else None,
            folder=folder,
            reason=reason,
            ends_at=until,
            until_recovery=until_recovery,
        )
        return [(await client.add_silence(fields)).id]

    if folder and task:
        raise typer.BadParameter("give --task or --folder, not both")
    for silence_id in call(work):
        recovery = "when the task has recovered, and at the latest " if until_recovery else ""
        say(f"Silence {silence_id} ends {recovery}at {instant(until)}.")


@silence_app.command("end")
def end_silences(
    silences: Annotated[list[int], typer.Argument(metavar="SILENCE...", help="Ids of silences.")],
) -> None:
    """End silences now."""

    async def work(client: TaskdeckClient) -> None:
        if len(silences) == 1:
            await client.end_silence(silences[0])
            return
        result = await client.change_silences(EndSilences(action="end", ids=silences))
        if result.refused:
            raise NotFoundError("Some of these silences have ended or do not exist; the others are ended.")

    call(work)
    say(f"Ended {', '.join(f'silence {one}' for one in silences)}.")
