"""The main job, as dialogs: ask, watch, follow up, restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.slack.model import Changed, Message
from bot.sandbox.tenant.options import TenantOptions
from tests.scenarios.town import (
    PICTURES,
    SLACK,
    Town,
    buttons,
    charts,
    everything,
    of_type,
    tables,
    town,
    with_access,
)

EACH = "What is the expected revenue from each opportunity?"


def files(here: Town, message: Message) -> list[str]:
    return [here.workspace.files[file_id].name for file_id in message.file_ids]


async def test_a_mention_is_answered_with_prose_chart_table_and_sql(here: Town) -> None:
    """One message of the thread holds prose, chart, first rows, footer, and the SQL as a snippet."""
    sales = here.workspace.channels["sales"]
    async with here.bot(change=PICTURES):
        ts = await here.person("ada").say(sales, f"@wisdom {EACH}")
        answer = await here.answer(sales, ts)
    assert len(here.from_bot(sales, ts)) == 1
    assert of_type(answer, "markdown")
    assert tables(answer)
    assert "Sales pipeline" in everything(answer)
    (image,) = charts(answer)
    assert "Highest" in str(image["alt_text"])
    (name,) = files(here, answer)
    assert name.endswith(".sql")
    assert b"SELECT" in here.workspace.files[answer.file_ids[0]].data


async def test_the_numbers_are_those_of_a_direct_query(here: Town) -> None:
    """Each row of the table equals what SQL over the same tables says."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("ada").say(sales, f"@wisdom {EACH}")
        answer = await here.answer(sales, ts)
    rows = here.sql("SELECT name, expected_revenue FROM opportunities")
    expected = {name: f"${revenue:,.2f}" for name, revenue in rows}
    (table,) = tables(answer)
    shown = [[_text(cell) for cell in row] for row in table["rows"]]  # type: ignore[attr-defined]
    assert len(shown) > 5
    for name, revenue in shown[1:]:
        assert expected[name] == revenue


def _text(cell: dict[str, object]) -> str:
    return str(cell.get("text") or everything(Message("", "", "", "", blocks=(cell,))))


async def test_a_follow_up_needs_no_mention_and_continues_the_conversation(here: Town) -> None:
    """A reply in the thread is asked in the same conversation, and its total is right."""
    sales = here.workspace.channels["sales"]
    ada = here.person("ada")
    async with here.bot():
        ts = await ada.say(sales, f"@wisdom {EACH}")
        await here.answer(sales, ts)
        await ada.say(sales, "Total expected across all?", thread_ts=ts)
        answer = await here.answer(sales, ts, count=2)
    ((total,),) = here.sql("SELECT ROUND(SUM(expected_revenue), 2) FROM opportunities")
    assert f"${total:,.2f}" in everything(answer)
    first, second = here.tenant.questions
    assert second.conversation_id == first.conversation_id


async def test_a_follow_up_after_a_restart_continues_the_conversation(here: Town) -> None:
    """The thread map outlives the process."""
    sales = here.workspace.channels["sales"]
    ada = here.person("ada")
    async with here.bot():
        ts = await ada.say(sales, f"@wisdom {EACH}")
        await here.answer(sales, ts)
    async with here.bot():
        await ada.say(sales, "Total expected across all?", thread_ts=ts)
        await here.answer(sales, ts, count=2)
    first, second = here.tenant.questions
    assert second.conversation_id == first.conversation_id


async def test_a_mention_that_arrives_twice_is_asked_once(here: Town) -> None:
    """Slack sends a mention as app_mention and as message: one question, one answer."""
    sales = here.workspace.channels["sales"]
    ada = here.person("ada")
    async with here.bot():
        first = await ada.say(sales, "@wisdom How many open deals?")
        await here.answer(sales, first)
        second = await ada.say(sales, "@wisdom How many won deals?")
        await here.answer(sales, second)
    assert len(here.tenant.questions) == 2
    assert len(here.from_bot(sales, first)) == 1


async def test_the_answer_grows_while_it_is_written(tmp_path: Path) -> None:
    """The thread shows a placeholder, then more and more text with Stop, then the end without it."""
    seen: list[Message] = []
    async with town(tmp_path, tenant=TenantOptions(speed=150)) as here:
        here.workspace.subscribe(
            lambda change: seen.append(change.message) if isinstance(change, Changed) else None
        )
        sales = here.workspace.channels["sales"]
        async with here.bot():
            ts = await here.person("ada").say(sales, "@wisdom Expected revenue by stage")
            answer = await here.answer(sales, ts)
    drafts = [message for message in seen if message.ts == answer.ts]
    assert len(drafts) >= 3
    assert all(of_type(draft, "actions") for draft in drafts[:-1])
    lengths = [len(everything(draft)) for draft in drafts]
    assert lengths[-1] > lengths[0]
    for word in ("Looking at", "Running the query", "Thinking"):
        assert word not in everything(answer)


async def test_a_direct_message_is_answered(here: Town) -> None:
    """In a DM no mention is needed."""
    ada = here.person("ada")
    channel = here.workspace.open_direct([ada.id, here.workspace.bot_user_id]).id
    async with here.bot():
        ts = await ada.say(channel, "How many open deals?")
        answer = await here.answer(channel, ts)
    assert "Sales pipeline" in everything(answer)


