"""Who somebody is, as Slack tells: ``users.info`` (docs.slack.dev/reference/methods/users.info).

A guest has ``is_restricted`` or ``is_ultra_restricted``. Somebody of another organisation, seen through
Slack Connect, has ``is_stranger`` or another ``team_id``; in an organisation with several workspaces
colleagues have another ``team_id``, too, and the organisation's id in ``enterprise_user``. Who cannot be
found is nobody of ours.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackRefused
from bot.model import Person
from bot.slack.calls import Calls, Sleep, repeating
from bot.slack.lookup import Lookup

#: Seconds; Slack allows about 100 looks a minute.
_FRESH = 300.0
_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace that the app is installed in; ``enterprise`` is its organisation, or empty."""

    team: str
    enterprise: str = ""


class People:
    """Looks people up.

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
        self._lookup: Lookup[Person] = Lookup(self._ask, fresh=_FRESH, clock=clock)

    async def person(self, user: str) -> Person:
        """The person with this id, as Slack knew them in the last minutes; raises SlackError."""
        return await self._lookup.get(user)

    async def _ask(self, user: str) -> Person:
        try:
            answer = await repeating(lambda: self._calls.read("users.info", {"user": user}), self._sleep)
        except SlackRefused as error:
            if error.code in _NOBODY:
                return Person(user, outsider=True)
            raise
        return _person(user, _inner(answer, "user"), self._home)


def _person(user: str, raw: Mapping[str, object], home: Home) -> Person:
    return Person(
        id=user,
        email=str(_inner(raw, "profile").get("email") or ""),
        deactivated=raw.get("deleted") is True,
        robot=raw.get("is_bot") is True or user == "USLACKBOT",
        guest=raw.get("is_restricted") is True or raw.get("is_ultra_restricted") is True,
        outsider=_is_outsider(raw, home),
        admin=any(raw.get(key) is True for key in ("is_admin", "is_owner", "is_primary_owner")),
        zone=str(raw.get("tz") or ""),
    )


def _is_outsider(raw: Mapping[str, object], home: Home) -> bool:
    if raw.get("is_stranger") is True:
        return True
    colleague = (
        bool(home.enterprise) and _inner(raw, "enterprise_user").get("enterprise_id") == home.enterprise
    )
    return raw.get("team_id") != home.team and not colleague


def _inner(value: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}
