"""Every method that the app calls, and every way in which Slack can fail it."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core.pacing import Pacer
from bot.core.render import blocks
from bot.errors import SlackError
from bot.model import Draft, Mark
from bot.sandbox.slack.options import Failure, SlackOptions
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.slack.threads import Threads
from bot.slack.views import Opened, Views
from tests.slack.conftest import Clock
from tests.slack.installed import Installed, installed

ROOT = Path(__file__).parents[2]
DRAFT = blocks.waiting(turn="t1", ahead=0)
MARK = Mark("t1", "answer")
VIEW = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "SQL"},
    "blocks": [{"type": "divider"}],
}


@dataclass(frozen=True)
class Doing:
    """What the app does with one method.

    Attributes:
        harmless: a failure that strikes once is got over.
        silent: it never raises.
    """

    act: Callable[[Parts], Awaitable[object]]
    harmless: bool = True
    silent: bool = False


class Parts:
    """The parts that call Slack, over one workspace, with pauses that are over at once."""

    def __init__(self, here: Installed, clock: Clock) -> None:
        client, sleep = here.client, clock.sleep
        self.here, self.channel, self.user = here, here.channel("sales"), here.user("ada")
        self.poster = Poster(client, clock=clock, sleep=sleep)
        self.editor = Editor(client, Pacer(), clock=clock, sleep=sleep)
        self.files = Files(client, clock=clock, sleep=sleep)
        self.threads = Threads(client, sleep=sleep)
        self.views = Views(client, sleep=sleep)
        self.people = People(client, here.home, clock=clock, sleep=sleep)
        self.places = Places(client, here.home, clock=clock, sleep=sleep)

    @property
    def bots(self) -> list[str]:
        """Texts of the app's messages in the channel itself."""
        said = self.here.workspace.history(self.channel)
        return [each.text for each in said if each.bot_id]

    async def post(self) -> str:
        return await self.poster.post(self.channel, DRAFT, mark=MARK)

    async def edit(self) -> None:
        """The final edit of a message."""
        worker = asyncio.create_task(self.editor.run())
        try:
            slot = self.editor.open(self.channel, await self.post(), None)
            await slot.finish(Draft("Done."))
        finally:
            worker.cancel()
            await asyncio.wait([worker])

    async def delete(self) -> None:
        await self.poster.delete(self.channel, await self.post())

    async def link(self) -> str:
        return await self.poster.permalink(self.channel, await self.post())

    async def doubted(self, thread_ts: str | None) -> str:
        """A post that was carried out and not answered."""
        self.here.workspace.faults.fail_next("chat.postMessage", Failure.UNANSWERED)
        return await self.poster.post(self.channel, DRAFT, thread_ts=thread_ts, mark=MARK)

    async def reply(self) -> str:
        return await self.doubted(await self.poster.post(self.channel, Draft("root")))

    async def upload(self) -> str:
        return await self.files.upload("a.csv", b"1", title="a", channel=self.channel)

    async def see(self) -> None:
        await self.files.visible(await self.upload())

    async def drop(self) -> None:
        await self.files.delete(await self.upload())

    async def window(self) -> Opened:
        return await self.views.open(self.here.server.views.triggers.make(self.user), VIEW)

    async def redraw(self) -> None:
        await self.views.update(await self.window(), VIEW)


#: Whoever calls a new method of Slack says here what its failures do.
DOINGS = {
    "auth.test": Doing(lambda app: app.doubted(None)),
    "chat.delete": Doing(Parts.delete),
    "chat.getPermalink": Doing(Parts.link, silent=True),
    "chat.postEphemeral": Doing(
        lambda app: app.poster.post_ephemeral(app.channel, app.user, DRAFT), harmless=False
    ),
    "chat.postMessage": Doing(Parts.post),
    "chat.update": Doing(Parts.edit),
    "conversations.history": Doing(lambda app: app.doubted(None)),
    "conversations.info": Doing(lambda app: app.places.place(app.channel)),
    "conversations.replies": Doing(Parts.reply),
    "files.completeUploadExternal": Doing(Parts.upload),
    "files.delete": Doing(Parts.drop),
    "files.getUploadURLExternal": Doing(Parts.upload),
    "files.info": Doing(Parts.see),
    "users.info": Doing(lambda app: app.people.person(app.user)),
    "views.open": Doing(Parts.window, harmless=False),
    "views.update": Doing(Parts.redraw),
}
#: Called once, before the app runs: what fails there ends the start with a sentence.
AT_START = {"apps.connections.open", "auth.test", "bots.info"}

