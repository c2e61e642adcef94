"""The Slack workspace on a port: Web API, Socket Mode, files, response addresses, sign-in and the page."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from . import manifest, model
from .api import WebApi
from .app_events import AppEvents
from .clock import Clock, SystemClock
from .delivery import Delivery
from .files_host import FilesHost
from .http_events import HttpEvents
from .interaction import Interactions
from .openid import OpenId
from .options import SlackOptions
from .page_gateway import PageGateway
from .responses import Responses
from .socket_mode import SocketMode
from .tasks import Tasks
from .traffic import Traffic
from .views import Views
from .workspace import Workspace

PAGE = Path(__file__).parent / "page"
_UPLOAD_BYTES = 256 * 1024 * 1024


class SlackServer:
    """A Slack workspace that any Slack app can be pointed at.

    Attributes:
        workspace: the one store, with tokens, people, channels and ``faults``.
        traffic: what went between the workspace and the app.
        sockets: the app's Socket Mode connections, to be refreshed or dropped by hand.
        interactions: commands and clicks, as the page makes them.
        views: what windows people have open, and the triggers that open them.
    """

    def __init__(
        self,
        *,
        options: SlackOptions | None = None,
        manifest_path: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock if clock is not None else SystemClock()
        options = options if options is not None else SlackOptions()
        self._tasks = Tasks()
        self.workspace = Workspace(manifest=manifest.load(manifest_path), options=options, clock=self._clock)
        self.traffic = Traffic(self._clock)
        self.sockets = SocketMode(self.workspace, self.traffic, self._tasks)
        self._http = HttpEvents(self.workspace)
        delivery = Delivery(self.sockets, self._http, options, self._clock, self.traffic, self._tasks)
        self.views = Views(self.workspace)
        self._responses = Responses(self.workspace, self.traffic)
        self.interactions = Interactions(self.workspace, delivery, self.views, self._responses)
        self.api = WebApi(self.workspace, self.views, self.sockets, self.traffic)
        self._page = PageGateway(self.workspace, self.interactions, self.traffic)
        self.workspace.subscribe(self._page)
        self.workspace.subscribe(AppEvents(self.workspace, delivery.event))
        self.workspace.subscribe(self._watch_upload)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"{self.workspace.base_url}/"

    @property
    def api_url(self) -> str:
        """Base address of the Web API, to be given to a Slack client."""
        return f"{self.workspace.base_url}/api/"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        if not self.workspace.options.base_url:
            self.workspace.base_url = f"http://{host}:{self._runner.addresses[0][1]}"

    async def use_http(self, request_url: str) -> None:
        """Send events, interactions and commands to ``request_url`` from now on, after verifying it.

        Raises:
            UrlNotVerified: the address does not answer Slack's challenge.
        """
        await self._http.verify(request_url)

    async def close(self) -> None:
        """Stop everything; nothing is left running."""
        await self._tasks.close()
        await self._page.close()
        await self.sockets.close()
        await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_UPLOAD_BYTES)
        files = FilesHost(self.workspace)
        application.add_routes(
            [
                web.get("/", _index),
                web.get("/archives/{channel}/{message}", _index),
                web.static("/_page/static", PAGE),
                web.get("/_page/boot", self._page.boot),
                web.get("/_page/socket", self._page.socket),
                web.get("/_page/traffic", self._page.traffic),
                web.get("/_page/file/{id}", files.page),
                web.post("/_page/command", self._page.command),
                web.post("/_page/action", self._page.action),
                web.post("/_page/view_submit", self._page.submit),
                web.post("/_page/view_close", self._page.close_view),
                *OpenId(self.workspace).routes(),
                web.get("/api/{method}", self.api.handle),
                web.post("/api/{method}", self.api.handle),
                web.get("/link", self.sockets.handle),
                web.post("/upload/{secret}", files.upload),
                web.get("/files-pri/{team:T[A-Z0-9]+}-{id}/{name:.*}", files.private),
                web.post("/hooks/{secret}", self._responses.handle),
            ]
        )
        return application

    def _watch_upload(self, change: model.Change) -> None:
        if isinstance(change, model.FileCompleted) and change.file.usable_at is not None:
            self._tasks.spawn(self._announce(change.file, change.file.usable_at))

    async def _announce(self, file: model.File, usable_at: float) -> None:
        await self._clock.sleep_until(usable_at)
        if file.id in self.workspace.files:
            self.workspace.emit(model.FileUsable(file))


async def _index(_request: web.Request) -> web.StreamResponse:
    index = PAGE / "index.html"
    if not index.is_file():
        return web.Response(text="The page is not installed; the Web API is at /api/.")
    return web.FileResponse(index)
