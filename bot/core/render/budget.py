"""Slack's limits, and how the room of a message is shared.

Where a number has no other source: docs.slack.dev/reference/block-kit/blocks and the pages of the blocks
there. "Characters" are counted in UTF-16 units, the strictest of Slack's counters, unless bytes are named.
Limits that nobody documents were observed by others; of two numbers in circulation the lower one stands here.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

# -- a message -------------------------------------------------------------------------------------------

TEXT_BYTES = 4_000  # of ``text`` in chat.update, in UTF-8 (docs.slack.dev/reference/methods/chat.update)
MESSAGE_BLOCKS = 50  # a markdown block counts as all the blocks that Slack makes of it
MESSAGE_CHARS = 9_500  # over all blocks; undocumented: 9,600 were accepted, 11,300 refused
MESSAGE_CHARTS = 2  # data_visualization blocks; undocumented, enforced
MESSAGE_TABLES = 1  # ``table`` blocks; an older rule that many clients still follow
MARKDOWN_CHARS = 12_000  # over all markdown blocks
TABLE_CHARS = 10_000  # over the cells of all tables, of either kind

# -- a block ---------------------------------------------------------------------------------------------

SECTION_CHARS = 3_000
CONTEXT_ELEMENTS = 10
TABLE_ROWS = 100  # with the header; of a data_table we use no more either
TABLE_COLUMNS = 20
CAPTION_CHARS = 150  # of a data_table; Slack names no limit
PAGE_ROWS = 100  # ``page_size`` of a data_table

# -- a native chart (docs.slack.dev/reference/block-kit/blocks/data-visualization-block) -------------------

CHART_TITLE_CHARS = 50
CHART_AXIS_CHARS = 50
CHART_LABEL_CHARS = 20
CHART_SERIES = 12
CHART_SEGMENTS = 12
CHART_CATEGORIES = 20

# -- an element ------------------------------------------------------------------------------------------

BUTTON_TEXT_CHARS = 75
BUTTON_VALUE_CHARS = 2_000
OPTION_TEXT_CHARS = 75
URL_CHARS = 3_000

# -- what we make of them --------------------------------------------------------------------------------

MOST_MESSAGES = 6  # of one answer; nobody reads more in a thread, so the rest goes into a file
PROSE_CHARS = 8_000  # prose in a message, so that status, notes and buttons find room beside it
PROSE_BLOCKS = 38  # blocks that Slack may make of it, for the same reason
KEPT_CHARS = 1_200  # kept free of prose for what ends an answer


# -- sharing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Need:
    """What a part of a message takes at least to be of use, and what it would take at most; in characters."""

    least: int
    most: int


def shares(room: int, needs: Sequence[Need]) -> tuple[int, ...]:
    """The room for each part: small ones get what they want, the others the same amount (max–min fairness).

    Nobody gets less than its least; together that must fit into the room.
    """

    def given(level: int) -> tuple[int, ...]:
        return tuple(max(need.least, min(level, need.most)) for need in needs)

    level = bisect.bisect_right(range(room + 1), room, key=lambda level: sum(given(level))) - 1
    return given(max(level, 0))