async def test_suggestions_ask_in_the_thread(here: Town) -> None:
    """A suggested question is a button; pressing it asks, as the person who pressed."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("ada").say(sales, "@wisdom Expected revenue by stage")
        answer = await here.answer(sales, ts)
        assert "#ask" not in everything(answer)
        suggestion = next(each for each in buttons(answer) if "ask" in str(each["action_id"]))
        await here.person("grace").press(answer, str(suggestion["action_id"]))
        await here.answer(sales, ts, count=3)
    asked = here.from_bot(sales, ts)[1]
    assert asked.text == f"<@{here.person('grace').id}> asks:\n> {suggestion['value']}"
    assert here.tenant.questions[1].text.endswith(f": {suggestion['value']}")


async def test_a_long_answer_continues_in_further_messages(here: Town) -> None:
    """A report becomes several messages of the thread, in order, each inside Slack's limits."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("ada").say(sales, "@wisdom Write a report on the pipeline")
        messages = await here.answers(sales, ts, count=2)
    text = "\n".join(everything(message) for message in messages)
    assert len(text) > 9000
    for message in messages:
        assert everything(message).count("```") % 2 == 0
    assert here.workspace.limited == 0


async def test_twenty_people_at_once(here: Town) -> None:
    """Twenty questions at once in two channels: nobody is limited, and every answer arrives whole."""
    channels = [here.workspace.channels[name] for name in ("sales", "weather")]
    ada = here.person("ada")
    async with here.bot(change=with_access(questions_per_person=20, questions_at_once_per_person=20)):
        asked = [
            (channel, await ada.say(channel, f"@wisdom Top {number} deals by amount"))
            for number in range(2, 12)
            for channel in channels
        ]
        answers = [await here.answer(channel, ts) for channel, ts in asked]
    assert here.workspace.limited == 0
    assert all(tables(answer) for answer in answers)
    assert len(here.tenant.questions) == 20


@pytest.mark.parametrize(
    "tenant",
    [
        TenantOptions(mode="snapshots"),
        TenantOptions(unit="codepoint"),
        TenantOptions(subprotocols=("graphql-ws",)),
        TenantOptions(subprotocols=()),
        TenantOptions(attributes=False),
        TenantOptions(introspection=False),
        TenantOptions(flat=True),
        TenantOptions(dressing="bare"),
        TenantOptions(status="kept"),
        TenantOptions(status="trailing"),
        TenantOptions(unauthorized_status=401),
    ],
    ids=lambda options: ",".join(
        f"{name}={getattr(options, name)}"
        for name in TenantOptions.__slots__
        if getattr(options, name) != getattr(TenantOptions(), name)
    ),
)
async def test_tenants_that_differ_give_the_same_answer(tmp_path: Path, tenant: TenantOptions) -> None:
    """Whatever a tenant sends and however, the person reads the same table."""
    async with town(tmp_path, tenant=tenant) as here:
        sales = here.workspace.channels["sales"]
        async with here.bot():
            ts = await here.person("ada").say(sales, "@wisdom Expected revenue by stage")
            answer = await here.answer(sales, ts)
        ((won,),) = here.sql("SELECT SUM(expected_revenue) FROM opportunities WHERE stage = 'Closed Won'")
    assert f"${won:,.2f}" in everything(answer)
    assert charts(answer)


async def test_the_same_over_signed_http(here: Town) -> None:
    """HTTP mode has the same handlers behind it, and refuses what Slack did not sign."""
    sales = here.workspace.channels["sales"]
    async with here.bot(http=True) as running:
        address = f"http://127.0.0.1:{running.port}"
        await here.slack.use_http(f"{address}/slack/events")
        ts = await here.person("ada").say(sales, "@wisdom How many open deals?")
        answer = await here.answer(sales, ts)
        await here.person("ada").command(sales, "/wisdom help")
        await here.whispered("ada", containing="/wisdom")
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{address}/slack/events", json={"type": "event_callback"}) as forged,
        ):
            assert forged.status == 401
    assert "Sales pipeline" in everything(answer)


@pytest.mark.parametrize("http", [False, True])
async def test_health_pages(here: Town, *, http: bool) -> None:
    """Alive as long as it runs; ready while Slack and the tenant can be reached."""
    async with here.bot(http=http) as running, aiohttp.ClientSession() as session:
        address = f"http://127.0.0.1:{running.port}"
        async with session.get(f"{address}/healthz") as alive:
            assert alive.status == 200
        async with session.get(f"{address}/readyz") as ready:
            checks = (await ready.json())["checks"]
            assert (ready.status, set(checks.values())) == (200, {"ok"})
    assert ("slack_socket" in checks) is not http


async def test_socket_mode_survives_a_refresh(here: Town) -> None:
    """Slack renews a connection every few hours; questions before and after are answered."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        here.slack.sockets.refresh()
        ts = await here.person("ada").say(sales, "@wisdom How many open deals?")
        assert "Sales pipeline" in everything(await here.answer(sales, ts))


async def test_files_that_show_late_are_waited_for(tmp_path: Path) -> None:
    """The chart stands in the message although Slack needs a while until it can show the upload."""
    async with town(tmp_path, slack=replace(SLACK, file_visibility_delay=1.5)) as here:
        sales = here.workspace.channels["sales"]
        async with here.bot(change=PICTURES):
            ts = await here.person("ada").say(sales, "@wisdom Expected revenue by stage")
            answer = await here.answer(sales, ts)
    assert charts(answer)
