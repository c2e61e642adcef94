"""Which domain a question goes to, and which there are for the person who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.errors import AccessDenied, AnswerFailed, Denial, DomainUnknown, TenantError, TenantUnreachable
from bot.memory import Memory
from bot.model import ChannelPolicy, Domain, Identity, Question

#: Domains change rarely; a list of this age (seconds) is good enough for names and choices.
_FRESH_SECONDS = 300.0
_REFUSED_SECONDS = 30.0
#: From so many lists on, those that are too old are forgotten.
_MANY = 1_000


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the tenant answered to somebody: its domains, or why it does not tell."""

    until: float
    domains: tuple[Domain, ...] = ()
    refusal: TenantError | None = None


@dataclass(frozen=True, slots=True)
class _Named:
    """What a domain is called; empty where the tenant does not tell."""

    until: float
    name: str


class Catalogue(Protocol):
    """What knows domains: ``bot.wisdom.tenant.Tenant``."""

    async def domains(self, identity: Identity) -> tuple[Domain, ...]:
        """The domains that the identity may ask; raises TenantError."""

    async def domain_name(self, domain: str, identity: Identity) -> str:
        """What the domain with this id is called, or an empty string; raises TenantError."""


class Domains:
    """The tenant's domains as each person sees them, and the choice among them.

    Args:
        catalogue: tells which domains there are for an identity.
        default: id of the domain of channels where none is set (``WISDOM_DOMAIN_ID``), or empty.
        configured: domains that an admin wrote down (``WISDOM_DOMAINS``), for who may not list them; their
            names go before the tenant's own.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        memory: Memory,
        *,
        default: str,
        configured: tuple[Domain, ...] = (),
        clock: Callable[[], float],
    ) -> None:
        self._catalogue = catalogue
        self._memory = memory
        self._default = default
        self._configured = {each.id: each for each in configured}
        self._names: dict[str, _Named] = {}
        self._clock = clock
        self._listed: dict[Identity, _Listed] = {}

    async def all(self, identity: Identity) -> tuple[Domain, ...]:
        """The domains that the tenant lists for this identity, else those that are configured.

        Raises TenantError where the tenant does not tell, and none is configured.
        """
        listed = await self._look(identity)
        if listed.refusal is None:
            return tuple(self._as_configured(each) for each in listed.domains)
        if not self._configured:
            raise listed.refusal
        return tuple(self._configured.values())

    def _as_configured(self, domain: Domain) -> Domain:
        return (
            replace(domain, name=self._configured[domain.id].name)
            if domain.id in self._configured
            else domain
        )

    def asked(self, policy: ChannelPolicy) -> tuple[str, ...]:
        """The ids of the domains that a channel asks; none where that is left to the asker."""
        return policy.domains or ((self._default,) if self._default else ())

    async def choices(self, question: Question, policy: ChannelPolicy, identity: Identity) -> list[Domain]:
        """What the question may go to: one domain where that is settled, else those to choose between.

        The first of these that says something: the question itself, the thread, what is set for the channel,
        the default, the tenant. A set id is trusted even where the tenant lists nothing: listing is a right
        of few roles.

        Raises:
            AccessDenied: the question names a domain that the channel does not ask.
            DomainUnknown: nothing says which domain, and the tenant does not tell which there are.
            TenantError: likewise, because it cannot be asked.
        """
        if question.domain and policy.domains and question.domain not in policy.domains:
            raise AccessDenied(Denial.DOMAIN)
        chosen = question.domain or await self._memory.thread_domain(question.thread)
        if chosen and (not policy.domains or chosen in policy.domains):
            return await self.named((chosen,), identity)
        if asked := self.asked(policy):
            return await self.named(asked, identity)
        try:
            known = await self.all(identity)
        except AnswerFailed as error:
            raise DomainUnknown from error
        if not known:
            raise DomainUnknown
        return list(known)

    async def meant(self, name: str, identity: Identity) -> Domain:
        """The domain by id, name or a part of one name only, whatever the case.

        Raises DomainUnknown where none or several are meant.
        """
        wanted, known = name.strip().casefold(), await self.all(identity)
        exact = [domain for domain in known if wanted in {domain.id.casefold(), domain.name.casefold()}]
        meant = exact or [domain for domain in known if wanted in domain.name.casefold()]
        if len(meant) != 1:
            raise DomainUnknown(name)
        return meant[0]

    async def named(self, ids: tuple[str, ...], identity: Identity) -> list[Domain]:
        """The domains with these ids, with their names as far as anybody tells.

        A list is not asked for: listing is a right of few roles, and one domain's name is had for less.
        """
        names = await asyncio.gather(*(self._name(each, identity) for each in ids))
        return [Domain(each, name) for each, name in zip(ids, names, strict=True)]

    async def _name(self, domain: str, identity: Identity) -> str:
        if domain in self._configured:
            return self._configured[domain].name
        known = self._names.get(domain)
        if known is None or self._clock() >= known.until:
            name = await self._told(domain, identity)
            fresh = _FRESH_SECONDS if name else _REFUSED_SECONDS  # the next one may be told
            known = self._names[domain] = _Named(self._clock() + fresh, name)
        return known.name

    async def _told(self, domain: str, identity: Identity) -> str:
        try:
            return await self._catalogue.domain_name(domain, identity)
        except TenantError:
            return ""

    async def _look(self, identity: Identity) -> _Listed:
        """A refusal is remembered for a while, too, so that not every question asks in vain first."""
        listed = self._listed.get(identity)
        if listed is None or self._clock() >= listed.until:
            self._forget_old()
            listed = self._listed[identity] = await self._ask(identity)
        return listed

    async def _ask(self, identity: Identity) -> _Listed:
        try:
            found = await self._catalogue.domains(identity)
        except TenantUnreachable:
            raise
        except TenantError as error:
            return _Listed(self._clock() + _REFUSED_SECONDS, refusal=error)
        until = self._clock() + _FRESH_SECONDS
        self._names |= {each.id: _Named(until, each.name) for each in found}
        return _Listed(until, tuple(found))

    def _forget_old(self) -> None:
        if len(self._listed) >= _MANY:
            now = self._clock()
            self._listed = {key: held for key, held in self._listed.items() if now < held.until}
