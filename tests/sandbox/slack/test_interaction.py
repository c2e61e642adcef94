from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.server import SlackServer

from .bare import say
from .test_delivery import App, connected

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "v-1"}
PICK = {
    "type": "static_select",
    "action_id": "pick",
    "options": [{"text": {"type": "plain_text", "text": "A"}, "value": "a"}],
}
BLOCKS = ({"type": "actions", "block_id": "b-1", "elements": [BUTTON, PICK]},)


@pytest.fixture
async def app(server: SlackServer, http: aiohttp.ClientSession) -> AsyncIterator[App]:
    """The app, connected by Socket Mode."""
    async with connected(server, http) as app:
        yield app


async def payload(app: App, work: Awaitable[object], *, kind: str = "interactive") -> dict[str, Any]:
    """What the app gets of this kind when somebody does this; it acknowledges, events too."""
    doing = asyncio.ensure_future(work)
    frame: dict[str, Any] = {"type": ""}
    async with asyncio.timeout(5):
        while frame["type"] != kind:
            frame = await app.envelope()
            await app.ack(frame)
        await doing
    found: dict[str, Any] = frame["payload"]
    return found


async def test_a_click_carries_what_the_element_says(server: SlackServer, app: App) -> None:
    """The value is the element's own, whatever the page claims; message, thread and person are named."""
    here = server.workspace
    root = say(here, "root")
    said = say(here, "press", who="bot", thread_ts=root.ts, blocks=BLOCKS)
    await app.ack(await app.envelope())
    await app.ack(await app.envelope())
    ada = here.users["ada"].id
    claimed = {"action_id": "go", "value": "forged"}
    got = await payload(app, server.interactions.message_action(ada, said.channel, said.ts, claimed))
    (action,) = got["actions"]
    assert (action["value"], action["block_id"], action["type"]) == ("v-1", "b-1", "button")
    assert (got["user"]["id"], got["channel"]["id"]) == (ada, said.channel)
    assert (got["message"]["ts"], got["container"]["thread_ts"]) == (said.ts, root.ts)
    assert got["response_url"].startswith(f"{server.url}hooks/")
    assert got["trigger_id"]


async def test_choices_are_remembered(server: SlackServer, app: App) -> None:
    """The state of a message holds what was chosen in its menus, and nothing of its buttons."""
    here = server.workspace
    said = say(here, "press", who="bot", blocks=BLOCKS)
    await app.ack(await app.envelope())
    chosen = {"action_id": "pick", "selected_option": {"value": "a"}}
    ada = here.users["ada"].id
    await payload(app, server.interactions.message_action(ada, said.channel, said.ts, chosen))
    press = {"action_id": "go"}
    got = await payload(app, server.interactions.message_action(ada, said.channel, said.ts, press))
    assert got["state"]["values"] == {
        "b-1": {"pick": {"type": "static_select", "selected_option": {"value": "a"}}}
    }


async def test_what_the_app_chose_is_state_too(server: SlackServer, app: App) -> None:
    """A menu that nobody touched is in the state with its initial option, or with none."""
    here = server.workspace
    chosen = {**PICK, "action_id": "set", "initial_option": PICK["options"][0]}
    block = {"type": "actions", "block_id": "b-1", "elements": [BUTTON, PICK, chosen]}
    said = say(here, "press", who="bot", blocks=(block,))
    await app.ack(await app.envelope())
    press = {"action_id": "go"}
    ada = here.users["ada"].id
    got = await payload(app, server.interactions.message_action(ada, said.channel, said.ts, press))
    options = {key: value["selected_option"] for key, value in got["state"]["values"]["b-1"].items()}
    assert options == {"pick": None, "set": PICK["options"][0]}


@pytest.mark.parametrize("now", [(*BLOCKS, {"type": "divider"}), ({**BLOCKS[0], "block_id": "b-9"},), ()])
async def test_a_press_on_its_way_during_an_edit_arrives(
    server: SlackServer, app: App, now: tuple[dict[str, object], ...]
) -> None:
    """A press on the version shown a moment ago is delivered as it was shown, whatever the message is now."""
    here = server.workspace
    said = say(here, "press", who="bot", blocks=BLOCKS)
    await app.ack(await app.envelope())
    here.change(replace(said, blocks=now))
    await app.ack(await app.envelope())
    pressed = {"action_id": "go", "block_id": "b-1", "value": "forged"}
    ada = here.users["ada"].id
    got = await payload(app, server.interactions.message_action(ada, said.channel, said.ts, pressed))
    (action,) = got["actions"]
    assert (action["block_id"], action["value"], action["text"]) == ("b-1", "v-1", BUTTON["text"])
    assert got["message"].get("blocks", []) == list(now)


async def test_an_ephemeral_that_was_replaced_can_still_be_pressed(server: SlackServer, app: App) -> None:
    """The same holds for a message that only one person sees, and only for that person."""
    here = server.workspace
    ada, grace = here.users["ada"].id, here.users["grace"].id
    shown = Message(here.channels["sales"], here.ids.ts(), here.bot.id, "", bot_id="B1", blocks=BLOCKS)
    here.show_ephemeral(ada, shown)
    here.show_ephemeral(ada, replace(shown, blocks=()))
    pressed = {"action_id": "go", "block_id": "b-1"}
    got = await payload(app, server.interactions.message_action(ada, shown.channel, shown.ts, pressed))
    assert got["actions"][0]["value"] == "v-1"
    with pytest.raises(Refused, match="message_not_found"):
        await server.interactions.message_action(grace, shown.channel, shown.ts, pressed)


