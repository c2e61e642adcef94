"""A running embed host, with stand-ins for who is who and for WisdomAI's tokens."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientResponse, ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer, unused_port
from pydantic import SecretStr

from bot.embed import pages
from bot.embed.hosting import Options, Outside, hosting
from bot.embed.tokens import Fresh
from bot.embed.visitor import Visitor
from bot.model import Identity
from tests.embed.issuer import CLIENT, SECRET, Issuer, issuing
from tests.fakes import Clock, DictStore

WISDOM = "https://acme.wisdom.example"
#: 40 characters.
SEAL = SecretStr("seal-0123456789-0123456789-0123456789-xy")
CHAT = "/embed/chat/c-1"


@dataclass
class World:
    """What the host knows of the rest, as a test says.

    Attributes:
        refusal: raised instead of saying who somebody is.
        failure: raised instead of a token.
        made: whom tokens were made for.
    """

    store: DictStore = field(default_factory=DictStore)
    clock: Clock = field(default_factory=lambda: Clock(time.time()))
    monotonic: Clock = field(default_factory=Clock)
    refusal: Exception | None = None
    failure: Exception | None = None
    made: list[Identity] = field(default_factory=list)

    async def who(self, visitor: Visitor) -> Identity:
        if self.refusal is not None:
            raise self.refusal
        return Identity(f"person-{visitor.subject}", visitor.email)

    async def fresh(self, identity: Identity) -> Fresh:
        if self.failure is not None:
            raise self.failure
        self.made.append(identity)
        return Fresh(f"token-{len(self.made)}", self.clock() + 3600)


class Browser:
    """Somebody's browser: it keeps cookies, and follows nothing by itself."""

    def __init__(self, session: ClientSession, own: str, issuer: Issuer) -> None:
        self.session = session
        self.own = own
        self.issuer = issuer

    async def get(self, path: str, **headers: str) -> ClientResponse:
        async with self.session.get(f"{self.own}{path}", headers=headers, allow_redirects=False) as response:
            await response.read()
            return response

    async def post(self, path: str, *, form: dict[str, str] | None = None, **headers: str) -> ClientResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.post(
            f"{self.own}{path}", data=form, headers=named, allow_redirects=False
        ) as response:
            await response.read()
            return response

    def cookies(self) -> str:
        """What it would send, for somebody to copy."""
        return "; ".join(f"{each.key}={each.value}" for each in self.session.cookie_jar)

    async def begin(self, path: str = CHAT) -> str:
        """Opens a page, and agrees where it leads: the way back."""
        sent = await self.get(path)
        assert sent.status == 302
        state = self.issuer.agree(sent.headers["Location"])
        return f"{pages.CALLBACK}?code=code-1&state={state}"

    async def sign_in(self, path: str = CHAT) -> ClientResponse:
        """Opens a page and signs in."""
        return await self.get(await self.begin(path))

    async def page(self, path: str = CHAT) -> dict[str, str]:
        """What a page with the frame tells its script."""
        shown = await self.get(path)
        assert shown.status == 200
        return dict(re.findall(r'data-(\w+)="([^"]*)"', await shown.text()))

    async def token(self, csrf: str, **headers: str) -> ClientResponse:
        """What the page's script asks for."""
        usual = {"Origin": self.own, "X_CSRF_Token": csrf, "Sec_Fetch_Site": "same-origin"}
        return await self.post(pages.TOKEN, form=None, **(usual | headers))


@dataclass(frozen=True)
class House:
    """A running host."""

    own: str
    issuer: Issuer
    world: World

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        """One more browser."""
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            yield Browser(session, self.own, self.issuer)


def options(own: str, issuer: str, *, team: str = "", wisdom: str = WISDOM) -> Options:
    """The host's settings."""
    return Options(
        own=own,
        wisdom=wisdom,
        paths=(),
        issuer=issuer,
        client_id=CLIENT,
        client_secret=SecretStr(SECRET),
        secret=SEAL,
        team=team,
        session_seconds=3600.0,
    )


def outside(world: World) -> Outside:
    """The rest of the app, as a test says."""
    secrets, refs = itertools.count(), itertools.count(1)
    return Outside(
        store=world.store,
        who=world.who,
        fresh=world.fresh,
        clock=world.clock,
        monotonic=world.monotonic,
        new_secret=lambda: f"{next(secrets):012d}-{'s' * 30}",
        new_ref=lambda: f"ref-{next(refs)}",
    )


@asynccontextmanager
async def house(
    *, world: World | None = None, own: str = "", team: str = "", wisdom: str = WISDOM
) -> AsyncIterator[House]:
    """Runs a host and its issuer; ``own`` is where browsers are told it is, if that is not where it is."""
    world = world or World()
    port = unused_port()
    here = f"http://127.0.0.1:{port}"
    async with (
        issuing() as issuer,
        hosting(options(own or here, issuer.url, team=team, wisdom=wisdom), outside(world)) as routes,
    ):
        application = web.Application()
        application.add_routes(routes)
        async with TestServer(application, port=port):
            yield House(here, issuer, world)
