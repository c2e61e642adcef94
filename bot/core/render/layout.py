"""The planner: an answer's parts, laid out over as many messages as Slack's limits ask for.

Parts come in reading order. A table is planned with the least room that makes it of use, so that it never
pushes prose out of its message; what room is left in the end, the tables of a message share. Nobody reads
more than a few messages, so an answer has at most that many, and says that the rest follows in a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.render import budget, elements, expansion, markdown, pieces, tables
from bot.core.render import native as data_tables
from bot.core.render.text import clean, escape, shorten_bytes, units
from bot.model import Block, Draft, Table

#: Where prose is longer than this, the rest of it is in no message.
_MOST_PROSE = (budget.MOST_MESSAGES + 1) * budget.PROSE_CHARS
#: What the words beneath a table take beside its notes.
_WORDS_CHARS = 400
#: What a screen reader is told of one chart or table.
_SPOKEN_BYTES = 600
#: With less room than this, a part of a message's text is not begun.
_FEWEST_BYTES = 12
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose size is decided when the rest of its message is known, and what is said beneath it.

    Made by ``of``. The table has at least one column and one row.
    """

    table: Table
    native: bool
    notes: tuple[str, ...]
    need: budget.Need

    @classmethod
    def of(cls, table: Table, *, native: bool, notes: Sequence[str] = ()) -> Grid:
        """The table as Slack's ``data_table`` (``native``) or ``table`` block."""
        need = data_tables.need(table) if native else tables.need(table)
        return cls(table, native, tuple(notes), need)

    def blocks(self, room: int) -> Iterator[Block]:
        """The table in at most ``room`` characters, and what is to be said about it."""
        build = data_tables.table_block if self.native else tables.table_block
        block, left_out = build(self.table, room=room)
        yield block
        if left_out or any(self.notes):
            yield elements.context(left_out, *self.notes)


@dataclass(frozen=True, slots=True)
class _Load:
    """What a part takes of its message."""

    chars: int = 0
    blocks: int = 0
    charts: int = 0
    tables: int = 0

    def __add__(self, other: _Load) -> _Load:
        return _Load(
            self.chars + other.chars,
            self.blocks + other.blocks,
            self.charts + other.charts,
            self.tables + other.tables,
        )

    @property
    def fits(self) -> bool:
        return (
            self.chars <= budget.MESSAGE_CHARS
            and self.blocks <= budget.MESSAGE_BLOCKS
            and self.charts <= budget.MESSAGE_CHARTS
            and self.tables <= budget.MESSAGE_TABLES
        )


