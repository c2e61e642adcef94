"""Untrusted Markdown, as a model wrote it, made fit for Slack.

``safe`` is for ``markdown`` blocks: Markdown stays Markdown, but mentions, broadcasts and disguised links
lose their power. ``settled`` closes what is still half open while an answer streams. ``plain`` is for a
message's ``text``, which notifications, search and screen readers use; ``sections`` says the same where
Slack refuses ``markdown`` blocks.

A parser reads the text, ``document`` lists what it found, and ``dialect`` and ``mrkdwn`` write that anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.token import Token

from bot.core.render import budget, dialect, document, mrkdwn, pieces
from bot.core.render.fences import closes_fence, closing, fence_marker, last_fence
from bot.core.render.text import clean, shorten_bytes

__all__ = ["closes_fence", "fence_marker", "plain", "safe", "sections", "settled"]

# What has begun at the end of a text: an image or a link, or one of Slack's own links.
_BEGUN_LINK = re.compile(
    r"(?:!?\[[^\[\]\n]*(?:\](?:\([^)\n]*)?)?|<(?:https?:|[@#!])[^<>\n]*)\Z", re.IGNORECASE
)
# A last line that is only the markup of a line: alone it would be a heading, a rule or an empty item.
_BEGUN_LINE = re.compile(r"[ \t>]*(?:[-=+*#>]+|\d{1,9}[.)]|(?:[-*+]|\d{1,9}[.)]) \[[ xX]?\]?)?[ \t]*")
_LONGEST_BEGUN_LINE = 40
# Emphasis and code that open, and those at the very end of which it is not known what they do.
_OPENED = re.compile(r"(?<![\w*_~`])(?:\*{1,3}|__|~~|`{1,3})(?=[^\s*_~`])")
_DANGLING = re.compile(r"(?:(?<=\s)|(?<![\s\S]))(?:\*{1,3}|_{1,2}|~{1,2}|`{1,3})\Z")
_MOST_CLOSED = 3


def safe(markdown: str) -> str:
    """The Markdown for a ``markdown`` block: it looks the same, notifies nobody and links only to the web.

    Images become their description. An address that a label pretends to be another is shown. What is still
    open at the end is closed. For a piece of a text, as ``pieces.cut`` makes them: it is at most
    ``pieces.weight`` long, and takes longer to make the more brackets it has.
    """
    text = clean(markdown)
    written, between = "", ""
    for passage in document.passages(text + closing(text, last_fence(text)[1])):
        shown = dialect.rewritten(passage)
        # What shows nothing, like a heading without text, still parts what stands around it.
        between = "\n\n" if passage.gap or not shown else between or "\n"
        if shown:
            written, between = (written + between if written else "") + shown, ""
    return written


def settled(markdown: str) -> str:
    """The Markdown of an answer that still streams, without what is only half there.

    A link, a table row or a line's markup that has begun is left out, emphasis is closed. Code blocks are
    closed by ``pieces.cut``.
    """
    behind, marker = last_fence(markdown)
    if marker:
        return markdown
    head, gap, tail = markdown[behind:].rpartition("\n\n")
    return markdown[:behind] + head + gap + _settled_paragraph(tail)


def plain(markdown: str, limit: int) -> str:
    """The Markdown as mrkdwn of at most ``limit`` bytes, for a message's top-level ``text``.

    Links are their labels. What stands far behind the limit is not read.
    """
    passages = document.passages(clean(markdown[: 2 * limit]))
    text = mrkdwn.joined(mrkdwn.chunks(passages, addressed=False)).strip()
    shortened = shorten_bytes(text, limit - len(mrkdwn.FENCE))
    if shortened != text:
        # Half a fence is none.
        shortened = re.sub(r"(?<!`)`{1,2}…\Z", "…", shortened)
    return shortened + mrkdwn.FENCE if shortened.count(mrkdwn.FENCE) % 2 else shortened


def sections(markdown: str) -> tuple[str, ...]:
    """The Markdown as mrkdwn with addresses behind its links, in texts that each fit into a section."""
    made: list[str] = []
    held: list[mrkdwn.Chunk] = []
    left = budget.SECTION_CHARS
    for part in _parts(markdown):
        size = mrkdwn.length(part)
        if size > left:
            made.append(mrkdwn.joined(held))
            held, left = [], budget.SECTION_CHARS
        held.append(part)
        left -= size
    made.append(mrkdwn.joined(held))
    return tuple(text for text in made if text.strip())


def _parts(markdown: str) -> Iterator[mrkdwn.Chunk]:
    for piece in pieces.cut(clean(markdown)):
        for chunk in mrkdwn.chunks(document.passages(piece.text), addressed=True):
            yield from mrkdwn.split(chunk, budget.SECTION_CHARS)


def _settled_paragraph(text: str) -> str:
    text = _settled_table(text)
    head, newline, last = text.rpartition("\n")
    if len(last) <= _LONGEST_BEGUN_LINE and last.strip() and _BEGUN_LINE.fullmatch(last):
        text = head + newline
    # What has begun inside code is code.
    if text.count("`") % 2 == 0:
        text = _BEGUN_LINK.sub("", text)
    if dangling := _DANGLING.search(text):
        text = text[: dangling.start()].rstrip()
    marks = _open_marks(text)[:_MOST_CLOSED]
    return text.rstrip() + "".join(reversed(marks)) if marks else text


def _settled_table(text: str) -> str:
    """Without the last row where it has only begun, and without a table that has no row yet."""
    written = text.split("\n")
    if not _is_row(written[-1]):
        return text
    if not written[-1].rstrip().endswith("|"):
        written.pop()
    has_rows = sum(map(_is_row, written)) > len(("header", "rule"))
    return "\n".join(line for line in written if has_rows or not _is_row(line))


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _open_marks(text: str) -> list[str]:
    """The emphasis and code that open in what is written last, and that nothing closes."""
    read = document.passages(text)
    leaves = read[-1].leaves if read else ()
    inline = leaves[-1].inline if leaves else ()
    # What the parser understood is no text any more; so marks that are left in the text are open.
    literal = "".join(token.content if token.type == "text" else _seam(token) for token in inline)
    marks = _OPENED.findall(literal)
    in_code = next((number for number, mark in enumerate(marks) if "`" in mark), len(marks))
    return marks[: in_code + 1]


def _seam(token: Token) -> str:
    return " " if token.type in {"softbreak", "hardbreak"} else "x" if token.content else ""
