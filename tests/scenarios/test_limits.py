"""How much may be asked, and how large an answer may be: each limit has a sentence."""

from __future__ import annotations

import pytest

from bot.sandbox.tenant.faults import Fault
from tests.scenarios.town import Town, everything, is_running, tables, with_access, with_wisdom
from tests.scenarios.using import whispers

QUESTION = "@wisdom Expected revenue by stage"


async def test_a_question_that_is_too_long(here: Town) -> None:
    """It is not asked, and its asker reads how long it may be."""
    sales = here.workspace.channels["sales"]
    async with here.bot(change=with_access(question_chars=50)):
        ts = await here.person("ada").say(sales, f"{QUESTION} " + "and by region " * 10)
        await here.whispered("ada", containing="I take 50 characters")
        ts = await here.person("ada").say(sales, QUESTION)
        assert tables(await here.answer(sales, ts))
    assert len(here.tenant.questions) == 1


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ("questions_per_person", "You asked 2 questions within a minute"),
        ("questions_per_channel", "2 questions were asked in this channel within a minute"),
    ],
)
async def test_too_many_questions_within_a_minute(here: Town, limit: str, told: str) -> None:
    """The third question within a minute is refused, with when to ask again; elsewhere life goes on."""
    sales = here.workspace.channels["sales"]
    async with here.bot(change=with_access(**{limit: 2})):
        for _ in range(2):
            await here.answer(sales, await here.person("ada").say(sales, QUESTION))
        await here.person("ada").say(sales, QUESTION)
        refused = await here.whispered("ada", containing=told)
        direct = here.workspace.open_direct([here.person("linus").id, here.workspace.bot_user_id]).id
        ts = await here.person("linus").say(direct, "Expected revenue by stage")
        assert tables(await here.answer(direct, ts))
    assert "Ask again in" in everything(refused)
    assert len(here.tenant.questions) == 3


@pytest.mark.parametrize(
    ("limit", "name", "told"),
    [
        ("questions_at_once_per_person", "ada", "I am still at 1 of your questions"),
        ("questions_at_once", "linus", "I am at 1 question of this workspace"),
    ],
)
async def test_too_many_questions_at_once(here: Town, limit: str, name: str, told: str) -> None:
    """While one is being answered another is refused; when it is done, there is room again."""
    sales = here.workspace.channels["sales"]
    here.tenant.faults.switch(Fault.SILENT, after=3)
    async with here.bot(change=with_access(**{limit: 1})):
        first = await here.person("ada").say(sales, QUESTION)
        await here.until(lambda: any(map(is_running, here.from_bot(sales, first))))
        await here.tenant.faults.silent()
        await here.person(name).say(sales, QUESTION)
        await here.whispered(name, containing=told)
        with here.logged("bot.inflight", "is over") as over:
            here.tenant.faults.release()
            await over
        again = await here.person(name).say(sales, QUESTION)
        assert tables(await here.answer(sales, again))


async def test_who_talks_in_a_thread_is_refused_once(here: Town) -> None:
    """A guest's remarks in a thread of the bot's bring one sentence, not one for each."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("ada").say(sales, QUESTION)
        await here.answer(sales, ts)
        for text in ("Interesting", "Who owns the largest?", "And last year?"):
            await here.person("gertrude").say(sales, text, thread_ts=ts)
        await here.person("gertrude").say(sales, "@wisdom And last year?", thread_ts=ts)
        await here.until(lambda: len(whispers(here, "gertrude")) == 2)
    assert len(here.tenant.questions) == 1


@pytest.mark.parametrize("setting", ["max_frame_mib", "max_answer_mib"])
async def test_an_answer_that_is_too_large(here: Town, setting: str) -> None:
    """It ends with a sentence that names the limit, and the next question is answered."""
    sales = here.workspace.channels["sales"]
    here.tenant.faults.switch(Fault.OVERSIZED)
    async with here.bot(change=with_wisdom(**{setting: 1.0})):
        ts = await here.person("ada").say(sales, QUESTION)
        failed = await here.answer(sales, ts)
        again = await here.person("ada").say(sales, QUESTION)
        assert tables(await here.answer(sales, again))
    assert "larger than I can take (1 MiB)" in everything(failed)
