"""A question that brings along what others asked before it in the same thread.

::

    Earlier questions in this thread, asked by others (context only):
    1. Expected revenue by stage
    2. And for EMEA?

    The question to answer: And as a pie chart?

The words around the questions may be others, as they might be for a language model; the shape may not: a line
that ends with a colon, a numbered list that begins with 1, an empty line, and the question behind a colon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(
    r"\s*[^\n]+:[ \t]*\n"
    r"(?P<earlier>(?:[ \t]*\d+\.[ \t]+[^\n]+\n)+)"
    r"[ \t]*\n\s*"
    r"[^\n:]+:\s*(?P<question>\S.*)",
    re.DOTALL,
)
_ITEM = re.compile(r"^[ \t]*(\d+)\.[ \t]+(.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class InContext:
    """A question, and those before it, oldest first; none where it stands alone."""

    question: str
    earlier: tuple[str, ...] = ()


def read(text: str) -> InContext:
    """The question in a text; any other shape is a question as it stands."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return InContext(text)
    items = _ITEM.findall(found["earlier"])
    if [int(number) for number, _ in items] != list(range(1, len(items) + 1)):
        return InContext(text)
    return InContext(found["question"].rstrip(), tuple(item for _, item in items))
