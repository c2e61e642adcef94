"""Elements inside blocks: buttons, menus, inputs, images; and rich text."""

from __future__ import annotations

from bot.sandbox.slack import wire

from .checks import (
    Check,
    anything,
    array,
    boolean,
    both,
    either,
    integer,
    number,
    one_of,
    plain,
    shape,
    string,
    text_object,
    typed,
    unique,
)
from .report import Report

_ID = string(255)
_URL = string(3000, 1)
_STYLE = one_of("primary", "danger")
_CONFIRM = shape(
    {"title": plain(100), "text": text_object(300), "confirm": plain(30), "deny": plain(30)},
    {"style": _STYLE},
)
_OPTION = shape(
    {"text": text_object(75), "value": string(150, 1)}, {"description": text_object(75), "url": _URL}
)
_OPTIONS = array(_OPTION, 1, 100)
_GROUPS = array(shape({"label": plain(75), "options": _OPTIONS}), 1, 100)
_COMMON = {"action_id": _ID, "confirm": _CONFIRM, "focus_on_load": boolean}
_MENU = {**_COMMON, "placeholder": plain(150)}
_MULTI = {**_MENU, "max_selected_items": integer(1, 1000)}
_DISPATCH = shape({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})
_INPUT = {
    "action_id": _ID,
    "placeholder": plain(150),
    "initial_value": string(3000),
    "focus_on_load": boolean,
    "dispatch_action_config": _DISPATCH,
}
_LENGTHS = {"min_length": integer(0, 3000), "max_length": integer(1, 3000)}
_FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)


def slack_file(value: object, pointer: str, report: Report) -> None:
    """``{"id"}`` or ``{"url"}``; whether the file can be shown is looked at with the workspace at hand."""
    both(shape({}, {"id": string(255, 1), "url": _URL}), either("id", "url", exactly=True))(
        value, pointer, report
    )
    if wire.is_object(value) and isinstance(value.get("id"), str):
        report.files.append((pointer, wire.text(value, "id")))


IMAGE = both(
    shape({"alt_text": string(2000, 1)}, {"image_url": _URL, "slack_file": slack_file}),
    either("image_url", "slack_file", exactly=True),
)

_BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": _ID,
        "url": _URL,
        "value": string(2000),
        "style": _STYLE,
        "confirm": _CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
    },
)
_VOTE = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_FEEDBACK = shape({"positive_button": _VOTE, "negative_button": _VOTE}, {"action_id": _ID})
_ICON = shape(
    {"icon": one_of("trash"), "text": plain(75)},
    {
        "action_id": _ID,
        "value": string(2000),
        "confirm": _CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": array(string(255, 1), 1, 100),
    },
)


def _chosen(value: object, pointer: str, report: Report) -> None:
    """What is chosen at first is among the options, word for word."""
    menu = wire.mapping({"menu": value}, "menu")
    groups = wire.objects(menu, "option_groups") or [menu]
    options = [option for group in groups for option in wire.array(group, "options")]
    first = menu.get("initial_option")
    if first is not None and first not in options:
        report.add(f"{pointer}/initial_option", "must match one of the options")
    for index, each in enumerate(wire.array(menu, "initial_options")):
        if each not in options:
            report.add(f"{pointer}/initial_options/{index}", "must match one of the options")


def _static(optional: dict[str, Check]) -> Check:
    form = shape({}, {**optional, "options": _OPTIONS, "option_groups": _GROUPS})
    return both(both(form, either("options", "option_groups", exactly=True)), _chosen)


def _choices(first: dict[str, Check]) -> Check:
    return both(shape({"options": array(_OPTION, 1, 10)}, {**_COMMON, **first}), _chosen)


