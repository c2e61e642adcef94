"""Markdown written anew as mrkdwn, the older dialect of ``text`` and sections: no headings, tables or lists.

Source: docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from markdown_it.token import Token

from bot.core.render import addresses
from bot.core.render.document import Kind, Leaf, Level, Passage, visible, with_breaks
from bot.core.render.text import escape, units

FENCE = "```"

#: A table that is wider is not aligned: its lines would wrap on a phone.
_WIDEST = 60
_SPACE = "  "
_LONGEST_ADDRESS = 200

_TASK = re.compile(r"\[([ xX])\] ")
_BOXES: Mapping[str, str] = MappingProxyType({" ": "☐", "x": "☑", "X": "☑"})
_MARKS: Mapping[str, str] = MappingProxyType({"strong": "*", "em": "_", "s": "~"})


@dataclass(frozen=True, slots=True)
class Chunk:
    """Mrkdwn that stands for itself.

    Attributes:
        text: escaped, without the fences around code.
        code: whether it belongs between fences.
        gap: whether a blank line stands before it.
    """

    text: str
    code: bool
    gap: bool


def chunks(passages: Iterable[Passage], *, addressed: bool) -> Iterator[Chunk]:
    """The passages in their order; ``addressed`` says that a link's address stands behind its label."""
    for passage in passages:
        if passage.leaves is None:
            yield Chunk(escape(_unticked(passage.source)), code=False, gap=passage.gap)
            continue
        before: tuple[Level, ...] = ()
        for number, leaf in enumerate(passage.leaves):
            text, code = _drawn(leaf, before, addressed=addressed)
            if text:
                yield Chunk(text, code, gap=leaf.gap if number else passage.gap)
            before = leaf.levels


def _drawn(leaf: Leaf, before: tuple[Level, ...], *, addressed: bool) -> tuple[str, bool]:
    """The leaf, and whether it is to stand between fences."""
    match leaf.kind:
        case Kind.RULE:
            return "", False
        case Kind.CODE:
            return escape(_unticked(leaf.text)).strip("\n"), True
        case Kind.TABLE:
            return _table(leaf)
        case Kind.HEADING:
            heading = " ".join(_inline(leaf.inline, marks=False, addressed=addressed).split())
            written = f"*{heading.replace('*', '∗')}*" if heading else ""
        case _:
            written = _inline(leaf.inline, marks=True, addressed=addressed)
    return _led(written, leaf.levels, before), False


def _led(written: str, levels: tuple[Level, ...], before: tuple[Level, ...]) -> str:
    """The lines with bullets, numbers and quote marks before them."""
    known = sum(one is other for one, other in zip(before, levels, strict=False))
    items = [level.mark for level in levels if level.mark != ">"]
    opened = [level.mark for level in levels[known:] if level.mark != ">"]
    quote = "> " if len(items) < len(levels) else ""
    first = "    " * (len(items) - len(opened)) + "".join(f"{_bullet(mark)} " for mark in opened)
    task = _TASK.match(written) if opened else None
    if task:
        first, written = first.removesuffix("• "), f"{_BOXES[task[1]]} {written[task.end() :]}"
    return "\n".join(
        quote + (first if number == 0 else "    " * len(items)) + escape(line)
        for number, line in enumerate(written.split("\n"))
    ).rstrip()


def _bullet(mark: str) -> str:
    return "•" if mark == "-" else mark


def _inline(tokens: Sequence[Token], *, marks: bool, addressed: bool) -> str:
    parts: list[str] = []
    opened: list[tuple[int, int]] = []
    for number, token in enumerate(tokens):
        if token.type == "link_open":
            opened.append((number, len(parts)))
        elif token.type == "link_close":
            start, first = opened.pop()
            seen = visible(tokens[start + 1 : number]).strip()
            label = "".join(parts[first:])
            parts[first:] = [
                _link(str(tokens[start].attrs.get("href", "")), label, seen, addressed=addressed)
            ]
        else:
            parts.append(_run(token, marks=marks))
    return "".join(parts)


def _run(token: Token, *, marks: bool) -> str:
    match token.type:
        case "text":
            return _unticked(with_breaks(token.content))
        case "text_special":
            return _unticked(token.content)
        case "code_inline":
            code = _unticked(token.content)
            return f"`{code}`" if marks and code.strip() else code
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return _unticked(visible(token.children or ()))
        case _:
            return _MARKS.get(token.type.rpartition("_")[0], "") if marks else ""


def _unticked(text: str) -> str:
    """Nothing but our own backticks may open or close code."""
    return text.replace("`", "'")


def _link(href: str, label: str, seen: str, *, addressed: bool) -> str:
    """The label, with what it leads to where that is wanted or where the label says something else."""
    url = addresses.web(href)
    if not url or not seen:
        return label if seen else url
    if seen in {href, url}:
        return url
    if addressed:
        return f"{label} ({url if len(url) <= _LONGEST_ADDRESS else addresses.host(url)})"
    return label if addresses.honest(seen, url) else f"{label} ({addresses.host(url)})"


def _bare(cell: Sequence[Token]) -> str:
    return " ".join(_inline(cell, marks=False, addressed=False).split())


def _table(leaf: Leaf) -> tuple[str, bool]:
    """The table in columns of one width each; where it is too wide for that, its cells one after another."""
    rows = [[_bare(cell) for cell in row] for row in leaf.rows]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(_SPACE) * (len(widths) - 1) > _WIDEST:
        return escape("\n".join(" · ".join(row) for row in rows)), False
    header, *body = rows
    ruled = [header, ["-" * width for width in widths], *body]
    lines = (_SPACE.join(map(_padded, row, widths, leaf.aligns)).rstrip() for row in ruled)
    return escape("\n".join(lines)), True


def _padded(cell: str, width: int, align: str) -> str:
    space = " " * (width - _width(cell))
    return space + cell if align == "right" else cell + space


def _width(text: str) -> int:
    """How many columns the text takes in a font of one width."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def joined(parts: Iterable[Chunk]) -> str:
    """The chunks as one text."""
    text = ""
    for part in parts:
        shown = f"{FENCE}{part.text}{FENCE}" if part.code else part.text
        text += (_between(part) if text else "") + shown
    return text


def length(part: Chunk) -> int:
    """How many UTF-16 units the chunk takes behind another one."""
    return units(part.text) + len(_between(part)) + (2 * len(FENCE) if part.code else 0)


def _between(part: Chunk) -> str:
    return "\n\n" if part.gap else "\n"


def split(part: Chunk, room: int) -> Iterator[Chunk]:
    """The chunk in parts whose length is at most ``room``: cut at a line, else at a word."""
    inner = room - len("\n\n") - 2 * len(FENCE)
    text, gap = part.text, part.gap
    while units(text) > inner:
        at = _break(text, inner)
        yield Chunk(text[:at].rstrip(), part.code, gap)
        text, gap = text[at:], False
        text = text.removeprefix("\n") if part.code else text.lstrip()
    if text:
        yield Chunk(text, part.code, gap)


def _break(text: str, room: int) -> int:
    """Where to cut: never inside what is escaped, and never between the halves of a pair."""
    at = room
    while units(text[:at]) > room:
        at -= max(1, (units(text[:at]) - room) // 2)
    for mark in ("\n", " "):
        place = text.rfind(mark, at // 2, at)
        if place > 0:
            return place
    half = re.search(r"&\w{0,4}$", text[:at])
    return half.start() if half else at
