"""Everybody asks as themselves: their own rows, their own conversation, their own controls."""

from __future__ import annotations

import pytest

from bot.sandbox.slack.model import Message
from tests.scenarios.town import Town, buttons, everything, is_running, tables

TOTAL = "Total expected revenue"
BY_STAGE = "Expected revenue by stage"


def total(here: Town, *, region: str = "") -> str:
    """The whole expected revenue, or that of one region, as the bot writes it."""
    rows = here.sql(
        "SELECT a.region, o.expected_revenue FROM opportunities o JOIN accounts a ON a.id = o.account_id"
    )
    amount = sum(float(str(revenue)) for of, revenue in rows if not region or of == region)
    return f"${amount:,.2f}".removesuffix(".00")


def questions(here: Town) -> list[tuple[str, str]]:
    """Who asked what at the tenant."""
    return [(asked.user.name.split()[0], asked.text) for asked in here.tenant.questions]


async def test_two_people_read_different_numbers(here: Town) -> None:
    """The same question runs with the rights of whoever asks it."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        for name, region in (("ada", ""), ("grace", "EMEA")):
            ts = await here.person(name).say(sales, f"@wisdom {TOTAL}")
            assert total(here, region=region) in everything(await here.answer(sales, ts))
    assert total(here) != total(here, region="EMEA")


async def test_a_second_person_brings_the_questions_of_the_thread_along(here: Town) -> None:
    """Their first question knows what was asked, has a conversation of its own, and none of the answers."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("ada").say(sales, f"@wisdom {TOTAL}")
        first = await here.answer(sales, ts)
        await here.person("grace").say(sales, "And by stage?", thread_ts=ts)
        second = await here.answer(sales, ts, count=2)
        await here.person("grace").say(sales, "as a pie chart", thread_ts=ts)
        await here.answer(sales, ts, count=3)
    assert total(here) in everything(first)
    assert total(here, region="EMEA") in everything(second)
    ada, grace, again = here.tenant.questions
    assert len({ada.conversation_id, grace.conversation_id}) == 2
    assert again.conversation_id == grace.conversation_id
    assert TOTAL in grace.text
    assert total(here) not in grace.text
    assert again.text == "as a pie chart"


async def test_the_first_person_learns_what_the_second_asked(here: Town) -> None:
    """Who comes back to the thread brings along what was asked meanwhile."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("ada").say(sales, f"@wisdom {TOTAL}")
        await here.answer(sales, ts)
        await here.person("linus").say(sales, "And by stage?", thread_ts=ts)
        await here.answer(sales, ts, count=2)
        await here.person("ada").say(sales, "as a pie chart", thread_ts=ts)
        answer = await here.answer(sales, ts, count=3)
    assert "1. And by stage?" in questions(here)[-1][1]
    assert "Stage" in everything(answer)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("vera", "Your role in WisdomAI does not let you ask questions"),
        ("niels", "WisdomAI has no account with the e-mail address of your Slack profile"),
        ("dorothy", "Your WisdomAI account is switched off"),
        ("emmy", "Slack does not tell me your e-mail address"),
    ],
)
async def test_who_may_not_ask_is_told_alone(here: Town, name: str, told: str) -> None:
    """The channel keeps nothing of it, no address is named, and nobody else's rights are used instead."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person(name).say(sales, f"@wisdom {TOTAL}")
        whisper = await here.whispered(name, containing=told)
        await here.until(lambda: not here.from_bot(sales, ts))
    assert "@" not in everything(whisper)
    assert here.tenant.questions == ()


async def test_in_direct_messages_a_refusal_stands_in_place(here: Town) -> None:
    """Where the asker is alone, the sentence takes the answer's place."""
    async with here.bot():
        direct = here.workspace.open_direct([here.person("vera").id, here.workspace.bot_user_id]).id
        ts = await here.person("vera").say(direct, TOTAL)
        answer = await here.answer(direct, ts)
    assert "does not let you ask" in everything(answer)


async def test_who_was_switched_off_in_between_is_refused_from_then_on(here: Town) -> None:
    """A token that was good a minute ago does not outlive the account."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("grace").say(sales, f"@wisdom {TOTAL}")
        await here.answer(sales, ts)
        here.tenant.people.deactivate("grace@example.com")
        await here.person("grace").say(sales, "And by stage?", thread_ts=ts)
        await here.whispered("grace", containing="switched off")
        await here.until(lambda: len(here.from_bot(sales, ts)) == 1)


async def test_a_basic_explorer_sees_no_sql(here: Town) -> None:
    """The answer has no snippet and no Show SQL, and asking for the SQL brings none."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("barbara").say(sales, f"@wisdom {BY_STAGE}")
        answer = await here.answer(sales, ts)
        await here.person("barbara").say(sales, "show me the sql", thread_ts=ts)
        refused = await here.answer(sales, ts, count=2)
    assert tables(answer)
    assert answer.file_ids == ()
    assert "Show SQL" not in labels(answer)
    assert "SELECT" not in everything(refused).upper()


def labels(message: Message) -> list[str]:
    """What stands on the buttons of a message."""
    return [str(each["text"]["text"]) for each in buttons(message) if isinstance(each.get("text"), dict)]  # type: ignore[index]


async def test_a_domain_that_a_person_may_not_ask_is_said_to_them_alone(here: Town) -> None:
    """Linus may ask the sales domain only."""
    weather = here.workspace.channels["weather"]
    async with here.bot():
        await here.person("ada").command(weather, "/wisdom domain seattle weather")
        await here.whispered("ada", containing="now asks")
        ts = await here.person("linus").say(weather, "@wisdom Average temperature by month")
        await here.whispered("linus", containing="You can't ask")
        await here.until(lambda: not here.from_bot(weather, ts))


async def test_a_retry_runs_as_who_presses(here: Town) -> None:
    """The failed question of one person is answered with the rights of the other."""
    sales = here.workspace.channels["sales"]
    async with here.bot():
        ts = await here.person("ada").say(sales, f"@wisdom {TOTAL}")
        answer = await here.answer(sales, ts)
        await here.person("grace").press(answer, "wisdom_ask")
        later = await here.answer(sales, ts, count=3)
    assert questions(here)[-1][0] == "Grace"
    assert not is_running(later)
