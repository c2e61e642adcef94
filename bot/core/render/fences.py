"""Code blocks, read line by line: where they open, where they close, and whether one is still open."""

from __future__ import annotations

import re

from bot.core.render.text import lines

_LEAD = r"[ \t]{0,20}(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}){0,4}"
_FENCE = re.compile(rf"(?P<lead>{_LEAD})(?P<marker>`{{3,20}}|~{{3,20}})(?P<info>[^\n]{{0,100}})")
_BEGUN = re.compile(
    rf"{_LEAD}(?:[-*+]|\d{{1,9}}[.)]?|[ \t]{{1,20}}|`{{1,20}}[^`\n]{{0,100}}|~{{1,20}}[^\n]{{0,100}})?|[ \t]*"
)


def fence_marker(line: str) -> str:
    """What closes the code block that this line opens, or an empty string where it opens none.

    That is its backticks or tildes, as far to the right as the code is: it may stand in a list.
    """
    if "```" not in line and "~~~" not in line:
        return ""
    found = _FENCE.fullmatch(line.rstrip("\n"))
    if not found or (found["marker"][0] == "`" and "`" in found["info"]):
        return ""
    return re.sub(r"[^\t]", " ", found["lead"]) + found["marker"]


def closes_fence(line: str, marker: str) -> bool:
    """Whether the line ends the code block that ``marker`` opened."""
    stripped, wanted = line.strip(), marker.strip()
    return len(stripped) >= len(wanted) and set(stripped) == {wanted[0]}


def undecided(line: str) -> bool:
    """Whether the line, still being written, can yet become blank or open a code block."""
    return _BEGUN.fullmatch(line) is not None


def last_fence(markdown: str) -> tuple[int, str]:
    """Where the text behind the last closed code block begins, and what closes one that is still open."""
    behind, position, marker = 0, 0, ""
    for line in lines(markdown):
        position += len(line)
        if not marker:
            marker = fence_marker(line)
        elif closes_fence(line, marker):
            behind, marker = position, ""
    return behind, marker


def closing(text: str, marker: str) -> str:
    """What closes the code block that ``marker`` opened in the text; nothing where there is no marker."""
    return marker and ("" if text.endswith("\n") else "\n") + marker
