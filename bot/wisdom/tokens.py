"""From the access key to the token that goes with each request."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from bot.errors import AnswerFailed, KeyRefused, PeerMisbehaved
from bot.model import Identity
from bot.wisdom import documents, faults
from bot.wisdom.contact import FirstContact
from bot.wisdom.flight import SingleFlight
from bot.wisdom.http import Http

#: A token that says nothing about its end is taken to live this long, in seconds (the vendor's "1 h").
ASSUMED_LIFE = 3600.0
#: A token is renewed this long before its end, at the most …
_MARGIN = 60.0
#: … and this share of its life before it, where it lives shortly.
_SHARE = 0.2


class TokenSource(Protocol):
    """Where tokens come from, for the identity a question runs with."""

    async def token(self, identity: Identity) -> str:
        """A token that is good for now; raises TenantError."""

    def invalidate(self, token: str) -> None:
        """The tenant has refused ``token``: the next one must be new."""


@dataclass(frozen=True, slots=True, repr=False)
class _Held:
    token: str
    until: float


class ExchangedTokens:
    """Tokens of the key's owner, whoever asks: ``exchangeAccessToken``, else the key itself as bearer.

    One exchange at a time; those who wait for it share its result, and its failure.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(
        self, http: Http, key: SecretStr, *, clock: Callable[[], float], contact: FirstContact
    ) -> None:
        self._http = http
        self._key = key
        self._clock = clock
        self._contact = contact
        self._held: _Held | None = None
        self._flight: SingleFlight[str] = SingleFlight()

    async def token(self, identity: Identity) -> str:  # noqa: ARG002 - one key has one owner
        """The token held, or a new one; raises KeyRefused, TenantUnreachable and others."""
        return await self._flight.run(self._current, self._renew)

    def invalidate(self, token: str) -> None:
        """Forgets ``token``, unless another has taken its place already."""
        if self._held is not None and self._held.token == token:
            self._held = None

    def _current(self) -> str | None:
        held = self._held
        return held.token if held is not None and self._clock() < held.until else None

    async def _renew(self) -> str:
        self._held = await self._exchange()
        return self._held.token

    async def _exchange(self) -> _Held:
        key = self._key.get_secret_value()
        try:
            data = await self._http.run(
                documents.load("exchange"), operation="Exchange", variables={"accessToken": key}, token=None
            )
        except AnswerFailed as error:
            if not faults.misfit(error.reasons):
                raise
            if not _fits_a_header(key):
                raise KeyRefused("the access key has characters that no header can carry") from None
            self._contact.note(
                "sign-in", "the tenant has no exchangeAccessToken; the key itself is the bearer"
            )
            return _Held(key, float("inf"))
        token = data.get("exchangeAccessToken")
        if not isinstance(token, str) or not _fits_a_header(token):
            raise PeerMisbehaved("exchangeAccessToken gave no token")
        self._contact.note("sign-in", "the key is exchanged for a token")
        now = self._clock()
        life = lifetime(token, now=now)
        return _Held(token, now + life - min(_MARGIN, life * _SHARE))


def lifetime(token: str, *, now: float) -> float:
    """How long a JWT lives from ``now`` on, in seconds, by its own ``exp``; its signature is not looked at.

    The clocks of the two sides may differ: where ``exp`` seems past, or ``iat`` to come, their distance
    counts.
    """
    claims = _claims(token)
    exp = _seconds(claims.get("exp"))
    if exp is None:
        return ASSUMED_LIFE
    iat = _seconds(claims.get("iat"))
    remaining = exp - (now if iat is None else max(now, iat))
    if remaining > 0:
        return remaining
    return exp - iat if iat is not None and exp > iat else ASSUMED_LIFE


def _fits_a_header(token: str) -> bool:
    return bool(token) and token.isascii() and token.isprintable()


def _claims(token: str) -> Mapping[str, object]:
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return {}
    try:
        claims: object = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)
