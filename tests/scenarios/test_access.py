"""Who gets what where: every deed of every kind of person in every kind of channel, in one table.

In each row Ada has asked in a channel of its own and was answered; then somebody does everything that can be
done there. What comes of it is told by a word:

=========  ==================================================================================================
answer     answered in the thread, with the rights of who did it
shared     what stands in the thread, because who pressed has the asker's rights
own        asked once more with their own rights, and seen by them alone
alone      answered in the direct messages of who asked
noted      an opinion, noted
done       stopped, or deleted
asker      refused: only the asker may
outsider   refused: of another organisation
guest      refused: a guest
consent    refused: people of another organisation read along
viewer     refused: the role in WisdomAI does not let them ask
unknown    refused: no account in WisdomAI
off        refused: the account in WisdomAI is switched off
email      refused: Slack tells no address
hidden     no SQL for this role
exports    refused: exports are switched off here
–          cannot be done: nothing runs that could be stopped, there is no private answer to share, and people
           of other organisations have no commands
=========  ==================================================================================================

Channels: ``public``, ``private``; ``sealed``, without exports; ``shared`` with another organisation since the
answer; ``consented``, likewise, and an admin lets them read along.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import pytest
import pytest_asyncio

from bot import app, wiring
from bot.core.render.refusals import DENIALS
from bot.errors import Denial
from bot.sandbox.slack.model import ChannelKind, Message
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.tenant.faults import Fault
from bot.slack.poster import Poster
from tests.scenarios.town import Person, Town, everything, is_running, tables, town, with_access
from tests.scenarios.using import choose, in_window, now, press, rate, set_up, whispers

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "Expected revenue by stage"

TABLE = """
who       where      data      sql       csv       chart     opinion   again     suggested ask       follow    retry     private   share     stop    delete
ada       public     shared    shared    shared    shared    noted     answer    answer    answer    answer    answer    alone     answer    done    done
ada       private    shared    shared    shared    shared    noted     answer    answer    answer    answer    answer    alone     answer    done    done
ada       sealed     shared    shared    exports   shared    noted     answer    answer    answer    answer    answer    alone     answer    done    done
ada       shared     consent   consent   consent   consent   consent   consent   consent   consent   consent   consent   consent   –         –       done
ada       consented  shared    shared    shared    shared    noted     answer    answer    answer    answer    answer    alone     answer    done    done
linus     public     own       own       own       own       noted     answer    answer    answer    answer    answer    alone     answer    asker   asker
linus     private    own       own       own       own       noted     answer    answer    answer    answer    answer    alone     answer    asker   asker
linus     sealed     own       own       exports   own       noted     answer    answer    answer    answer    answer    alone     answer    asker   asker
linus     shared     consent   consent   consent   consent   consent   consent   consent   consent   consent   consent   consent   –         –       asker
linus     consented  own       own       own       own       noted     answer    answer    answer    answer    answer    alone     answer    asker   asker
grace     public     own       own       own       own       noted     answer    answer    answer    answer    answer    alone     answer    asker   asker
barbara   public     own       hidden    own       own       noted     answer    answer    answer    answer    answer    alone     answer    asker   asker
vera      public     viewer    viewer    viewer    viewer    noted     viewer    viewer    viewer    viewer    viewer    viewer    –         asker   asker
niels     public     unknown   unknown   unknown   unknown   noted     unknown   unknown   unknown   unknown   unknown   unknown   –         asker   asker
dorothy   public     off       off       off       off       noted     off       off       off       off       off       off       –         asker   asker
emmy      public     email     email     email     email     noted     email     email     email     email     email     email     –         asker   asker
gertrude  public     guest     guest     guest     guest     guest     guest     guest     guest     guest     guest     guest     –         asker   asker
gertrude  shared     guest     guest     guest     guest     guest     guest     guest     guest     guest     guest     guest     –         –       asker
otto      shared     outsider  outsider  outsider  outsider  outsider  outsider  outsider  outsider  outsider  outsider  –         –         –       asker
otto      consented  outsider  outsider  outsider  outsider  outsider  outsider  outsider  outsider  outsider  outsider  –         –         asker   asker
"""  # noqa: E501 - a table

#: How the sentences begin that a word of the table stands for.
SENTENCES: Mapping[str, str] = {
    "outsider": DENIALS[Denial.OUTSIDER],
    "guest": DENIALS[Denial.GUEST],
    "consent": DENIALS[Denial.NO_CONSENT],
    "email": DENIALS[Denial.NO_EMAIL],
    "exports": DENIALS[Denial.NO_EXPORTS],
    "viewer": "Your role in WisdomAI does not let you ask questions.",
    "unknown": "WisdomAI has no account with the e-mail address of your Slack profile.",
    "off": "Your WisdomAI account is switched off.",
    "asker": "Only the person who asked can",
    "noted": "Thanks, your feedback is noted.",
    "hidden": "There is no SQL to show you",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: who does everything where, and what comes of each deed."""

    who: str
    where: str
    expected: Mapping[str, str]


