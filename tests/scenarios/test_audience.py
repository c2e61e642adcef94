"""Who reads an answer: channels whose answers are private, shared channels, and what changes in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.audit import What, entries
from bot.sandbox.slack.model import Message
from bot.sandbox.tenant.domains import WEATHER
from bot.sandbox.tenant.faults import Fault
from bot.store.reading import SqliteReader
from tests.scenarios.town import Town, everything, is_running, tables, town, with_access, with_wisdom
from tests.scenarios.using import choose, labels, now, press, set_up, settings, whispers

QUESTION = "Expected revenue by stage"


async def private_answer(here: Town, name: str, *, count: int = 1) -> Message:
    """The newest finished answer in somebody's direct messages."""
    direct, root = await here.until(lambda: here.private(name))
    return await here.answer(direct, root.ts, count=count)


# -- private answers -------------------------------------------------------------------------------------


async def test_a_private_question_is_answered_to_its_asker_alone(here: Town) -> None:
    """The command leads to the direct messages, says so where it was typed, and leaves the channel alone."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        await here.person("ada").command(sales, f"/wisdom private {QUESTION}")
        told = await here.whispered("ada", containing="Only you read the answer")
        answer = await private_answer(here, "ada")
    assert tables(answer)
    assert "Share to channel" in labels(answer)
    assert "/archives/" in everything(told)
    assert not list(here.workspace.history(sales))


async def test_a_private_thread_goes_on_as_one_conversation(here: Town) -> None:
    """A follow-up in the direct messages continues what was asked privately."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        await here.person("ada").command(sales, f"/wisdom private {QUESTION}")
        answer = await private_answer(here, "ada")
        await here.person("ada").say(answer.channel, "as a pie chart", thread_ts=answer.thread_ts)
        await here.answer(answer.channel, answer.thread_ts, count=2)
    first, second = here.tenant.questions
    assert first.conversation_id == second.conversation_id


async def test_a_private_thread_keeps_the_rules_of_its_channel(here: Town) -> None:
    """What is asked in the direct messages asks the channel's data, and can be shared there as well."""
    weather = here.workspace.channels["weather"]
    ada = here.person("ada")
    async with here.bot():
        await set_up(ada, weather, domains=(WEATHER,), exports=False)
        await ada.command(weather, "/wisdom private average temperature by month")
        first = await private_answer(here, "ada")
        await ada.say(first.channel, "only 2012", thread_ts=first.thread_ts)
        second = await here.answer(first.channel, first.thread_ts, count=2)
        assert "Export CSV" not in labels(second)
        await press(ada, second, "Share to channel")
        shared = await here.until(lambda: next(iter(here.workspace.history(weather)), None))
        await here.answer(weather, shared.ts)
        here.workspace.share_channel(weather, [here.workspace.partner.id])
        await ada.say(first.channel, "and in 2013", thread_ts=first.thread_ts)
        await here.whispered("ada", containing="People of another organisation are in this channel")
    assert [each.domain_id for each in here.tenant.questions] == [WEATHER, WEATHER]
    assert here.tenant.questions[0].conversation_id == here.tenant.questions[1].conversation_id


async def test_a_channel_with_private_answers(here: Town) -> None:
    """A mention there is answered in direct messages; one thread of the channel is one thread there."""
    sales = here.workspace.channels["sales"]
    linus = here.person("linus")
    async with here.bot():
        await set_up(here.person("ada"), sales, audience="asker")
        ts = await linus.say(sales, f"@wisdom {QUESTION}")
        first = await private_answer(here, "linus")
        await linus.say(sales, "@wisdom as a pie chart", thread_ts=ts)
        second = await here.answer(first.channel, first.thread_ts, count=3)
        assert here.from_bot(sales, ts) == []
        await linus.say(sales, "thanks, that helps", thread_ts=ts)
        await linus.command(sales, f"/wisdom {QUESTION}")
        await here.until(lambda: len(here.tenant.questions) == 3)
    assert second.thread_ts == first.thread_ts
    assert here.tenant.questions[0].conversation_id == here.tenant.questions[1].conversation_id
    assert not [each for each in here.workspace.history(sales) if each.bot_id]


