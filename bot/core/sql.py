"""SQL for reading: laid out, never rewritten."""

from __future__ import annotations

from collections.abc import Iterable

import sqlparse
from sqlparse import lexer
from sqlparse.exceptions import SQLParseError

from bot.core import values
from bot.model import Code

#: Longer code is shown as it is: laying it out would take longer than a person waits.
_LONGEST = 50_000


def pretty(code: Code) -> str:
    """The code laid out for reading, ending with a line feed.

    Only whitespace between tokens changes; where the layout would touch anything else, or the code is too
    long or too deeply nested to lay out, it is given as it ran. A long query takes tenths of a second: call
    it off the event loop.
    """
    text = code.text.strip()
    if len(text) > _LONGEST:
        return text + "\n"
    try:
        laid_out: str = sqlparse.format(text, reindent=True).strip()
        unchanged = _tokens(laid_out) == _tokens(text)
    except (SQLParseError, RecursionError):
        return text + "\n"
    return (laid_out if unchanged else text) + "\n"


def _tokens(text: str) -> list[str]:
    """What the code says, token by token, without the whitespace between them."""
    tokens: Iterable[tuple[object, str]] = lexer.tokenize(text)  # type: ignore[no-untyped-call]  # sqlparse has no types
    return [value.strip() for _, value in tokens if value.strip()]


def file_name(title: str) -> str:
    """A name for the snippet that every file system takes: ``Revenue by stage.sql``."""
    return f"{values.file_stem(title) or 'query'}.sql"
