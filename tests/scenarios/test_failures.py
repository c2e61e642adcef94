"""Everything that can go wrong for the person who asks ends in a sentence."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.core.render.blocks import RETRY_ACTION, STOP_ACTION
from bot.sandbox.slack.model import Message
from bot.sandbox.tenant.faults import Fault
from tests.scenarios.town import (
    PICTURES,
    Town,
    charts,
    everything,
    has_retry,
    is_running,
    of_type,
    tables,
    with_wisdom,
)

QUESTION = "@wisdom Expected revenue by stage"


async def asked(here: Town, text: str = QUESTION, *, channel: str = "sales") -> tuple[str, str]:
    place = here.workspace.channels[channel]
    return place, await here.person("ada").say(place, text)


async def running(here: Town, channel: str, ts: str, *, containing: str = "") -> Message:
    """The answer while it runs, once it says what is expected."""

    def look() -> Message | None:
        messages = here.from_bot(channel, ts)
        return next((each for each in messages if is_running(each) and containing in everything(each)), None)

    return await here.until(look)


def retried(here: Town, channel: str, ts: str) -> Message | None:
    """The answer, once it has neither Retry nor Stop any more."""
    messages = here.from_bot(channel, ts)
    return next((each for each in messages if not has_retry(each) and not is_running(each)), None)


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (Fault.GRAPHQL_ERROR, 4),  # roles, looked at twice, and the list of domains fail before the answer
        (Fault.CRASH, 1),
        (Fault.ERROR_STRINGS, 1),
    ],
)
async def test_an_answer_that_fails_says_so_and_can_be_retried(here: Town, fault: Fault, times: int) -> None:
    """A failed answer names a reference; Retry asks again in the same message."""
    here.tenant.faults.switch(fault, times=times)
    async with here.bot(change=with_wisdom(selection="full")):
        channel, ts = await asked(here)
        failed = await here.answer(channel, ts)
        assert "could not answer" in everything(failed)
        assert "Ref `" in everything(failed)
        await here.person("grace").press(failed, RETRY_ACTION)
        answer = await here.until(lambda: retried(here, channel, ts))
    assert answer.ts == failed.ts
    assert charts(answer)


async def test_an_error_operation_is_said_beside_what_was_answered(here: Town) -> None:
    """An error in the middle does not take the rest of the answer away."""
    here.tenant.faults.switch(Fault.ERROR_OP)
    async with here.bot():
        channel, ts = await asked(here)
        answer = await here.answer(channel, ts)
    assert "⚠️" in everything(answer)
    assert tables(answer)


async def test_a_refused_key_is_for_the_admin(here: Town) -> None:
    """The person reads whom to ask; a retry would not help."""
    async with here.bot(change=with_wisdom(access_key=SecretStr("wrong"))):
        channel, ts = await asked(here)
        answer = await here.answer(channel, ts)
    assert "access key" in everything(answer)
    assert not has_retry(answer)


async def test_a_tenant_that_is_away_is_said(here: Town) -> None:
    """Nothing listens at the tenant's address."""
    async with here.bot(change=with_wisdom(url="http://127.0.0.1:9", ws_url="ws://127.0.0.1:9/graphql")):
        channel, ts = await asked(here)
        answer = await here.answer(channel, ts)
    assert "can't reach WisdomAI" in everything(answer)
    assert has_retry(answer)


