"""The tokens that go with requests, one for each identity, held for as long as they are good."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.errors import PeerMisbehaved
from bot.model import Identity
from bot.wisdom import claims
from bot.wisdom.kept import MOST, Kept

#: A token is renewed this long before its end, in seconds, at the most …
_MARGIN = 60.0
#: … and this share of its life before it, where it lives shortly.
_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Token:
    """What goes in the header.

    Attributes:
        until: when it ends or is to be looked at again, in seconds since the epoch; infinity for never.
    """

    text: str = field(repr=False)
    until: float = math.inf


class TokenSource(Protocol):
    """Makes tokens."""

    async def fetch(self, identity: Identity) -> Token:
        """A new token that acts as this identity; raises TenantError."""


class Tokens:
    """The tokens of a source, each used until shortly before its end.

    A token belongs to the whole identity: the same person with other attributes gets another one.

    Args:
        clock: seconds since the epoch.
        most: so many are held at the most.
    """

    def __init__(self, source: TokenSource, *, clock: Callable[[], float], most: int = MOST) -> None:
        self._source = source
        self._clock = clock
        self._kept: Kept[Identity, Token] = Kept(clock=clock, most=most)

    def __len__(self) -> int:
        return len(self._kept)

    async def token(self, identity: Identity) -> str:
        """The token held, or a new one; raises the source's TenantError, shared by those who wait for it."""

        async def fetched() -> tuple[Token, float]:
            token = await self._source.fetch(identity)
            life = token.until - self._clock()
            return token, token.until - min(_MARGIN, life * _SHARE)

        return (await self._kept.get(identity, fetched)).text

    def invalidate(self, token: str) -> None:
        """The tenant has refused ``token``: it is forgotten, unless another has taken its place already."""
        self._kept.drop(lambda held: held.text == token)


def received(text: object, *, now: float, by: str) -> Token:
    """The token that the operation ``by`` has brought; raises PeerMisbehaved where it is none."""
    if not isinstance(text, str) or not claims.fits_a_header(text):
        raise PeerMisbehaved(f"{by} gave no token")
    return Token(text, now + claims.lifetime(text, now=now))
