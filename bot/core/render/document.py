"""Markdown as a flat list of what is drawn: each paragraph, heading, code block, table or rule by itself.

markdown-it-py reads it (CommonMark with tables and strikethrough). Left out on purpose: HTML and reference
definitions are text here, and so is what is indented by four spaces, which models do by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from bot.core.render.text import lines

#: More rows times columns than this are read as text: a table pads every row, however short it is.
_MOST_CELLS = 15_000

#: Beyond this nesting of quotes and lists the parser drops what is inside.
_DEEPEST = 18

_SLACK_LINK = re.compile(r"<(?P<url>https?://[^\s<>|]+)\|(?P<label>[^<>\n]*)>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
_BLANK = " \t>\n"


class Kind(Enum):
    """What a leaf is drawn as."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    CODE = "code"
    RULE = "rule"
    TABLE = "table"


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A quote or a list item around a leaf; leaves of the same one share the object.

    Attributes:
        mark: ``>`` for a quote, ``-`` for a bullet, ``3.`` for a number.
    """

    mark: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing that is drawn.

    Attributes:
        kind: as what.
        levels: the quotes and list items around it, outermost first.
        gap: whether a blank line stands before it.
        inline: the runs of a paragraph or heading.
        mark: the markup of a heading, rule or code block as it was written.
        text: the code.
        language: of the code, as named after the marker; empty where it is not one plain word.
        rows: the cells of a table, header first, all rows of one length.
        aligns: for each column ``left``, ``center``, ``right`` or nothing.
    """

    kind: Kind
    levels: tuple[Level, ...]
    gap: bool
    inline: tuple[Token, ...] = ()
    mark: str = ""
    text: str = ""
    language: str = ""
    rows: tuple[tuple[tuple[Token, ...], ...], ...] = ()
    aligns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of the text that is read by itself.

    Attributes:
        source: as it was written, without the blank lines around it.
        gap: whether a blank line stands before it.
        leaves: what it is drawn as; ``None`` where reading it would lose words (nested too deeply, cells
            beyond a table's last column), so that only its source can be shown.
    """

    source: str
    gap: bool
    leaves: tuple[Leaf, ...] | None


class _Parser(MarkdownIt):
    """Leaves every address as it was written: which of them may be linked is decided when they are drawn."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the parser's signature
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


def passages(markdown: str) -> tuple[Passage, ...]:
    """The text in its order; it is expected to be cleaned, and no longer than a message."""
    written = lines(markdown)
    tokens = _parser(tables=_cells(written) <= _MOST_CELLS).parse(markdown)
    tops = [number for number, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0]
    return tuple(_passage(tokens[start:end], written) for start, end in pairwise([*tops, len(tokens)]))


def visible(tokens: Sequence[Token]) -> str:
    """What a reader sees of the runs, without any markup."""
    return "".join(
        visible(token.children or ()) if token.type == "image" else token.content or _space(token)
        for token in tokens
    )


def with_breaks(text: str) -> str:
    """The text with HTML's line breaks, the one tag that models write into prose and cells, as newlines."""
    return _BREAK.sub("\n", text)


def _space(token: Token) -> str:
    return " " if token.type in {"softbreak", "hardbreak"} else ""


def _parser(*, tables: bool) -> MarkdownIt:
    """Built for each text, in a fraction of a millisecond, so that no state is shared."""
    parser = _Parser("commonmark", {"html": False}).enable("strikethrough")
    # Without text_join, what was escaped stays apart from what was not.
    parser.disable(["code", "reference", "html_block", "html_inline", "text_join"])
    parser.inline.ruler.before("autolink", "slack_link", _slack_link)
    return parser.enable("table") if tables else parser


def _slack_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - a rule of the parser
    """A rule for ``<https://…|label>``, which is how Slack itself writes a link."""
    found = _SLACK_LINK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        opening = state.push("link_open", "a", 1)
        opening.attrs, opening.info = {"href": found["url"]}, "slack"
        state.push("text", "", 0).content = found["label"]
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def _cells(written: Sequence[str]) -> int:
    return len(written) * max((line.count("|") for line in written), default=0)


def _passage(tokens: Sequence[Token], written: Sequence[str]) -> Passage:
    start, end = tokens[0].map or (0, 0)
    source = "".join(written[start:end]).strip("\n")
    leaves = None if _lossy(tokens, written) else tuple(_leaves(tokens, written))
    return Passage(source, _gap(tokens[0], written), leaves)


def _lossy(tokens: Sequence[Token], written: Sequence[str]) -> bool:
    """Whether the parser dropped something: what is nested too deeply, or a row's cells beyond the header."""
    columns = sum(token.type == "th_open" for token in tokens)
    return any(
        (token.level >= _DEEPEST and token.nesting > 0)
        or (token.type == "tr_open" and following.type == "td_open" and _bars(token, written) >= columns)
        for token, following in pairwise(tokens)
    )


def _bars(row: Token, written: Sequence[str]) -> int:
    """How many bars part the cells of a table's row."""
    line = written[row.map[0]].strip(_BLANK) if row.map else ""
    return len(re.findall(r"(?<!\\)\|", line.removeprefix("|").removesuffix("|")))


def _gap(token: Token, written: Sequence[str]) -> bool:
    start = token.map[0] if token.map else 0
    return start > 0 and not written[start - 1].strip(_BLANK)


def _leaves(tokens: Sequence[Token], written: Sequence[str]) -> Iterator[Leaf]:
    levels: tuple[Level, ...] = ()
    empty: Token | None = None
    for number, token in enumerate(tokens):
        match token.type:
            case "blockquote_open":
                levels = (*levels, Level(">"))
            case "list_item_open":
                levels = (*levels, Level(f"{token.info}." if token.info else "-"))
                empty = token
            case "blockquote_close" | "list_item_close":
                if empty:
                    yield Leaf(Kind.PARAGRAPH, levels, _gap(empty, written))
                levels, empty = levels[:-1], None
            case "paragraph_open" | "heading_open" | "table_open" | "fence" | "hr":
                yield _leaf(token, tokens[number + 1 :], levels, gap=_gap(token, written))
                empty = None
            case _:
                pass


def _leaf(token: Token, rest: Sequence[Token], levels: tuple[Level, ...], *, gap: bool) -> Leaf:
    match token.type:
        case "fence":
            language = re.match(r"[\w+#.-]{1,30}(?!\S)", token.info.strip())
            named = language[0] if language else ""
            return Leaf(Kind.CODE, levels, gap, mark=token.markup, text=token.content, language=named)
        case "hr":
            return Leaf(Kind.RULE, levels, gap, mark=token.markup[:1] * 3)
        case "table_open":
            aligns, rows = _table(rest)
            return Leaf(Kind.TABLE, levels, gap, rows=rows, aligns=aligns)
        case "heading_open":
            mark = token.markup if token.markup.startswith("#") else "#"
            return Leaf(Kind.HEADING, levels, gap, tuple(rest[0].children or ()), mark=mark)
        case _:
            return Leaf(Kind.PARAGRAPH, levels, gap, tuple(rest[0].children or ()))


def _table(tokens: Sequence[Token]) -> tuple[tuple[str, ...], tuple[tuple[tuple[Token, ...], ...], ...]]:
    """The alignments and the cells of the table whose tokens these are, up to where it closes."""
    aligns: list[str] = []
    rows: list[list[tuple[Token, ...]]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "th_open":
            aligns.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
        elif token.type == "inline":
            rows[-1].append(tuple(token.children or ()))
    return tuple(aligns), tuple(map(tuple, rows))