async def test_a_private_answer_is_shared_where_it_was_asked(here: Town) -> None:
    """Share posts it in the thread of the question, once, with controls of its own."""
    sales = here.workspace.channels["sales"]
    linus = here.person("linus")
    async with here.bot():
        await set_up(here.person("ada"), sales, audience="asker")
        ts = await linus.say(sales, f"@wisdom {QUESTION}")
        answer = await private_answer(here, "linus")
        await press(linus, answer, "Share to channel")
        shared = await here.answer(sales, ts)
        await here.whispered("linus", containing="Your answer is in the channel now")
        await press(linus, answer, "Share to channel")
        await here.whispered("linus", containing="shared this answer already")
        await press(linus, shared, "Show data")
        await here.until(lambda: any(map(tables, whispers(here, "linus"))))
    assert f"shared by <@{linus.id}>" in everything(shared)
    assert "Share to channel" not in labels(shared)
    assert len(here.from_bot(sales, ts)) == 1


async def test_sharing_looks_anew_at_the_channel(here: Town) -> None:
    """A channel that became shared, or that the asker has left, gets nothing."""
    sales, weather = here.workspace.channels["sales"], here.workspace.channels["weather"]
    linus = here.person("linus")
    async with here.bot():
        await linus.command(sales, f"/wisdom private {QUESTION}")
        answer = await private_answer(here, "linus")
        here.workspace.share_channel(sales, [here.workspace.partner.id])
        await press(linus, answer, "Share to channel")
        await here.whispered("linus", containing="People of another organisation are in this channel")
        await linus.command(weather, f"/wisdom private {QUESTION}")
        other = await here.until(lambda: _other(here, "linus", answer))
        here.workspace.remove_member(weather, linus.id)
        await press(linus, other, "Share to channel")
        await here.whispered("linus", containing="You are not in that channel any more")
    assert not [each for each in here.workspace.history(sales) if each.bot_id]
    assert not [each for each in here.workspace.history(weather) if each.bot_id]


def _other(here: Town, name: str, known: Message) -> Message | None:
    """A finished private answer in another thread than a known one."""
    direct, root = here.private(name) or ("", known)
    found = [each for each in here.from_bot(direct, root.ts) if not is_running(each)] if direct else []
    return next((each for each in found if each.thread_ts != known.thread_ts), None)


# -- what changes while an answer runs -------------------------------------------------------------------


async def test_an_answer_goes_private_when_the_channel_does(here: Town) -> None:
    """What was begun in the channel is taken away there and ends in the direct messages."""
    sales = here.workspace.channels["sales"]
    here.tenant.faults.switch(Fault.SILENT, after=6)
    async with here.bot():
        ts = await here.person("linus").say(sales, f"@wisdom {QUESTION}")
        await here.until(lambda: any(map(is_running, here.from_bot(sales, ts))))
        await here.tenant.faults.silent()
        await set_up(here.person("ada"), sales, audience="asker")
        here.tenant.faults.release()
        answer = await private_answer(here, "linus")
        await here.until(lambda: not here.from_bot(sales, ts))
    assert tables(answer)
    assert len(here.tenant.questions) == 1


async def test_an_answer_is_withdrawn_from_a_channel_that_became_shared(here: Town) -> None:
    """The channel was shared with another organisation while the answer ran: nothing of it stays."""
    sales = here.workspace.channels["sales"]
    here.tenant.faults.switch(Fault.SILENT, after=6)
    async with here.bot():
        ts = await here.person("ada").say(sales, f"@wisdom {QUESTION}")
        await here.until(lambda: any(map(is_running, here.from_bot(sales, ts))))
        await here.tenant.faults.silent()
        with here.logged("handlers", "looked at anew") as heard:
            here.workspace.share_channel(sales, [here.workspace.partner.id])
            await heard
        here.tenant.faults.release()
        await here.whispered("ada", containing="People of another organisation are in this channel")
        await here.until(lambda: not here.from_bot(sales, ts))


# -- shared channels -------------------------------------------------------------------------------------


