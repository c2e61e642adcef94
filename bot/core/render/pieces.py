"""How a long text is cut into pieces that each fit into a message and stand for themselves."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bot.core.render.addresses import HOST_CHARS
from bot.core.render.budget import PROSE_CHARS
from bot.core.render.fences import closes_fence, closing, fence_marker, last_fence, undecided
from bot.core.render.text import lines, units

#: More blank lines in a row stand for themselves, so that they can be cut.
_MOST_BLANK = 200

#: What stands behind a link's label at most: a blank, and the host between parentheses.
_NAMED_HOST = HOST_CHARS + 3

_TABLE_HEAD = re.compile(r"[ \t]*\|[^\n]{0,1500}\n[ \t]*\|[ \t|:-]{1,500}\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a text that goes into one message.

    Attributes:
        source: what the text says; the sources of all pieces together are the whole text.
        head: what has to be repeated in front, because a code block or a table goes on here.
        tail: what has to close the code block that goes on in the next piece.
    """

    source: str
    head: str = ""
    tail: str = ""

    @property
    def text(self) -> str:
        """The piece as Markdown that stands for itself; empty where there is nothing to see."""
        return (self.head + self.source + self.tail).lstrip("\n").rstrip() if self.source.strip() else ""


class _Kind(Enum):
    TEXT = "text"
    FENCE = "fence"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not to be cut: a paragraph, a code block or a table, with the blank lines after it."""

    kind: _Kind
    text: str
    marker: str = ""
    closed: bool = True


def weight(text: str) -> int:
    """How long the text can become when it is made safe: an upper bound that only grows with the text."""
    grows = 3 * (text.count("<") + text.count(">") + text.count("\t")) + 2 * text.count("@") + text.count("]")
    return units(text) + grows + _NAMED_HOST * text.count("](")


def cut(
    markdown: str, *, first: int = PROSE_CHARS, room: int = PROSE_CHARS, most: int | None = None
) -> tuple[Piece, ...]:
    """Cut Markdown into pieces, the first of at most ``first`` and each other of at most ``room``.

    It is cut between paragraphs, and inside a code block or a table only where that alone is too long; then
    the code block is closed and opened again, and the table's header repeated. All pieces but the last stay
    as they are when the text grows. The first piece is empty where nothing fits into ``first``.

    With ``most`` there are at most so many pieces, and no more of the text is looked at than they can hold;
    their sources are then its beginning.
    """
    if most is not None:
        # A piece holds no more characters than its room, so what is cut off here lies in later pieces.
        markdown = markdown[: max(first, 0) + most * room]
    pieces = tuple(_cut(markdown, first, room))
    return pieces if most is None else pieces[:most]


def _cut(markdown: str, first: int, room: int) -> Iterator[Piece]:
    decided, late = _decided(markdown)
    held: list[str] = []
    head, tail, left = "", "", first
    for unit in _units(decided):
        size = weight(unit.text)
        if size > left:
            if held or first < room:
                yield Piece("".join(held), head, tail)
            *full, last = _slices(unit, room)
            yield from full
            held, head, tail = [last.source], last.head, last.tail
            left = room - weight(head + last.source)
        else:
            held.append(unit.text)
            tail = "" if unit.closed else closing(unit.text, unit.marker)
            left -= size
    yield Piece("".join([*held, late]), head, closing(late, fence_marker(late)) or tail)


def _decided(markdown: str) -> tuple[str, str]:
    """The text, and a last line of which it is not yet known whether it opens a code block or is blank."""
    *whole, last = lines(markdown) or [""]
    if not undecided(last):
        return markdown, ""
    before = "".join(whole)
    return (markdown, "") if last_fence(before)[1] else (before, last)


def _units(markdown: str) -> Iterator[_Unit]:
    held: list[str] = []
    marker, ended, blank = "", False, 0
    for line in lines(markdown):
        if marker and not ended:
            ended = closes_fence(line, marker)
        elif not line.strip():
            ended, blank = True, blank + len(line)
        else:
            opened = fence_marker(line)
            if held and (ended or opened):
                yield _unit("".join(held), marker, closed=True)
                held, marker = [], ""
            ended, blank, marker = False, 0, marker or opened
        if held and blank > _MOST_BLANK:
            yield _unit("".join(held), marker, closed=True)
            held, marker, blank = [], "", 0
        held.append(line)
    if held:
        yield _unit("".join(held), marker, closed=ended or not marker)


def _unit(text: str, marker: str, *, closed: bool) -> _Unit:
    if marker:
        return _Unit(_Kind.FENCE, text, marker, closed)
    return _Unit(_Kind.TABLE if _table_head(text) else _Kind.TEXT, text)


def _table_head(text: str) -> str:
    """Header and rule of a Markdown table, or an empty string; a monstrous header counts as text."""
    found = _TABLE_HEAD.match(text)
    return found[0] if found else ""


def _slices(unit: _Unit, room: int) -> Iterator[Piece]:
    """The unit alone, in as many pieces as it needs."""
    if weight(unit.text) <= room:
        yield Piece(unit.text, tail="" if unit.closed else closing(unit.text, unit.marker))
        return
    opening = _opening(unit)
    # What is repeated must leave room for the rest.
    head = opening if weight(opening) <= room // 2 else unit.marker and unit.marker + "\n"
    inner = max(1, room - weight(head) - weight(unit.marker) - 1)
    # A cut before what closes a code block, or the blank lines behind, would open it again for nothing.
    seen = unit.text.rstrip().removesuffix("\n" + unit.marker) if unit.closed else ""
    end = len(seen or unit.text)
    shown, start = "", 0
    while weight(within := unit.text[start : min(start + inner + 1, end)]) > inner:
        lowest = 1 if start else max(1, len(opening))
        at = start + _break(within, inner, None if unit.kind is _Kind.TEXT else lowest)
        yield Piece(unit.text[start:at], shown, closing(unit.text[start:at], unit.marker))
        start, shown = at, head
    body = unit.text[start:]
    yield Piece(body, shown, "" if unit.closed else closing(body, unit.marker))


def _opening(unit: _Unit) -> str:
    """What opens a code block or a table, to be repeated in front of each further piece."""
    if unit.kind is _Kind.FENCE:
        return unit.text.partition("\n")[0] + "\n"
    return _table_head(unit.text)


def _break(text: str, room: int, lowest: int | None) -> int:
    """Where to cut a text that is too long: after a line, a sentence or a word, else where the room ends.

    With ``lowest`` it is cut after a line that ends there or later. Looks at nothing behind the room, so that
    the place stays the same when the text grows.
    """
    at = bisect.bisect_right(range(1, room + 1), room, key=lambda length: weight(text[:length])) or 1
    for mark in ("\n", ". ", " ") if lowest is None else ("\n",):
        found = text.rfind(mark, at // 2 if lowest is None else lowest, at)
        if found > 0:
            return found + len(mark)
    return at
