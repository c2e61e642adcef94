"""Into how many blocks Slack expands a ``markdown`` block.

Each heading, paragraph, list, quotation, table, code block and rule becomes a block of its own, and a message
that has more than fifty after that is refused as ``invalid_blocks``; Slack does not document it, others
observed it (https://github.com/archestra-ai/archestra/pull/4980).
"""

from __future__ import annotations

from markdown_it import MarkdownIt


def expanded(markdown: str) -> int:
    """How many blocks the text becomes; at least one."""
    # HTML is text to Slack, and what stands inside a block does not count.
    parser = MarkdownIt("commonmark").enable("table").disable(["html_block", "inline"])
    outermost = [token for token in parser.parse(markdown) if token.level == 0 and token.nesting >= 0]
    return max(1, len(outermost))
