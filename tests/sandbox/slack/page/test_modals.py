"""The app's modals on the page: fields, errors, updates and stacks."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.server import SlackServer
from tests.sandbox.slack.browser import PHONE, acting_as
from tests.sandbox.slack.conftest import client
from tests.sandbox.slack.page.app import App, Json, button, choice, listening, plain

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

SQL = "".join(f"SELECT {number} AS n -- line {number}\n" for number in range(1, 21))


MODAL: Json = {
    "type": "modal",
    "title": plain("Choose a domain"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": plain("Name"),
            "element": {"type": "plain_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "kind",
            "optional": True,
            "label": plain("Kind"),
            "element": {
                "type": "radio_buttons",
                "action_id": "value",
                "options": [{"text": plain("Public"), "value": "p"}, {"text": plain("Own"), "value": "o"}],
            },
        },
    ],
}


async def test_a_modal_with_errors(server: SlackServer, browser: Browser) -> None:
    """A modal that the app opens is filled in; its errors stand under their fields; then it closes."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    await bot.chat_postMessage(channel=channel, text="x", blocks=[button("Settings", "open")])
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        await ada.get_by_role("button", name="Settings").click()
        clicked = await app.next("block_actions")
        await bot.views_open(trigger_id=str(clicked["trigger_id"]), view=MODAL)
        dialog = ada.get_by_role("dialog", name="Choose a domain")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_contain_text("Please complete this required field.")
        app.answers["view_submission"] = {"response_action": "errors", "errors": {"name": "Unknown domain."}}
        await dialog.get_by_label("Name").fill("nowhere")
        await dialog.get_by_label("Own").check()
        await dialog.get_by_label("Name").press("Enter")
        await expect(dialog).to_contain_text("Unknown domain.")
        await expect(dialog.get_by_label("Name")).to_be_focused()
        app.answers.clear()
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_have_count(0)
        assert '"value": "nowhere"' in json.dumps(await app.next("view_submission"))


async def test_views_are_updated_and_stacked(server: SlackServer, browser: Browser) -> None:
    """A loading view becomes a form over SQL; one that is pushed lies on top; the app hears of the end."""
    bot, channel = client(server, server.workspace.bot_token), server.workspace.channels["sales"]
    await bot.chat_postMessage(channel=channel, text="x", blocks=[button("Show SQL", "open")])
    lines = {"type": "rich_text_preformatted", "language": "sql", "elements": [{"type": "text", "text": SQL}]}
    reason: Json = {
        "type": "static_select",
        "action_id": "v",
        "options": [choice("Wrong numbers"), choice("Other")],
    }
    blocks: list[Json] = [
        {"type": "rich_text", "elements": [lines]},
        {"type": "input", "block_id": "reason", "label": plain("Reason"), "element": reason},
        {
            "type": "input",
            "block_id": "more",
            "optional": True,
            "label": plain("More"),
            "element": {"type": "plain_text_input", "action_id": "v", "multiline": True},
        },
    ]
    loading: Json = {"type": "modal", "title": plain("Loading"), "blocks": [{"type": "divider"}]}
    form: Json = {
        **loading,
        "title": plain("SQL"),
        "submit": plain("Send"),
        "notify_on_close": True,
        "blocks": blocks,
    }
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        await ada.get_by_role("button", name="Show SQL").click()
        opened = await bot.views_open(
            trigger_id=str((await app.next("block_actions"))["trigger_id"]), view=loading
        )
        await expect(ada.get_by_role("dialog", name="Loading")).to_be_visible()
        await bot.views_update(view_id=opened["view"]["id"], view=form)
        dialog = ada.get_by_role("dialog", name="SQL")
        await expect(dialog.locator(".tok-keyword").first).to_have_text("SELECT")
        await dialog.get_by_label("Reason").select_option("Other")
        await dialog.get_by_label("More").fill("two\nlines")
        app.answers["view_submission"] = {
            "response_action": "push",
            "view": {**loading, "title": plain("Thanks")},
        }
        await dialog.get_by_role("button", name="Send").click()
        values = (await app.next("view_submission"))["view"]["state"]["values"]
        assert values["reason"]["v"]["selected_option"] == choice("Other")
        assert values["more"]["v"]["value"] == "two\nlines"
        await ada.get_by_role("dialog", name="Thanks").get_by_role("button", name="Close").click()
        await expect(ada.get_by_role("dialog", name="Thanks")).to_have_count(0)
        await ada.keyboard.press("Escape")
        assert (await app.next("view_closed"))["view"]["title"]["text"] == "SQL"
        await expect(ada.get_by_role("dialog")).to_have_count(0)