def rows() -> Iterator[Row]:
    """The table, row by row."""
    head, *lines = TABLE.strip().splitlines()
    deeds = head.split()[2:]
    for each in lines:
        who, where, *words = each.split()
        yield Row(who, where, dict(zip(deeds, words, strict=True)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """One workspace, one tenant and one bot for the whole table, without anybody's limits on how much."""
    lots = with_access(
        questions_per_person=10_000, questions_per_channel=10_000, questions_at_once_per_person=100
    )

    def quick(same: app.Configuration) -> app.Configuration:
        return replace(lots(same), slack=same.slack.model_copy(update={"edits_per_minute": 10_000}))

    slack = SlackOptions(file_visibility_delay=0.0, enforce_tiers=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "Poster", partial(Poster, burst=1_000))
        async with town(tmp_path_factory.mktemp("access"), slack=slack, base=quick) as built, built.bot():
            yield built


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row.who}-{row.where}")
async def test_everybody_gets_what_is_theirs(here: Town, row: Row) -> None:
    """Every deed of the row has the outcome that the table says."""
    scene = await Scene.prepared(here, row)
    found = {deed: await scene.does(deed) for deed, word in row.expected.items() if word != "–"}
    assert found == {deed: word for deed, word in row.expected.items() if word != "–"}
    assert scene.asides == (1 if "own" in found.values() else 0)


class Scene:
    """A channel with two questions of Ada's, one answered and one failed, and somebody who acts there."""

    def __init__(self, here: Town, person: Person, channel: str, answer: Message, failed: Message) -> None:
        self.here = here
        self.person = person
        self.channel = channel
        self.answer = answer
        self.failed = failed
        self.asides = 0
        self._before = Marks(0, 0, frozenset())

    @classmethod
    async def prepared(cls, here: Town, row: Row) -> Scene:
        """Ada asks while she may; then the channel becomes what the row says."""
        ada, person, otto = here.person("ada"), here.person(row.who), here.person("otto")
        kind = ChannelKind.PRIVATE if row.where == "private" else ChannelKind.PUBLIC
        members = dict.fromkeys((ada.id, person.id, here.workspace.bot_user_id))
        members.pop(otto.id, None)
        place = here.workspace.add_channel(f"{row.who}-{row.where}", kind, list(members))
        answer = await _asked(here, place.id)
        here.tenant.faults.switch(Fault.CRASH)
        failed = await _asked(here, place.id)
        if row.where in {"shared", "consented"}:
            here.workspace.share_channel(place.id, [here.workspace.partner.id])
            here.workspace.join(place, otto.id)
        if row.where in {"sealed", "consented"}:
            await set_up(ada, place.id, consent=row.where == "consented", exports=row.where != "sealed")
        return cls(here, person, place.id, answer, failed)

    # -- what they do --------------------------------------------------------------------------------------

    async def does(self, deed: str) -> str:
        """Does one of the table's deeds; the word for what came of it."""
        answer = now(self.here, self.answer)
        person = self.person
        if deed == "stop":
            return await self._stop()
        deeds: Mapping[str, tuple[Callable[[], Awaitable[object]], Callable[[], str]]] = {
            "data": (lambda: press(person, answer, "Show data"), self._rows),
            "sql": (lambda: press(person, answer, "Show SQL"), self._sql),
            "csv": (lambda: press(person, answer, "Export CSV"), self._file),
            "chart": (lambda: choose(person, answer, "Pie"), self._pie),
            "opinion": (lambda: rate(person, answer, "positive_button"), str),
            "again": (lambda: press(person, answer, "Ask again"), self._answered),
            "suggested": (lambda: press(person, answer, "And by region?"), self._answered),
            "ask": (lambda: person.say(self.channel, f"@wisdom {QUESTION}"), self._answered),
            "follow": (
                lambda: person.say(self.channel, "as a line chart", thread_ts=answer.thread_ts),
                self._answered,
            ),
            "retry": (lambda: press(person, self.failed, "Retry"), self._answered),
            "private": (
                lambda: person.command(self.channel, f"/wisdom private {QUESTION}"),
                self._alone,
            ),
            "share": (self._press_share, self._shared),
            "delete": (lambda: press(person, answer, "Delete"), self._gone),
        }
        act, outcome = deeds[deed]
        self._before = self._marks()
        await act()
        word = await self.here.until(lambda: self._refusal() or outcome())
        if word in {"shared", "own"}:
            self.asides += len(self._asked_since())
        await self._close_windows()
        return word

    async def _press_share(self) -> None:
        answer = self._private_answer()
        assert answer is not None
        await press(self.person, answer, "Share to channel")

    async def _stop(self) -> str:
        """Ada's question falls silent, and the person presses Stop; in the end Ada does."""
        self.here.tenant.faults.switch(Fault.SILENT, after=3)
        ts = await self.here.person("ada").say(self.channel, f"@wisdom {QUESTION}")
        running = await self.here.until(lambda: self._silent(ts))
        self._before = self._marks()
        await press(self.person, running, "Stop")
        word = await self.here.until(lambda: self._refusal() or self._stopped(running))
        if word != "done":
            await press(self.here.person("ada"), running, "Stop")
            await self.here.until(lambda: self._stopped(running))
        return word

    async def _close_windows(self) -> None:
        for view in [each for each in self.here.workspace.views.values() if each.user == self.person.id]:
            await self.person.post("view_close", {"user": self.person.id, "view_id": view.id})

    # -- what comes of it ----------------------------------------------------------------------------------

    def _marks(self) -> Marks:
        here = self.here
        told, asked = len(whispers(here, self.person.name)), len(here.tenant.questions)
        return Marks(told, asked, frozenset(here.workspace.files))

    def _told(self) -> list[Message]:
        """What the person alone was told since."""
        return whispers(self.here, self.person.name)[self._before.whispers :]

    def _asked_since(self) -> list[str]:
        """The addresses of those as whom WisdomAI was asked since."""
        return [each.user.email for each in self.here.tenant.questions[self._before.questions :]]

    def _whose(self) -> str:
        return "shared" if self.person.name == "ada" else "own"

    def _refusal(self) -> str:
        mine = [view for view in self.here.workspace.views.values() if view.user == self.person.id]
        return _refused("\n".join((*map(everything, self._told()), *map(in_window, mine))))

    def _rows(self) -> str:
        return self._whose() if any(map(tables, self._told())) else ""

    def _sql(self) -> str:
        mine = [view for view in self.here.workspace.views.values() if view.user == self.person.id]
        return self._whose() if any("FROM" in in_window(view) for view in mine) else ""

    def _file(self) -> str:
        """Rows of the asker's stand in the thread, those of somebody else in their direct messages."""
        for name, file in self.here.workspace.files.items():
            if name in self._before.files:
                continue
            for channel, ts in file.shown_in:
                message, place = (
                    self.here.workspace.message(channel, ts),
                    self.here.workspace.channel(channel),
                )
                if message is None or place is None or f"<@{self.person.id}> exported" not in message.text:
                    continue
                if place.id == self.channel and message.thread_ts == self.answer.thread_ts:
                    return "shared"
                if place.is_direct and self.person.id in place.members and self.person.name != "ada":
                    return "own"
        return ""

    def _pie(self) -> str:
        if _draws_a_pie(now(self.here, self.answer)):
            return "shared"
        return "own" if any(map(_draws_a_pie, self._told())) else ""

    def _answered(self) -> str:
        """Nothing runs any more, and WisdomAI was asked as this person."""
        email = self.here.workspace.users[self.person.name].email
        running = any(map(is_running, self._by_bot()))
        return "answer" if not running and self._asked_since() == [email] else ""

    def _alone(self) -> str:
        """What stands in the direct messages: an answer to this person, or why there is none."""
        answer, email = self._private_answer(), self.here.workspace.users[self.person.name].email
        if answer is None or is_running(answer):
            return ""
        return _refused(everything(answer)) or ("alone" if self._asked_since() == [email] else "")

    def _private_answer(self) -> Message | None:
        """The newest answer in the person's direct messages, if it is one to a question of this channel."""
        found = self.here.private(self.person.name)
        if found is None or f"You asked in <#{self.channel}>" not in everything(found[1]):
            return None
        return next(iter(self.here.from_bot(found[0], found[1].ts)), None)

    def _shared(self) -> str:
        mine = f"shared by <@{self.person.id}>"
        return "answer" if any(mine in everything(each) for each in self._by_bot()) else ""

    def _silent(self, ts: str) -> Message | None:
        """The answer that is running, when the tenant has begun it."""
        messages = self.here.from_bot(self.channel, ts)
        begun = not self.here.tenant.faults.left(Fault.SILENT)
        return next(filter(is_running, messages), None) if begun else None

    def _stopped(self, running: Message) -> str:
        return "done" if "Stopped by the asker" in everything(now(self.here, running)) else ""

    def _gone(self) -> str:
        return "done" if self.here.workspace.message(self.channel, self.answer.ts) is None else ""

    def _by_bot(self) -> list[Message]:
        roots = self.here.workspace.history(self.channel)
        return [message for root in roots for message in self.here.from_bot(self.channel, root.ts)]


@dataclass(frozen=True, slots=True)
class Marks:
    """How much there was before a deed."""

    whispers: int
    questions: int
    files: frozenset[str]


async def _asked(here: Town, channel: str) -> Message:
    ts = await here.person("ada").say(channel, f"@wisdom {QUESTION}")
    return await here.answer(channel, ts)


def _refused(said: str) -> str:
    return next((word for word, sentence in SENTENCES.items() if sentence in said), "")


def _draws_a_pie(message: Message) -> bool:
    return any(
        block.get("type") == "data_visualization" and "segments" in str(block["chart"])
        for block in message.blocks
    )