async def test_consent_holds_for_those_who_were_there(here: Town) -> None:
    """An admin lets one organisation read along; when another joins, nothing is answered again."""
    partners = here.workspace.channels["partners"]
    ada = here.person("ada")
    async with here.bot():
        await ada.say(partners, f"@wisdom {QUESTION}")
        await here.whispered("ada", containing="People of another organisation")
        await set_up(ada, partners, consent=True)
        ts = await ada.say(partners, f"@wisdom {QUESTION}")
        assert tables(await here.answer(partners, ts))
        here.workspace.share_channel(partners, ["T0THIRD0000"])
        before = len(whispers(here, "ada"))
        await ada.say(partners, f"@wisdom {QUESTION}")
        await here.until(lambda: len(whispers(here, "ada")) > before)
    assert "People of another organisation" in everything(whispers(here, "ada")[-1])
    assert len(here.tenant.questions) == 1


async def test_only_an_admin_lets_others_read_along(here: Town) -> None:
    """Somebody who may change the settings, and is no admin, is not even asked."""
    partners = here.workspace.channels["partners"]
    async with here.bot(change=with_access(admins=())):
        await set_up(here.person("ada"), partners, editors=[here.person("grace").id])
        view = await settings(here.person("grace"), partners)
    assert "consent" not in str(view.content["blocks"])
    assert "Only an admin of the workspace can change that" in str(view.content["blocks"])


# -- settings --------------------------------------------------------------------------------------------


async def test_who_may_change_the_settings(here: Town) -> None:
    """Admins may, those they name, and who made the channel; others read why not."""
    board = here.workspace.channels["board"]
    linus = here.person("linus")
    async with here.bot():
        await linus.command(board, "/wisdom settings")
        await here.whispered("linus", containing="can change my settings in this channel")
        await linus.command(board, "/wisdom domain seattle weather")
        await set_up(here.person("ada"), board, editors=[linus.id])
        view = await settings(linus, board)
        await linus.post("view_close", {"user": linus.id, "view_id": view.id})
    async with here.bot(change=with_access(admins=(here.person("vera").id,))):
        await settings(here.person("vera"), board)


async def test_a_channel_with_several_domains_lets_the_asker_choose(here: Town) -> None:
    """The choice is asked of the asker alone, holds for the thread, and nobody else can make it."""
    sales = here.workspace.channels["sales"]
    ada = here.person("ada")
    ids = tuple(domain.id for domain in here.tenant.domains)
    async with here.bot():
        await set_up(ada, sales, domains=ids)
        ts = await ada.say(sales, "@wisdom What can I ask?")
        which = await here.whispered("ada", containing="Which data is your question about?")
        await here.until(lambda: not here.from_bot(sales, ts))
        await press(ada, which, "Seattle weather")
        answer = await here.answer(sales, ts)
        await here.until(lambda: which.ts not in {each.ts for each in whispers(here, "ada")})
        await ada.say(sales, "Average temperature by month in 2014", thread_ts=ts)
        again = await here.answer(sales, ts, count=2)
    assert "Seattle weather" in everything(answer)
    assert "Seattle weather" in everything(again)
    assert [each.domain_id for each in here.tenant.questions] == [ids[1], ids[1]]


async def test_without_any_setting_the_asker_chooses_among_their_own(tmp_path: Path) -> None:
    """Who may list domains chooses; who may not is told how one is chosen."""
    async with town(tmp_path, base=with_wisdom(domain_id="")) as here, here.bot():
        sales = here.workspace.channels["sales"]
        ts = await here.person("ada").say(sales, f"@wisdom {QUESTION}")
        which = await here.whispered("ada", containing="Which data")
        await press(here.person("ada"), which, "Sales pipeline")
        assert tables(await here.answer(sales, ts))
        ts = await here.person("grace").say(sales, f"@wisdom {QUESTION}")
        await here.whispered("grace", containing="It is not set which data is asked here")
        await here.until(lambda: not here.from_bot(sales, ts))


async def test_domains_may_be_written_down(tmp_path: Path) -> None:
    """Where the tenant lists nothing to somebody, those of the configuration are offered."""
    names = (("ET_DOMAIN_sales", "Our pipeline"), ("ET_DOMAIN_weather", "Our weather"))
    async with town(tmp_path, base=with_wisdom(domain_id="", domains=names)) as here, here.bot():
        sales = here.workspace.channels["sales"]
        ts = await here.person("grace").say(sales, f"@wisdom {QUESTION}")
        which = await here.whispered("grace", containing="Which data")
        await press(here.person("grace"), which, "Our pipeline")
        answer = await here.answer(sales, ts)
    assert "Our pipeline" in everything(answer)


