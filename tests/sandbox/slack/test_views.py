"""Modals: triggers, the stack, submissions."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.server import SlackServer

from .test_page_gateway import BUTTON, Json, answer_next, post
from .test_socket_mode import connect

MODAL: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Domain"},
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": "C1",
    "blocks": [
        {
            "type": "input",
            "block_id": "domain",
            "label": {"type": "plain_text", "text": "Which?"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        }
    ],
}


class Person:
    """Ada, and the app that she talks to."""

    def __init__(
        self, server: SlackServer, http: aiohttp.ClientSession, app: aiohttp.ClientWebSocketResponse
    ) -> None:
        self.id = server.workspace.users["ada"].id
        self._server, self._http, self._app = server, http, app

    async def trigger(self) -> str:
        """A fresh trigger id, from a command."""
        body: Json = {
            "user": self.id,
            "channel": self._server.workspace.channels["sales"],
            "text": "/wisdom x",
        }
        command = asyncio.create_task(post(self._http, self._server, "command", body))
        payload = await answer_next(self._app)
        await command
        return str(payload["trigger_id"])

    async def answer(self) -> Json:
        """What the app gets next; it acknowledges."""
        return await answer_next(self._app)

    async def submit(self, view_id: str, name: str, answer: Json | None = None) -> tuple[Json, Json]:
        """Submit the modal; what the page was told and what the app got."""
        values: Json = {"domain": {"name": {"type": "plain_text_input", "value": name}}}
        body: Json = {"user": self.id, "view_id": view_id, "values": values}
        submission = asyncio.create_task(post(self._http, self._server, "view_submit", body))
        payload = await answer_next(self._app, answer)
        return await submission, payload


@pytest.fixture
async def person(server: SlackServer, http: aiohttp.ClientSession) -> Person:
    """Ada with a connected app."""
    return Person(server, http, await connect(http, server))


async def error_of(call: object) -> str:
    """The error code that a call ends with."""
    with pytest.raises(SlackApiError) as caught:
        await call  # type: ignore[misc]  # any coroutine of the SDK
    return str(caught.value.response["error"])


async def test_a_trigger_works_once_and_for_three_seconds(
    person: Person, bot: AsyncWebClient, clock: ManualClock
) -> None:
    """A used, an old and an invented trigger have each their own error."""
    used, old = await person.trigger(), await person.trigger()
    await bot.views_open(trigger_id=used, view=MODAL)
    assert await error_of(bot.views_open(trigger_id=used, view=MODAL)) == "exchanged_trigger_id"
    clock.advance(3.1)
    assert await error_of(bot.views_open(trigger_id=old, view=MODAL)) == "expired_trigger_id"
    assert await error_of(bot.views_open(trigger_id="1.2.3", view=MODAL)) == "invalid_trigger_id"


async def test_a_submission_closes_the_modal(
    server: SlackServer, person: Person, bot: AsyncWebClient
) -> None:
    """The app gets the values and the private metadata; acknowledged, the modal is gone."""
    view = (await bot.views_open(trigger_id=await person.trigger(), view=MODAL))["view"]
    answer, payload = await person.submit(view["id"], "sales")
    assert answer == {"ok": True}
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "C1"  # type: ignore[index]
    assert payload["view"]["state"]["values"]["domain"]["name"]["value"] == "sales"  # type: ignore[index]
    assert server.workspace.views == {}


async def test_a_submission_can_be_refused_and_answered(
    server: SlackServer, person: Person, bot: AsyncWebClient
) -> None:
    """Errors come back by block and keep the modal; update, push and clear do as they say."""
    view = (await bot.views_open(trigger_id=await person.trigger(), view=MODAL))["view"]
    errors: Json = {"response_action": "errors", "errors": {"domain": "No such domain"}}
    told, _ = await person.submit(view["id"], "nope", errors)
    assert told["errors"] == {"domain": "No such domain"}
    await person.submit(view["id"], "x", {"response_action": "push", "view": MODAL})
    assert len(server.workspace.views) == 2
    other = MODAL | {"private_metadata": "C2"}
    await person.submit(view["id"], "x", {"response_action": "update", "view": other})
    assert server.workspace.views[view["id"]].content["private_metadata"] == "C2"
    await person.submit(view["id"], "x", {"response_action": "clear"})
    assert server.workspace.views == {}


async def test_an_empty_input_never_reaches_the_app(
    server: SlackServer, http: aiohttp.ClientSession, person: Person, bot: AsyncWebClient
) -> None:
    """Slack's client does not submit a required input that is empty."""
    view = (await bot.views_open(trigger_id=await person.trigger(), view=MODAL))["view"]
    told = await post(http, server, "view_submit", {"user": person.id, "view_id": view["id"], "values": {}})
    assert told == {"ok": True, "errors": {"domain": "Please fill in this field."}}


