"""Tokens of the access key's owner, made from the key by the tenant itself, or the key as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from pydantic import SecretStr

from bot.errors import AnswerFailed, KeyRefused
from bot.model import Identity
from bot.wisdom import claims, documents, faults
from bot.wisdom.contact import FirstContact
from bot.wisdom.http import Http
from bot.wisdom.standing import Standing
from bot.wisdom.tokens import Token, received

_DAY = 86_400.0
#: So long before the end of a key the operator is told, in seconds; WisdomAI itself calls that "soon".
_SOON = 7 * _DAY


class Bearer:
    """The key itself: a JWT that somebody made elsewhere, or a key that the tenant takes as bearer."""

    def __init__(self, key: SecretStr, *, clock: Callable[[], float], standing: Standing) -> None:
        self._key = key
        self._clock = clock
        self._standing = standing

    async def fetch(self, identity: Identity) -> Token:  # noqa: ARG002 - one key has one owner
        """The key; raises KeyRefused where it cannot be one, or is a JWT whose end is past."""
        key = self._key.get_secret_value()
        if not claims.fits_a_header(key):
            raise KeyRefused("the access key has characters that no header can carry")
        end = claims.end(key)
        if end is None:
            return Token(key)
        remaining = end - self._clock()
        if remaining <= 0:
            raise KeyRefused(f"the access key is a JWT that ended on {_day(end)}")
        if remaining <= _SOON:
            self._standing.ends(_day(end))
        return Token(key, self._clock() + min(remaining, _DAY))  # its end is looked at every day


class Exchange:
    """``exchangeAccessToken``; a tenant without it gets the key itself as bearer.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        http: Http,
        key: SecretStr,
        *,
        clock: Callable[[], float],
        contact: FirstContact,
        standing: Standing,
    ) -> None:
        self._http = http
        self._key = key
        self._clock = clock
        self._contact = contact
        self._bearer = Bearer(key, clock=clock, standing=standing)

    async def fetch(self, identity: Identity) -> Token:
        """A new token; raises KeyRefused, TenantUnreachable, AnswerFailed, PeerMisbehaved."""
        key = self._key.get_secret_value()
        try:
            data = await self._http.run(
                documents.load("exchange"),
                operation="Exchange",
                variables={"accessToken": key},
                token=None,
                fault=lambda errors: faults.from_errors(faults.hidden(errors, (key,))),
            )
        except AnswerFailed as error:
            if not faults.misfit(error.reasons):
                raise
            token = await self._bearer.fetch(identity)
            self._contact.note(
                "sign-in", "the tenant has no exchangeAccessToken; the key itself is the bearer"
            )
            return token
        token = received(data.get("exchangeAccessToken"), now=self._clock(), by="exchangeAccessToken")
        self._contact.note("sign-in", "the key is exchanged for a token")
        return token


def _day(seconds: float) -> date:
    return datetime.fromtimestamp(max(seconds, 0.0), UTC).date()
