"""Block Kit pieces as plain dicts, with every text already inside its limit.

Text that is not ours stands in ``plain_text`` (never parsed for mentions) or is escaped before it comes here.
Limits: docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.render import budget
from bot.core.render.text import clean, line, shorten
from bot.model import Block, ChartImage

#: What a context element may hold; Slack states no limit, and more is not read on a phone.
CONTEXT_CHARS = 300


def section(mrkdwn: str) -> Block:
    """A section; ``mrkdwn`` is ours, with anything else in it escaped."""
    text = shorten(mrkdwn, budget.SECTION_CHARS) or "–"
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def markdown(text: str) -> Block:
    """A block of Markdown that was made safe."""
    return {"type": "markdown", "text": text}


def context(*texts: str) -> Block:
    """Small print; each text may be untrusted, empty ones are left out."""
    shown = [line(text, CONTEXT_CHARS) for text in texts]
    elements = [_plain(text) for text in shown if text] or [_plain("–")]
    return {"type": "context", "elements": elements[: budget.CONTEXT_ELEMENTS]}


def small_print(mrkdwn: str) -> Block:
    """Small print with markup of ours."""
    text = shorten(mrkdwn, budget.SECTION_CHARS)
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def image(chart: ChartImage) -> Block:
    """A chart that lies in Slack; its title is in the picture. Slack demands an alt text."""
    alt_text = shorten(clean(chart.alt_text).strip() or "Chart", budget.ALT_TEXT_CHARS)
    return {"type": "image", "slack_file": {"id": chart.file_id}, "alt_text": alt_text}


def actions(buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def button(text: str, action_id: str, value: str, *, style: str = "") -> Block:
    """A button; ``value`` comes back when it is pressed, so it must not be cut."""
    label = line(text, budget.BUTTON_TEXT_CHARS) or "–"
    block: dict[str, object] = {
        "type": "button",
        "text": _plain(label),
        "action_id": action_id,
        "value": value,
    }
    if style:
        block["style"] = style
    return block


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