async def test_silence_is_said_and_keeps_what_was_heard(here: Town) -> None:
    """An answer that stops coming ends with a sentence, after what it said so far."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with here.bot(change=with_wisdom(silence_seconds=1.0)):
        channel, ts = await asked(here)
        answer = await here.answer(channel, ts)
    assert "said nothing" in everything(answer)
    assert has_retry(answer)


async def test_an_unknown_domain_is_said(here: Town) -> None:
    """A domain that does not exist is named to the asker alone, with the way to see which do."""
    async with here.bot(change=with_wisdom(domain_id="ET_DOMAIN_none")):
        channel, ts = await asked(here)
        told = await here.whispered("ada", containing="ET_DOMAIN_none")
        await here.until(lambda: not here.from_bot(channel, ts))
    assert "/wisdom domains" in everything(told)


async def test_a_channel_without_the_bot_is_answered_to_the_asker_alone(here: Town) -> None:
    """From a channel that the bot is not in the answer comes in direct messages, with how to invite it."""
    async with here.bot():
        await here.person("ada").command(here.workspace.channels["random"], "/wisdom How many deals?")
        whisper = await here.whispered("ada", containing="/invite @wisdom")
        direct, root = await here.until(lambda: here.private("ada"))
        answer = await here.answer(direct, root.ts)
    assert "our direct messages" in everything(whisper)
    assert "You asked in" in everything(root)
    assert "deals" in everything(answer)
    assert not list(here.workspace.history(here.workspace.channels["random"]))


async def test_stop_ends_the_answer_and_keeps_what_was_said(here: Town) -> None:
    """The asker's press ends the subscription; the message keeps its text and says that it was stopped."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with here.bot():
        channel, ts = await asked(here)
        message = await running(here, channel, ts, containing="revenue")
        await here.person("grace").press(message, STOP_ACTION)
        await here.whispered("grace", containing="Only the person who asked")
        await here.person("ada").press(message, STOP_ACTION)
        answer = await here.answer(channel, ts)
    assert "Stopped by the asker" in everything(answer)
    assert "revenue" in everything(answer)
    assert here.tenant.followers == 0


async def test_questions_of_a_busy_thread_wait_in_line(here: Town) -> None:
    """The second question says that it waits, can be stopped there, and is asked after the first."""
    here.tenant.faults.switch(Fault.SILENT, after=3)
    async with here.bot():
        channel, ts = await asked(here)
        ada = here.person("ada")
        await running(here, channel, ts)
        await ada.say(channel, "and by region?", thread_ts=ts)
        await running(here, channel, ts, containing="Waiting for 1 question")
        await ada.say(channel, "and by owner?", thread_ts=ts)
        third = await running(here, channel, ts, containing="Waiting for 2 questions")
        await ada.press(third, STOP_ACTION)
        await here.until(lambda: "Stopped" in everything(here.from_bot(channel, ts)[2]))
        await here.tenant.faults.silent()
        here.tenant.faults.release()
        answers = await here.answers(channel, ts, count=3)
    assert [question.text for question in here.tenant.questions] == [
        "Expected revenue by stage",
        "and by region?",
    ]
    assert tables(answers[1])


async def test_an_answer_that_was_deleted_comes_anew(here: Town) -> None:
    """When the message is deleted while it is written, the whole answer is posted once more."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with here.bot():
        channel, ts = await asked(here)
        message = await running(here, channel, ts)
        await here.tenant.faults.silent()
        here.workspace.delete(message)
        here.tenant.faults.release()
        answer = await here.answer(channel, ts)
    assert answer.ts != message.ts
    assert "Closed Won" in everything(answer)
    assert len(here.from_bot(channel, ts)) == 1


async def test_a_question_that_was_deleted_gets_no_answer(here: Town) -> None:
    """When question and answer are deleted, nothing is posted, and nobody is told anything."""
    here.tenant.faults.switch(Fault.SILENT, after=12)
    async with here.bot():
        channel, ts = await asked(here)
        message = await running(here, channel, ts)
        await here.tenant.faults.silent()
        question = next(each for each in here.workspace.history(channel) if each.ts == ts)
        here.workspace.delete(message)
        here.workspace.delete(question)
        here.tenant.faults.release()  # the bot is not left before its turns are over
    assert here.from_bot(channel, ts) == []
    assert here.workspace.ephemerals == []


@pytest.mark.parametrize(
    "text",
    ["<@{grace}> what do you think?", "thanks <@{grace}>", "<!here> look"],
    ids=["name", "thanks", "here"],
)
async def test_talk_among_people_is_left_alone(here: Town, text: str) -> None:
    """A reply to somebody else in the bot's thread is not answered; the next question is."""
    async with here.bot():
        channel, ts = await asked(here)
        await here.answer(channel, ts)
        ada = here.person("ada")
        await ada.say(channel, text.format(grace=here.person("grace").id), thread_ts=ts)
        await ada.say(channel, "Total expected across all?", thread_ts=ts)
        await here.answers(channel, ts, count=2)
    assert [question.text for question in here.tenant.questions][1:] == ["Total expected across all?"]


