"""Who is signed in, by the cookies of a request; signing in and out. No pages."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.core import embedding
from bot.embed.ended import Ended
from bot.embed.openid import Issuer
from bot.embed.seals import SIGN_IN_SECONDS, Seals, Session, SignIn
from bot.embed.visitor import Visitor
from bot.model import Identity

_log = logging.getLogger("bot.embed")

#: A browser that begins so many sign-ins at once forgets the older ones.
_MOST_SIGN_INS = 5
_STATE_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Means:
    """What sessions are made with.

    Attributes:
        who: the identity at WisdomAI of who signed in; raises AccessDenied, SignInFailed, SlackError.
        seconds: the life of a session.
        secure: cookies go by https only.
        clock: seconds since the epoch.
        new_secret: unguessable letters and digits, 43 or more of them.
    """

    issuer: Issuer
    seals: Seals
    ended: Ended
    who: Callable[[Visitor], Awaitable[Identity]]
    seconds: float
    secure: bool
    clock: Callable[[], float]
    new_secret: Callable[[], str]


class Sessions:
    """Reads and writes the cookies.

    With https their names begin with ``__Host-``: no other host, no subdomain and no other path can set them.
    They are ``SameSite=Lax``, because one comes back from the issuer, and from Slack, by a link.
    """

    def __init__(self, means: Means) -> None:
        self._means = means
        prefix = "__Host-" if means.secure else ""
        self._session = f"{prefix}wisdom-session"
        self._sign_in = f"{prefix}wisdom-sign-in-"

    async def of(self, request: web.Request) -> Session | None:
        """The session of who asks; None where there is none, or it is over. Raises StoreFailed."""
        session = self._means.seals.session(request.cookies.get(self._session, ""))
        if session is None or await self._means.ended.over(session):
            return None
        return session

    async def begin(self, request: web.Request, back: str) -> web.Response:
        """Sends the browser to the issuer, to come back to the path ``back``; raises SignInFailed."""
        new = self._means.new_secret
        sign_in = SignIn(new(), new(), new(), embedding.way_back(back))
        response = _led(await self._means.issuer.address(sign_in))
        begun = [name for name in request.cookies if name.startswith(self._sign_in)]
        for name in begun if len(begun) >= _MOST_SIGN_INS else ():
            self._drop(response, name)
        sealed = self._means.seals.of_sign_in(sign_in)
        self._set(response, self._name_of(sign_in.state), sealed, SIGN_IN_SECONDS)
        return response

    async def come_back(self, request: web.Request) -> SignIn | None:
        """The sign-in that this browser comes back from, once; None where it began none like it."""
        state = request.query.get("state", "")
        sign_in = self._means.seals.sign_in(request.cookies.get(self._name_of(state), ""))
        if sign_in is None or sign_in.state != state or not await self._means.ended.first_time(sign_in):
            return None
        return sign_in

    async def sign_in(self, code: str, sign_in: SignIn) -> web.Response:
        """Lets in who the issuer says it is, and leads them on.

        Raises SignInFailed, AccessDenied, SlackError: then nobody is signed in.
        """
        means = self._means
        visitor = await means.issuer.visitor(code, sign_in)
        identity = await means.who(visitor)
        _log.info("%s has signed in at the embed host", identity.name)
        session = Session(means.new_secret(), visitor, identity.email, means.clock() + means.seconds)
        response = _led(sign_in.back)
        self._set(response, self._session, means.seals.of_session(session), means.seconds)
        self._drop(response, self._name_of(sign_in.state))
        return response

    async def end(self, session: Session) -> None:
        """From now on the session is over; raises StoreFailed."""
        await self._means.ended.end(session, now=self._means.clock())

    def forget(self, response: web.Response) -> None:
        """The browser is to forget its session."""
        self._drop(response, self._session)

    async def who(self, session: Session) -> Identity:
        """Who that is at WisdomAI, asked anew: they may have left; raises as ``sign_in`` does."""
        return await self._means.who(session.visitor)

    def csrf(self, session: Session) -> str:
        """What the page proves with that a request is its own."""
        return self._means.seals.mark(session, "csrf")

    def is_csrf(self, session: Session, word: str) -> bool:
        """Whether it is that."""
        return self._means.seals.marked(session, "csrf", word)

    def name(self, session: Session) -> str:
        """Tells two sessions apart, and opens nothing."""
        return self._means.seals.mark(session, "name")

    def _name_of(self, state: str) -> str:
        return f"{self._sign_in}{state[:_STATE_SHOWN]}"

    def _set(self, response: web.Response, name: str, value: str, seconds: float) -> None:
        secure = self._means.secure
        response.set_cookie(
            name, value, max_age=int(seconds), path="/", secure=secure, httponly=True, samesite="Lax"
        )

    def _drop(self, response: web.Response, name: str) -> None:
        response.del_cookie(name, path="/", secure=self._means.secure, httponly=True, samesite="Lax")


def _led(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address})
