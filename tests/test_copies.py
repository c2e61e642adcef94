"""Somebody else's answer with one's own rights."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.copies import Copies
from bot.core.context import Asked
from bot.core.results import StoredResult
from bot.core.turn import Turn
from bot.errors import AnswerFailed, PersonUnknown, StoreFailed, TenantUnreachable
from bot.inquiry import Inquirer
from bot.memory import Memory
from bot.model import (
    Answer,
    AnswerDiff,
    Footer,
    Identity,
    Prose,
    Rights,
    Visualization,
    VisualizationType,
)
from bot.results import Results
from tests.bench import Store, Tenant, chart, diff, text
from tests.core.stored_values import rows
from tests.fakes import Clock, question

DAY = 24 * 3600.0
ADA = Identity("person-ada", "ada@example.com")
GRACE = Identity("person-grace", "grace@example.com")
VISUALIZATION = Visualization("v", "By stage", VisualizationType.TABLE, rows=rows(9, text="ada's"))
RESULT = StoredResult(
    turn="t1",
    question=question("By stage?"),
    answer=Answer((Prose("Nine."), VISUALIZATION), conversation_id="c-ada"),
    footer=Footer("Sales", link="https://wisdom.example/chat/c-ada"),
    ending="stopped",
    messages=("20.1",),
    identity=ADA.name,
    domain="d-sales",
)


class Office:
    """Everything that copies are made with."""

    def __init__(self) -> None:
        self.tenant, self.store, self.clock = Tenant(), Store(), Clock()
        self.memory = Memory(self.store)
        self.results = Results(self.memory, 30, clock=self.clock)
        self.keys = iter(f"key-{number}" for number in range(99))
        inquirer = Inquirer(self.tenant, self.memory, Turn)
        self.copies = Copies(inquirer, self.results, new_key=lambda: next(self.keys))

    async def made(self, *script: AnswerDiff | asyncio.Event | Exception) -> StoredResult:
        """Grace's copy of Ada's answer."""
        self.tenant.script = list(script or [diff(chart(), last=True)])
        return await self.copies.made(RESULT, GRACE)


@pytest.fixture
async def office() -> Office:
    """An office that keeps Ada's answer."""
    made = Office()
    await made.results.keep(RESULT)
    return made


async def test_who_asked_has_their_own_answer(office: Office) -> None:
    """Nothing is asked for them."""
    assert await office.copies.held(RESULT, ADA) is RESULT
    assert await office.copies.made(RESULT, ADA) is RESULT
    assert office.tenant.asked == []


async def test_somebody_else_gets_what_they_would_get_themselves(office: Office) -> None:
    """The same question, of the same data, as themselves; nothing of the other one's answer is in it."""
    assert await office.copies.held(RESULT, GRACE) is None
    copy = await office.made()
    (asked,) = office.tenant.asked
    assert (asked["text"], asked["as"]) == ("By stage?", "grace@example.com")
    assert (asked["domain"], asked["conversation"], asked["key"]) == ("d-sales", None, "key-0")
    assert (copy.identity, copy.domain, copy.question) == (GRACE.name, "d-sales", RESULT.question)
    assert (copy.messages, copy.shown, copy.ending) == ((), (), "done")
    assert [each.title for each in copy.visualizations] == ["By stage"]
    assert "ada's" not in repr(copy.answer)


async def test_a_copy_is_asked_for_once(office: Office) -> None:
    """However often somebody presses, also at the same time; another person has another one."""
    go = asyncio.Event()
    office.tenant.script = [go, diff(chart(), last=True)]
    pressed = [asyncio.create_task(office.copies.made(RESULT, GRACE)) for _ in range(5)]
    other = asyncio.create_task(office.copies.made(RESULT, Identity("person-linus", "linus@example.com")))
    await office.tenant.until(2)
    go.set()
    copies = await asyncio.gather(*pressed)
    assert {each.turn for each in copies} == {copies[0].turn}
    assert (await other).turn != copies[0].turn
    assert sorted(str(each["as"]) for each in office.tenant.asked) == [
        "grace@example.com",
        "linus@example.com",
    ]
    assert await office.copies.held(RESULT, GRACE) == copies[1]


async def test_no_address_is_in_the_stores_keys(office: Office) -> None:
    """A copy is found by the name of an identity."""
    await office.made()
    keys = [key for key, _ in await office.store.scan("results")]
    assert keys == ["t1", f"t1~{GRACE.name}"]