async def test_every_field_comes_back(server: SlackServer, person: Person, bot: AsyncWebClient) -> None:
    """Untouched fields with what the app set, empty ones with null or no items, the rest as filled in."""
    option: Json = {"text": {"type": "plain_text", "text": "A"}, "value": "a"}
    elements: dict[str, Json] = {
        "domains": {"type": "multi_static_select", "options": [option], "initial_options": [option]},
        "editors": {"type": "multi_users_select"},
        "audience": {"type": "radio_buttons", "options": [option]},
        "note": {"type": "plain_text_input", "multiline": True},
    }
    label = {"type": "plain_text", "text": "x"}
    blocks = [
        {
            "type": "input",
            "block_id": name,
            "optional": True,
            "label": label,
            "element": {"action_id": "v", **each},
        }
        for name, each in elements.items()
    ]
    view = MODAL | {"blocks": blocks}
    opened = (await bot.views_open(trigger_id=await person.trigger(), view=view))["view"]
    grace = server.workspace.users["grace"].id
    submission = asyncio.ensure_future(
        server.interactions.submit(person.id, opened["id"], {"editors": {"v": {"selected_users": [grace]}}})
    )
    payload = await person.answer()
    assert await submission == {}
    state: dict[str, Json] = payload["view"]["state"]["values"]  # type: ignore[index]
    assert {name: state[name]["v"] for name in elements} == {
        "domains": {"type": "multi_static_select", "selected_options": [option]},
        "editors": {"type": "multi_users_select", "selected_users": [grace]},
        "audience": {"type": "radio_buttons", "selected_option": None},
        "note": {"type": "plain_text_input", "value": None},
    }


async def test_a_change_in_a_view_brings_the_other_fields(
    server: SlackServer, http: aiohttp.ClientSession, person: Person, bot: AsyncWebClient
) -> None:
    """What stands in the fields at the moment of a click is in the app's hands, and stays for the next."""
    option: Json = {"text": {"type": "plain_text", "text": "A"}, "value": "a"}
    label = {"type": "plain_text", "text": "x"}
    menu: Json = {"type": "static_select", "action_id": "pick", "options": [option]}
    name: Json = {"type": "plain_text_input", "action_id": "v"}
    blocks = [
        {"type": "input", "block_id": "menu", "dispatch_action": True, "label": label, "element": menu},
        {"type": "input", "block_id": "name", "label": label, "element": name},
    ]
    view = (await bot.views_open(trigger_id=await person.trigger(), view=MODAL | {"blocks": blocks}))["view"]
    action = {"type": "static_select", "action_id": "pick", "block_id": "menu", "selected_option": option}
    values = {"name": {"v": {"type": "plain_text_input", "value": "half a na"}}}
    body: Json = {"user": person.id, "view_id": view["id"], "action": action, "values": values}
    click = asyncio.create_task(post(http, server, "action", body))
    payload = await person.answer()
    assert await click == {"ok": True}
    assert payload["view"]["state"]["values"] == {  # type: ignore[index]
        "menu": {"pick": {"type": "static_select", "selected_option": option}},
        "name": {"v": {"type": "plain_text_input", "value": "half a na"}},
    }
    assert server.workspace.views[view["id"]].values["name"]["v"]["value"] == "half a na"