def field(name: str, label: str, element: Json, *, optional: bool = True) -> Json:
    """An input block."""
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": plain(label),
        "element": {"action_id": "v", **element},
    }


def settings(server: SlackServer) -> Json:
    """A window with every kind of field that an app's settings need."""
    domains = [choice("Sales"), choice("Weather"), choice("Support")]
    return {
        "type": "modal",
        "title": plain("Settings"),
        "submit": plain("Save"),
        "blocks": [
            field("domains", "Domains", {"type": "multi_static_select", "options": domains}),
            field("first", "Asked first", {"type": "static_select", "options": domains}, optional=False),
            field(
                "audience",
                "Who reads answers",
                {
                    "type": "radio_buttons",
                    "options": [choice("Everybody"), choice("Asker")],
                    "initial_option": choice("Everybody"),
                },
            ),
            field("exports", "Exports", {"type": "checkboxes", "options": [choice("Files")]}),
            field(
                "editors",
                "Editors",
                {
                    "type": "multi_users_select",
                    "initial_users": [server.workspace.users["grace"].id],
                    "max_selected_items": 2,
                },
            ),
            field("note", "Note", {"type": "plain_text_input", "multiline": True}),
        ],
    }


async def opened(app: App, bot: AsyncWebClient, page: Page, view: Json) -> Locator:
    """A window that a slash command opens: loading at first, then with its fields."""
    composer = page.get_by_label("Message #sales")
    await composer.fill("/wisdom settings")
    await composer.press("Enter")
    command = await app.next("/wisdom")
    loading: Json = {"type": "modal", "title": plain("Settings"), "blocks": [{"type": "divider"}]}
    shown = await bot.views_open(trigger_id=str(command["trigger_id"]), view=loading)
    dialog = page.get_by_role("dialog", name="Settings")
    await expect(dialog).to_be_visible()
    await bot.views_update(view_id=shown["view"]["id"], view=view)
    return dialog


async def test_settings_by_keyboard_alone(server: SlackServer, browser: Browser) -> None:
    """The first field has the focus when the window is filled; lists open, filter and choose by key."""
    bot, here = client(server, server.workspace.bot_token), server.workspace
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        dialog = await opened(app, bot, ada, settings(server))
        domains = dialog.get_by_role("combobox", name="Domains")
        await expect(domains).to_be_focused()
        await expect(domains).to_have_attribute("aria-expanded", "false")
        await ada.keyboard.press("ArrowDown")
        options = dialog.get_by_role("listbox").get_by_role("option")
        await expect(options).to_have_text(["Sales", "Weather", "Support"])
        await ada.keyboard.press("ArrowDown")
        await ada.keyboard.press("Enter")
        await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        await ada.keyboard.type("sup")
        await expect(options).to_have_text(["Support"])
        await ada.keyboard.press("Enter")
        await expect(options).to_have_text(["Sales", "Weather", "Support"])
        await ada.keyboard.press("Escape")
        await expect(options).to_have_count(0)
        await expect(dialog).to_be_visible()
        await ada.keyboard.press("Backspace")
        await expect(dialog.locator(".choice-name")).to_have_text(["Weather", "Grace Hopper"])
        await dialog.get_by_label("Asked first").focus()
        await ada.keyboard.type("Supp")
        await ada.keyboard.press("Tab")
        await expect(dialog.get_by_label("Everybody")).to_be_focused()
        await ada.keyboard.press("ArrowDown")
        await dialog.get_by_role("combobox", name="Editors").focus()
        await ada.keyboard.type("noether")
        await ada.keyboard.press("Enter")
        await ada.keyboard.press("Escape")
        await ada.keyboard.press("Enter")
        values = (await app.next("view_submission"))["view"]["state"]["values"]
        await expect(dialog).to_have_count(0)
    grace, emmy = here.users["grace"].id, here.users["emmy"].id
    assert {name: value["v"] for name, value in values.items()} == {
        "domains": {"type": "multi_static_select", "selected_options": [choice("Weather")]},
        "first": {"type": "static_select", "selected_option": choice("Support")},
        "audience": {"type": "radio_buttons", "selected_option": choice("Asker")},
        "exports": {"type": "checkboxes", "selected_options": []},
        "editors": {"type": "multi_users_select", "selected_users": [grace, emmy]},
        "note": {"type": "plain_text_input", "value": None},
    }