async def test_a_copy_has_no_sql_for_who_may_not_see_it(office: Office) -> None:
    """It is not kept either."""
    office.tenant.may["grace@example.com"] = Rights(sql=False)
    copy = await office.made()
    held = await office.copies.held(RESULT, GRACE)
    assert held is not None
    assert [each.code for each in (*copy.visualizations, *held.visualizations)] == [None, None]


async def test_a_copy_knows_what_came_before_its_question(office: Office) -> None:
    """As it was for who asked, whose conversation had it in mind."""
    for turn, words in (("t0", "Revenue?"), ("t1", "By stage?"), ("t2", "As a pie?")):
        await office.memory.keep_asked(RESULT.question.thread, Asked(turn, ADA.name, "d-sales", words))
    await office.made()
    sent = str(office.tenant.asked[0]["text"])
    assert sent.endswith("\n1. Revenue?\n\nThe question to answer: By stage?")


# -- as long as the answer -------------------------------------------------------------------------------


async def test_a_copy_goes_with_its_answer(office: Office) -> None:
    """Who deletes the answer deletes the copies."""
    await office.made()
    await office.results.forget("t1")
    assert await office.copies.held(RESULT, GRACE) is None
    assert await office.store.scan("results") == []


async def test_a_copy_of_what_is_deleted_meanwhile_is_not_kept(office: Office) -> None:
    """Else nobody could ever delete it."""
    go = asyncio.Event()
    office.tenant.script = [go, diff(chart(), last=True)]
    task = asyncio.create_task(office.copies.made(RESULT, GRACE))
    await office.tenant.until(1)
    await office.results.forget("t1")
    go.set()
    assert (await task).visualizations
    assert await office.store.scan("results") == []


async def test_a_copy_has_the_time_of_its_own_data(office: Office) -> None:
    """It was fetched when it was made."""
    office.clock.now += DAY
    await office.made()
    office.clock.now += 29 * DAY
    assert await office.results.load("t1") is None
    assert await office.copies.held(RESULT, GRACE) is not None
    office.clock.now += DAY
    assert await office.copies.held(RESULT, GRACE) is None


# -- what goes wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ([TenantUnreachable()], TenantUnreachable),
        ([text("Up to here"), TenantUnreachable()], TenantUnreachable),
        ([PersonUnknown()], PersonUnknown),
        ([diff(last=True, errors=("no table",))], AnswerFailed),
        ([diff({"insert": "I tried."}, last=True, errors=("no table",))], AnswerFailed),
        ([diff({"insert": "no table", "attributes": {"error": True}}, last=True)], AnswerFailed),
        ([replace(text("Up to here"), cancelled=True)], AnswerFailed),
    ],
)
async def test_a_copy_that_fails_is_not_kept(
    office: Office, script: list[AnswerDiff | Exception], kind: type[Exception]
) -> None:
    """The next press asks again, and nobody is told that there is nothing for them."""
    with pytest.raises(kind):
        await office.made(*script)
    assert await office.copies.held(RESULT, GRACE) is None
    assert (await office.made()).visualizations
    assert [each["key"] for each in office.tenant.asked] == ["key-0", "key-1"]


async def test_results_with_an_error_beside_them_are_results(office: Office) -> None:
    """The tenant could not do all that it tried."""
    copy = await office.made(diff(chart(), last=True, errors=("no second table",)))
    assert len(copy.visualizations) == 1


async def test_a_copy_in_doubt_is_made_of_what_the_tenant_keeps(office: Office) -> None:
    """And is at its end, whatever the tenant says of it: nothing more comes."""
    office.tenant.whole = diff(chart("By region"))
    copy = await office.made(text("Half of "))
    assert [each.title for each in copy.visualizations] == ["By region"]
    assert copy.answer.in_progress is False


async def test_that_there_is_nothing_for_somebody_is_kept(office: Office) -> None:
    """It need not be asked again."""
    copy = await office.made(text("There is nothing that you may see.", last=True))
    assert copy.visualizations == ()
    assert await office.copies.held(RESULT, GRACE) is not None


async def test_a_copy_that_cannot_be_kept_is_an_error(office: Office) -> None:
    """Else every press would ask once more."""
    office.store.broken = "results"
    with pytest.raises(StoreFailed):
        await office.made()
