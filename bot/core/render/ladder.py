"""Simpler forms of a message, for when Slack refuses it: something true always reaches the thread.

One bad element makes Slack refuse a whole message (``invalid_blocks``), and the sum over its blocks has an
undocumented limit (``msg_blocks_too_long``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.core.render import budget, elements, markdown
from bot.core.render.text import escape, shorten
from bot.model import Block, Draft

_NO_CHART = "The chart could not be shown here."


def rungs(draft: Draft) -> tuple[Draft, ...]:
    """Simpler forms of the draft, best first, the draft itself not among them; the last one is text alone.

    They keep the files: whether those are the fault is for the caller to find out.
    """
    without_data = replace(draft, blocks=tuple(_without_data(draft.blocks)))
    without_markdown = replace(draft, blocks=tuple(_without_markdown(without_data.blocks)))
    text_alone = replace(draft, blocks=())
    steps = [draft]
    for step in (without_data, without_markdown, text_alone):
        if step != steps[-1]:
            steps.append(step)
    return tuple(steps[1:])


def _without_data(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if block["type"] == "table":
            yield elements.section(f"```{shorten(escape(_rows(block)), budget.SECTION_CHARS - 10)}```")
        elif block["type"] == "image":
            yield elements.context(_NO_CHART, str(block["alt_text"]))
        else:
            yield block


def _without_markdown(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if block["type"] == "markdown":
            for piece in budget.cut(str(block["text"]), first=_SAFE_ROOM, room=_SAFE_ROOM):
                if plain := markdown.plain(piece.text, budget.SECTION_CHARS):
                    yield elements.section(plain)
        else:
            yield block


#: Small enough that a piece fits into a section when it is escaped once more.
_SAFE_ROOM = budget.SECTION_CHARS // 3


def _rows(table: Block) -> str:
    return "\n".join(" · ".join(_text(cell) for cell in _list(row)) for row in _list(table["rows"]))


def _text(value: object) -> str:
    """The text of a cell: its own, or that of the elements inside it."""
    if not isinstance(value, Mapping):
        return ""
    own = value.get("text")
    return own if isinstance(own, str) else "".join(_text(inner) for inner in _list(value.get("elements")))


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()
