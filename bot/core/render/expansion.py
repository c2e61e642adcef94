"""Into how many blocks Slack expands Markdown.

Slack makes blocks of its own out of a ``markdown`` block (a heading, a paragraph, a list, a table, a code
block each become one) and refuses a message that has more than fifty after that, as others observed
(github.com/archestra-ai/archestra/pull/4980). What is counted here is never less than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.render.fences import closes_fence, fence_marker
from bot.core.render.text import lines

#: What a line begins with, if not with mere text. A line that is still being written never leaves its kind.
_KINDS = re.compile(
    r"[ \t]*(?:(?P<table>\|)|(?P<quote>>)|(?P<list>[-*+](?=\s)|\d{1,9}[.)](?=\s))"
    r"|(?P<heading>#)|(?P<rule>-{3}|\*{3}|_{3}|={3}))"
)
#: The line under a table's header; the header may follow text without a blank line.
_RULED = re.compile(r"(?=[^\n]*\|)(?=[^\n]*-)[ \t|:-]+\n")
#: What may yet become the mark of a list.
_BEGUN = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)]?)")
#: Kinds of which every line is a block of its own.
_SINGLE = frozenset({"code", "heading", "rule"})
#: From this indentation on, text beneath a list item belongs to it.
_INSIDE = 3
#: From this indentation on, a line is code, unless it stands in a list.
_INDENTED = 4


def head(markdown: str, most: int) -> str:
    """As much of the Markdown, from its beginning, as becomes at most ``most`` blocks; cut between blocks.

    A text that grows has the same head once it is longer than that.
    """
    for number, start in enumerate(_starts(markdown)):
        if number == most:
            return markdown[:start]
    return markdown


def count(markdown: str) -> int:
    """How many blocks the Markdown becomes at most, now that nothing follows it."""
    return sum(1 for _ in _starts(markdown + "\n"))


def _starts(markdown: str) -> Iterator[int]:
    """Where the blocks begin."""
    position, last, run, marker, before = 0, 0, 0, "", "blank"
    for line in lines(markdown):
        if marker and closes_fence(line, marker) and _indentation(line) < _indentation(marker) + _INDENTED:
            marker = ""
        elif not line.strip():
            before = before if marker else "blank"
        elif not marker or _indentation(line) < _indentation(marker):
            # Code in a list ends with the list, closed or not.
            kind = _kind(line, before)
            begins = kind != before or kind in _SINGLE
            if begins:
                yield position
            elif run > 1 and _RULED.fullmatch(line):
                yield last
            run = 1 if begins else run + 1
            before, marker = kind, "" if kind == "indented" else fence_marker(line)
        last, position = position, position + len(line)


def _kind(line: str, before: str) -> str:
    """The kind of a line; lists are told apart by what marks them, because another mark is another list."""
    if before != "blank" and _BEGUN.fullmatch(line):
        return before
    if before.startswith("list") and _indentation(line) >= _INSIDE and not _KINDS.match(line):
        return before
    if not before.startswith("list") and _indentation(line) >= _INDENTED:
        return "indented"
    if line.lstrip(" \t").startswith(("```", "~~~")):
        return "code"
    found = _KINDS.match(line)
    if found is None:
        return "text"
    return "list" + found["list"][-1] if found["list"] else str(found.lastgroup)


def _indentation(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" "))
