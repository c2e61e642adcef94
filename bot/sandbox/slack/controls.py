"""Controls of blocks: which there are, and what is chosen or filled in in them.

Source: https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from . import wire

#: A block's id, and a control that stands in it.
Control = tuple[str, wire.JsonObject]
#: What is entered: by block, then by action.
State = dict[str, dict[str, wire.JsonObject]]


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the value of a kind of control stands, and where its first one.

    Attributes:
        value: member of the state and of an action.
        initial: member of the control that the app sets.
        many: the value is a list, empty while nothing is chosen; else that is null.
    """

    value: str
    initial: str
    many: bool = False


_OPTION = Entry("selected_option", "initial_option")
_OPTIONS = Entry("selected_options", "initial_options", many=True)
_TEXT = Entry("value", "initial_value")

ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {
        "static_select": _OPTION,
        "external_select": _OPTION,
        "radio_buttons": _OPTION,
        "multi_static_select": _OPTIONS,
        "multi_external_select": _OPTIONS,
        "checkboxes": _OPTIONS,
        "users_select": Entry("selected_user", "initial_user"),
        "multi_users_select": Entry("selected_users", "initial_users", many=True),
        "channels_select": Entry("selected_channel", "initial_channel"),
        "multi_channels_select": Entry("selected_channels", "initial_channels", many=True),
        "conversations_select": Entry("selected_conversation", "initial_conversation"),
        "multi_conversations_select": Entry("selected_conversations", "initial_conversations", many=True),
        "plain_text_input": _TEXT,
        "email_text_input": _TEXT,
        "url_text_input": _TEXT,
        "number_input": _TEXT,
        "rich_text_input": Entry("rich_text_value", "initial_value"),
        "datepicker": Entry("selected_date", "initial_date"),
        "timepicker": Entry("selected_time", "initial_time"),
        "datetimepicker": Entry("selected_date_time", "initial_date_time"),
        "file_input": Entry("files", "files", many=True),
    }
)
#: What of a click is the person's choice, and not said by the control itself.
CHOICES = tuple(dict.fromkeys(entry.value for entry in ENTRIES.values()))


def controls(value: object, block_id: str = "") -> Iterator[Control]:
    """Every element with an action_id, and the block it stands in."""
    if wire.is_object(value):
        inside = wire.text(value, "block_id", block_id)
        if "action_id" in value:
            yield inside, value
        for item in value.values():
            yield from controls(item, inside)
    elif wire.is_array(value):
        for item in value:
            yield from controls(item, block_id)


def entered(shown: Iterable[Control], given: Mapping[str, object]) -> State:
    """What stands in controls by now: what was ``given`` for them, else what the app set at first.

    A bare string or null stands for ``{"value": …}``. What was given for a control that is not shown (any
    more) is left out; a control is known by the ids of its block and its action.
    """
    state: State = {}
    for block_id, element in shown:
        kind, action_id = wire.text(element, "type"), wire.text(element, "action_id")
        if kind not in ENTRIES:
            continue
        own = wire.mapping(given, block_id)
        value = _taken(kind, own[action_id]) if action_id in own else element.get(ENTRIES[kind].initial)
        state.setdefault(block_id, {})[action_id] = _said(kind, value)
    return state


def made(clicked: wire.JsonObject) -> State:
    """The choice that a click made, as state; a button makes none."""
    kind = wire.text(clicked, "type")
    if kind not in ENTRIES:
        return {}
    choice = _said(kind, _taken(kind, clicked))
    return {wire.text(clicked, "block_id"): {wire.text(clicked, "action_id"): choice}}


def merged(*states: Mapping[str, object]) -> Mapping[str, object]:
    """Later values over earlier ones, by block and action."""
    together: dict[str, dict[str, object]] = {}
    for state in states:
        for block_id in state:
            together.setdefault(block_id, {}).update(wire.mapping(state, block_id))
    return together


def complaints(blocks: Iterable[wire.JsonObject], state: State) -> dict[str, str]:
    """What Slack's client does not submit, by block: required inputs that are empty, too much chosen."""
    found: dict[str, str] = {}
    for block in blocks:
        if wire.text(block, "type") != "input":
            continue
        block_id, element = wire.text(block, "block_id"), wire.mapping(block, "element")
        entry = ENTRIES.get(wire.text(element, "type"), _TEXT)
        value = state.get(block_id, {}).get(wire.text(element, "action_id"), {}).get(entry.value)
        most = element.get("max_selected_items")
        if not value and block.get("optional") is not True:
            found[block_id] = "Please fill in this field."
        elif wire.is_array(value) and isinstance(most, int) and len(value) > most:
            found[block_id] = f"Please choose at most {most}."
    return found


def _taken(kind: str, given: object) -> object:
    return given.get(ENTRIES[kind].value) if wire.is_object(given) else given


def _said(kind: str, value: object) -> wire.JsonObject:
    entry = ENTRIES[kind]
    return {"type": kind, entry.value: value or ([] if entry.many else None)}