_MENUS: dict[str, Check] = {
    "static_select": _static({**_MENU, "initial_option": _OPTION}),
    "external_select": shape({}, {**_MENU, "initial_option": _OPTION, "min_query_length": integer(0, 100)}),
    "users_select": shape({}, {**_MENU, "initial_user": _ID}),
    "conversations_select": shape(
        {},
        {
            **_MENU,
            "initial_conversation": _ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _FILTER,
        },
    ),
    "channels_select": shape({}, {**_MENU, "initial_channel": _ID, "response_url_enabled": boolean}),
    "multi_static_select": _static({**_MULTI, "initial_options": _OPTIONS}),
    "multi_external_select": shape(
        {}, {**_MULTI, "initial_options": _OPTIONS, "min_query_length": integer(0, 100)}
    ),
    "multi_users_select": shape({}, {**_MULTI, "initial_users": array(_ID, 0, 100)}),
    "multi_conversations_select": shape(
        {},
        {
            **_MULTI,
            "initial_conversations": array(_ID, 0, 100),
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        },
    ),
    "multi_channels_select": shape({}, {**_MULTI, "initial_channels": array(_ID, 0, 100)}),
    "overflow": shape({"options": array(_OPTION, 2, 5)}, {"action_id": _ID, "confirm": _CONFIRM}),
}
_CHOICES: dict[str, Check] = {
    "datepicker": shape({}, {**_MENU, "initial_date": string(10, 10)}),
    "timepicker": shape({}, {**_MENU, "initial_time": string(5, 5), "timezone": string(100)}),
    "datetimepicker": shape({}, {**_COMMON, "initial_date_time": integer(0, 9_999_999_999)}),
    "radio_buttons": _choices({"initial_option": _OPTION}),
    "checkboxes": _choices({"initial_options": array(_OPTION, 1, 10)}),
}
_FIELDS: dict[str, Check] = {
    "plain_text_input": shape({}, {**_INPUT, **_LENGTHS, "multiline": boolean}),
    "email_text_input": shape({}, _INPUT),
    "url_text_input": shape({}, _INPUT),
    "number_input": shape(
        {"is_decimal_allowed": boolean}, {**_INPUT, "min_value": string(100), "max_value": string(100)}
    ),
    "rich_text_input": shape({}, {**_INPUT, "initial_value": anything}),
    "file_input": shape(
        {}, {"action_id": _ID, "filetypes": array(string(20, 1), 1, 100), "max_files": integer(1, 10)}
    ),
}

BUTTONS: dict[str, Check] = {"button": _BUTTON}
ACCESSORY = typed({**BUTTONS, **_MENUS, **_CHOICES, "image": IMAGE})
ACTIONS = both(
    array(typed({**BUTTONS, **_MENUS, **_CHOICES}), 1, 25), unique("action_id", "action_id already exists")
)
CONTEXT_ACTIONS = array(typed({"feedback_buttons": _FEEDBACK, "icon_button": _ICON}), 1, 5)
INPUTS = typed({**_FIELDS, **_CHOICES, **{key: check for key, check in _MENUS.items() if key != "overflow"}})
CONTEXT = array(
    typed(
        {
            "image": IMAGE,
            "plain_text": text_object(3000, "plain_text"),
            "mrkdwn": text_object(3000, "mrkdwn"),
        }
    ),
    1,
    10,
)

# -- rich text -------------------------------------------------------------------------------------------

_TEXT_STYLE = shape(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    ),
)
_STYLED = {"style": _TEXT_STYLE}
_INLINE = typed(
    {
        "text": shape({"text": string(100_000, 1)}, _STYLED),
        "link": shape({"url": _URL}, {**_STYLED, "text": string(100_000), "unsafe": boolean}),
        "user": shape({"user_id": _ID}, _STYLED),
        "channel": shape({"channel_id": _ID}, _STYLED),
        "usergroup": shape({"usergroup_id": _ID}, _STYLED),
        "team": shape({"team_id": _ID}, _STYLED),
        "emoji": shape(
            {"name": string(255, 1)}, {**_STYLED, "unicode": string(100), "skin_tone": integer(1, 6)}
        ),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
        "color": shape({"value": string(20, 1)}, _STYLED),
        "date": shape(
            {"timestamp": number, "format": string(255, 1)}, {**_STYLED, "url": _URL, "fallback": string(255)}
        ),
    }
)
_INLINES = array(_INLINE, 0, 10_000)
_BORDER = integer(0, 1)
_SECTION = shape({"elements": _INLINES})
_RICH = typed(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": shape(
            {
                "elements": array(typed({"rich_text_section": _SECTION}), 1, 10_000),
                "style": one_of("bullet", "ordered"),
            },
            {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": _BORDER},
        ),
        "rich_text_preformatted": shape({"elements": _INLINES}, {"border": _BORDER, "language": string(50)}),
        "rich_text_quote": shape({"elements": _INLINES}, {"border": _BORDER}),
    }
)
RICH_TEXT = shape({"elements": array(_RICH, 1, 1000)}, {"block_id": string(255)})
