"""What the web page talks to: who is there, a socket with everything that happens, commands and clicks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field

from aiohttp import web

from . import model, payloads, wire
from .errors import Refused
from .interaction import Interactions
from .model import Channel, Message, User
from .traffic import Entry, Traffic
from .workspace import Workspace

_BACKLOG = 10_000


@dataclass(eq=False, slots=True)
class _Viewer:
    """One open page: whose it is, and what it has not been sent yet (None: nothing comes any more)."""

    user: str
    socket: web.WebSocketResponse
    outbox: asyncio.Queue[wire.JsonObject | None] = field(default_factory=lambda: asyncio.Queue(_BACKLOG))


class PageGateway:
    """Serves ``/_page/…``."""

    def __init__(self, workspace: Workspace, interactions: Interactions, traffic: Traffic) -> None:
        self._workspace = workspace
        self._interactions = interactions
        self._traffic = traffic
        self._viewers: set[_Viewer] = set()
        traffic.subscribe(self._show_traffic)

    # -- requests --------------------------------------------------------------------------------------

    async def boot(self, _request: web.Request) -> web.StreamResponse:
        """Everything that a page needs to begin."""
        workspace = self._workspace
        return web.json_response(
            {
                "team": asdict(workspace.team),
                "users": [_user(user) for user in workspace.everyone()],
                "channels": [self._channel(channel) for channel in workspace.conversations()],
                "bot_user_id": workspace.bot.id,
                "commands": [
                    {"command": each.command, "description": each.description, "usage_hint": each.usage_hint}
                    for each in workspace.manifest.commands
                ],
            }
        )

    async def traffic(self, request: web.Request) -> web.StreamResponse:
        """The newest exchanges with the app, newest last."""
        limit = request.query.get("limit", "200")
        entries = self._traffic.newest(int(limit) if limit.isdigit() else 200)
        return web.json_response({"entries": [entry.payload() for entry in entries]})

    async def command(self, request: web.Request) -> web.StreamResponse:
        """``{user, channel, text}``."""

        async def run(body: wire.JsonObject) -> Mapping[str, object]:
            user, channel = wire.text(body, "user"), wire.text(body, "channel")
            text, thread = wire.text(body, "text"), wire.text(body, "thread_ts")
            await self._interactions.command(user, channel, text, thread_ts=thread)
            return {}

        return await _answer(request, run)

    async def action(self, request: web.Request) -> web.StreamResponse:
        """``{user, channel, message_ts | view_id, action}``, of a view with the ``values`` of its fields."""

        async def run(body: wire.JsonObject) -> Mapping[str, object]:
            user, action = wire.text(body, "user"), wire.mapping(body, "action")
            if view_id := wire.text(body, "view_id"):
                values = wire.mapping(body, "values")
                await self._interactions.view_action(user, view_id, action, values)
            else:
                channel, ts = wire.text(body, "channel"), wire.text(body, "message_ts")
                await self._interactions.message_action(user, channel, ts, action)
            return {}

        return await _answer(request, run)

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """``{user, view_id, values}``; complaints come back as ``errors`` by block_id."""

        async def run(body: wire.JsonObject) -> Mapping[str, object]:
            user, view_id = wire.text(body, "user"), wire.text(body, "view_id")
            errors = await self._interactions.submit(user, view_id, wire.mapping(body, "values"))
            return {"errors": errors} if errors else {}

        return await _answer(request, run)

    async def close_view(self, request: web.Request) -> web.StreamResponse:
        """``{user, view_id}``."""

        async def run(body: wire.JsonObject) -> Mapping[str, object]:
            await self._interactions.close(wire.text(body, "user"), wire.text(body, "view_id"))
            return {}

        return await _answer(request, run)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Everything that one person sees happening, one JSON object a frame."""
        user = self._workspace.user(request.query.get("user", ""))
        if user is None or user.deactivated:
            return web.Response(status=403, text="nobody who is here")
        socket = web.WebSocketResponse(timeout=1.0, heartbeat=30.0, compress=False)
        await socket.prepare(request)
        viewer = _Viewer(user.id, socket)
        self._viewers.add(viewer)
        writer = asyncio.create_task(_write(viewer))
        try:
            async for _ in socket:
                pass  # the page has nothing to say here; reading answers pings and notices the end
        finally:
            self._viewers.discard(viewer)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def close(self) -> None:
        """Close every page's socket."""
        for viewer in tuple(self._viewers):
            await viewer.socket.close()

    # -- what happens ----------------------------------------------------------------------------------

    def __call__(self, change: model.Change) -> None:  # noqa: C901 - one line for each kind of change
        """Show a change to those who can see it."""
        if isinstance(change, model.Posted):
            self._show_message("posted", change.message)
            self._show_root(change.message)
        elif isinstance(change, model.Changed):
            self._show_message("changed", change.message)
        elif isinstance(change, model.Deleted):
            self._show_message("deleted", change.message)
            self._show_root(change.message)
        elif isinstance(change, model.EphemeralShown):
            message = payloads.message(self._workspace, change.message) | {"is_ephemeral": True}
            frame = {"kind": "ephemeral", "channel": change.message.channel, "message": message}
            self._show(frame, {change.user})
        elif isinstance(change, model.EphemeralRemoved):
            frame = {"kind": "ephemeral_removed", "channel": change.channel, "ts": change.ts}
            self._show(frame, {change.user})
        elif isinstance(change, model.FileUsable):
            self._show_file(change.file)
        elif isinstance(change, model.Reacted):
            self._show_reaction(change)
        elif isinstance(change, model.ViewShown):
            view = payloads.view(self._workspace, change.view)
            self._show({"kind": "view", "change": change.change, "view": view}, {change.view.user})
        elif isinstance(change, model.StatusSet):
            frame = {"kind": "status", "channel": change.channel, "thread_ts": change.thread_ts}
            self._show(frame | {"status": change.status}, self._readers(change.channel))
        elif isinstance(change, model.Joined):
            frame = {"kind": "member", "channel": change.channel, "user": change.user}
            self._show(frame, self._readers(change.channel))
        else:
            self._show_order(change)

    def _show_order(
        self,
        change: model.Left
        | model.Shared
        | model.Unshared
        | model.ChannelMoved
        | model.Deactivated
        | model.FileCompleted,
    ) -> None:
        """What changes who is where: every page looks again, for it may lose sight of something."""
        everybody = {viewer.user for viewer in self._viewers}
        if isinstance(change, model.ChannelMoved):
            self._show({"kind": "channel_moved", "old": change.old, "new": change.new}, everybody)
        elif not isinstance(change, model.FileCompleted):
            self._show({"kind": "places"}, everybody)

    def _show_message(self, what: str, message: Message) -> None:
        payload = payloads.message(self._workspace, message)
        frame = {"kind": "message", "change": what, "channel": message.channel, "message": payload}
        self._show(frame, self._readers(message.channel))

    def _show_root(self, reply: Message) -> None:
        """A root's count of replies has changed with them."""
        root = self._workspace.message(reply.channel, reply.thread_ts) if reply.thread_ts else None
        if root is not None:
            self._show_message("changed", root)

    def _show_file(self, file: model.File) -> None:
        frame = {"kind": "file", "file": payloads.file(self._workspace, file)}
        viewers = {viewer.user for viewer in self._viewers}
        self._show(frame, {user for user in viewers if self._workspace.can_open(user, file)})

    def _show_reaction(self, change: model.Reacted) -> None:
        frame = {
            "kind": "reaction",
            "change": "added" if change.added else "removed",
            "channel": change.message.channel,
            "ts": change.message.ts,
            "user": change.user,
            "reaction": change.name,
        }
        self._show(frame, self._readers(change.message.channel))
        self._show_message("changed", change.message)

    def _show_traffic(self, entry: Entry) -> None:
        if self._viewers:
            frame = {"kind": "traffic", "entry": entry.payload()}
            self._show(frame, {viewer.user for viewer in self._viewers})

    def _show(self, frame: wire.JsonObject, users: set[str]) -> None:
        for viewer in tuple(self._viewers):
            if viewer.user not in users:
                continue
            try:
                viewer.outbox.put_nowait(frame)
            except asyncio.QueueFull:
                # A page that does not read any more; when it comes back it boots again.
                self._viewers.discard(viewer)

    def _readers(self, channel_id: str) -> set[str]:
        channel = self._workspace.channel(channel_id)
        everyone = (user.id for user in self._workspace.everyone())
        return {user for user in everyone if channel is not None and self._workspace.can_see(user, channel)}

    def _channel(self, channel: Channel) -> dict[str, object]:
        payload: dict[str, object] = {
            "id": channel.id,
            "name": channel.name,
            "is_im": channel.is_direct,
            "is_private": channel.kind is not model.ChannelKind.PUBLIC,
            "members": list(channel.members),
            "shared_with": [self._workspace.team_name(team) for team in channel.connected],
            "invited": [self._workspace.team_name(team) for team in channel.invited],
        }
        if channel.is_direct:
            with_bot = self._workspace.bot.id in channel.members
            payload["user"] = self._workspace.bot.id if with_bot else channel.members[-1]
        return payload


def _user(user: User) -> dict[str, object]:
    """A person for the page, which acts with their token."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "email": "" if user.is_outsider else user.email,
        "token": "" if user.is_bot or user.deactivated else user.token,
        "color": user.color,
        "is_bot": user.is_bot,
        "standing": user.standing.value,
        "team": user.team.name,
        "deactivated": user.deactivated,
    }


async def _answer(
    request: web.Request, run: Callable[[wire.JsonObject], Awaitable[Mapping[str, object]]]
) -> web.StreamResponse:
    """Run one request of the page: ``{"ok": true, …}`` or ``{"ok": false, "error"}``."""
    try:
        body: object = json.loads(await request.text())
    except json.JSONDecodeError:
        return web.json_response({"ok": False, "error": "invalid_json"}, status=400)
    if not wire.is_object(body):
        return web.json_response({"ok": False, "error": "json_not_object"}, status=400)
    try:
        return web.json_response({"ok": True, **await run(body)})
    except Refused as refused:
        return web.json_response(refused.body())


async def _write(viewer: _Viewer) -> None:
    """Write what is in the outbox until the socket ends."""
    try:
        while (frame := await viewer.outbox.get()) is not None:
            await viewer.socket.send_json(frame)
    except ConnectionError:
        return
