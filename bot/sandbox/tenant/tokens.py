"""The signed tokens that access keys are exchanged for (seed 000, "API authentication")."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import jwt

from bot.sandbox.tenant import sessions
from bot.sandbox.tenant.keys import AccessKeys
from bot.sandbox.tenant.people import Attribute, People, User
from bot.sandbox.tenant.refusals import (
    DeactivatedPerson,
    KeyMayNotImpersonate,
    ReservedAttribute,
    Unauthorized,
    UnknownPerson,
)
from bot.sandbox.tenant.sessions import Session, Sessions

ALGORITHM = "HS256"
ISSUER = "wisdom-sandbox"
#: The attribute that says for whom somebody acts; the tenant alone sets it.
RESERVED = "impersonated_user_id"


class Tokens:
    """Issues and reads the tokens of one tenant.

    A token acts as its person until it expires, and only while they have an account that is switched on.

    Args:
        keys: what tokens are given out for.
        people: everybody who has an account.
        secret: signs the tokens, at least 32 bytes; empty makes one up.
        life: seconds until a token expires.
        clock: gives the present, with a time zone.
    """

    def __init__(
        self,
        keys: AccessKeys,
        people: People,
        *,
        clock: Callable[[], datetime],
        secret: str = "",
        life: float = 3600.0,
    ) -> None:
        self._keys = keys
        self._people = people
        self._secret = secret or secrets.token_hex(32)
        self._life = life
        self._clock = clock
        self._sessions = Sessions(clock=clock, life=life)
        self._ended: Counter[str] = Counter()

    # -- giving out ----------------------------------------------------------------------------------------

    def exchange(self, access_key: str) -> str:
        """A token for the owner of ``access_key``; raises :class:`Unauthorized` for an unknown key."""
        return self.issue(self._active(self._keys.find(access_key).owner))

    def impersonate(
        self, access_key: str, email: str, attributes: Sequence[tuple[str, str]] | None = None
    ) -> str:
        """A token for the person with this address.

        Args:
            access_key: of somebody else, who acts for them.
            email: in upper or lower case.
            attributes: key and value, in place of all stored ones as long as the token lives; an empty list
                takes the stored ones away, and with them every restriction. None leaves them.

        Raises:
            Unauthorized: the key is unknown or revoked.
            KeyMayNotImpersonate: it may not act for others.
            ReservedAttribute: the tenant alone sets this one.
            UnknownPerson: there is no such account.
            DeactivatedPerson: the account is switched off.
        """
        self._active(self._keys.find(access_key).owner)
        if not self._keys.impersonating:
            raise KeyMayNotImpersonate
        if any(key == RESERVED for key, _ in attributes or ()):
            raise ReservedAttribute(RESERVED)
        user = self._people.with_email(email)
        if user is None:
            raise UnknownPerson
        if not user.active:
            raise DeactivatedPerson
        return self.issue(user, attributes)

    def issue(self, user: User, attributes: Sequence[tuple[str, str]] | None = None) -> str:
        """A token that acts as ``user`` until it expires, with the stored attributes where none are given."""
        now = self._clock().timestamp()
        claims: dict[str, object] = {
            "iss": ISSUER,
            "sub": user.id,
            "email": user.email,
            "iat": int(now),
            "exp": int(now + self._life),
            "jti": secrets.token_hex(8),
            "round": self._ended[user.id],
        }
        if attributes is not None:
            claims["attributes"] = [list(each) for each in attributes]
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def open_session(self, access_key: str) -> Session:
        """A session as Descope opens it; raises :class:`Unauthorized` for an unknown key."""
        key = self._keys.find(access_key)
        self._active(key.owner)
        return self._sessions.open(key.id)

    def published_keys(self) -> dict[str, object]:
        """The key set by which others check the tokens of sessions."""
        return self._sessions.published()

    def revoke(self, access_key: str) -> None:
        """Take a key back: it is refused from now on; tokens that it was exchanged for live to their end.

        Raises:
            Unauthorized: the key is unknown or revoked already.
        """
        self._keys.revoke(access_key)

    def end(self, email: str) -> None:
        """Refuse every token that acts as the person with this address; the next ones are good."""
        user = self._people.with_email(email)
        if user is not None:
            self._ended[user.id] += 1

    # -- reading -------------------------------------------------------------------------------------------

    def user_of(self, token: str) -> User:
        """Whom a token acts as; a leading ``Bearer`` is ignored. Raises :class:`Unauthorized`.

        Attributes that came with the token are in the place of the stored ones.
        """
        bare = token.removeprefix("Bearer ").strip()
        if self._keys.bearer:
            with suppress(Unauthorized):
                return self._active(self._keys.find(bare).owner)
        of_session = _algorithm(bare) == sessions.ALGORITHM
        claims = self._sessions.read(bare) if of_session else self._read(bare)
        expires, subject, attributes = (claims.get(key) for key in ("exp", "sub", "attributes"))
        if not isinstance(expires, int | float) or expires <= self._clock().timestamp():
            raise Unauthorized
        if of_session:
            return self._active(self._keys.with_id(str(subject)).owner)
        user = self._active(str(subject))
        if claims.get("round") != self._ended[user.id]:
            raise Unauthorized
        if not isinstance(attributes, list):
            return user
        return replace(user, attributes=tuple(Attribute(key, value, "JWT") for key, value in attributes))

    def user_of_any(self, tokens: Iterable[str]) -> User:
        """Whom the first good token acts as; raises :class:`Unauthorized` if there is none."""
        for token in tokens:
            try:
                return self.user_of(token)
            except Unauthorized:
                continue
        raise Unauthorized

    def _read(self, token: str) -> Mapping[str, object]:
        """The claims of a token that was signed here, expired or not."""
        try:
            # Expiry is judged by this tenant's own clock.
            return jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            raise Unauthorized from None

    def _active(self, user_id: str) -> User:
        user = self._people.with_id(user_id)
        if user is None or not user.active:
            raise Unauthorized
        return user


def _algorithm(token: str) -> object:
    """By which algorithm a token says that it is signed; None where it is no token."""
    try:
        return jwt.get_unverified_header(token).get("alg")
    except jwt.InvalidTokenError:
        return None
