"""Which of Slack's own data blocks a refusal blames: Slack names blocks by JSON pointers in its details."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.render.ladder import NATIVE
from bot.errors import SlackRefused
from bot.model import Draft

_POINTER = re.compile(r"/blocks/(\d+)([\w/-]*)")
#: Codes that are said of blocks as such, and not of how much there is in them.
_OF_BLOCKS = frozenset({"invalid_arguments", "invalid_blocks", "invalid_blocks_format"})
_NOT_KNOWN = re.compile(r"unsupported|not supported|unknown|not allowed|not enabled|type", re.IGNORECASE)


def suspects(draft: Draft, error: SlackRefused) -> frozenset[str]:
    """The kinds of native blocks to leave out: those that Slack points at, else all that the draft has."""
    kinds = frozenset(str(block["type"]) for block in draft.blocks) & NATIVE
    return kinds & {kind for _, kind, _ in _pointed(draft, error)} or kinds


def unsupported(draft: Draft, error: SlackRefused, kind: str) -> bool:
    """Whether the refusal may be of the kind as such, and not of a value or of a length in this block."""
    if error.code not in _OF_BLOCKS or not any(block["type"] == kind for block in draft.blocks):
        return False
    if not error.details:
        return True
    return any(
        at == kind and (rest == "/type" or (not rest and _NOT_KNOWN.search(detail)))
        for detail, at, rest in _pointed(draft, error)
    )


def _pointed(draft: Draft, error: SlackRefused) -> Iterator[tuple[str, str, str]]:
    """What Slack says, the kind of the block that it points at, and where in it."""
    for detail in error.details:
        for found in _POINTER.finditer(detail):
            number = int(found[1][:4])
            if number < len(draft.blocks):
                yield detail, str(draft.blocks[number]["type"]), found[2]
