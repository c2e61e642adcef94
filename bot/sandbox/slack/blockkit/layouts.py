"""Every kind of block, and where it may stand."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.slack import wire

from .checks import (
    Check,
    anything,
    array,
    boolean,
    both,
    either,
    integer,
    one_of,
    plain,
    shape,
    string,
    text_object,
    typed,
    unique,
)
from .data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from .elements import (
    ACCESSORY,
    ACTIONS,
    BUTTONS,
    CONTEXT,
    CONTEXT_ACTIONS,
    IMAGE,
    INPUTS,
    RICH_TEXT,
    slack_file,
)
from .expansion import expanded
from .report import Report, Surface

MARKDOWN_CHARACTERS = 12_000

_ID: dict[str, Check] = {"block_id": string(255)}
_URL = string(3000, 1)


def _count_markdown(value: object, pointer: str, report: Report) -> None:
    text = wire.text(wire.mapping({"block": value}, "block"), "text")
    report.markdown_characters += len(text)
    if report.markdown_characters > MARKDOWN_CHARACTERS:
        report.add(
            f"{pointer}/text",
            f"markdown blocks must have no more than {MARKDOWN_CHARACTERS} characters in all",
        )
    else:
        report.expanded += expanded(text) - 1


_MARKDOWN = both(shape({"text": string(1_000_000, 1)}, _ID), _count_markdown)
_SECTION = both(
    shape(
        {},
        {
            **_ID,
            "text": text_object(3000),
            "fields": array(text_object(2000), 1, 10),
            "accessory": ACCESSORY,
            "expand": boolean,
        },
    ),
    either("text", "fields"),
)
_HEADER = shape({"text": plain(150)}, {**_ID, "level": integer(1, 6)})
_IMAGE = both(
    shape(
        {"alt_text": string(2000, 1)},
        {**_ID, "image_url": _URL, "slack_file": slack_file, "title": plain(2000)},
    ),
    either("image_url", "slack_file", exactly=True),
)
_INPUT = shape(
    {"label": plain(2000), "element": INPUTS},
    {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
)
_VIDEO = shape(
    {"alt_text": string(2000, 1), "title": plain(200), "thumbnail_url": _URL, "video_url": _URL},
    {
        **_ID,
        "author_name": string(50),
        "description": plain(200),
        "provider_icon_url": _URL,
        "provider_name": string(50),
        "title_url": _URL,
    },
)
_TASK_CARD = shape(
    {"task_id": string(255, 1), "title": string(1000, 1)},
    {
        **_ID,
        "status": one_of("pending", "in_progress", "complete", "error"),
        "details": typed({"rich_text": RICH_TEXT}),
        "output": typed({"rich_text": RICH_TEXT}),
        "sources": array(anything, 0, 50),
        "hide_title": boolean,
    },
)
_TASKS = both(array(typed({"task_card": _TASK_CARD}), 0, 50), unique("task_id", "task ids must be unique"))
_PLAN = shape({"title": string(1000, 1)}, {**_ID, "tasks": _TASKS})
_CARD = shape(
    {},
    {
        **_ID,
        "title": text_object(150),
        "subtitle": text_object(150),
        "body": text_object(200),
        "subtext": text_object(200),
        "icon": typed({"image": IMAGE}),
        "hero_image": typed({"image": IMAGE}),
        "actions": array(typed(BUTTONS), 1, 3),
    },
)
_CONTAINED: dict[str, Check] = {
    "actions": shape({"elements": ACTIONS}, _ID),
    "context": shape({"elements": CONTEXT}, _ID),
    "divider": shape({}, _ID),
    "file": shape({"external_id": string(255, 1), "source": one_of("remote")}, _ID),
    "header": _HEADER,
    "image": _IMAGE,
    "input": _INPUT,
    "rich_text": RICH_TEXT,
    "section": _SECTION,
    "table": TABLE,
    "video": _VIDEO,
}
_CONTAINER = shape(
    {"child_blocks": array(typed(_CONTAINED), 1, 10)},
    {
        **_ID,
        "title": plain(150),
        "subtitle": plain(150),
        "icon": typed({"image": IMAGE}),
        "width": one_of("narrow", "standard", "wide", "full"),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
    },
)
#: The rows' items are not looked into: their reference is younger than this table.
_LAYOUT = shape(
    {"label": string(150, 1), "rows": array(anything, 1, 5)},
    {
        **_ID,
        "is_label_visible": boolean,
        "grid_lines": one_of("none", "rows", "outer"),
        "fallback": array(anything, 0, 50),
    },
)
_ALERT = shape(
    {"text": text_object(200)},
    {**_ID, "level": one_of("default", "info", "warning", "error", "success")},
)

_EVERYWHERE: dict[str, Check] = {**_CONTAINED, "card": _CARD, "layout": _LAYOUT}
_DATA: dict[str, Check] = {
    "container": _CONTAINER,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
}
_NOT_IN_VIEWS = {"file", "table"}

SURFACES: Mapping[Surface, Mapping[str, Check]] = {
    "message": {
        **_EVERYWHERE,
        **_DATA,
        "auth_provider": anything,
        "call": anything,
        "carousel": shape({"elements": array(typed({"card": _CARD}), 1, 10)}, _ID),
        "context_actions": shape({"elements": CONTEXT_ACTIONS}, _ID),
        "markdown": _MARKDOWN,
        "plan": _PLAN,
        "task_card": _TASK_CARD,
    },
    "modal": {
        **{kind: check for kind, check in _EVERYWHERE.items() if kind not in _NOT_IN_VIEWS},
        "alert": _ALERT,
    },
    "home": {**{kind: check for kind, check in _EVERYWHERE.items() if kind != "file"}, **_DATA},
}


def block(value: object, pointer: str, report: Report) -> None:
    """One block on the report's surface."""
    typed(SURFACES[report.surface])(value, pointer, report)
    block_id = wire.text(value, "block_id") if wire.is_object(value) else ""
    if block_id and block_id in report.block_ids:
        report.add(f"{pointer}/block_id", f"block_id {block_id} already exists")
    report.block_ids.add(block_id)
