"""`taskdeck alert`: the alerts, and their channels, rules and silences."""

import asyncio
import json
from typing import Annotated, Any
from urllib.parse import quote

import typer

from backend.cli import silence_commands
from backend.cli.bulk import print_result
from backend.cli.completion import complete_channel, complete_folder, complete_rule
from backend.cli.connection import call
from backend.cli.exit_codes import ExitCode
from backend.cli.lookup import pages
from backend.cli.output import AsJson, ago, print_json, print_table
from backend.cli.say import say
from backend.cli.task_options import pairs
from shared.client import TaskdeckClient
from shared.models.alert import Alert, Channel, Delivery, Rule
from shared.models.bulk import ChangeAlerts
from shared.schedule.durations import parse_duration

app = typer.Typer(no_args_is_help=True, help="Alerts, and their channels, rules and silences.")
channel_app = typer.Typer(no_args_is_help=True, help="Channels: where alerts are sent.")
rule_app = typer.Typer(no_args_is_help=True, help="Rules: which outcomes raise an alert, on which channels.")
app.add_typer(channel_app, name="channel")
app.add_typer(rule_app, name="rule")
app.add_typer(silence_commands.app, name="silence")
_DRILL_PAUSE_SECONDS = 0.25
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
        ("ID", "WHEN", "ALERT", "DETAIL", "ACKNOWLEDGED BY", "DELIVERY"),
        (
            (
                str(one.id),
                ago(one.at),
                one.title,
                one.detail,
                one.acknowledged_by or "-",
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


@app.command("acknowledge")
def acknowledge(
    alerts: Annotated[list[int], typer.Argument(metavar="ALERT...", help="Ids of alerts.")],
    take_back: Annotated[bool, typer.Option("--take-back", help="Let somebody else take care of them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say that you take care of open alerts: nobody is reminded of them until another task fails too."""
    request = ChangeAlerts(action="take_back" if take_back else "acknowledge", ids=alerts)
    result = call(lambda client: client.change_alerts(request))
    print_result(result, "alert", "no longer acknowledged" if take_back else "acknowledged", as_json=as_json)


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
    folder: Annotated[
        str, typer.Option(help="Only tasks in this folder and below it.", autocompletion=complete_folder)
    ] = "",
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