@dataclass(slots=True)
class _Page:
    """One message while it is put together; ``said``: its words, and whether they are Markdown or mrkdwn."""

    parts: list[Block | Grid] = field(default_factory=list)
    load: _Load = field(default_factory=_Load)
    files: list[str] = field(default_factory=list)
    said: list[tuple[str, bool]] = field(default_factory=list)
    prose: int = 0

    def put(self, *parts: Block | Grid) -> None:
        self.parts += parts
        self.load = sum(map(_load, parts), self.load)

    def takes(self, parts: Sequence[Block | Grid]) -> bool:
        return sum(map(_load, parts), self.load).fits

    def draft(self, fallback: str, text_bytes: int, *, overflows: bool) -> Draft:
        return Draft(
            text=self._text(text_bytes) or fallback,
            blocks=tuple(self._blocks()),
            file_ids=tuple(self.files),
            overflows=overflows,
        )

    def _blocks(self) -> Iterator[Block]:
        grids = [part for part in self.parts if isinstance(part, Grid)]
        needs = [grid.need for grid in grids]
        room = budget.MESSAGE_CHARS - self.load.chars + sum(need.least for need in needs)
        shares = iter(budget.shares(room, needs))
        for part in self.parts:
            if isinstance(part, Grid):
                yield from part.blocks(next(shares))
            else:
                yield part

    def _text(self, limit: int) -> str:
        """The prose and what the charts show, in order; prose leaves room for what has no other words."""
        spoken = sum(len(text.encode()) + len(_GAP) for text, prose in self.said if not prose)
        kept = min(spoken, limit // 4 if any(prose for _, prose in self.said) else limit)
        room = {True: limit - kept, False: kept}
        parts: list[str] = []
        for text, prose in self.said:
            left = room[prose] - len(_GAP)
            if left >= min(_FEWEST_BYTES, len(text.encode())):
                parts.append(markdown.plain(text, left) if prose else shorten_bytes(text, left))
                room[prose] -= len(parts[-1].encode()) + len(_GAP)
        return _GAP.join(filter(None, parts))


class Pages:
    """The messages of one answer while they are put together."""

    def __init__(self) -> None:
        self._pages = [_Page()]
        self._cut_off = False
        self._left_out = False

    def prose(self, text: str, *, running: bool = False) -> None:
        """Untrusted Markdown; ``running`` says that its end is still being written."""
        text = clean(text)
        rest = text[:_MOST_PROSE]
        self._cut_off = self._cut_off or bool(text[_MOST_PROSE:].strip())
        while rest and not self._beyond:
            part = expansion.head(rest, max(0, budget.PROSE_BLOCKS - self._page.load.blocks))
            rest = rest[len(part) :]
            if part:
                self._cut(part, running=running and not rest)
            else:
                self._turn()

    def add(self, *parts: Block | Grid, spoken: str = "", file_id: str = "") -> None:
        """Parts that belong together; ``spoken`` is what a screen reader says of them."""
        if not self._page.takes(parts):
            self._turn()
        if words := escape(clean(spoken)).strip():
            self._page.said.append((shorten_bytes(words, _SPOKEN_BYTES), False))
        if self._page.takes(parts) or len(parts) == 1:
            self._page.put(*parts)
        else:
            self._page.put(parts[0])
            self.add(*parts[1:])
        self.attach(file_id)

    def attach(self, file_id: str) -> None:
        """A file of the newest message, shown beneath its blocks; an empty id is none."""
        if file_id:
            self._page.files.append(file_id)

    def leave_out(self) -> None:
        """Something of the answer stands in none of its messages."""
        self._left_out = True

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see yet."""
        return not self._full()

    @property
    def too_long(self) -> bool:
        """Whether there is more than fits into the most messages that an answer may have."""
        return self._cut_off or self._beyond

    def drafts(
        self,
        *closing: Block,
        rest: str,
        fallback: str,
        told: str = "",
        text_bytes: int = budget.TEXT_BYTES,
    ) -> tuple[Draft, ...]:
        """The messages; the last one ends with ``closing``, after ``rest`` where the answer overflows.

        To be called once, at the end. An overflow is marked in the last draft. ``fallback`` is the text of a
        message that has nothing to say, ``told`` is what a screen reader says of ``closing``; both mrkdwn.
        """
        pages = self._full()
        overflows = self.too_long or self._left_out
        shown, end = pages[: budget.MOST_MESSAGES], [elements.context(rest), *closing]
        if not (shown and shown[-1].takes(end if overflows else closing)):
            overflows = overflows or len(shown) == budget.MOST_MESSAGES
            shown = [*shown[: budget.MOST_MESSAGES - 1], _Page()]
        last = shown[-1]
        last.put(*(end if overflows else closing))
        left = [page for page in self._pages if all(page is not each for each in shown)]
        last.files += [file for page in left for file in page.files]
        last.said += [(told, False)] if told else []
        return tuple(
            page.draft(fallback, text_bytes, overflows=overflows and page is last)
            for page in shown
            if page.parts
        )

    @property
    def _page(self) -> _Page:
        return self._pages[-1]

    def _full(self) -> list[_Page]:
        """The messages in which something stands."""
        return [page for page in self._pages if page.parts]

    @property
    def _beyond(self) -> bool:
        """Whether nothing more will be shown."""
        return len(self._full()) > budget.MOST_MESSAGES

    def _turn(self) -> None:
        """Goes on in the next message."""
        if self._page.parts:
            self._pages.append(_Page())

    def _cut(self, text: str, *, running: bool) -> None:
        """Prose that becomes few enough blocks, over as many messages as it needs."""
        # Two more than are shown, so that it is seen that something is left out.
        most = budget.MOST_MESSAGES + 2
        cut = pieces.cut(text, first=self._room_for_prose(), room=budget.PROSE_CHARS, most=most)
        for number, piece in enumerate(cut):
            if number:
                self._turn()
            if self._beyond:
                return
            last = number == len(cut) - 1
            shown = markdown.settled(piece.text) if running and last else piece.text
            self._page.prose += pieces.weight(piece.text)
            self._page.said.append((shown, True))
            self._put_safe(markdown.safe(shown))

    def _put_safe(self, text: str) -> None:
        """Markdown as it is shown; made safe, it may have become more blocks than it seemed to."""
        while text.strip():
            part = expansion.head(text, max(0, budget.PROSE_BLOCKS - self._page.load.blocks))
            text = text[len(part) :]
            if part.strip():
                self._page.put(elements.markdown(part))
            if text:
                self._turn()

    def _room_for_prose(self) -> int:
        page = self._page
        left = budget.MESSAGE_CHARS - budget.KEPT_CHARS - page.load.chars
        return min(budget.PROSE_CHARS - page.prose, left)


def content(block: object) -> int:
    """How much a block counts towards the sum over a message: all its strings that are shown or read out."""
    if isinstance(block, dict):
        shown = (value for key, value in block.items() if key not in {"type", "action_id", "align", "style"})
        return sum(map(content, shown))
    if isinstance(block, Sequence) and not isinstance(block, str):
        return sum(map(content, block))
    return units(block) if isinstance(block, str) else 0


def _load(part: Block | Grid) -> _Load:
    if isinstance(part, Grid):
        beneath = content(elements.context(*part.notes)) + _WORDS_CHARS
        return _Load(part.need.least + beneath, blocks=2, tables=0 if part.native else 1)
    kind = part["type"]
    blocks = expansion.count(str(part["text"])) if kind == "markdown" else 1
    return _Load(content(part), blocks, charts=int(kind == "data_visualization"))
