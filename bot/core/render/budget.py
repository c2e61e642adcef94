"""Slack's limits, and how a long text is cut into messages that stay inside them.

Numbers: docs.slack.dev/reference/block-kit/blocks and docs.slack.dev/reference/methods/chat.update. The sum
over a message's blocks is not documented; messages were accepted at 9,600 characters and refused at 11,300.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bot.core.render.markdown import closes_fence, fence_marker
from bot.core.render.text import lines, units

TEXT_BYTES = 4_000  # of a message's ``text`` in chat.update, counted in UTF-8
MESSAGE_BLOCKS = 50
MESSAGE_CHARS = 9_500  # what all blocks of a message may hold together
PROSE_CHARS = 8_000  # what we put into them, so that status, notes and buttons find room
SECTION_CHARS = 3_000
CONTEXT_ELEMENTS = 10
ALT_TEXT_CHARS = 2_000
BUTTON_TEXT_CHARS = 75
BUTTON_VALUE_CHARS = 2_000
URL_CHARS = 3_000


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
        return (self.head + self.source + self.tail).strip("\n") if self.source.strip() else ""


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
    grows = 3 * (text.count("<") + text.count(">")) + text.count("@") + text.count("]")
    return units(text) + grows


def cut(markdown: str, *, first: int = PROSE_CHARS, room: int = PROSE_CHARS) -> tuple[Piece, ...]:
    """Cut Markdown into pieces, the first of at most ``first`` and each other of at most ``room``.

    It is cut between paragraphs, and inside a code block or a table only where that alone is too long; then
    the code block is closed and opened again, and the table's header repeated. All pieces but the last stay
    as they are when the text grows. The first piece is empty where nothing fits into ``first``.
    """
    decided, undecided = _decided(markdown)
    pieces: list[Piece] = []
    current, left = Piece(""), first
    for unit in _units(decided):
        size = weight(unit.text)
        if size > left:
            if current.source or first < room:
                pieces.append(current)
            *full, current = _slices(unit, room)
            pieces += full
            left = room - weight(current.head + current.source)
        else:
            tail = "" if unit.closed else _closing(unit.text, unit.marker)
            current = Piece(current.source + unit.text, current.head, tail)
            left -= size
    tail = _closing(undecided, fence_marker(undecided)) or current.tail
    pieces.append(Piece(current.source + undecided, current.head, tail))
    return tuple(pieces)


def _decided(markdown: str) -> tuple[str, str]:
    """The text, and a last line of which it is not yet known whether it opens a code block or is blank."""
    *whole, last = lines(markdown) or [""]
    if not re.fullmatch(r"[ \t]*|[ \t]{0,20}(?:`{1,20}[^`\n]{0,100}|~{1,20}[^\n]{0,100})", last):
        return markdown, ""
    marker = ""
    for line in whole:
        closed = marker and closes_fence(line, marker)
        marker = "" if closed else marker or fence_marker(line)
    return (markdown, "") if marker else ("".join(whole), last)


def _units(markdown: str) -> Iterator[_Unit]:
    held, marker = "", ""
    ended = False
    for line in lines(markdown):
        blank = not line.strip()
        if marker and not ended:
            held += line
            ended = closes_fence(line, marker)
        elif blank:
            held, ended = held + line, True
        else:
            opened = fence_marker(line)
            if held and (ended or opened):
                yield _unit(held, marker, closed=True)
                held, marker = "", ""
            held, ended, marker = held + line, False, marker or opened
    if held:
        yield _unit(held, marker, closed=ended or not marker)


def _unit(text: str, marker: str, *, closed: bool) -> _Unit:
    if marker:
        return _Unit(_Kind.FENCE, text, marker, closed)
    return _Unit(_Kind.TABLE if _table_head(text) else _Kind.TEXT, text)


def _table_head(text: str) -> str:
    """Header and rule of a Markdown table, or an empty string; a monstrous header counts as text."""
    found = re.match(r"[ \t]*\|[^\n]{0,1500}\n[ \t]*\|[ \t|:-]{1,500}\n", text)
    return found[0] if found else ""


def _slices(unit: _Unit, room: int) -> Iterator[Piece]:
    """The unit alone, in as many pieces as it needs."""
    if weight(unit.text) <= room:
        yield Piece(unit.text, tail="" if unit.closed else _closing(unit.text, unit.marker))
        return
    head = ""
    if unit.kind is _Kind.FENCE:
        head = unit.text.partition("\n")[0] + "\n"
    elif unit.kind is _Kind.TABLE:
        head = _table_head(unit.text)
    body, shown = unit.text, ""
    inner = room - weight(head) - weight(unit.marker) - 1
    while weight(body) > inner:
        at = _break(body, inner, lines_only=unit.kind is not _Kind.TEXT)
        yield Piece(body[:at], shown, _closing(body[:at], unit.marker))
        body, shown = body[at:], head
    yield Piece(body, shown, "" if unit.closed else _closing(body, unit.marker))


def _break(text: str, room: int, *, lines_only: bool) -> int:
    """Where to cut a text that is too long: after a line, a sentence or a word, else where the room ends.

    Looks at nothing behind the room, so that the place stays the same when the text grows.
    """
    at = bisect.bisect_right(range(1, room + 1), room, key=lambda length: weight(text[:length])) or 1
    for mark in ("\n",) if lines_only else ("\n", ". ", " "):
        found = text.rfind(mark, 1 if lines_only else at // 2, at)
        if found > 0:
            return found + len(mark)
    return at


def _closing(text: str, marker: str) -> str:
    return marker and ("" if text.endswith("\n") else "\n") + marker
