"""The pages that the tenant lets others embed, at their present and at their older addresses (seed 001).

They are handed a token by ``?token=``, and ask the window around them for the next one by ``postMessage``.
What they show is asked of the API with it, so that nobody sees more than they may. Dashboards are no part of
the published API: their rows come from an address of this tenant's own.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

from bot.sandbox.tenant import access
from bot.sandbox.tenant.answers import Analyst
from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.people import User
from bot.sandbox.tenant.refusals import Unauthorized
from bot.sandbox.tenant.reply import Visual
from bot.sandbox.tenant.tokens import Tokens

LOGIN = "/login"
SCRIPT = "/embed/embed.js"
DATA = "/embed/data/dashboards"
#: Page by address; the last ones are older.
PAGES: Mapping[str, str] = {
    "/embed/search": "search",
    "/embed/dashboards": "dashboards",
    "/embed/dashboards/{id}": "dashboard",
    "/embed/chat/{id}": "chat",
    "/chat/embed": "search",
    "/chat/embed/{id}": "chat",
    "/dashboards/embed/{id}": "dashboard",
}
_FILES = Path(__file__).parent
_KEPT = 1000
_LOGIN_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in</title>
<style>:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif } body { padding: 2rem }</style>
<h1>Log in</h1>
<p>Nobody can, in the sandbox: whoever is led here has come with a token that is not good.</p>
</html>
"""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard with one table, which answers one question."""

    id: str
    title: str
    domain: str
    question: str


DASHBOARDS = (
    Dashboard("dash_pipeline", "Pipeline by region", SALES, "Expected revenue by region"),
    Dashboard("dash_rain", "Rain in 2014", WEATHER, "Total precipitation by month in 2014"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page or a file of the embedded application.

    Attributes:
        address: path and query, as they came.
        referer: what the browser told about where it came from; empty where it told nothing.
    """

    address: str
    referer: str


class Embed:
    """Serves the pages, their script, the login page and the rows of dashboards.

    Attributes:
        visits: the newest requests for them, oldest first.
    """

    def __init__(self, tokens: Tokens, analyst: Analyst, options: TenantOptions) -> None:
        self.visits: deque[Visit] = deque(maxlen=_KEPT)
        self._tokens = tokens
        self._analyst = analyst
        self._options = options
        self._page = Template((_FILES / "embed.html").read_text(encoding="utf-8"))
        self._script = (_FILES / "embed.js").read_text(encoding="utf-8")

    def routes(self) -> list[web.RouteDef]:
        """The routing table."""
        return [
            web.get(SCRIPT, self.script),
            web.get(LOGIN, self.login),
            web.get(DATA, self.dashboards),
            web.get(f"{DATA}/{{id}}", self.dashboard),
            *(web.get(path, self.page) for path in PAGES),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """The page as anybody may load it; what it shows is up to its token."""
        self._note(request)
        resource = request.match_info.route.resource
        text = self._page.substitute(
            page=PAGES[resource.canonical if resource is not None else ""],
            target=escape(request.match_info.get("id", "")),
            lead=self._options.embed_lead,
            patience=self._options.embed_patience,
            domains=escape(json.dumps([each.id for each in self._analyst.domains])),
        )
        return _fresh(web.Response(text=text, content_type="text/html"))

    async def script(self, request: web.Request) -> web.Response:
        """What makes the page live."""
        self._note(request)
        return _fresh(web.Response(text=self._script, content_type="text/javascript"))

    async def login(self, request: web.Request) -> web.Response:
        """Where somebody without a good token ends; it tells the window around it nothing."""
        self._note(request)
        return _fresh(web.Response(text=_LOGIN_PAGE, content_type="text/html"))

    async def dashboards(self, request: web.Request) -> web.Response:
        """Id and title of every dashboard that the person may see."""
        user = self._reader(request)
        if user is None:
            return _refusal(401, "Unauthorized")
        return web.json_response([{"id": each.id, "title": each.title} for each in self._of(user)])

    async def dashboard(self, request: web.Request) -> web.Response:
        """Title, columns and rows of one dashboard, with the rows that the person may see."""
        user = self._reader(request)
        if user is None:
            return _refusal(401, "Unauthorized")
        wanted = request.match_info["id"]
        found = next((each for each in self._of(user) if each.id == wanted), None)
        if found is None:
            return _refusal(404, "Dashboard not found")
        columns, rows = await asyncio.to_thread(self._table, found, user)
        return web.json_response({"title": found.title, "columns": columns, "rows": rows})

    def _reader(self, request: web.Request) -> User | None:
        """Whom the token of a request acts as; None where it is not good."""
        try:
            return self._tokens.user_of(request.headers.get("Authorization", ""))
        except Unauthorized:
            return None

    def _of(self, user: User) -> Iterator[Dashboard]:
        known = {each.id for each in self._analyst.domains}
        return (each for each in DASHBOARDS if each.domain in known and access.may_use(user, each.domain))

    def _table(self, dashboard: Dashboard, user: User) -> tuple[list[str], list[list[str]]]:
        scope = access.scope(user, dashboard.domain)
        reply = self._analyst.answer(dashboard.domain, dashboard.question, None, scope=scope, sql=False)
        shown = next((step.visualization for step in reply.steps if isinstance(step, Visual)), {})
        columns = [str(each["name"]) for each in _objects(shown.get("columns"))]
        return columns, [[_cell(cell) for cell in _objects(row)] for row in _list(shown.get("data"))]

    def _note(self, request: web.Request) -> None:
        self.visits.append(Visit(str(request.rel_url), request.headers.get("Referer", "")))


def _fresh(response: web.Response) -> web.Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    return (each for each in _list(value) if isinstance(each, Mapping))


def _cell(cell: Mapping[str, object]) -> str:
    """A cell's value, which is JSON, as text."""
    value: object = json.loads(str(cell["value"]))
    return "" if value is None else str(value)
