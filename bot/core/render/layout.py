"""Blocks in reading order, laid out over as many messages as Slack's limits ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.render import budget, elements, markdown
from bot.core.render.text import clean, units
from bot.model import Block, Draft

#: Kept free of prose in every message, for the status line and the buttons.
_KEPT_FREE = 400


@dataclass(slots=True)
class _Page:
    blocks: list[Block] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    used: int = 0
    prose: int = 0


class Pages:
    """The messages of one answer while they are put together."""

    def __init__(self) -> None:
        self._pages = [_Page()]

    def prose(self, text: str, *, running: bool = False) -> None:
        """Untrusted Markdown; ``running`` says that its end is still being written."""
        pieces = budget.cut(clean(text), first=self._room_for_prose(), room=budget.PROSE_CHARS)
        for number, piece in enumerate(pieces):
            if number:
                self._pages.append(_Page())
            last = number == len(pieces) - 1
            shown = markdown.settled(piece.text) if running and last else piece.text
            safe = markdown.safe(shown)
            if safe.strip():
                page = self._pages[-1]
                page.prose += budget.weight(piece.text)
                self._put(elements.markdown(safe), shown)

    def add(self, *blocks: Block, spoken: str = "", file_id: str = "") -> None:
        """Blocks that belong together; ``spoken`` is what a screen reader says of them."""
        cost = sum(content(block) for block in blocks)
        tables = sum(block["type"] == "table" for block in blocks)
        page = self._pages[-1]
        # Many clients still know only one table in a message.
        crowded = tables and any(block["type"] == "table" for block in page.blocks)
        too_long = (
            page.used + cost > budget.MESSAGE_CHARS or len(page.blocks) + len(blocks) > budget.MESSAGE_BLOCKS
        )
        if page.blocks and (crowded or too_long):
            self._pages.append(_Page())
        for number, block in enumerate(blocks):
            self._put(block, spoken if number == 0 else "")
        self.attach(file_id)

    def attach(self, file_id: str) -> None:
        """A file of the newest message, shown beneath its blocks; an empty id is none."""
        if file_id:
            self._pages[-1].files.append(file_id)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see yet."""
        return not any(page.blocks for page in self._pages)

    def drafts(self, fallback: str, *, text_bytes: int = budget.TEXT_BYTES) -> tuple[Draft, ...]:
        """The messages; ``fallback`` is the text of one that has nothing to say."""
        return tuple(
            Draft(
                text=markdown.plain("\n\n".join(page.spoken), text_bytes) or fallback,
                blocks=tuple(page.blocks),
                file_ids=tuple(page.files),
            )
            for page in self._pages
            if page.blocks
        )

    def _put(self, block: Block, spoken: str) -> None:
        page = self._pages[-1]
        page.blocks.append(block)
        page.used += content(block)
        if spoken:
            page.spoken.append(spoken)

    def _room_for_prose(self) -> int:
        page = self._pages[-1]
        # A few blocks stay free for the status line, the notes and the buttons.
        if len(page.blocks) > budget.MESSAGE_BLOCKS - 8:
            return 0
        return min(budget.PROSE_CHARS - page.prose, budget.MESSAGE_CHARS - _KEPT_FREE - page.used)


def content(block: object) -> int:
    """How much a block counts towards the sum over a message: all its strings that are shown or read out."""
    if isinstance(block, dict):
        shown = (value for key, value in block.items() if key not in {"type", "action_id", "align", "style"})
        return sum(map(content, shown))
    if isinstance(block, Sequence) and not isinstance(block, str):
        return sum(map(content, block))
    return units(block) if isinstance(block, str) else 0
