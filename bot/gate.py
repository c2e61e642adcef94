"""Who may do what where, asked anew for every question, every press, and before an answer is posted.

Slack tells who somebody is and who reads along in a channel, the store what is set there, and
``bot.core.audience`` decides. Nothing is asked of WisdomAI here: what a person may see, it knows itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.core import audience
from bot.core.audience import Rules
from bot.errors import AccessDenied, Denial
from bot.model import Audience, ChannelPolicy, Deed, Identity, Person, Place, ThreadKey
from bot.policies import Policies
from bot.slack.people import People
from bot.slack.places import Places


@dataclass(frozen=True, slots=True)
class Admission:
    """What was found when somebody was let in.

    Attributes:
        audience: who reads an answer that is asked for in this place.
        exports: results may be taken out as files there.
    """

    person: Person
    place: Place
    policy: ChannelPolicy
    audience: Audience
    exports: bool


class Gate:
    """Lets people in, or says why not.

    Args:
        identify: the identity that somebody's questions run with; may raise AccessDenied.
    """

    def __init__(
        self,
        people: People,
        places: Places,
        policies: Policies,
        rules: Rules,
        identify: Callable[[Person], Identity],
    ) -> None:
        self._people = people
        self._places = places
        self._policies = policies
        self._rules = rules
        self._identify = identify

    async def admit(self, user: str, place: ThreadKey, deed: Deed) -> Admission:
        """Returns where this person may do this in this channel.

        Raises:
            AccessDenied: they may not.
            SlackError: Slack does not tell who they are, or who reads along; then nobody is let in.
            StoreFailed: it is not known what is set for the channel.
        """
        person, there, policy = await asyncio.gather(
            self._people.person(user),
            self._places.place(place.channel),
            self._policies.of(place.team, place.channel),
        )
        denial = audience.denial(person, there, policy, self._rules, deed)
        if denial is not None:
            raise AccessDenied(denial)
        return Admission(
            person=person,
            place=there,
            policy=policy,
            audience=audience.audience(there, policy, self._rules),
            exports=audience.exports(policy, self._rules),
        )

    def identity(self, person: Person) -> Identity:
        """Whose rights this person's questions run with; raises AccessDenied without an address."""
        return self._identify(person)

    async def visitor(self, user: str) -> Identity:
        """Whose rights somebody looks with who is in no channel, but on a page of ours.

        Raises:
            AccessDenied: they are none of those who may ask anywhere, or have no address.
            SlackError: Slack does not tell who they are.
        """
        person = await self._people.person(user)
        refused = audience.stranger(person, self._rules)
        if refused is not None:
            raise AccessDenied(refused)
        return self._identify(person)

    def is_admin(self, person: Person) -> bool:
        """They may let people of other organisations read along."""
        return audience.is_admin(person, self._rules)

    def look_again(self, channel: str) -> None:
        """Slack says that something has changed there."""
        self._places.forget(channel)

    async def settings_of(self, place: ThreadKey) -> tuple[Place, ChannelPolicy]:
        """The channel and what is set for it, whoever asks."""
        return await self._places.place(place.channel), await self._policies.of(place.team, place.channel)


def allowed_domain(policy: ChannelPolicy, domain: str) -> None:
    """Raises AccessDenied where the channel's questions do not go to this domain."""
    if policy.domains and domain not in policy.domains:
        raise AccessDenied(Denial.DOMAIN)
