"""The embed host as routes of the web application.

A page is opened by a link that carries no token and no right: whoever follows it is asked to sign in, and
sees what they may see themselves. The token for the frame is given to the page's own script alone (``POST``,
same origin, with the session's cookie and the page's proof), which puts it where WisdomAI looks for it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from aiohttp import web

from bot.core import embedding
from bot.core.embedding import Kind
from bot.embed import notices, pages, policy
from bot.embed.seals import Session
from bot.embed.sessions import Sessions
from bot.embed.tokens import Desk, TooMany
from bot.errors import BotError, SignInFailed

_log = logging.getLogger("bot.embed")

_Handler = Callable[[web.Request], Awaitable[web.Response]]
_FILES: Mapping[str, tuple[str, str]] = {
    pages.SCRIPT: ("host.js", "text/javascript"),
    pages.STYLE: ("host.css", "text/css"),
    pages.ICON: ("icon.svg", "image/svg+xml"),
}
_CSRF = "X-CSRF-Token"
_SAME = frozenset({"same-origin", ""})


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is.

    Attributes:
        own: our origin, as browsers see it.
        wisdom: WisdomAI's origin.
        paths: pages that stand elsewhere at WisdomAI than usual.
        sign_in: what the button says that leads to the issuer.
        clock: seconds since the epoch.
        new_ref: finds a failure in the log.
    """

    own: str
    wisdom: str
    paths: Sequence[tuple[str, str]]
    sign_in: str
    clock: Callable[[], float]
    new_ref: Callable[[], str]


