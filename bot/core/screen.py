"""Text for a terminal. What comes from elsewhere is not trusted: no control character of it gets there."""

from __future__ import annotations

import re

#: Goes to the beginning of the line that is drawn over, and empties it.
CLEAR_LINE = "\r\x1b[2K"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def safe(text: str) -> str:
    """The text without control characters but tabs and line ends."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))