async def test_a_deleted_message_cannot_be_pressed(server: SlackServer) -> None:
    """What nobody sees any more reaches nobody, even when it was shown a moment ago."""
    here = server.workspace
    said = say(here, "press", who="bot", blocks=BLOCKS)
    here.delete(said)
    with pytest.raises(Refused, match="message_not_found"):
        await server.interactions.message_action(
            here.users["ada"].id, said.channel, said.ts, {"action_id": "go", "block_id": "b-1"}
        )


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({"action_id": "other"}, "action_not_found"),
        ({"action_id": "go", "block_id": "b-2"}, "action_not_found"),
    ],
)
async def test_what_is_not_there_cannot_be_clicked(
    server: SlackServer, action: dict[str, object], code: str
) -> None:
    """A click that the page makes up reaches nobody."""
    here = server.workspace
    said = say(here, "press", who="bot", blocks=BLOCKS)
    with pytest.raises(Refused, match=code):
        await server.interactions.message_action(here.users["ada"].id, said.channel, said.ts, action)


async def test_people_have_no_buttons(server: SlackServer) -> None:
    """Only an app's message can be clicked in."""
    here = server.workspace
    said = say(here, "press", blocks=BLOCKS)
    with pytest.raises(Refused, match="message_not_found"):
        await server.interactions.message_action(
            here.users["ada"].id, said.channel, said.ts, {"action_id": "go"}
        )


async def test_a_command_that_nobody_acknowledges_times_out(
    server: SlackServer, app: App, clock: ManualClock
) -> None:
    """After three seconds the person reads Slack's own error; there is no retry."""
    here = server.workspace
    sales = here.channels["sales"]
    doing = asyncio.ensure_future(server.interactions.command(here.users["ada"].id, sales, "/wisdom x"))
    frame = await app.envelope()
    assert (frame["payload"]["command"], frame["payload"]["text"]) == ("/wisdom", "x")
    clock.advance(3)
    with pytest.raises(Refused, match="operation_timeout"):
        await doing


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"text": "/other x"}, "unknown_command"),
        ({"thread_ts": "1.0"}, "command_not_allowed_in_threads"),
        ({"user_id": "U0"}, "user_not_found"),
        ({"channel_id": "C0"}, "channel_not_found"),
        ({"user_id": "otto", "channel_id": "partners"}, "unknown_command"),
        ({"user_id": "gertrude", "channel_id": "weather"}, "channel_not_found"),
        ({"user_id": "emilie"}, "account_inactive"),
    ],
)
async def test_commands_that_slack_refuses(server: SlackServer, arguments: dict[str, str], code: str) -> None:
    """The app never hears of them."""
    here = server.workspace
    given = {"user_id": "ada", "channel_id": "sales", "text": "/wisdom x"} | arguments
    user = here.users.get(given.pop("user_id"))
    given["channel_id"] = here.channels.get(given["channel_id"], "C0")
    with pytest.raises(Refused, match=code):
        await server.interactions.command(user.id if user else "U0", **given)


async def test_a_guest_has_commands(server: SlackServer, app: App) -> None:
    """In the channels that they are a member of."""
    here = server.workspace
    gertrude = here.users["gertrude"].id
    got = await payload(
        app, server.interactions.command(gertrude, here.channels["sales"], "/wisdom x"), kind="slash_commands"
    )
    assert (got["user_id"], got["team_id"]) == (gertrude, here.team_id)


async def test_an_outsider_presses_a_button(server: SlackServer, app: App) -> None:
    """They are of their own team, the message of the app's; nothing else stops them."""
    here = server.workspace
    said = say(here, "press", who="bot", channel="partners", blocks=BLOCKS)
    await app.ack(await app.envelope())
    otto = here.users["otto"].id
    got = await payload(
        app, server.interactions.message_action(otto, said.channel, said.ts, {"action_id": "go"})
    )
    assert got["user"] == {"id": otto, "username": "otto", "name": "otto", "team_id": here.partner.id}
    assert got["team"] == {"id": here.team_id, "domain": here.team.domain}


async def test_a_deactivated_person_presses_nothing(server: SlackServer) -> None:
    """Also not what was shown to them before."""
    here = server.workspace
    said = say(here, "press", who="bot", blocks=BLOCKS)
    here.deactivate("linus")
    with pytest.raises(Refused, match="account_inactive"):
        await server.interactions.message_action(
            here.users["linus"].id, said.channel, said.ts, {"action_id": "go"}
        )


async def test_a_press_reaches_the_app_under_the_new_id(server: SlackServer, app: App) -> None:
    """Choices and controls of a message move along with its channel."""
    here = server.workspace
    said = say(here, "press", who="bot", blocks=BLOCKS)
    await app.ack(await app.envelope())
    ada = here.users["ada"].id
    chosen = {"action_id": "pick", "selected_option": {"value": "a"}}
    await payload(app, server.interactions.message_action(ada, said.channel, said.ts, chosen))
    new = here.change_channel_id(said.channel)
    moved = here.message(new, said.ts)
    assert moved is not None
    here.change(replace(moved, text="pressed", blocks=(BLOCKS[0], {"type": "divider"})))
    await app.ack(await app.envelope())
    got = await payload(app, server.interactions.message_action(ada, new, said.ts, {"action_id": "go"}))
    assert (got["channel"]["id"], got["container"]["channel_id"]) == (new, new)
    assert got["state"]["values"]["b-1"]["pick"]["selected_option"] == {"value": "a"}
