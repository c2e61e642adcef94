"""What a browser keeps for us in cookies, sealed so that only we can have written it.

A seal is a JWT, signed (HS256) and not hidden: the cookies are the browser's own, and ``HttpOnly``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256

import jwt
from pydantic import SecretStr

from bot.embed.visitor import Visitor

_ALGORITHM = "HS256"
_SESSION, _SIGN_IN = "session", "sign-in"
#: Seconds for signing in, from being sent to the issuer to coming back.
SIGN_IN_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in.

    Attributes:
        id: of this session; one that was ended is told by it.
        shown: the address that WisdomAI knew them by then.
        until: when it ends, in seconds since the epoch.
    """

    id: str
    visitor: Visitor
    shown: str = field(repr=False)
    until: float


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in under way in this browser.

    Attributes:
        state: comes back with the browser; nobody else knows it.
        nonce: comes back inside the ID token.
        verifier: proves to the issuer that the code was meant for us (PKCE).
        back: our path to lead to afterwards.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    back: str


class Seals:
    """Seals and opens.

    Args:
        secret: the same in every process of the app.
        clock: seconds since the epoch.
    """

    def __init__(self, secret: SecretStr, *, clock: Callable[[], float]) -> None:
        self._secret = secret
        self._clock = clock

    def of_session(self, session: Session) -> str:
        """The cookie of a session."""
        claims = {"id": session.id, "visitor": asdict(session.visitor), "shown": session.shown}
        return self._seal(_SESSION, claims, session.until)

    def session(self, sealed: str) -> Session | None:
        """The session of a cookie; None where it is not ours, or over."""
        claims = self._open(_SESSION, sealed)
        try:
            return Session(
                id=str(claims["id"]),
                visitor=_visitor(claims["visitor"]),
                shown=str(claims["shown"]),
                until=float(str(claims["exp"])),
            )
        except (KeyError, TypeError):  # none, or one of another version of this app
            return None

    def of_sign_in(self, sign_in: SignIn) -> str:
        """The cookie of a sign-in, good for some minutes."""
        return self._seal(_SIGN_IN, asdict(sign_in), self._clock() + SIGN_IN_SECONDS)

    def sign_in(self, sealed: str) -> SignIn | None:
        """The sign-in of a cookie; None where it is not ours, or over."""
        claims = self._open(_SIGN_IN, sealed)
        try:
            return SignIn(*(str(claims[name]) for name in ("state", "nonce", "verifier", "back")))
        except KeyError:
            return None

    def mark(self, session: Session, purpose: str) -> str:
        """A word that only who knows the secret can make of a session, another for each purpose."""
        message = f"{purpose}:{session.id}".encode()
        return hmac.new(self._secret.get_secret_value().encode(), message, sha256).hexdigest()[:40]

    def marked(self, session: Session, purpose: str, word: str) -> bool:
        """Whether it is that word."""
        return hmac.compare_digest(self.mark(session, purpose).encode(), word.encode(errors="replace"))

    def _seal(self, kind: str, claims: Mapping[str, object], until: float) -> str:
        sealed = {**claims, "aud": kind, "exp": int(until)}
        return jwt.encode(sealed, self._secret.get_secret_value(), algorithm=_ALGORITHM)

    def _open(self, kind: str, sealed: str) -> Mapping[str, object]:
        try:
            claims: Mapping[str, object] = jwt.decode(
                sealed,
                key=self._secret.get_secret_value(),
                algorithms=[_ALGORITHM],
                audience=kind,
                options={"require": ["exp"], "verify_exp": False},  # by the clock that is handed in
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            return {}
        end = claims["exp"]
        return claims if isinstance(end, int) and end > self._clock() else {}


def _visitor(raw: object) -> Visitor:
    if not isinstance(raw, Mapping):
        raise TypeError
    return Visitor(**raw)