PASSING = [Failure.RATE_LIMITED, Failure.SERVER_ERROR, Failure.DROPPED, Failure.UNANSWERED]
REFUSALS = [
    "account_inactive",
    "channel_is_archived",
    "invalid_auth",
    "is_archived",
    "message_not_found",
    "not_in_channel",
    "token_revoked",
]
#: Slack never answers, and yet the app finds out that it was done.
DONE = {"chat.delete", "chat.postMessage", "files.completeUploadExternal", "files.delete", "views.update"}
#: A refusal that a caller takes for an answer: the message was gone, the app may not look there.
TAKEN = {
    ("conversations.info", "not_in_channel"),
    ("conversations.info", "channel_is_archived"),
    ("conversations.info", "is_archived"),
}


@pytest.fixture
async def app(clock: Clock) -> AsyncIterator[Parts]:
    """The parts, in a workspace that takes as many calls as a test makes."""
    options = SlackOptions(enforce_tiers=False, file_visibility_delay=0)
    async with installed(options=options) as here:
        yield Parts(here, clock)


def called(path: Path) -> set[str]:
    """Slack's methods that a module names."""
    nodes = ast.walk(ast.parse(path.read_text()))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if re.fullmatch(r"(?!bot\.)[a-z]+(\.[a-zA-Z]+)+", text)}


def test_no_method_is_forgotten() -> None:
    """A method that the app begins to call has to be added here."""
    found = set().union(*(called(path) for path in (ROOT / "bot" / "slack").glob("*.py")))
    assert found == set(DOINGS)
    assert called(ROOT / "bot" / "app.py") == AT_START


@pytest.mark.parametrize("failure", PASSING)
@pytest.mark.parametrize("method", DOINGS)
async def test_what_fails_once_is_got_over(app: Parts, method: str, failure: str) -> None:
    """A limit is waited out; what was not answered is repeated, or looked for, and never doubled."""
    app.here.workspace.faults.fail_next(method, failure)
    doing = DOINGS[method]
    try:
        await doing.act(app)
    except SlackError:
        assert not doing.harmless
        assert failure != Failure.RATE_LIMITED
    assert app.bots.count(DRAFT.text) <= 1
    assert len(app.here.workspace.ephemerals) <= 1


@pytest.mark.parametrize("failure", PASSING)
@pytest.mark.parametrize("method", DOINGS)
async def test_what_fails_for_ever_ends(app: Parts, clock: Clock, method: str, failure: str) -> None:
    """With an error of this project, after a bounded number of calls and in bounded time."""
    app.here.workspace.faults.fail_next(method, failure, times=500)
    ended = asyncio.wait_for(DOINGS[method].act(app), 20)
    if DOINGS[method].silent or (failure == Failure.UNANSWERED and method in DONE):
        await ended
    else:
        with pytest.raises(SlackError):
            await ended
    assert app.here.calls(method) <= 45
    assert clock.now - 1000 < 200
    assert app.bots.count(DRAFT.text) <= 1


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("method", DOINGS)
async def test_what_is_refused_is_told(app: Parts, method: str, refusal: str) -> None:
    """It is asked once or a few times, and is an error of its kind, not a loop."""
    app.here.workspace.faults.fail_next(method, refusal, times=500)
    ended = asyncio.wait_for(DOINGS[method].act(app), 20)
    if DOINGS[method].silent or (method, refusal) in TAKEN:
        await ended
    else:
        with pytest.raises(SlackError):
            await ended
    assert app.here.calls(method) <= 20
    assert app.bots.count(DRAFT.text) <= 1