class Host:
    """Answers what browsers ask."""

    def __init__(self, place: Place, sessions: Sessions, desk: Desk) -> None:
        self._place = place
        self._sessions = sessions
        self._desk = desk
        self._headers = policy.headers(place.wisdom, secure=place.own.startswith("https://"))

    def routes(self) -> list[web.RouteDef]:
        """All of them; what else begins with ``/embed`` is a page that says so."""
        shown = {
            embedding.PATHS[Kind.SEARCH]: self._shown(Kind.SEARCH),
            embedding.PATHS[Kind.DASHBOARDS]: self._shown(Kind.DASHBOARDS),
            embedding.PATHS[Kind.DASHBOARD]: self._shown(Kind.DASHBOARD),
            embedding.PATHS[Kind.CHAT]: self._shown(Kind.CHAT),
            pages.SIGN_IN: self._sign_in,
            pages.CALLBACK: self._come_back,
            pages.SIGNED_OUT: self._signed_out,
            **{path: self._file(*file) for path, file in _FILES.items()},
            "/embed{rest:(/.*)?}": self._nowhere,
        }
        return [
            *(web.get(path, self._guarded(handler)) for path, handler in shown.items()),
            web.post(pages.SIGN_OUT, self._guarded(self._sign_out)),
            web.post(pages.TOKEN, self._guarded(self._token, as_json=True)),
        ]

    # -- pages -------------------------------------------------------------------------------------------

    def _shown(self, kind: Kind) -> _Handler:
        async def shown(request: web.Request) -> web.Response:
            target = request.match_info.get("id", "")
            if "id" in request.match_info and not embedding.is_name(target):
                return await self._nowhere(request)
            session = await self._sessions.of(request)
            if session is None:
                return await self._sessions.begin(request, request.path_qs)
            message = request.query.get("messageid", "") if kind is Kind.CHAT else ""
            place = self._place
            frame = embedding.frame(place.wisdom, kind, place.paths, target=target, message=message)
            return self._page(self._host(session, frame, request.path_qs))

        return shown

    def _host(self, session: Session, frame: str, path: str) -> str:
        return pages.host(
            pages.Host(
                who=session.shown,
                origin=self._place.wisdom,
                frame=frame,
                csrf=self._sessions.csrf(session),
                session=self._sessions.name(session),
                path=path,
            )
        )

    async def _sign_in(self, request: web.Request) -> web.Response:
        return await self._sessions.begin(request, request.query.get("next", ""))

    async def _come_back(self, request: web.Request) -> web.Response:
        sign_in = await self._sessions.come_back(request)
        if sign_in is None:
            return self._notice(notices.STALE, status=400, sign_in=True)
        code = request.query.get("code", "")
        if not code:
            _log.info("Somebody was not signed in at the embed host: they or the issuer declined")
            return self._notice(notices.DECLINED, status=403, path=sign_in.back, sign_in=True)
        try:
            return await self._sessions.sign_in(code, sign_in)
        except BotError as error:
            return self._failed(error, path=sign_in.back, sign_in=True)

    async def _sign_out(self, request: web.Request) -> web.Response:
        """By a form: that a browser hides its origin under ``no-referrer`` is why only the proof counts."""
        form = await request.post()
        session = await self._sessions.of(request)
        if request.headers.get("Sec-Fetch-Site", "") not in _SAME:
            return self._notice(notices.NOT_OURS, status=403)
        if session is not None:
            if not self._sessions.is_csrf(session, str(form.get("csrf", ""))):
                return self._notice(notices.NOT_OURS, status=403)
            await self._sessions.end(session)
        response = web.Response(status=303, headers={"Location": pages.SIGNED_OUT})
        self._sessions.forget(response)
        return response

    async def _signed_out(self, _: web.Request) -> web.Response:
        return self._notice(notices.SIGNED_OUT, status=200, sign_in=True)

    async def _nowhere(self, _: web.Request) -> web.Response:
        return self._notice(notices.NOWHERE, status=404)

    def _file(self, name: str, kind: str) -> _Handler:
        body = resources.files("bot.embed").joinpath(name).read_bytes()

        async def file(_: web.Request) -> web.Response:
            return web.Response(body=body, content_type=kind, charset="utf-8")

        return file

    # -- the token ---------------------------------------------------------------------------------------

    async def _token(self, request: web.Request) -> web.Response:
        own = request.headers.get("Origin") == self._place.own
        if not own or request.headers.get("Sec-Fetch-Site", "") not in _SAME:
            return _no("not_ours", notices.NOT_OURS, status=403)
        session = await self._sessions.of(request)
        if session is None:
            return _no("signed_out", notices.SESSION_OVER, status=401)
        if not self._sessions.is_csrf(session, request.headers.get(_CSRF, "")):
            return _no("changed", notices.CHANGED, status=403)
        try:
            self._desk.take(session.visitor.subject)
        except TooMany as error:
            told = _no("too_many", notices.too_many(error.seconds), status=429)
            told.headers["Retry-After"] = f"{error.seconds:.0f}"
            return told
        identity = await self._sessions.who(session)
        token = await self._desk.fresh(identity)
        left = max(0, int(token.until - self._place.clock()))
        return web.json_response({"token": token.text, "expires_in": left, "who": identity.email})

    # -- what goes around all of them ---------------------------------------------------------------------

    def _guarded(self, handler: _Handler, *, as_json: bool = False) -> _Handler:
        """Whatever goes wrong is said with a sentence, and every answer has the headers."""

        async def guarded(request: web.Request) -> web.Response:
            try:
                response = await handler(request)
            except Exception as error:  # noqa: BLE001 - the last place where it can be said
                again = isinstance(error, SignInFailed)
                response = self._failed(error, as_json=as_json, path=request.path_qs, sign_in=again)
            response.headers.update(self._headers)
            return response

        return guarded

    def _failed(
        self, error: Exception, *, as_json: bool = False, path: str = "", sign_in: bool = False
    ) -> web.Response:
        said = notices.of(error)
        ref = self._place.new_ref() if said.ours else ""
        if not isinstance(error, BotError):
            _log.error("A mistake of ours at the embed host, ref %s", ref, exc_info=error)
        else:
            _log.warning(
                "The embed host refused (%s): %s%s", type(error).__name__, error, ref and f", ref {ref}"
            )
        if as_json:
            return _no("failed", said.text, status=said.status, ref=ref)
        return self._notice(said.text, status=said.status, ref=ref, path=path, sign_in=sign_in)

    def _notice(
        self, text: str, *, status: int, ref: str = "", path: str = "", sign_in: bool = False
    ) -> web.Response:
        button = self._place.sign_in if sign_in else ""
        back = embedding.way_back(path)
        return self._page(pages.notice(text, ref=ref, path=back, sign_in=button), status=status)

    def _page(self, text: str, *, status: int = 200) -> web.Response:
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def _no(code: str, text: str, *, status: int, ref: str = "") -> web.Response:
    return web.json_response({"error": code, "message": text, "ref": ref}, status=status)
