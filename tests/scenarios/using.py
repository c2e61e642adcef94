"""What people do with an answer: press, choose, look into windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.sandbox.slack.model import Message, View
from tests.scenarios.town import Person, Town, everything


def now(here: Town, message: Message) -> Message:
    """The message as it stands there by now."""
    found = here.workspace.message(message.channel, message.ts)
    assert found is not None
    return found


def controls(value: object, block_id: str = "") -> Iterator[dict[str, object]]:
    """Everything that can be used in some blocks, with its block's id."""
    if isinstance(value, Mapping):
        block_id = str(value.get("block_id", block_id))
        if "action_id" in value:
            yield {**value, "block_id": block_id}
        for inner in value.values():
            yield from controls(inner, block_id)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from controls(inner, block_id)


def control(message: Message, action: str) -> dict[str, object]:
    """The control of a message with this action, numbered or not."""
    return next(
        each for each in controls(message.blocks) if str(each["action_id"]).partition(":")[0] == action
    )


def labels(message: Message) -> list[str]:
    """What stands on the buttons of a message."""
    return [_label(each) for each in controls(message.blocks) if each["type"] == "button"]


def _label(button: Mapping[str, object]) -> str:
    text = button["text"]
    return str(text["text"]) if isinstance(text, Mapping) else ""


async def use(person: Person, message: Message, element: Mapping[str, object], **made: object) -> None:
    """Uses a control, with what the person made of it where it is not a button."""
    action = {key: element[key] for key in ("action_id", "block_id", "type", "value") if key in element}
    body = {"user": person.id, "channel": message.channel, "message_ts": message.ts}
    await person.post("action", {**body, "action": {**action, **made}})


async def press(person: Person, message: Message, label: str) -> None:
    """Presses the button that says so."""
    await use(
        person,
        message,
        next(
            each
            for each in controls(message.blocks)
            if each["type"] in {"button", "icon_button"} and _label(each) == label
        ),
    )


async def choose(person: Person, message: Message, chart: str) -> None:
    """Chooses a type of chart by its name."""
    select = control(message, "wisdom_chart")
    options = select["options"]
    assert isinstance(options, list)
    await use(
        person,
        message,
        select,
        selected_option=next(each for each in options if each["text"]["text"] == chart),
    )


def whispers(here: Town, name: str) -> list[Message]:
    """What a person alone sees, oldest first."""
    user = here.workspace.users[name].id
    return [message for who, message in here.workspace.ephemerals if who == user]


async def window(here: Town, name: str) -> View:
    """The window that a person has open."""
    user = here.workspace.users[name].id
    return await here.until(
        lambda: next((view for view in here.workspace.views.values() if view.user == user), None)
    )


def in_window(view: View) -> str:
    """All text of a window."""
    blocks = view.content["blocks"]
    assert isinstance(blocks, tuple)
    return everything(Message("", "", "", "", blocks=blocks))


def title(view: View) -> str:
    text = view.content["title"]
    assert isinstance(text, Mapping)
    return str(text["text"])


async def close(person: Person, view: View) -> None:
    await person.post("view_close", {"user": person.id, "view_id": view.id})


async def rate(person: Person, answer: Message, button: str) -> None:
    """Presses a thumb."""
    thumbs = control(answer, "wisdom_feedback")
    thumb = thumbs[button]
    assert isinstance(thumb, Mapping)
    await use(person, answer, thumbs, value=thumb["value"])


async def settings(person: Person, channel: str) -> View:
    """The window with a channel's settings, when it is filled."""
    await person.command(channel, "/wisdom settings")
    here = person.town
    return await here.until(
        lambda: next(
            (
                view
                for view in here.workspace.views.values()
                if view.user == person.id and view.content.get("submit")
            ),
            None,
        )
    )


async def set_up(
    person: Person,
    channel: str,
    *,
    audience: str = "everybody",
    exports: bool = True,
    consent: bool = False,
    domains: tuple[str, ...] = (),
    editors: list[str] | None = None,
) -> None:
    """Opens a channel's settings, and keeps these."""
    view = await settings(person, channel)
    ticked = [{"text": {"type": "plain_text", "text": "Yes"}, "value": "yes"}]
    asked = [{"text": {"type": "plain_text", "text": each}, "value": each} for each in domains]
    values: dict[str, object] = {
        "domains": {"domains": {"type": "multi_static_select", "selected_options": asked}},
        "audience": {"audience": {"type": "radio_buttons", "selected_option": {"value": audience}}},
        "exports": {"exports": {"type": "checkboxes", "selected_options": ticked if exports else []}},
    }
    if editors is not None:
        values["editors"] = {"editors": {"type": "multi_users_select", "selected_users": editors}}
    if consent:
        values["consent"] = {"consent": {"type": "checkboxes", "selected_options": ticked}}
    await person.post("view_submit", {"user": person.id, "view_id": view.id, "values": values})
    await person.town.until(
        lambda: any(
            "Kept." in everything(each)
            for each in whispers(person.town, person.name)
            if each.channel == channel
        )
    )
