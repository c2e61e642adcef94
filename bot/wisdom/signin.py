"""Who makes the token of an identity; and the operator's news of how that goes."""

from __future__ import annotations

from bot.errors import ImpersonationRefused, KeyRefused, PersonRefused
from bot.model import Identity
from bot.wisdom.standing import Standing
from bot.wisdom.tokens import Token, TokenSource


class SignIn:
    """Tokens of the key's owner by one source, of everybody else by another.

    Args:
        service: for the owner of the access key.
        people: for an identity with an address.
    """

    def __init__(self, service: TokenSource, people: TokenSource, *, standing: Standing) -> None:
        self._service = service
        self._people = people
        self._standing = standing

    async def fetch(self, identity: Identity) -> Token:
        """A new token that acts as this identity; raises TenantError."""
        way, source = ("impersonation", self._people) if identity.email else ("sign-in", self._service)
        try:
            token = await source.fetch(identity)
        except ImpersonationRefused as error:
            self._standing.taken(way)
            self._standing.alone(str(error))
            raise
        except KeyRefused as error:
            self._standing.refused(way, str(error))
            raise
        except PersonRefused:
            self._works(identity, way)
            raise
        self._works(identity, way)
        return token

    def _works(self, identity: Identity, way: str) -> None:
        self._standing.taken(way)
        if identity.email:
            self._standing.for_others()
