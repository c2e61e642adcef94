"""Pieces of windows (modals), and what comes back from them.

Limits: docs.slack.dev/reference/views/modal-views.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.core.render import elements
from bot.core.render.text import shorten
from bot.model import Block

TITLE_CHARS = 24
_PRIVATE_CHARS = 3_000


def modal(title: str, blocks: Sequence[Block]) -> Block:
    """A window that is only looked at."""
    return {
        "type": "modal",
        "title": elements.plain(shorten(title, TITLE_CHARS)),
        "close": elements.plain("Close"),
        "blocks": list(blocks),
    }


def form(view: Block, *, callback: str, private: Mapping[str, str], submit: str, close: str) -> Block:
    """The window as one that sends what is entered; ``private`` comes back with that, and is short."""
    written = json.dumps(private)
    if len(written) > _PRIVATE_CHARS:
        raise ValueError(f"private_metadata holds at most {_PRIVATE_CHARS} characters, not {len(written)}")
    return {
        **view,
        "callback_id": callback,
        "private_metadata": written,
        "submit": elements.plain(submit),
        "close": elements.plain(close),
    }


def field(
    name: str, label: str, element: Mapping[str, object], *, optional: bool = False, hint: str = ""
) -> Block:
    """An input; ``name`` is the id of its block and of its element."""
    block: dict[str, object] = {
        "type": "input",
        "block_id": name,
        "label": elements.plain(label),
        "element": {**element, "action_id": name},
        "optional": optional,
    }
    if hint:
        block["hint"] = elements.plain(hint)
    return block


def entered(view: Mapping[str, object], name: str) -> Mapping[str, object]:
    """What was entered into a field (``view`` as in ``view_submission``)."""
    return inner(inner(inner(inner(view, "state"), "values"), name), name)


def private_in(view: Mapping[str, object]) -> Mapping[str, str]:
    """What ``form`` was given; empty where it is not there."""
    try:
        value = json.loads(str(view.get("private_metadata") or "{}"))
    except ValueError:
        return {}
    return {str(key): str(each) for key, each in value.items()} if isinstance(value, dict) else {}


def inner(value: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The object under a key, or an empty one."""
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}
