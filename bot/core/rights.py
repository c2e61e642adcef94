"""An answer as somebody may see it who must not see SQL.

A query in text is told by the code that it stands in: a block of an SQL dialect, or code that begins as a
query does. What stands in no code at all is left to the tenant, which writes its text for the person's role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum

from bot.core.render.fences import closes_fence, fence_marker
from bot.core.render.text import lines
from bot.model import Answer, Prose, Visualization

#: Stands where a query stood.
HIDDEN = "*(The query is not shown to you.)*"

_QUOTE = re.compile(r"(?:[ \t]{0,3}>[ \t]?)+")
_TICKS = re.compile(r"`+")
#: So many backticks make a block wherever they stand, and a dialect may be named behind them.
_OF_A_BLOCK = 3
_NAME = re.compile(r"\s*(?P<word>[\w+.-]*)")
_WORD = re.compile(r"\s*(?P<word>\w*)")
#: What may stand before the first word of a query: white space, parentheses, comments.
_LEAD = re.compile(r"(?:[\s(]|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))*", re.DOTALL)
_SELECT = re.compile(r"\bselect\b", re.IGNORECASE)
_SQL = "sql"
_NAMED = frozenset({
    "athena", "bigquery", "clickhouse", "databricks", "duckdb", "mysql", "oracle", "presto", "redshift",
    "snowflake", "spark", "sqlite", "trino",
})  # fmt: skip
_QUERY = "select"
#: Words that begin a query where a SELECT follows.
_BEGINNINGS = (_QUERY, "with", "explain", "create", "insert")


class _Kind(Enum):
    QUERY = "query"
    OTHER = "other"
    #: So little of it is written that it may become a query.
    UNDECIDED = "undecided"


def without_sql(answer: Answer) -> Answer:
    """The answer without the code of its results, and without the queries in its text.

    While it is written, a block that may become a query waits; at its end everything is decided.
    """
    ended = not answer.in_progress
    return replace(answer, parts=tuple(_part(part, ended=ended) for part in answer.parts))


def _part(part: Prose | Visualization, *, ended: bool) -> Prose | Visualization:
    if isinstance(part, Visualization):
        return replace(part, code=None)
    if "`" not in part.text and "~~~" not in part.text:
        return part
    return replace(part, text="".join(_pieces(part.text, ended=ended)))


def _pieces(markdown: str, *, ended: bool) -> Iterator[str]:
    """The text piece by piece, each code block one of them; one that is still open ends with the text."""
    prose, block, marker = "", list[str](), ""
    for each in lines(markdown):
        bare = _unquoted(each)
        if marker:
            block.append(each)
            if closes_fence(bare, marker):
                yield _block(block, block[1:-1], marker, ended=True)
                marker = ""
        elif marker := fence_marker(bare):
            yield from _spans(prose, ended=True)
            prose, block = "", [each]
        else:
            prose += each
    if marker:
        yield _block(block, block[1:], marker, ended=ended)
    else:
        yield from _spans(prose, ended=ended)


def _block(block: Sequence[str], inside: Sequence[str], marker: str, *, ended: bool) -> str:
    """The block, or that it is hidden."""
    _, _, info = block[0].partition(marker.strip())
    kind = _kind_of_block(info, "".join(map(_unquoted, inside)), ended=ended)
    if kind is _Kind.QUERY:
        return f"{HIDDEN}\n"
    return "".join(block) if kind is _Kind.OTHER else ""


def _spans(prose: str, *, ended: bool) -> Iterator[str]:
    """Text between blocks: code in its midst is looked at as well."""
    position = 0
    while ticks := _TICKS.search(prose, position):
        yield prose[position : ticks.start()]
        closing = _closing(prose, ticks)
        code = prose[ticks.end() : closing.start() if closing else len(prose)]
        kind = _kind_of_span(code, len(ticks[0]), ended=ended or closing is not None)
        if kind is _Kind.OTHER:
            position = closing.end() if closing else ticks.end()
            yield prose[ticks.start() : position]
        else:
            position = closing.end() if closing else len(prose)
            yield HIDDEN + "\n" * code.endswith("\n") if kind is _Kind.QUERY else ""
    yield prose[position:]


def _closing(prose: str, ticks: re.Match[str]) -> re.Match[str] | None:
    return next((each for each in _TICKS.finditer(prose, ticks.end()) if each[0] == ticks[0]), None)


def _unquoted(line: str) -> str:
    quoted = _QUOTE.match(line)
    return line[quoted.end() :] if quoted else line


# -- queries ---------------------------------------------------------------------------------------------


def _kind_of_block(info: str, code: str, *, ended: bool) -> _Kind:
    """Of a block with this text behind its marker, which may be the first line of a query by itself."""
    word = _first(_NAME, info)
    if _SQL in word or word in _NAMED:
        return _Kind.QUERY
    begun = _first(_WORD, _query_in(info)) in _BEGINNINGS
    return _kind(f"{info}\n{code}" if begun else code, ended=ended)


def _kind_of_span(code: str, ticks: int, *, ended: bool) -> _Kind:
    """Of code in the midst of text; a single word there is no query."""
    if ticks >= _OF_A_BLOCK:
        info, _, inside = code.partition("\n")
        return _kind_of_block(info, inside, ended=ended)
    return _kind(code, ended=True) if len(code.split()) > 1 else _Kind.OTHER


def _kind(code: str, *, ended: bool) -> _Kind:
    rest = _query_in(code)
    word = _first(_WORD, rest)
    if word == _QUERY or (word in _BEGINNINGS and _SELECT.search(rest)):
        return _Kind.QUERY
    if ended:
        return _Kind.OTHER
    unfinished = rest.lower() == word and any(each.startswith(word) for each in _BEGINNINGS)
    undecided = unfinished or word in _BEGINNINGS or rest in {"-", "/"}
    return _Kind.UNDECIDED if undecided else _Kind.OTHER


def _query_in(code: str) -> str:
    lead = _LEAD.match(code)
    return code[lead.end() :] if lead else code


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return found["word"].lower() if found else ""
