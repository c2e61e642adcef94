"""One question at WisdomAI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace

import pytest

from bot.core.context import Asked
from bot.core.record import Asking
from bot.core.turn import Turn
from bot.errors import AnswerFailed, PersonUnknown, TenantUnreachable
from bot.inquiry import Inquirer, Inquiry, Wanted
from bot.memory import Memory
from bot.model import AnswerDiff, Bookmark, Domain, Identity, Prose, Rights, ThreadKey, Visualization
from tests.bench import Store, Tenant, chart, diff, text

THREAD = ThreadKey("T1", "C1", "10.1")
ADA = Identity("person-ada", "ada@example.com")
GRACE = Identity("person-grace", "grace@example.com")
SALES = Domain("d-sales", "Sales")
WANTED = Wanted(THREAD, "t1", "key-1", "Revenue?", ADA, SALES)


class Desk:
    """Makes inquiries, with a memory that lasts."""

    def __init__(self) -> None:
        self.tenant = Tenant()
        self.store = Store()
        self.memory = Memory(self.store)
        self.seen: list[str] = []

    def inquiry(self, wanted: Wanted = WANTED) -> Inquiry:
        return Inquiry(Inquirer(self.tenant, self.memory, Turn), wanted)

    async def ask(self, wanted: Wanted = WANTED, *script: AnswerDiff | Exception) -> Inquiry:
        """Asks to the end."""
        self.tenant.script = list(script or [text("107", last=True)])
        inquiry = self.inquiry(wanted)

        async def seen() -> None:
            self.seen.append(said(inquiry))

        await inquiry.run(seen)
        return inquiry

    def sent(self) -> list[str]:
        """What the tenant was asked."""
        return [str(each["text"]) for each in self.tenant.asked]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def said(inquiry: Inquiry) -> str:
    return "".join(part.text for part in inquiry.answer().parts if isinstance(part, Prose))


def by(who: Identity, turn: str, words: str = "And by stage?", domain: Domain = SALES) -> Wanted:
    """A further question of the thread."""
    return Wanted(THREAD, turn, f"key-{turn}", words, who, domain)


# -- the answer ------------------------------------------------------------------------------------------


async def test_an_answer_grows_before_ones_eyes(desk: Desk) -> None:
    """Whoever watches is called after each diff, when it has been folded."""
    inquiry = await desk.ask(WANTED, text("Up "), text("to here", after=3), text(".", after=10, last=True))
    assert desk.seen == ["Up", "Up to here", "Up to here."]
    assert said(inquiry) == "Up to here."
    assert inquiry.answer().in_progress is False
    assert inquiry.findings().diffs == 3


async def test_it_is_asked_as_who_wants_to_know(desk: Desk) -> None:
    """With the key of the turn, so that no repetition asks twice."""
    await desk.ask()
    assert desk.tenant.asked == [
        {
            "text": "Revenue?",
            "as": "ada@example.com",
            "domain": "d-sales",
            "conversation": None,
            "key": "key-1",
        }
    ]


async def test_who_is_not_let_in_asks_nothing(desk: Desk) -> None:
    """And nothing is noted of the question."""
    desk.tenant.refusal = PersonUnknown()
    with pytest.raises(PersonUnknown):
        await desk.ask()
    assert desk.tenant.asked == []
    assert await desk.memory.asked(THREAD) == ()


async def test_who_may_not_see_sql_never_does(desk: Desk) -> None:
    """Not in any state of the answer; who may, does."""
    words = "Here:\n```sql\nSELECT secret FROM deals\n```\n"
    script = (text(words[:25]), text(words[25:], after=25), diff({"retain": len(words)}, chart(), last=True))
    desk.tenant.may["ada@example.com"] = Rights(sql=False)
    hidden = await desk.ask(WANTED, *script)
    assert not any("SELECT" in each for each in (*desk.seen, said(hidden)))
    assert [each.code for each in hidden.answer().parts if isinstance(each, Visualization)] == [None]
    shown = await desk.ask(by(GRACE, "t2"), *script)
    assert "SELECT secret" in said(shown)
    assert [each.code is not None for each in shown.answer().parts if isinstance(each, Visualization)] == [
        True
    ]


def test_before_it_is_known_what_somebody_may_see_nothing_is_shown(desk: Desk) -> None:
    """The rights are not there yet; so no SQL is."""
    assert desk.inquiry().answer().parts == ()


async def test_what_was_held_back_is_shown_at_the_end(desk: Desk) -> None:
    """However it ended."""
    inquiry = desk.inquiry()
    desk.tenant.script = [text("107"), TenantUnreachable()]
    with pytest.raises(TenantUnreachable):
        await inquiry.run(_nothing)
    inquiry.end()
    assert (said(inquiry), inquiry.answer().in_progress) == ("107", False)


async def _nothing() -> None:
    """Nobody watches."""


async def test_who_stops_watching_ends_the_question(desk: Desk) -> None:
    """At the tenant as well, at once."""
    desk.tenant.script = [text("107"), asyncio.Event()]
    arrived = asyncio.Event()

    async def seen() -> None:
        arrived.set()

    task = asyncio.create_task(desk.inquiry().run(seen))
    await arrived.wait()
    task.cancel()
    await asyncio.wait([task])
    assert desk.tenant.ended.is_set()


async def test_an_answer_in_doubt_is_asked_for_whole(desk: Desk) -> None:
    """What the tenant keeps takes the place of what arrived, and passes the same eyes."""
    desk.tenant.may["ada@example.com"] = Rights(sql=False)
    desk.tenant.whole = text("All of it.\n```sql\nSELECT 1\n```\n", last=True)
    inquiry = await desk.ask(WANTED, text("Half of "))
    assert said(inquiry).startswith("All of it.")
    assert "SELECT" not in said(inquiry)


@pytest.mark.parametrize("whole", [None, diff(last=True), TenantUnreachable(), AnswerFailed("gone")])
async def test_what_was_heard_is_better_than_nothing(
    desk: Desk, whole: AnswerDiff | TenantUnreachable | AnswerFailed | None
) -> None:
    """Where the whole answer cannot be had."""
    desk.tenant.whole = whole
    assert said(await desk.ask(WANTED, text("Half of it."))) == "Half of it."


# -- the conversation ------------------------------------------------------------------------------------


async def test_a_conversation_is_one_persons_and_one_domains(desk: Desk) -> None:
    """It is continued by nobody else, and about nothing else."""
    weather = Domain("d-weather", "Weather")
    for wanted, conversation in (
        (WANTED, "c-ada"),
        (by(GRACE, "t2"), "c-grace"),
        (by(ADA, "t3", domain=weather), "c-rain"),
        (by(ADA, "t4"), "c-ada"),
    ):
        await desk.ask(wanted, replace(text("107", last=True), conversation_id=conversation))
    assert [each["conversation"] for each in desk.tenant.asked] == [None, None, None, "c-ada"]


async def test_a_conversation_is_noted_before_its_answer_is_over(desk: Desk) -> None:
    """A process that ends in the middle loses nothing of the thread."""
    with pytest.raises(TenantUnreachable):
        await desk.ask(WANTED, text("1"), TenantUnreachable())
    assert await desk.memory.conversation(THREAD, ADA, SALES.id) == "c-1"


async def test_a_conversation_is_noted_once(desk: Desk) -> None:
    """Not with every diff."""
    before = desk.store.writes_left
    await desk.ask(WANTED, *[text("1", after=number) for number in range(20)], text("", after=20, last=True))
    assert before - desk.store.writes_left == 2  # the question, and the conversation


async def test_a_conversation_that_cannot_be_noted_is_noted_later(desk: Desk) -> None:
    """The answer comes all the same, and the next question of the thread knows of this one."""
    desk.store.broken = "conversations"
    assert said(await desk.ask()) == "107"
    desk.store.broken = ""
    await desk.memory.catch_up()
    assert await desk.memory.conversation(THREAD, ADA, SALES.id) == "c-1"


# -- what another process asked --------------------------------------------------------------------------


async def test_what_is_asked_is_told_before_the_answer_comes(desk: Desk) -> None:
    """With what it brings along from the thread, so that it can be asked again exactly so."""
    told: list[tuple[Asking, int]] = []

    async def noted(asking: Asking) -> None:
        told.append((asking, len(desk.seen)))

    await desk.ask(WANTED)
    desk.seen.clear()
    await desk.ask(replace(by(GRACE, "t2"), noted=noted))
    ((asking, seen),) = told
    assert asking == Asking(desk.sent()[-1], GRACE.name, SALES.id, None, Bookmark("chat", ""))
    assert "Revenue?" in asking.text
    assert seen == 0


async def test_what_another_process_asked_is_asked_again_exactly(desk: Desk) -> None:
    """Whatever the thread has become meanwhile: the same words, conversation and key, from the bookmark."""
    await desk.ask(WANTED)
    await desk.ask(by(GRACE, "t2"))
    before = desk.store.tables["asked"][str(THREAD)]
    bookmark = Bookmark("chat", "c-old")
    asked = Asking("Just so?", ADA.name, "d-old", "c-old", bookmark)
    await desk.ask(replace(by(ADA, "t3", "By month?"), asked=asked))
    assert desk.tenant.asked[-1] == {
        "text": "Just so?", "as": ADA.email, "domain": "d-old", "conversation": "c-old", "key": "key-t3"
    }  # fmt: skip
    assert desk.tenant.resumed == [None, None, bookmark]
    assert desk.store.tables["asked"][str(THREAD)] == before


# -- what others asked -----------------------------------------------------------------------------------


async def test_a_second_person_brings_the_questions_along(desk: Desk) -> None:
    """Once: from then on their conversation knows them. The first one learns of theirs, too."""
    await desk.ask(WANTED)
    await desk.ask(by(GRACE, "t2"))
    await desk.ask(by(GRACE, "t3", "as a pie"))
    await desk.ask(by(ADA, "t4", "as bars"))
    first, second, third, fourth = desk.sent()
    assert first == "Revenue?"
    assert second.endswith("\n1. Revenue?\n\nThe question to answer: And by stage?")
    assert third == "as a pie"
    assert fourth.endswith("\n1. And by stage?\n2. as a pie\n\nThe question to answer: as bars")


async def test_a_question_that_is_tried_again_is_composed_as_before(desk: Desk) -> None:
    """What was asked after it is none of its context, and it is none of its own."""
    await desk.ask(WANTED)
    with pytest.raises(TenantUnreachable):
        await desk.ask(by(GRACE, "t2"), TenantUnreachable())
    await desk.ask(by(ADA, "t3", "as a pie"))
    await desk.ask(by(GRACE, "t2"))
    assert desk.sent()[3] == desk.sent()[1]


async def test_a_question_that_failed_told_nobody_what_came_before_it(desk: Desk) -> None:
    """Where no conversation came of it, the next one brings the others' questions along once more."""
    await desk.ask(WANTED)
    with pytest.raises(TenantUnreachable):
        await desk.ask(by(GRACE, "t2"), TenantUnreachable())
    await desk.ask(by(GRACE, "t3", "as a pie"))
    assert desk.sent()[2].endswith("\n1. Revenue?\n\nThe question to answer: as a pie")


