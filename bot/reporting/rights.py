"""Who may use ``/indigo``, and which channels get reports: people and channels that an admin has let in.

Transcripts are what customers wrote, so nobody is let in by default but admins. Guests and outsiders never
are, and in a channel that others read along in there is nothing of Indigo at all. What is not known counts
against the person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.core import audience
from bot.core.audience import Rules
from bot.core.stored import Reader
from bot.errors import AccessDenied, Denial
from bot.model import Person, Place, PlaceKind
from bot.slack.people import People
from bot.slack.places import Places
from bot.store.base import Json, Store

_ALLOWED = "indigo_allowed"


class Use(StrEnum):
    """What somebody wants to do with Indigo."""

    #: See chats, members and reports; what they see, they see alone.
    LOOK = "look"
    #: Say who may.
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the settings let in; ids of Slack."""

    people: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who was let in beside the settings, or a channel that was.

    Attributes:
        id: Slack's, of a person or a channel.
        by: user id of the admin.
        at: seconds since 1970.
    """

    id: str
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Means:
    """What the rights are looked up with.

    Attributes:
        team: Slack's id of the workspace.
        clock: seconds since 1970.
    """

    people: People
    places: Places
    store: Store
    rules: Rules
    named: Named
    team: str
    clock: Callable[[], float]


class Rights:
    """Lets people and channels in, or says why not; asked anew for every command, press and post."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def admit(self, user: str, channel: str, use: Use = Use.LOOK) -> Person:
        """Who it is, if they may do this in this channel.

        Raises:
            AccessDenied: they may not.
            SlackError: Slack does not tell who they are, or who reads along; then nobody is let in.
            StoreFailed: it is not known who was let in.
        """
        person = await self._means.people.person(user)
        if (stranger := _stranger(person)) is not None:
            raise AccessDenied(stranger)
        if use is Use.ALLOW and not self.is_admin(person):
            raise AccessDenied(Denial.INDIGO_ADMIN)
        if not await self._may(person):
            raise AccessDenied(Denial.INDIGO_PERSON)
        if not _ours(await self._place(channel)):
            raise AccessDenied(Denial.INDIGO_SHARED)
        return person

    async def admit_report(self, channel: str) -> None:
        """Returns where reports may stand in this channel; raises as ``admit``."""
        place = await self._place(channel)
        if not _ours(place) or place.kind is PlaceKind.DIRECT:
            raise AccessDenied(Denial.INDIGO_SHARED)
        if not await self._allowed(channel, self._means.named.channels):
            raise AccessDenied(Denial.INDIGO_CHANNEL)

    async def takes_reports(self, channel: str) -> bool:
        """Whether reports may stand in this channel; raises SlackError and StoreFailed."""
        try:
            await self.admit_report(channel)
        except AccessDenied:
            return False
        return True

    def is_admin(self, person: Person) -> bool:
        """An admin of the workspace, or one who is named in the settings."""
        return audience.is_admin(person, self._means.rules)

    def is_named(self, each: str) -> bool:
        """The settings let them in, so that nothing in Slack can change it."""
        return each in self._means.named.people | self._means.named.channels | self._means.rules.admins

    @property
    def named(self) -> Named:
        """Whom the settings let in, admins of the settings included."""
        named = self._means.named
        return Named(named.people | self._means.rules.admins, named.channels)

    async def allow(self, each: str, *, by: str) -> None:
        """From now on this person, or this channel, is let in; raises StoreFailed."""
        value: Json = {"by": by, "at": self._means.clock()}
        await self._means.store.put(_ALLOWED, self._key(each), value)

    async def disallow(self, each: str) -> None:
        """Not any more, unless the settings let them in; raises StoreFailed."""
        await self._means.store.delete(_ALLOWED, self._key(each))

    async def admitted(self) -> tuple[Admitted, ...]:
        """Who was let in beside the settings; raises StoreFailed."""
        before = f"{self._means.team}:"
        return tuple(
            Admitted(key.removeprefix(before), Reader(value).text("by"), Reader(value).number("at") or 0.0)
            for key, value in await self._means.store.scan(_ALLOWED, before)
        )

    async def _may(self, person: Person) -> bool:
        return self.is_admin(person) or await self._allowed(person.id, self._means.named.people)

    async def _allowed(self, each: str, named: frozenset[str]) -> bool:
        return each in named or await self._means.store.get(_ALLOWED, self._key(each)) is not None

    async def _place(self, channel: str) -> Place:
        """Looked at now: a minute ago others may not have been there."""
        self._means.places.forget(channel)
        return await self._means.places.place(channel)

    def _key(self, each: str) -> str:
        return f"{self._means.team}:{each}"


def _stranger(person: Person) -> Denial | None:
    denials = (
        (person.robot, Denial.ROBOT),
        (person.deactivated, Denial.DEACTIVATED),
        (person.outsider, Denial.OUTSIDER),
        (person.guest, Denial.INDIGO_GUEST),
    )
    return next((denial for holds, denial in denials if holds), None)


def _ours(place: Place) -> bool:
    return not place.shared and place.kind is not PlaceKind.UNKNOWN
