"""Marks: by what messages and files of ours are known in Slack again, and the looks for them.

A message carries its mark as metadata (docs.slack.dev/messaging/message-metadata), which everybody in the
workspace can read and every app can set, so only messages of our own user count. Where Slack does not show
it, a button that names the turn has to do. ``chat.update`` keeps metadata that it is not given.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import MessageGone, SlackError, SlackUnreachable
from bot.model import Mark
from bot.slack.calls import Calls, Sleep, repeating

_log = logging.getLogger("bot.slack")

_EVENT = "wisdom_turn"
_PAGE = 200
_MOST_PAGES = 50
#: Pauses before each look for a message in doubt: Slack may still be at work on it.
_PAUSES = (1.0, 2.0, 4.0, 8.0)
#: What may stand behind the turn in the value of a control.
_SEPARATORS = str.maketrans(dict.fromkeys("|~", ":"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where is looked: a thread, or with no ``thread_ts`` the channel's own messages, from ``oldest`` on."""

    channel: str
    thread_ts: str | None
    oldest: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None is any."""

    turn: str
    part: str | None = None
    post: str | None = None


def metadata(mark: Mark, post: str) -> dict[str, object]:
    """The mark as a message carries it; ``post`` names this one post, however often it is tried."""
    return {"event_type": _EVENT, "event_payload": {"turn": mark.turn, "part": mark.part, "post": post}}


class Marks:
    """Looks for what is ours.

    Args:
        client: the app's Web API client, with the bot token.
    """

    def __init__(self, client: AsyncWebClient, *, sleep: Sleep = asyncio.sleep) -> None:
        self._calls = Calls(client)
        self._sleep = sleep
        self._user = ""
        self._shows = False  # Slack has shown us metadata

    async def find(  # noqa: PLR0913  # keywords only; where is looked, and for what
        self,
        channel: str,
        thread_ts: str | None,
        *,
        turn: str,
        part: str | None = None,
        post: str | None = None,
        oldest: str,
    ) -> tuple[str, ...]:
        """Our messages of the turn, of one part of it or of one post, oldest first.

        They are looked for in a thread, or with no ``thread_ts`` among the channel's own messages, from the
        ts ``oldest`` on. Raises SlackError where Slack does not tell.
        """
        wanted = Wanted(turn, part, post)
        place = Place(channel, thread_ts, oldest)
        try:
            return _found([each async for each in self._own(place)], wanted)
        except MessageGone:
            return ()  # the thread is not there

    async def settle(self, place: Place, wanted: Wanted) -> tuple[str, ...]:
        """The messages that a post in doubt made, when Slack tells; none where there surely are none.

        Raises SlackUnreachable where that stays unknown, for example because a message of ours that stands
        there shows no mark at all.
        """
        for pause in _PAUSES:
            await self._sleep(pause)
            try:
                own = [each async for each in self._own(place)]
            except SlackError as error:
                _log.warning("It is not known yet whether a message stands there: %s", error)
                continue
            found = _found(own, wanted)
            if found or self._shows or not any(map(_is_bare, own)):
                return found
            raise SlackUnreachable("a message of ours shows no mark, so it may be the one in doubt")
        raise SlackUnreachable("it stays unknown whether the message stands there")

    async def files(self, channel: str, thread_ts: str) -> frozenset[str]:
        """Names of the files that were shared by us in the thread; raises SlackError."""
        messages = [each async for each in self._own(Place(channel, thread_ts, thread_ts))]
        return frozenset(name for each in messages for name in _file_names(each))

    async def _own(self, place: Place) -> AsyncIterator[Mapping[str, object]]:
        user = await self._own_user()
        async for message in self._messages(place):
            if user and message.get("user") == user and _not_before(message, place.oldest):
                self._shows = self._shows or bool(_shown(message))
                yield message

    async def _own_user(self) -> str:
        if not self._user:
            answer = await repeating(lambda: self._calls.read("auth.test", {}), self._sleep)
            self._user = str(answer.get("user_id") or "")
        if not self._user:
            raise SlackUnreachable("auth.test: the answer does not say who we are")
        return self._user

    async def _messages(self, place: Place) -> AsyncIterator[Mapping[str, object]]:
        method = "conversations.replies" if place.thread_ts else "conversations.history"
        arguments: dict[str, object] = {
            "channel": place.channel,
            "oldest": place.oldest,
            "inclusive": "true",
            "include_all_metadata": "true",
            "limit": _PAGE,
        }
        if place.thread_ts:
            arguments["ts"] = place.thread_ts
        for _ in range(_MOST_PAGES):
            answer = await repeating(partial(self._calls.read, method, arguments), self._sleep)
            messages = answer.get("messages")
            for message in messages if isinstance(messages, list) else ():
                if isinstance(message, Mapping):
                    yield message
            cursor = _object(answer.get("response_metadata")).get("next_cursor")
            if not cursor:
                return
            arguments["cursor"] = cursor
        raise SlackUnreachable(f"{method}: there is no end of messages")


def _found(own: Sequence[Mapping[str, object]], wanted: Wanted) -> tuple[str, ...]:
    """The ts of those that are wanted; buttons count only where no message shows metadata."""
    if any(map(_shown, own)):
        matching = [each for each in own if _matches(_shown(each), wanted)]
    elif wanted.part != "question":
        matching = [each for each in own if _names(each.get("blocks"), wanted.turn)]
    else:
        matching = []  # it has no button
    return tuple(sorted({str(each.get("ts")) for each in matching}, key=_number))


def _shown(message: Mapping[str, object]) -> Mapping[str, object]:
    """A message's metadata, as far as Slack shows them."""
    return _object(message.get("metadata"))


def _matches(shown: Mapping[str, object], wanted: Wanted) -> bool:
    if shown.get("event_type") != _EVENT:
        return False
    mark = _object(shown.get("event_payload"))
    pairs = ((wanted.turn, "turn"), (wanted.part, "part"), (wanted.post, "post"))
    return all(value is None or mark.get(key) == value for value, key in pairs)


def _is_bare(message: Mapping[str, object]) -> bool:
    """Nothing says which post it was; what came with a file was shared by an upload."""
    told = message.get("metadata") or message.get("files") or message.get("subtype")
    return not told and not any(_values(message.get("blocks")))


def _names(blocks: object, turn: str) -> bool:
    """A control in some blocks has a value that begins with the turn."""
    return any(value.translate(_SEPARATORS).partition(":")[0] == turn for value in _values(blocks))


def _values(value: object) -> Iterator[str]:
    """The values of all controls."""
    if isinstance(value, Mapping):
        if isinstance(own := value.get("value"), str):
            yield own
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)


def _file_names(message: Mapping[str, object]) -> set[str]:
    files = message.get("files")
    return {str(_object(each).get("name")) for each in files} if isinstance(files, list) else set()


def _not_before(message: Mapping[str, object], oldest: str) -> bool:
    """The root of a thread comes first in every answer, whatever the bounds."""
    return _number(message.get("ts")) >= _number(oldest)


def _number(ts: object) -> float:
    try:
        return float(str(ts))
    except ValueError:
        return 0.0


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