async def test_an_outsiders_view_is_of_their_workspace(
    server: SlackServer, http: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    """A modal that a press of theirs opened comes back with their team, and with the app's beside it."""
    here = server.workspace
    app = await connect(http, server)
    otto, partners = here.users["otto"].id, here.channels["partners"]
    ts = (await bot.chat_postMessage(channel=partners, text="x", blocks=[BUTTON]))["ts"]
    action = {"type": "button", "action_id": "stop", "block_id": "controls"}
    body: Json = {"user": otto, "channel": partners, "message_ts": ts, "action": action}
    click = asyncio.create_task(post(http, server, "action", body))
    trigger = (await answer_next(app))["trigger_id"]
    await click
    view = (await bot.views_open(trigger_id=str(trigger), view=MODAL))["view"]
    submission = asyncio.ensure_future(
        server.interactions.submit(otto, view["id"], {"domain": {"name": "sales"}})
    )
    payload: dict[str, Any] = await answer_next(app)
    assert await submission == {}
    theirs = here.partner.id
    assert (payload["team"]["id"], payload["user"]["team_id"], payload["view"]["team_id"]) == (theirs,) * 3
    assert payload["view"]["app_installed_team_id"] == here.team_id


async def test_an_update_with_an_old_hash_is_refused(person: Person, bot: AsyncWebClient) -> None:
    """views.update takes the newest hash only."""
    view = (await bot.views_open(trigger_id=await person.trigger(), view=MODAL))["view"]
    await bot.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
    assert (
        await error_of(bot.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)) == "hash_conflict"
    )
    assert await error_of(bot.views_update(view_id="V0NONE", view=MODAL)) == "not_found"


async def test_three_modals_are_the_most(person: Person, bot: AsyncWebClient) -> None:
    """A stack holds three modals."""
    await bot.views_open(trigger_id=await person.trigger(), view=MODAL)
    for _ in range(2):
        await bot.views_push(trigger_id=await person.trigger(), view=MODAL)
    assert (
        await error_of(bot.views_push(trigger_id=await person.trigger(), view=MODAL)) == "push_limit_reached"
    )


async def test_a_closed_modal_is_told_on_request(
    server: SlackServer, http: aiohttp.ClientSession, bot: AsyncWebClient
) -> None:
    """With notify_on_close the app hears that the person closed the modal."""
    app = await connect(http, server)
    person = Person(server, http, app)
    view = (await bot.views_open(trigger_id=await person.trigger(), view=MODAL | {"notify_on_close": True}))[
        "view"
    ]
    body: Json = {"user": person.id, "view_id": view["id"]}
    closing = asyncio.create_task(post(http, server, "view_close", body))
    assert (await answer_next(app))["type"] == "view_closed"
    assert await closing == {"ok": True}


async def test_a_modal_without_submit_is_refused(person: Person, bot: AsyncWebClient) -> None:
    """A modal with inputs needs a submit button, and its title has 24 characters."""
    broken = {key: value for key, value in MODAL.items() if key != "submit"}
    assert (
        await error_of(bot.views_open(trigger_id=await person.trigger(), view=broken)) == "invalid_arguments"
    )
    long_title = MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}
    assert (
        await error_of(bot.views_open(trigger_id=await person.trigger(), view=long_title))
        == "invalid_arguments"
    )


async def test_home_is_published(server: SlackServer, bot: AsyncWebClient) -> None:
    """A Home tab is replaced when it is published again."""
    ada = server.workspace.users["ada"].id
    for _ in range(2):
        await bot.views_publish(user_id=ada, view={"type": "home", "blocks": [{"type": "divider"}]})
    assert [view.kind for view in server.workspace.views.values()] == ["home"]
