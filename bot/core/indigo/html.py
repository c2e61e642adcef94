"""HTML as plain text: paragraphs and items on lines of their own, links with their address behind them.

Tags are found by one expression that never looks twice at a character: what an assistant repeats of a user's
words may be anything, and Python's own parser takes minutes over some of it.
"""

from __future__ import annotations

import re
from html import unescape

_BLOCKS = frozenset(
    {"p", "div", "br", "ul", "ol", "table", "tr", "blockquote", "pre", "hr", "section", "article"}
    | {f"h{level}" for level in range(1, 7)}
)
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
#: A tag with its attributes, a comment or a declaration. None holds an angle bracket, not even in quotes.
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*+)(?P<rest>[^<>]*+)>|<[!?][^<>]*+>", re.ASCII)
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(href|alt)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"']++))""", re.IGNORECASE
)
#: More digits than any character has; Python refuses to make a number of very many.
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def text(source: str) -> str:
    """The text of a piece of HTML, or of a text that is none."""
    if "<" not in source and "&" not in source:
        return source.strip()
    return _Reader().read(source)


class _Reader:
    """Takes what a person would read. Blanks and line ends of the source mean as much as in a browser."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._unseen = 0
        self._link: tuple[str, int] | None = None
        self._counters: list[int | None] = []

    def read(self, source: str) -> str:
        """All of the text."""
        done = 0
        for tag in _TAG.finditer(source):
            self._say(source[done : tag.start()])
            done = tag.end()
            name = (tag["name"] or "").lower()
            if tag["end"]:
                self._end(name)
            elif name:
                self._start(name, tag["rest"])
        self._say(source[done:])
        self._end_link()
        joined = _BLANKS.sub(" ", "".join(self._pieces))
        return _LINES.sub("\n", joined).strip()

    def _say(self, piece: str) -> None:
        if piece and not self._unseen:
            self._pieces.append(_unescaped(piece))

    def _start(self, name: str, rest: str) -> None:
        if name in _UNSEEN:
            self._unseen += 1
        elif name == "li":
            self._pieces.append(f"\n{self._bullet()} ")
        elif name == "a":
            self._end_link()
            self._link = (_attribute(rest, "href"), len(self._pieces))
        elif name == "img":
            self._pieces.append(_attribute(rest, "alt"))
        elif name in {"td", "th"}:
            self._pieces.append(" ")
        elif name in _BLOCKS:
            self._pieces.append("\n")
        if name in {"ul", "ol"}:
            self._counters.append(0 if name == "ol" else None)

    def _end(self, name: str) -> None:
        if name in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif name == "a":
            self._end_link()
        elif name in _BLOCKS or name == "li":
            self._pieces.append("\n")
        if name in {"ul", "ol"} and self._counters:
            self._counters.pop()

    def _bullet(self) -> str:
        if not self._counters or self._counters[-1] is None:
            return "•"
        self._counters[-1] += 1
        return f"{self._counters[-1]}."

    def _end_link(self) -> None:
        if self._link is None:
            return
        (address, start), self._link = self._link, None
        shown = "".join(self._pieces[start:]).strip()
        address = "".join(address.split()).removeprefix("mailto:")
        if address and address != shown:
            self._pieces.append(f" ({address})" if shown else address)


def _attribute(rest: str, name: str) -> str:
    for found in _ATTRIBUTE.finditer(rest):
        if found[1].lower() == name:
            return _unescaped(found[2] or found[3] or found[4] or "")
    return ""


def _unescaped(piece: str) -> str:
    return unescape(_NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", piece))
