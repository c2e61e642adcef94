"""Where files go up and come down.

Source: https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

from aiohttp import BodyPartReader, web

from . import payloads
from .model import File, User
from .options import Failure, Fault
from .workspace import Workspace

_LOGIN = "<!DOCTYPE html><title>Sign in</title><p>Sign in to see this file."


class FilesHost:
    """Serves upload addresses and private downloads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The second step: the bytes, raw or as multipart; as many as were announced."""
        file = self._by_secret(request.match_info["secret"])
        if file is None or file.complete:
            return web.Response(status=404, text="unknown upload")
        data = await _bytes(request)
        fault = self._workspace.faults.take("upload")
        if fault is not None and fault.error != Failure.UNANSWERED:
            return _failed(request, fault)
        if len(data) != file.length and self._workspace.options.enforce_limits:
            return web.Response(status=400, text=f"expected {file.length} bytes, got {len(data)}")
        file.data = data
        if fault is not None:
            return _failed(request, fault)
        return web.Response(text=f"OK - {len(data)}")

    async def private(self, request: web.Request) -> web.StreamResponse:
        """``url_private``: without the right token Slack answers 200 with a login page, and so does this."""
        file = self._workspace.files.get(request.match_info["id"])
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        user = next((each for each in self._workspace.everyone() if token and each.token == token), None)
        if (
            file is None
            or user is None
            or user.deactivated
            or not self._may_read(user)
            or not self._workspace.can_open(user.id, file)
        ):
            return web.Response(text=_LOGIN, content_type="text/html")
        return content(file)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """A file for the page, as the acting person may see it."""
        file = self._workspace.files.get(request.match_info["id"])
        user = request.query.get("user", "")
        if file is None or not file.complete or not self._workspace.can_open(user, file):
            return web.Response(status=404, text="no such file")
        return content(file)

    def _may_read(self, user: User) -> bool:
        allowed = "files:read" in self._workspace.manifest.bot_scopes
        return allowed or not user.is_bot or not self._workspace.options.enforce_scopes

    def _by_secret(self, secret: str) -> File | None:
        return next((file for file in self._workspace.files.values() if file.upload_secret == secret), None)


def _failed(request: web.Request, fault: Fault) -> web.Response:
    """What a planned failure of an upload looks like: no answer, or a status without a code."""
    if fault.error in {Failure.DROPPED, Failure.UNANSWERED} and request.transport is not None:
        request.transport.abort()
    if fault.error == Failure.RATE_LIMITED:
        return web.Response(status=429, headers={"Retry-After": str(fault.retry_after)})
    return web.Response(status=500, text=fault.error)


def content(file: File) -> web.Response:
    """The bytes; only images are shown in place, so that an uploaded page never runs in this origin."""
    kind = payloads.mimetype(file)
    inline = kind in payloads.IMAGE_TYPES or kind == "text/plain"
    response = web.Response(body=file.data, content_type=kind if inline else "application/octet-stream")
    if kind == "text/plain":
        response.charset = "utf-8"
    name = file.name.encode("ascii", "replace").decode().replace('"', "'").replace("\n", " ")
    place = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f'{place}; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


async def _bytes(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.filename is not None:
            return bytes(await part.read(decode=True))
    return b""
