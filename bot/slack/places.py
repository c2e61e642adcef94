"""What a conversation is, and who may be in it: ``conversations.info``.

Sources: docs.slack.dev/reference/methods/conversations.info, docs.slack.dev/apis/slack-connect. A channel is
shared with others where ``is_ext_shared`` says so, or an invitation is on its way; ``is_shared`` alone may
mean colleagues of another workspace.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotInChannel, SlackUnreachable
from bot.model import Place, PlaceKind
from bot.slack.calls import Calls, Sleep, repeating
from bot.slack.lookup import Lookup
from bot.slack.people import Home

#: Seconds; Slack allows about 50 looks a minute, and tells of a channel that is shared by an event.
_FRESH = 60.0
_DIRECT = "D"
#: What marks a conversation that people of other organisations are in, or are invited to.
_SHARED = ("is_ext_shared", "is_pending_ext_shared")
_PARTNERS = (
    "shared_team_ids",
    "connected_team_ids",
    "connected_limited_team_ids",
    "pending_shared",
    "pending_connected_team_ids",
)


class Places:
    """Looks conversations up.

    Args:
        client: the app's Web API client, with the bot token.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        home: Home,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._calls = Calls(client)
        self._sleep = sleep
        self._home = home
        self._lookup: Lookup[Place] = Lookup(self._ask, fresh=_FRESH, clock=clock)

    async def place(self, channel: str) -> Place:
        """The conversation, as Slack knew it in the last minute; raises SlackError.

        A direct message is told by its id alone. One that the bot may not look into is ``UNKNOWN``.
        """
        if channel.startswith(_DIRECT):
            return Place(channel, PlaceKind.DIRECT)
        return await self._lookup.get(channel)

    def forget(self, channel: str) -> None:
        """Something changed there: the next one looks again."""
        self._lookup.forget(channel)

    async def _ask(self, channel: str) -> Place:
        try:
            answer = await repeating(
                lambda: self._calls.read("conversations.info", {"channel": channel}), self._sleep
            )
        except NotInChannel:
            return Place(channel, PlaceKind.UNKNOWN)
        raw = answer.get("channel")
        if not isinstance(raw, Mapping):
            raise SlackUnreachable("conversations.info: the answer is not one of Slack's")
        return _place(channel, raw, self._home)


def _place(channel: str, raw: Mapping[str, object], home: Home) -> Place:
    own = {home.team, home.enterprise, *_ids(raw, "internal_team_ids")}
    shared = any(raw.get(key) is True for key in _SHARED)
    partners = {each for key in _PARTNERS for each in _ids(raw, key)} | {
        str(raw.get("conversation_host_id") or "")
    }
    return Place(
        id=channel,
        kind=_kind(raw),
        creator=str(raw.get("creator") or ""),
        shared=shared,
        partners=frozenset(partners - own - {""}) if shared else frozenset(),
    )


def _kind(raw: Mapping[str, object]) -> PlaceKind:
    if raw.get("is_im") is True:
        return PlaceKind.DIRECT
    if raw.get("is_mpim") is True:
        return PlaceKind.GROUP
    return PlaceKind.PRIVATE if raw.get("is_private") is True else PlaceKind.PUBLIC


def _ids(raw: Mapping[str, object], key: str) -> Iterator[str]:
    value = raw.get(key)
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, str))
