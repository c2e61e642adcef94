"""Where a question is answered, in a workspace as strict as Slack; also after a crash."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from bot.errors import NotInChannel
from bot.memory import Memory
from bot.model import Entrance, Notice, Question, ThreadKey
from bot.private import PrivateThreads
from bot.sandbox.slack.model import Message
from bot.slack.poster import Poster
from handlers.placing import Placing
from tests.fakes import DictStore
from tests.slack.installed import Installed, installed


@dataclass
class Room:
    """A workspace in which Ada asks.

    Attributes:
        told: what she alone was told.
    """

    here: Installed
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.poster = Poster(self.here.client)
        self.private = PrivateThreads(self.poster, Memory(DictStore()))
        self.channel = self.here.channel("sales")
        self.ada = self.here.workspace.users["ada"].id

    def question(self, entrance: Entrance, *, ts: str = "", thread_ts: str = "") -> Question:
        thread = ThreadKey(self.here.workspace.team_id, self.channel, thread_ts)
        return Question(thread, ts, self.ada, "How many deals?", entrance)

    async def place(
        self, question: Question, *, turn: str = "t1", resumed: bool = False, private: bool = False
    ) -> Question:
        """Brings it to its place."""

        async def tell(notice: Notice) -> None:
            self.told.append(notice.text)

        placing = Placing(self.poster, self.private, turn=turn, resumed=resumed, tell=tell)
        return await placing.place(question, private=private)

    def standing(self, channel: str = "") -> list[Message]:
        """What the bot said outside of threads."""
        said = self.here.workspace.history(channel or self.channel)
        return [each for each in said if each.bot_id]

    def direct(self) -> list[Message]:
        """Likewise, in the direct messages."""
        people = [self.ada, self.here.workspace.bot_user_id]
        return self.standing(self.here.workspace.open_direct(people).id)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """A workspace with the bot in #sales."""
    async with installed() as here:
        yield Room(here)


async def test_a_message_is_answered_where_it_stands(room: Room) -> None:
    """Nothing is posted for it."""
    asked = room.question(Entrance.MENTION, ts="10.1", thread_ts="10.1")
    assert await room.place(asked) == asked
    assert (room.standing(), room.told) == ([], [])


@pytest.mark.parametrize("entrance", [Entrance.COMMAND, Entrance.BUTTON])
async def test_what_stands_nowhere_is_posted_once(room: Room, entrance: Entrance) -> None:
    """Whoever goes on with the turn finds the message, and answers below it."""
    placed = await room.place(room.question(entrance))
    (root,) = room.standing()
    assert placed.ts == placed.thread.thread_ts == root.ts
    assert await room.place(room.question(entrance), resumed=True) == placed
    assert room.standing() == [root]


async def test_what_was_not_posted_before_the_crash_is_posted_now(room: Room) -> None:
    """The same question of another turn does not count."""
    other = await room.place(room.question(Entrance.COMMAND), turn="t0")
    placed = await room.place(room.question(Entrance.COMMAND), resumed=True)
    assert [each.ts for each in room.standing()] == [placed.ts, other.ts]


async def test_a_suggestion_is_posted_once_in_its_thread(room: Room) -> None:
    """Also by who goes on with it."""
    root = (await room.place(room.question(Entrance.COMMAND), turn="t0")).ts
    workspace = room.here.workspace
    asked = room.question(Entrance.BUTTON, thread_ts=root)
    first, again = [await room.place(asked, resumed=resumed) for resumed in (False, True)]
    assert [each.ts for each in workspace.replies(room.channel, root)] == [first.ts]
    assert (again, first.thread.thread_ts) == (first, root)


async def test_a_private_question_stands_in_the_direct_messages(room: Room) -> None:
    """Its asker is told where; gone on with, it is not asked there a second time."""
    asked = room.question(Entrance.COMMAND)
    placed = await room.place(asked, private=True)
    assert (placed.origin, placed.thread.is_direct) == (asked.thread, True)
    assert "Only you read the answer" in room.told[0]
    again = await room.place(asked, private=True, resumed=True)
    assert [each.ts for each in room.direct()] == [placed.ts] == [again.ts]
    assert room.standing() == []


async def test_in_direct_messages_a_private_question_stays_where_it_is(room: Room) -> None:
    """Nobody else reads there."""
    asked = room.question(Entrance.DIRECT, ts="10.1", thread_ts="10.1")
    asked = replace(asked, thread=replace(asked.thread, channel="D1"))
    assert await room.place(asked, private=True) == asked
    assert room.told == []


async def test_a_command_where_the_bot_is_not_goes_to_the_direct_messages(room: Room) -> None:
    """With the way to bring it in."""
    room.here.workspace.faults.fail_next("chat.postMessage", "not_in_channel")
    placed = await room.place(room.question(Entrance.COMMAND))
    assert placed.thread.is_direct
    assert "/invite" in room.told[0]
    assert [each.ts for each in room.direct()] == [placed.ts]


async def test_a_press_where_the_bot_is_not_has_no_place(room: Room) -> None:
    """Who pressed stands in that channel, and is told there."""
    room.here.workspace.faults.fail_next("chat.postMessage", "not_in_channel")
    with pytest.raises(NotInChannel):
        await room.place(room.question(Entrance.BUTTON))
    assert (room.direct(), room.told) == ([], [])