async def test_no_answer_is_brought_along(desk: Desk) -> None:
    """What one may see is not told to the other."""
    await desk.ask(WANTED, text("The secret is 107.", last=True))
    await desk.ask(by(GRACE, "t2"))
    assert "secret" not in desk.sent()[1]


# -- aside -----------------------------------------------------------------------------------------------


async def test_a_copy_is_asked_aside(desk: Desk) -> None:
    """In a conversation of its own, with all that was asked before it, and it leaves no trace."""
    await desk.ask(WANTED)
    await desk.ask(by(ADA, "t2"))
    await desk.ask(by(ADA, "t3", "as a pie"))
    before = await desk.memory.asked(THREAD)
    aside = Wanted(THREAD, "t2", "key-9", "And by stage?", GRACE, SALES, aside=True)
    await desk.ask(aside, replace(text("5", last=True), conversation_id="c-9"))
    asked = desk.tenant.asked[-1]
    assert (asked["as"], asked["conversation"], asked["key"]) == ("grace@example.com", None, "key-9")
    assert desk.sent()[-1].endswith("\n1. Revenue?\n\nThe question to answer: And by stage?")
    assert await desk.memory.asked(THREAD) == before
    assert await desk.memory.conversation(THREAD, GRACE, SALES.id) is None


async def test_a_copy_knows_what_its_asker_shared_before(desk: Desk) -> None:
    """The question of a shared answer is nobody's own, and part of every context."""
    await desk.memory.keep_asked(THREAD, Asked("t0", "", SALES.id, "Revenue?"))
    await desk.ask(by(ADA, "t2"))
    await desk.ask(replace(by(GRACE, "t2"), key="key-9", aside=True))
    assert desk.sent()[1] == desk.sent()[0]
    assert "1. Revenue?" in desk.sent()[1]