# -- channels whose id changes ---------------------------------------------------------------------------


async def test_a_channel_that_gets_another_id_is_followed(here: Town) -> None:
    """Settings, thread, conversation and controls go on under the new id, as if nothing had happened."""
    board = here.workspace.channels["board"]
    ada = here.person("ada")
    async with here.bot():
        await set_up(ada, board, exports=False)
        ts = await ada.say(board, f"@wisdom {QUESTION}")
        answer = await here.answer(board, ts)
        with here.logged("handlers", f"The channel {board} is ") as followed:
            board = here.workspace.change_channel_id(board)
            await followed
        moved = here.workspace.message(board, answer.ts)
        assert moved is not None
        await ada.say(board, "as a pie chart", thread_ts=ts)
        follow_up = await here.answer(board, ts, count=2)
        await press(ada, moved, "Show data")
        shown = await here.until(lambda: next(filter(tables, whispers(here, "ada")), None))
        await choose(ada, now(here, moved), "Pie")
        await here.until(lambda: "segments" in str(now(here, moved).blocks))
    assert shown.channel == board
    assert "Export CSV" not in labels(follow_up)
    first, second = here.tenant.questions
    assert first.conversation_id == second.conversation_id


# -- the audit -------------------------------------------------------------------------------------------


async def test_the_audit_tells_who_asked_what_where_as_whom(here: Town, tmp_path: Path) -> None:
    """Questions, answers, refusals, what was shown, exported, shared, configured and deleted."""
    sales = here.workspace.channels["sales"]
    ada, linus = here.person("ada"), here.person("linus")
    async with here.bot():
        ts = await ada.say(sales, f"@wisdom {QUESTION}")
        answer = await here.answer(sales, ts)
        await press(linus, answer, "Show data")
        await here.until(lambda: any(map(tables, whispers(here, "linus"))))
        await press(ada, answer, "Export CSV")
        await here.until(
            lambda: [each for each in here.workspace.files.values() if each.name.endswith(".csv")]
        )
        await here.person("vera").say(sales, f"@wisdom {QUESTION}")
        await here.whispered("vera", containing="does not let you ask")
        await set_up(ada, sales, exports=False)
        await press(ada, now(here, answer), "Delete")
        await here.until(lambda: here.workspace.message(sales, answer.ts) is None)
    reader = await SqliteReader.open(tmp_path / "store.sqlite")
    found = [entry async for entry in entries(reader, None, None)]
    await reader.close()
    deeds = [(entry.what, entry.user, entry.identity) for entry in found]
    assert (What.ASKED, ada.id, "ada@example.com") in deeds
    assert (What.ANSWERED, ada.id, "ada@example.com") in deeds
    assert (What.SHOWN, linus.id, "linus@example.com") in deeds
    assert (What.EXPORTED, ada.id, "ada@example.com") in deeds
    assert (What.REFUSED, here.person("vera").id, "vera@example.com") in deeds
    assert (What.CONFIGURED, ada.id, "") in deeds
    assert (What.DELETED, ada.id, "") in deeds
    asked = next(entry for entry in found if entry.what == What.ASKED)
    assert (asked.question, asked.channel, asked.domain) == (QUESTION, sales, here.tenant.domains[0].id)
    exported = next(entry for entry in found if entry.what == What.EXPORTED)
    assert exported.details["rows"] == 6


@pytest.mark.parametrize(
    ("identity", "told"), [("service", "one WisdomAI account"), ("impersonate", "your own rights")]
)
async def test_help_says_whose_rights_count(here: Town, identity: str, told: str) -> None:
    """Each is told whether their own rights hold, or those of one account for everybody."""
    async with here.bot(change=with_wisdom(identity=identity)):
        await here.person("ada").command(here.workspace.channels["sales"], "/wisdom help")
        await here.whispered("ada", containing=told)
