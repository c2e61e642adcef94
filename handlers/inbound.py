"""Slack payloads become questions, or nothing: pure functions over what Slack sends."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from bot.model import Entrance, Question, ThreadKey

Payload = Mapping[str, object]

_TOKEN = re.compile(r"<([^<>]+)>")
#: "@ana what do you think", "thanks <@ana>", "<!here> look": said to people, not to the bot.
_TO_OTHERS = re.compile(
    r"^\W*(?:(?:hi|hey|hello|thanks|thank you|thx|cc|fyi|ok|yes|no|and)\b[\s,:!.]*){0,2}<(?:@|!)",
    re.IGNORECASE,
)
#: Edits, deletions, joins and the like are messages with a subtype; these two are people talking.
_SPOKEN_SUBTYPES = {None, "file_share", "thread_broadcast"}


def mention(event: Payload, *, team: str, bot_user: str) -> Question | None:
    """A message in a channel that mentions the bot; its text is empty for a bare mention."""
    if not _spoken(event) or f"<@{bot_user}" not in _text(event):
        return None
    return _question(event, Entrance.MENTION, team=team, bot_user=bot_user)


def follow_up(event: Payload, *, team: str, bot_user: str) -> Question | None:
    """A reply in a thread without a mention, unless it speaks to somebody else.

    Whether the bot answers in that thread is for the caller to know.
    """
    text = _text(event)
    if not _spoken(event) or f"<@{bot_user}" in text or "thread_ts" not in event or _TO_OTHERS.match(text):
        return None
    if event["thread_ts"] == event.get("ts"):
        return None
    question = _question(event, Entrance.FOLLOW_UP, team=team, bot_user=bot_user)
    return question if question.text else None


def direct(event: Payload, *, team: str, bot_user: str) -> Question | None:
    """A direct message to the bot; each one outside of a thread starts its own."""
    if event.get("channel_type") != "im" or not _spoken(event):
        return None
    return _question(event, Entrance.DIRECT, team=team, bot_user=bot_user)


def plain_text(text: str, *, bot_user: str) -> str:
    """What the person wrote, as people read it: ``<#C1|sales>`` is #sales, ``<url|label>`` its label."""

    def read(token: re.Match[str]) -> str:
        reference, _, label = token.group(1).partition("|")
        if reference == f"@{bot_user}":
            return " "
        if reference.startswith(("@", "#")):
            return f"{reference[0]}{label or reference[1:]}"
        if reference.startswith("!"):
            return label or " "
        return label or reference

    return " ".join(html.unescape(_TOKEN.sub(read, text)).split())


def _question(event: Payload, entrance: Entrance, *, team: str, bot_user: str) -> Question:
    ts = str(event["ts"])
    return Question(
        thread=ThreadKey(team, str(event["channel"]), str(event.get("thread_ts") or ts)),
        ts=ts,
        user=str(event["user"]),
        text=plain_text(_text(event), bot_user=bot_user),
        entrance=entrance,
    )


def _spoken(event: Payload) -> bool:
    """A person said it just now: not a bot, not an edit, a deletion or a notice of Slack's."""
    return event.get("subtype") in _SPOKEN_SUBTYPES and "bot_id" not in event and bool(event.get("user"))


def _text(event: Payload) -> str:
    return str(event.get("text") or "")