async def test_a_copy_continues_no_conversation_of_ones_own(desk: Desk) -> None:
    """Who has one in the thread gets the answer to that very question, not to what they asked last."""
    await desk.ask(WANTED)
    await desk.ask(by(GRACE, "t2", "and by region?"))
    await desk.ask(replace(WANTED, identity=GRACE, aside=True))
    assert desk.tenant.asked[-1]["conversation"] is None
    assert desk.sent()[-1] == "Revenue?"


async def test_a_copy_of_something_long_ago_has_no_context(desk: Desk) -> None:
    """Rather than that of what was asked later."""
    await desk.ask(WANTED)
    for number in range(35):
        await desk.memory.keep_asked(THREAD, Asked(f"later-{number}", "x", SALES.id, f"Later {number}?"))
    await desk.ask(replace(WANTED, identity=GRACE, aside=True))
    assert desk.sent()[-1] == "Revenue?"


async def test_the_tenants_stream_is_closed(desk: Desk) -> None:
    """Also where somebody who watches wants no more of it."""
    closed = asyncio.Event()

    class Streaming(Tenant):
        async def ask(
            self,
            text: str,
            *,
            identity: Identity,
            domain: str,
            conversation: str | None,
            key: str,
            resume: Bookmark | None = None,
            noted: Callable[[Bookmark], Awaitable[None]] | None = None,
        ) -> AsyncGenerator[AnswerDiff, None]:
            del text, identity, domain, conversation, key, resume, noted
            try:
                yield diff()
            finally:
                closed.set()

    async def enough() -> None:
        raise ZeroDivisionError

    desk.tenant = Streaming()
    with pytest.raises(ZeroDivisionError):
        await desk.inquiry().run(enough)
    assert closed.is_set()