async def test_slack_limits_are_waited_out(here: Town) -> None:
    """429 is obeyed; the person sees nothing of it but a whole answer."""
    for method in ("chat.update", "chat.postMessage", "files.getUploadURLExternal", "files.info"):
        here.workspace.faults.fail_next(method, "ratelimited", times=2, retry_after=1)
    async with here.bot():
        channel, ts = await asked(here)
        answer = await here.answer(channel, ts)
    assert charts(answer)
    assert len(here.from_bot(channel, ts)) == 1


async def test_a_chart_that_cannot_be_uploaded_costs_only_itself(here: Town) -> None:
    """Text, table and buttons stand; a sentence says that the chart is missing."""
    here.workspace.faults.fail_next("files.getUploadURLExternal", "file_uploads_disabled", times=2)
    async with here.bot(change=PICTURES):
        channel, ts = await asked(here)
        answer = await here.answer(channel, ts)
    assert tables(answer)
    assert not charts(answer)
    assert "The chart could not be drawn" in everything(answer)
    assert "The SQL could not be attached" in everything(answer)


@pytest.mark.parametrize("kind", ["table", "image", "markdown"])
async def test_a_refused_block_is_not_a_lost_answer(here: Town, kind: str) -> None:
    """A workspace that refuses a kind of block still gets the answer, in a simpler form."""
    here.workspace.faults.refuse_blocks = frozenset({kind})
    async with here.bot(change=PICTURES):
        channel, ts = await asked(here)
        answer = await here.answer(channel, ts)
    assert "Closed Won" in everything(answer) + answer.text
    assert not of_type(answer, kind)


async def test_a_dropped_edit_is_sent_again(here: Town) -> None:
    """A connection that breaks during an edit neither loses nor doubles the answer."""
    here.workspace.faults.fail_next("chat.update", "connection_dropped", times=2)
    async with here.bot():
        channel, ts = await asked(here)
        answer = await here.answer(channel, ts)
    assert charts(answer)


async def test_commands_answer_the_one_who_typed(here: Town) -> None:
    """Help, the list of domains and the choice of one are shown to nobody else."""
    weather = here.workspace.channels["weather"]
    ada = here.person("ada")
    async with here.bot():
        await ada.command(weather, "/wisdom help")
        assert "direct message" in everything(await here.whispered("ada", containing="Ask a question"))
        await ada.command(weather, "/wisdom domains")
        assert "Seattle weather" in everything(await here.whispered("ada", containing="What you can ask"))
        await ada.command(weather, "/wisdom domain finance")
        await here.whispered("ada", containing="You can't ask “finance”")
        await ada.command(weather, "/wisdom domain seattle WEATHER")
        await here.whispered("ada", containing="now asks")
        await ada.command(weather, "/wisdom Average temperature by month in 2014")
        root = await here.until(lambda: next(iter(here.workspace.history(weather)), None))
        answer = await here.answer(weather, root.ts)
    assert root.text.startswith(f"<@{ada.id}> asks:")
    assert "Seattle weather" in everything(answer)


async def test_an_empty_mention_gets_help(here: Town) -> None:
    """A bare mention is answered in its thread with how to ask and examples."""
    async with here.bot():
        channel, ts = await asked(here, "@wisdom")
        answer = await here.answer(channel, ts)
    assert "For example" in everything(answer)
    assert here.tenant.questions == ()


async def test_what_is_happening_is_said_while_it_happens(here: Town) -> None:
    """While the tenant works, the message says at what, and nothing of it stays."""
    here.tenant.faults.switch(Fault.SILENT, after=1)
    async with here.bot():
        channel, ts = await asked(here)
        await running(here, channel, ts, containing="Looking at")
        here.tenant.faults.release()
        answer = await here.answer(channel, ts)
    assert "Looking at" not in everything(answer)


@pytest.mark.parametrize("fault", [Fault.GAP, Fault.DUPLICATES, Fault.DISORDER, Fault.OVERSIZED])
async def test_a_disturbed_stream_still_gives_the_whole_answer(here: Town, fault: Fault) -> None:
    """Diffs that are lost, doubled, out of order or huge leave no trace in what the person reads."""
    async with here.bot():
        channel, first = await asked(here)
        expected = await here.answer(channel, first)
        here.tenant.faults.switch(fault, after=8)
        channel, second = await asked(here)
        answer = await here.answer(channel, second)
    assert of_type(answer, "markdown") == of_type(expected, "markdown")
    assert tables(answer)[0]["rows"] == tables(expected)[0]["rows"]
    assert here.tenant.faults.left(fault) == 0
