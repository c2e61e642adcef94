"""Simpler forms of a message, for when Slack refuses it: something true always reaches the thread.

One bad element makes Slack refuse a whole message (``invalid_blocks``), and the sum over its blocks has an
undocumented limit (``msg_blocks_too_long``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum

from bot.core.render import budget, elements, markdown
from bot.core.render.layout import content
from bot.core.render.text import escape, shorten, shorten_bytes, units
from bot.model import Block, Draft

#: Blocks that show data, and elements that not every workspace has taken.
NATIVE = frozenset({"data_table", "data_visualization"})
_DATA = NATIVE | {"image", "table"}
_NEWER_ELEMENTS = frozenset({"overflow", "static_select"})

_NO_CHART = "The chart could not be shown here."
_NOT_ALL = "More than this could not be shown here."
_FENCED_CHARS = budget.SECTION_CHARS - 10
#: A text that comes this near to its limit may have been cut.
_SURELY_WHOLE_BYTES = budget.TEXT_BYTES - 300


class Loss(IntEnum):
    """What a simpler form lacks; the greater, the more."""

    NOTHING = 0
    LOOKS = 1
    CONTENT = 2


def rungs(draft: Draft) -> tuple[Draft, ...]:
    """Simpler forms of the draft, best first, the draft itself not among them; the last one is text alone.

    Charts and tables become text, and choices and feedback go; then Markdown becomes sections; then nothing
    but text is left. They keep the files: whether those are the fault is for the caller to find out.
    """
    without_data = replace(draft, blocks=_fitting(_without_data(draft.blocks)))
    without_markdown = replace(draft, blocks=_fitting(_without_markdown(without_data.blocks)))
    text = shorten_bytes(draft.text.strip() or "…", budget.TEXT_BYTES)
    text_alone = replace(draft, text=text, blocks=())
    steps = [draft]
    for step in (without_data, without_markdown, text_alone):
        if step.blocks != steps[-1].blocks:
            steps.append(step)
    return tuple(steps[1:])


def loss(draft: Draft, shown: Draft) -> Loss:
    """What a form of the draft lacks against it; rather too much than too little."""
    if shown.blocks == draft.blocks:
        return Loss.NOTHING
    if _not_all() in shown.blocks or any(_cut_short(block) for block in draft.blocks):
        return Loss.CONTENT
    if shown.blocks:
        return Loss.LOOKS
    says_more = any(block["type"] in _DATA for block in draft.blocks)
    return Loss.CONTENT if says_more or len(shown.text.encode()) > _SURELY_WHOLE_BYTES else Loss.LOOKS


def _fitting(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """As much as a message takes; as text, some things are longer than they were."""
    kept: list[Block] = []
    room = budget.MESSAGE_CHARS - content(_not_all())
    for block in blocks:
        room -= content(block)
        if room < 0 or len(kept) == budget.MESSAGE_BLOCKS - 1:
            return (*kept, _not_all())
        kept.append(block)
    return tuple(kept)


def _not_all() -> Block:
    return elements.context(_NOT_ALL)


def _without_data(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        match block["type"]:
            case "table" | "data_table":
                yield _fenced(_rows(block))
            case "data_visualization":
                yield _fenced(_points(block))
            case "image":
                yield elements.context(_NO_CHART, str(block["alt_text"]))
            case "actions":
                buttons = [
                    each for each in _objects(block["elements"]) if each["type"] not in _NEWER_ELEMENTS
                ]
                if buttons:
                    yield elements.actions(buttons)
            case "context_actions":
                continue
            case _:
                yield block


def _without_markdown(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if block["type"] == "markdown":
            yield from map(elements.section, markdown.sections(str(block["text"])))
        else:
            yield block


def _cut_short(block: Block) -> bool:
    """Whether less of the block's data than there is can be said as text."""
    return block["type"] in {"table", "data_table"} and units(escape(_rows(block))) > _FENCED_CHARS


def _fenced(text: str) -> Block:
    # What could end the fence early would let the rest be read as markup.
    return elements.section(f"```{shorten(escape(text.replace('`', chr(39))), _FENCED_CHARS)}```")


def _rows(table: Block) -> str:
    lines = (" · ".join(_text(cell) for cell in _list(row)) for row in _list(table["rows"]))
    caption = table.get("caption")
    return "\n".join((caption, *lines) if isinstance(caption, str) else lines)


def _points(visualization: Block) -> str:
    """A native chart's numbers: a line for each series, or for each segment of a pie."""
    chart = visualization.get("chart")
    parts = chart if isinstance(chart, Mapping) else {}
    lines = [str(visualization.get("title", ""))]
    lines += [f"{each.get('label')}: {each.get('value')}" for each in _objects(parts.get("segments"))]
    for series in _objects(parts.get("series")):
        points = (f"{point.get('label')} {point.get('value')}" for point in _objects(series.get("data")))
        lines.append(f"{series.get('name')}: " + " · ".join(points))
    return "\n".join(lines)


def _text(value: object) -> str:
    """The text of a cell: its own, or that of the elements inside it."""
    if not isinstance(value, Mapping):
        return ""
    own = value.get("text")
    return own if isinstance(own, str) else "".join(_text(inner) for inner in _list(value.get("elements")))


def _objects(value: object) -> list[Block]:
    return [each for each in _list(value) if isinstance(each, Mapping)]


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()
