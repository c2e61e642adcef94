"""Which domain a channel asks, and which there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.errors import AnswerFailed, DomainUnknown, TenantError
from bot.memory import Memory
from bot.model import Domain

#: Domains change rarely; a list of this age (seconds) is good enough for names and choices.
_FRESH_SECONDS = 300.0
_REFUSED_SECONDS = 30.0


class Domains:
    """The tenant's domains, and each channel's choice among them.

    Args:
        listing: asks the tenant for its domains.
        default: id of the domain for channels that chose none (``WISDOM_DOMAIN_ID``), or empty.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        listing: Callable[[], Awaitable[tuple[Domain, ...]]],
        memory: Memory,
        *,
        default: str,
        clock: Callable[[], float],
    ) -> None:
        self._listing = listing
        self._memory = memory
        self._default = default
        self._clock = clock
        self._known: tuple[Domain, ...] = ()
        self._refusal: AnswerFailed | None = None
        self._stale_at = float("-inf")

    async def all(self) -> tuple[Domain, ...]:
        """Every domain; raises TenantError where the tenant does not tell.

        A refusal is remembered for a while too, so that not every question asks in vain first.
        """
        if self._clock() >= self._stale_at:
            self._refusal = None
            try:
                self._known = await self._listing()
            except AnswerFailed as error:
                self._refusal = error
            self._stale_at = self._clock() + (_FRESH_SECONDS if self._refusal is None else _REFUSED_SECONDS)
        if self._refusal is not None:
            raise self._refusal
        return self._known

    async def for_channel(self, team: str, channel: str) -> Domain:
        """The domain that a question in this channel goes to; raises DomainUnknown where none is chosen.

        A chosen id is trusted even where the tenant lists no domains: listing is a right of few roles.
        """
        chosen = await self._memory.channel_domain(team, channel) or self._default
        try:
            known = await self.all()
        except TenantError:
            if not chosen:
                raise
            return Domain(id=chosen, name="")
        if not chosen and len(known) == 1:
            return known[0]
        if not chosen:
            raise DomainUnknown
        return next((domain for domain in known if domain.id == chosen), Domain(id=chosen, name=""))

    async def choose(self, team: str, channel: str, name: str) -> Domain:
        """Sets the channel's domain by id, name or a part of one name only, whatever the case.

        Raises DomainUnknown where none or several are meant.
        """
        wanted, known = name.strip().casefold(), await self.all()
        exact = [domain for domain in known if wanted in {domain.id.casefold(), domain.name.casefold()}]
        meant = exact or [domain for domain in known if wanted in domain.name.casefold()]
        if len(meant) != 1:
            raise DomainUnknown(name)
        await self._memory.choose_domain(team, channel, meant[0].id)
        return meant[0]
