"""Access keys and the signed tokens that they are exchanged for (seed 000, "API authentication")."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import jwt

ALGORITHM = "HS256"
ISSUER = "wisdom-sandbox"


class Unauthorized(Exception):
    """The token or key is missing, unknown or expired; the tenant says nothing more about it."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may ask."""

    id: str
    email: str
    name: str


class Tokens:
    """Issues and reads the tokens of one tenant.

    Args:
        keys: access key to the user who owns it; an exchanged token carries that user's rights.
        secret: signs the tokens, at least 32 bytes; empty makes one up.
        life: seconds until a token expires.
        clock: gives the present, with a time zone.
        bearer_key: an access key itself counts as a token.
    """

    def __init__(
        self,
        keys: Mapping[str, User],
        *,
        clock: Callable[[], datetime],
        secret: str = "",
        life: float = 3600.0,
        bearer_key: bool = False,
    ) -> None:
        self._keys = dict(keys)
        self._users = {user.id: user for user in keys.values()}
        self._secret = secret or secrets.token_hex(32)
        self._life = life
        self._clock = clock
        self._bearer_key = bearer_key

    def exchange(self, access_key: str) -> str:
        """A token for the owner of ``access_key``; raises :class:`Unauthorized` for an unknown key."""
        return self.issue(self._owner(access_key))

    def issue(self, user: User) -> str:
        """A token that acts as ``user`` until it expires."""
        now = self._clock().timestamp()
        claims = {
            "iss": ISSUER,
            "sub": user.id,
            "email": user.email,
            "iat": int(now),
            "exp": int(now + self._life),
            "jti": secrets.token_hex(8),
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def user_of(self, token: str) -> User:
        """Whom a token acts as; a leading ``Bearer`` is ignored. Raises :class:`Unauthorized`."""
        bare = token.removeprefix("Bearer ").strip()
        if self._bearer_key and bare in self._keys:
            return self._owner(bare)
        try:
            # Expiry is judged below, by this tenant's own clock.
            claims = jwt.decode(
                bare,
                self._secret,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            raise Unauthorized from None
        user = self._users.get(claims["sub"])
        if user is None or claims["exp"] <= self._clock().timestamp():
            raise Unauthorized
        return user

    def user_of_any(self, tokens: Iterable[str]) -> User:
        """Whom the first good token acts as; raises :class:`Unauthorized` if there is none."""
        for token in tokens:
            try:
                return self.user_of(token)
            except Unauthorized:
                continue
        raise Unauthorized

    def _owner(self, access_key: str) -> User:
        given = access_key.encode()
        for key, user in self._keys.items():
            if hmac.compare_digest(key.encode(), given):
                return user
        raise Unauthorized


def new_key() -> str:
    """An access key that nobody else has."""
    return f"sandbox_key_{secrets.token_hex(16)}"
