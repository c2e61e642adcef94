"""Messages as rows of a file: a table for spreadsheets, or one JSON object a line; with the same content.

No spreadsheet runs what somebody typed into a chat (``bot.core.exports``). The JSON has the whole tree of a
message beside its text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from bot.core import exports, values
from bot.core.indigo import content
from bot.core.indigo.model import Message

Style = Literal["csv", "jsonl"]

#: Of each message, in this order: its chat and id, when it was stored (UTC), ``user`` or ``assistant``, the
#: user's id, what is shown of it and whether nothing is, its feedback as Indigo sends it, when it was read.
FIELDS = ("chat", "id", "at", "from", "sender", "text", "hidden", "feedback", "read")
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def head(style: Style) -> str:
    """What a file begins with."""
    return _BYTE_ORDER_MARK + exports.line(map(exports.text, FIELDS)) if style == "csv" else ""


def row(style: Style, message: Message) -> str:
    """A message as a line of the file, its end included."""
    told = _told(message)
    if style == "csv":
        return exports.line(exports.text(values.clean(_field(told[name]))) for name in FIELDS)
    whole = {**told, "content": message.content}
    return values.clean(json.dumps(whole, ensure_ascii=False, default=str)) + "\n"


def _told(message: Message) -> Mapping[str, object]:
    return {
        "chat": message.chat,
        "id": message.id,
        "at": _moment(message.at),
        "from": "assistant" if message.sender is None else "user",
        "sender": message.sender,
        "text": content.plain(message.content, hidden=True),
        "hidden": content.is_hidden(message.content),
        "feedback": message.feedback,
        "read": _moment(message.read) if message.read else None,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _field(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