async def test_settings_with_the_mouse(server: SlackServer, browser: Browser) -> None:
    """A click opens the list and chooses; the limit is told, and errors stand under their fields."""
    bot = client(server, server.workspace.bot_token)
    async with (
        listening(server) as app,
        acting_as(browser, server, "ada", size=PHONE, scheme="dark") as ada,
    ):
        dialog = await opened(app, bot, ada, settings(server))
        editors = dialog.get_by_role("combobox", name="Editors")
        await editors.click()
        await dialog.get_by_role("option", name="Otto Hahn").click()
        await dialog.get_by_role("option", name="Linus Pauling").click()
        await expect(dialog).to_contain_text("At most 2 can be chosen.")
        await dialog.get_by_role("button", name="Remove Grace Hopper").click()
        await expect(dialog.get_by_role("option", name="Emilie")).to_have_count(0)
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_contain_text("Please complete this required field.")
        await expect(dialog.get_by_label("Asked first")).to_be_focused()
        await dialog.get_by_label("Asked first").select_option("Sales")
        errors = {"editors": "Somebody of another organisation cannot change this."}
        app.answers["view_submission"] = {"response_action": "errors", "errors": errors}
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_contain_text(errors["editors"])
        await expect(editors).to_be_focused()
        await expect(editors).to_have_attribute("aria-invalid", "true")
        assert await ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
        values = (await app.next("view_submission"))["view"]["state"]["values"]
        assert values["editors"]["v"]["selected_users"] == [server.workspace.users["otto"].id]


async def test_a_window_is_rebuilt_by_what_is_chosen(server: SlackServer, browser: Browser) -> None:
    """A field that tells at once brings the others along, and they keep what was typed when it is updated."""
    bot = client(server, server.workspace.bot_token)
    view = settings(server)
    view["blocks"][0]["dispatch_action"] = True
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        dialog = await opened(app, bot, ada, view)
        await dialog.get_by_label("Note").fill("as typed")
        await dialog.get_by_role("combobox", name="Domains").click()
        await dialog.get_by_role("listbox").get_by_role("option", name="Weather").click()
        told = await app.next("block_actions")
        assert told["actions"][0]["selected_options"] == [choice("Weather")]
        assert told["view"]["state"]["values"]["note"]["v"]["value"] == "as typed"
        more = field("more", "More", {"type": "plain_text_input"})
        await bot.views_update(view_id=told["view"]["id"], view={**view, "blocks": [*view["blocks"], more]})
        await expect(dialog.get_by_label("More")).to_be_visible()
        await expect(dialog.get_by_label("Note")).to_have_value("as typed")
        await expect(dialog.locator(".choice-chip").first).to_have_text("Weather")


async def test_fields_outside_of_inputs_tell_at_once(server: SlackServer, browser: Browser) -> None:
    """In an actions block of a message each change of a radio button, checkbox or list is an action."""
    bot, here = client(server, server.workspace.bot_token), server.workspace
    options = [choice("One"), choice("Two")]
    elements = [
        {"type": "radio_buttons", "action_id": "radio", "options": options},
        {"type": "checkboxes", "action_id": "boxes", "options": options},
        {"type": "multi_users_select", "action_id": "who", "placeholder": plain("People")},
        {"type": "users_select", "action_id": "one", "placeholder": plain("Person")},
    ]
    blocks = [{"type": "actions", "block_id": "b", "elements": elements}]
    await bot.chat_postMessage(channel=here.channels["sales"], text="x", blocks=blocks)
    async with listening(server) as app, acting_as(browser, server, "ada") as ada:
        await ada.get_by_role("radio", name="Two").check()
        assert (await app.next("block_actions"))["actions"][0]["selected_option"] == options[1]
        await ada.get_by_role("checkbox", name="One").check()
        assert (await app.next("block_actions"))["actions"][0]["selected_options"] == [options[0]]
        await ada.get_by_role("combobox", name="People").click()
        await ada.get_by_role("listbox").get_by_role("option", name="Vera Rubin").click()
        assert (await app.next("block_actions"))["actions"][0]["selected_users"] == [here.users["vera"].id]
        await ada.get_by_label("Person").select_option("Emmy Noether")
        told = await app.next("block_actions")
        assert told["actions"][0]["selected_user"] == here.users["emmy"].id
        state = told["state"]["values"]["b"]
        assert state["who"] == {"type": "multi_users_select", "selected_users": [here.users["vera"].id]}
        await expect(ada.locator(".unknown")).to_have_count(0)
