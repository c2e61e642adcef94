"""Small pieces of text: measured, shortened and made harmless for Slack.

Slack reads ``<…>`` tokens (mentions, broadcasts, links) in mrkdwn and in ``markdown`` blocks alike, so
nothing that a model or a table wrote may keep its angle brackets
(docs.slack.dev/messaging/formatting-message-text).
"""

from __future__ import annotations

import re

#: Joins words invisibly: after an ``@`` it keeps a broadcast from being one.
WORD_JOINER = "\u2060"

# Control characters, and the overrides that make text read in another order than it is written.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
# An address with a name before its host is written to be misread, and Slack links what looks like one.
_MISLEADING = re.compile(r"(https?:)(?=//[^\s/?#@]*@)", re.IGNORECASE)
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)


def clean(text: str) -> str:
    """The text without control characters, direction overrides, carriage returns and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", text).encode("utf-8", "replace").decode()


def defuse(text: str) -> str:
    """The text with ``@here`` and its kind, and addresses that mislead, made powerless; else as it was.

    At most two units longer for each ``@``.
    """
    return _BROADCAST.sub("@" + WORD_JOINER, _MISLEADING.sub(r"\1" + WORD_JOINER, text))


def escape(text: str) -> str:
    """Untrusted text for a mrkdwn object: the three characters that Slack wants escaped, and no broadcast."""
    return defuse(clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def emphasized(text: str) -> str:
    """Untrusted text to stand between asterisks: escaped, and with nothing that would end the emphasis."""
    return escape(text).replace("*", "∗").replace("`", "'")


def units(text: str) -> int:
    """The length as the strictest of Slack's counters sees it: in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def lines(text: str) -> list[str]:
    """The lines with their newlines; unlike ``str.splitlines`` nothing but a newline ends a line."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` UTF-16 units, cut at a word where possible, with an ellipsis."""
    if units(text) <= limit:
        return text
    kept = text[: limit - 1]
    while units(kept) > limit - 1:
        kept = kept[: -max(1, (units(kept) - limit + 1) // 2)]
    return _whole(kept) + "…"


def shorten_bytes(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, cut at a word where possible; never inside an escaped character.

    Empty where not even an ellipsis fits.
    """
    data = text.encode()
    if len(data) <= limit:
        return text
    room = limit - len("…".encode())
    return _whole(data[:room].decode(errors="ignore")) + "…" if room >= 0 else ""


def line(text: str, limit: int) -> str:
    """Untrusted text as one plain line of at most ``limit`` units; empty when nothing is left."""
    return shorten(" ".join(clean(text).split()), limit)


def web_address(url: str) -> str:
    """The address where it is one that may be linked (http or https), else an empty string."""
    url = url.strip()
    return url if re.fullmatch(r"https?://[^\s<>|\x00-\x1f]+", url, re.IGNORECASE) else ""


def _whole(text: str) -> str:
    """The text up to its last whole word, where that leaves most of it, and without half an entity."""
    head, gap, _ = text.rpartition(" ")
    kept = head if gap and len(head) > len(text) // 2 else text
    return re.sub(r"&\w{0,4}$", "", kept.rstrip())
