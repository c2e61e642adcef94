from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest

from bot.sandbox.slack.model import File
from bot.sandbox.slack.options import Failure
from bot.sandbox.slack.server import SlackServer

from .bare import say


def announced(server: SlackServer, name: str = "q.sql", *, length: int = 3, snippet: str = "sql") -> File:
    """A file of the bot's after the first step of its upload."""
    here = server.workspace
    file = File(here.ids.make("F"), name, name, length, here.bot.id, here.ids.secret(), snippet_type=snippet)
    here.files[file.id] = file
    return file


def complete(server: SlackServer, file: File, data: bytes) -> None:
    """The end of its upload."""
    file.data, file.complete, file.usable_at = data, True, server.workspace.clock.now()


@pytest.mark.parametrize("form", [False, True])
async def test_as_many_bytes_as_announced(
    server: SlackServer, http: aiohttp.ClientSession, *, form: bool
) -> None:
    """Raw or as a form they are taken; another number of bytes is refused."""
    file = announced(server)
    for data, status in ((b"abcd", 400), (b"abc", 200)):
        body = aiohttp.FormData()
        body.add_field("file", data, filename="q.sql")
        address = f"{server.url}upload/{file.upload_secret}"
        async with http.post(address, data=body if form else data) as response:
            assert response.status == status
    assert file.data == b"abc"


async def test_an_upload_address_ends_with_the_upload(
    server: SlackServer, http: aiohttp.ClientSession
) -> None:
    """Nobody changes a file afterwards, and a made-up address is none."""
    file = announced(server)
    complete(server, file, b"abc")
    for secret in (file.upload_secret, "made-up"):
        async with http.post(f"{server.url}upload/{secret}", data=b"xyz") as response:
            assert response.status == 404
    assert file.data == b"abc"


async def test_a_private_address_wants_the_right_token(
    server: SlackServer, http: aiohttp.ClientSession
) -> None:
    """Without it Slack answers 200 with a login page, which a careless client takes for the file."""
    file = announced(server)
    complete(server, file, b"abc")
    here = server.workspace
    address = f"{server.url}files-pri/{here.team_id}-{file.id}/q.sql"
    for token, is_file in (
        (here.bot_token, True),
        (here.users["ada"].token, False),
        ("xoxb-wrong", False),
        ("", False),
    ):
        async with http.get(address, headers={"Authorization": f"Bearer {token}"}) as response:
            assert response.status == 200
            assert (await response.read() == b"abc") is is_file


async def test_the_bot_needs_the_scope_to_read(server: SlackServer, http: aiohttp.ClientSession) -> None:
    """Without files:read even the bot's own file is a login page."""
    file = announced(server)
    complete(server, file, b"abc")
    here = server.workspace
    here.manifest = replace(here.manifest, bot_scopes=("files:write",))
    address = f"{server.url}files-pri/{here.team_id}-{file.id}/q.sql"
    async with http.get(address, headers={"Authorization": f"Bearer {here.bot_token}"}) as response:
        assert response.content_type == "text/html"


@pytest.mark.parametrize(
    ("name", "snippet", "kind", "place"),
    [
        ("chart.png", "", "image/png", "inline"),
        ("q.sql", "sql", "text/plain", "inline"),
        ("page.html", "", "application/octet-stream", "attachment"),
        ("drawing.svg", "", "application/octet-stream", "attachment"),
    ],
)
async def test_nothing_that_was_uploaded_runs_in_the_page(
    server: SlackServer, http: aiohttp.ClientSession, name: str, snippet: str, kind: str, place: str
) -> None:
    """Pictures and text are shown; everything else is only downloaded."""
    file = announced(server, name, snippet=snippet)
    complete(server, file, b"abc")
    say(server.workspace, "look", who="bot", file_ids=(file.id,))
    ada = server.workspace.users["ada"].id
    async with http.get(f"{server.url}_page/file/{file.id}", params={"user": ada}) as response:
        assert (response.status, response.content_type) == (200, kind)
        assert response.headers["Content-Disposition"].startswith(place)
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_deactivated_person_gets_the_login_page(
    server: SlackServer, http: aiohttp.ClientSession
) -> None:
    """Their token opens no file any more, not even one of their own."""
    here = server.workspace
    file = announced(server)
    complete(server, file, b"abc")
    file.owner = here.users["linus"].id
    address = f"{server.url}files-pri/{here.team_id}-{file.id}/{file.name}"
    headers = {"Authorization": f"Bearer {here.users['linus'].token}"}
    async with http.get(address, headers=headers) as response:
        assert await response.text() == "abc"
    here.deactivate("linus")
    async with http.get(address, headers=headers) as response:
        assert "Sign in" in await response.text()


@pytest.mark.parametrize(
    ("failure", "status", "kept"),
    [
        (Failure.RATE_LIMITED, 429, b""),
        (Failure.SERVER_ERROR, 500, b""),
        (Failure.DROPPED, 0, b""),
        (Failure.UNANSWERED, 0, b"abc"),
    ],
)
async def test_bytes_can_fail_to_arrive(
    server: SlackServer, http: aiohttp.ClientSession, failure: Failure, status: int, kept: bytes
) -> None:
    """Like a call of a method, by the name ``upload``."""
    file = announced(server)
    server.workspace.faults.fail_next("upload", failure)
    address = f"{server.url}upload/{file.upload_secret}"
    try:
        async with http.post(address, data=b"abc") as response:
            assert response.status == status
    except aiohttp.ClientError:
        assert status == 0
    assert file.data == kept
