"""An answer as the tenant keeps it, for when its stream left a doubt: ``chatMessages``."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model import AnswerDiff
from bot.wisdom.wire import read_diff

_DOCUMENT = """query Settled($conversationId: String!) {{
  chatMessages(conversationId: $conversationId) {{
    nodes {{ id messageId sender errorStrings dataRefreshedAt body {body} }}
  }}
}}
"""


def document(chat: str) -> str:
    """The query that selects of a body what the ``chat`` document ``chat`` selects."""
    start = chat.index("{", chat.index("bodyDiff"))
    depth = 0
    for end, char in enumerate(chat[start:], start):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth == 0:
            return _DOCUMENT.format(body=chat[start : end + 1])
    raise ValueError("the chat document does not close its braces")


def read(data: Mapping[str, object], *, conversation: str, message: str) -> AnswerDiff | None:
    """The message with this id, or the newest answer where no id is known; None if it is not there."""
    answers = [node for node in _nodes(data) if node.get("sender") == "ASSISTANT"]
    wanted = [node for node in answers if not message or message in {node.get("messageId"), node.get("id")}]
    if not wanted:
        return None
    node = wanted[-1]
    whole = {
        **node,
        "bodyDiff": node.get("body"),
        "conversationId": conversation,
        "messageId": message or node.get("messageId") or node.get("id"),
        "inProgress": False,
    }
    return read_diff(whole)


def _nodes(data: Mapping[str, object]) -> list[Mapping[str, object]]:
    messages = data.get("chatMessages")
    nodes = messages.get("nodes") if isinstance(messages, dict) else None
    return [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
