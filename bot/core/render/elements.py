"""Block Kit pieces as plain dicts, with every text already inside its limit.

Text that is not ours stands in ``plain_text`` (never parsed for mentions) or is escaped before it comes here.
Limits: docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.render import budget
from bot.core.render.text import WORD_JOINER, clean, defuse, line, shorten, units
from bot.model import Block, ChartImage

#: What a context element may hold; Slack states no limit, and more is not read on a phone.
CONTEXT_CHARS = 300
#: What the elements of a context may hold together.
_NOTES_CHARS = 1_200
#: What is read out of an image; Slack would take twice as much.
_ALT_TEXT_CHARS = 1_000

_TOKEN = re.compile(r"<(?=[!@#])")
#: What a plain line of letters, digits and signs may have in it that needs a closer look.
_SUSPECT = re.compile(r"[<@]|  ")
#: So much more of a text than its limit is looked at, because white space and the invisible vanish.
_WIDEST = 20


def inert(text: str, limit: int) -> str:
    """Untrusted text as one plain line in which nothing reads like a mention, wherever it is shown.

    At most ``limit`` characters; empty when nothing is left.
    """
    if len(text) <= limit and text.isascii() and text.isprintable() and not _SUSPECT.search(text):
        return text.strip()
    return _powerless(line(text.lstrip()[: limit * _WIDEST], limit), limit)


def _powerless(text: str, limit: int) -> str:
    tame = defuse(_TOKEN.sub("<" + WORD_JOINER, text))
    return tame if tame == text else shorten(tame, limit)


def section(mrkdwn: str) -> Block:
    """A section; ``mrkdwn`` is ours, with anything else in it escaped."""
    text = shorten(mrkdwn, budget.SECTION_CHARS) or "–"
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def markdown(text: str) -> Block:
    """A block of Markdown that was made safe."""
    return {"type": "markdown", "text": text}


def context(*texts: str) -> Block:
    """Small print; each text may be untrusted, empty ones are left out."""
    shown: list[str] = []
    for text in texts:
        note = inert(text, CONTEXT_CHARS)
        room = _NOTES_CHARS - sum(map(units, shown))
        if note and units(note) <= room and len(shown) < budget.CONTEXT_ELEMENTS:
            shown.append(note)
    return {"type": "context", "elements": [plain(text) for text in shown or ["–"]]}


def small_print(mrkdwn: str) -> Block:
    """Small print with markup of ours."""
    text = shorten(mrkdwn, budget.SECTION_CHARS)
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def image(chart: ChartImage) -> Block:
    """A chart that lies in Slack; its title is in the picture. Slack demands an alt text."""
    alt_text = shorten(clean(chart.alt_text).strip() or "Chart", _ALT_TEXT_CHARS)
    alt_text = _powerless(alt_text, _ALT_TEXT_CHARS)
    return {"type": "image", "slack_file": {"id": chart.file_id}, "alt_text": alt_text}


def actions(elements: Sequence[Block]) -> Block:
    """A row of buttons and menus."""
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action_id: str, value: str, *, style: str = "") -> Block:
    """A button; ``value`` comes back when it is pressed, so it must not be cut."""
    label = inert(text, budget.BUTTON_TEXT_CHARS) or "–"
    block: dict[str, object] = {
        "type": "button",
        "text": plain(label),
        "action_id": action_id,
        "value": value,
    }
    if style:
        block["style"] = style
    return block


def plain(text: str) -> Block:
    """Text that is shown as it is; it must be inside its limit."""
    return {"type": "plain_text", "text": text, "emoji": False}
