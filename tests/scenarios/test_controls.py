"""The controls of an answer, as dialogs: each is used, the bot starts anew, and it is used again.

Everybody has the same rights here, so the controls work on what stands in the thread for whoever presses.
``test_identity.py`` shows what becomes of them where people have rights of their own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.memory import Feedback, Memory
from bot.sandbox.slack.model import File, Message, View
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.oddities import ODDITIES
from bot.store.sqlite import SqliteStore
from tests.scenarios.town import (
    PICTURES,
    SERVICE,
    Person,
    Town,
    charts,
    everything,
    has_retry,
    of_type,
    tables,
    town,
    with_process,
    with_wisdom,
)
from tests.scenarios.using import (
    choose,
    close,
    control,
    controls,
    in_window,
    labels,
    now,
    press,
    rate,
    title,
    whispers,
    window,
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    """A workspace and a tenant, for bots that ask as the owner of the key."""
    async with town(tmp_path, base=SERVICE) as built:
        yield built


BY_STAGE = "Expected revenue by stage"
ALL = "List all opportunities"
ODD = "show me the odd names"
NATIVE = frozenset({"data_visualization", "data_table"})


async def asked(here: Town, question: str) -> Message:
    """Ada asks in #sales; her answer when it is finished."""
    sales = here.workspace.channels["sales"]
    ts = await here.person("ada").say(sales, f"@wisdom {question}")
    return await here.answer(sales, ts)


async def exported(here: Town, answer: Message, *, count: int) -> tuple[Message, File]:
    """The newest of so many messages with a CSV file in the answer's thread."""

    def look() -> list[tuple[Message, File]]:
        shared = [
            (message, here.workspace.files[file_id])
            for message in here.from_bot(answer.channel, answer.thread_ts)
            for file_id in message.file_ids
        ]
        found = [(message, file) for message, file in shared if file.name.endswith(".csv")]
        return found if len(found) == count else []

    return (await here.until(look))[-1]


def refusals(here: Town) -> list[str]:
    """The methods with which Slack refused blocks, in order."""
    entries = here.slack.traffic.newest(1000)
    return [entry.name for entry in entries if entry.status == "invalid_blocks"]


# -- the data --------------------------------------------------------------------------------------------


async def test_show_data_turns_its_pages_for_the_presser_alone(here: Town) -> None:
    """All rows are there page by page, only for who pressed, in one place; also after a restart."""
    grace = here.person("grace")
    async with here.bot():
        answer = await asked(here, ALL)
        await press(grace, answer, "Show data")
        first = await here.whispered("grace", containing="Rows 1–25 of 160")
        assert first.thread_ts == answer.thread_ts
        assert "Previous" not in labels(first)
        await press(grace, first, "Next")
        second = await here.whispered("grace", containing="Rows 26–50 of 160")
        assert second.ts == first.ts
    async with here.bot():
        await press(grace, second, "Next")
        third = await here.whispered("grace", containing="Rows 51–75 of 160")
        await press(grace, third, "Previous")
        await here.whispered("grace", containing="Rows 26–50 of 160")
        assert len(whispers(here, "grace")) == 1
        assert await _paged_through(here, answer) == 160
    assert here.from_bot(answer.channel, answer.thread_ts) == [answer]


async def _paged_through(here: Town, answer: Message) -> int:
    """How many rows Ada sees on all of the pages, of which the last one has no Next."""
    ada = here.person("ada")
    await press(ada, answer, "Show data")
    seen = 0
    for start in range(1, 161, 25):
        page = await here.whispered("ada", containing=f"Rows {start}–{min(start + 24, 160)} of 160")
        (table,) = tables(page)
        seen += len(table["rows"]) - 1  # type: ignore[arg-type]
        if "Next" in labels(page):
            await press(ada, page, "Next")
    assert labels(whispers(here, "ada")[-1]) == ["Previous"]
    return seen


async def test_show_sql_opens_a_window(here: Town) -> None:
    """The window names the dialect and shows the SQL over several lines; also after a restart."""
    grace = here.person("grace")
    async with here.bot():
        answer = await asked(here, BY_STAGE)
        await press(grace, answer, "Show SQL")
        view = await window(here, "grace")
        before = in_window(view)
        assert title(view) == "SQL · SQLite"
        assert "\nFROM" in before
        await close(grace, view)
    async with here.bot():
        await press(grace, answer, "Show SQL")
        assert in_window(await window(here, "grace")) == before
    assert now(here, answer) == answer


async def test_export_csv(here: Town) -> None:
    """The file in the thread has all rows, opens as UTF-8, and runs nothing; also after a restart."""
    grace = here.person("grace")
    async with here.bot():
        answer = await asked(here, ODD)
        await press(grace, answer, "Export CSV")
        message, file = await exported(here, answer, count=1)
    assert f"<@{grace.id}> exported" in message.text
    assert f"{len(ODDITIES)} rows" in message.text
    assert file.data.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(file.data.decode("utf-8-sig"), newline=""))
    assert header[:5] == ["Number", "Name", "Note", "Amount", "Digits"]
    assert len(rows) == len(ODDITIES)
    assert rows[1][1] == """'=HYPERLINK("https://evil.example","Click")"""
    assert rows[1][4] == "00012345"
    assert not [cell for row in rows for cell in row[1:3] if cell.startswith(("=", "+", "-", "@"))]
    async with here.bot():
        await press(here.person("ada"), answer, "Export CSV")
        _, again = await exported(here, answer, count=2)
    assert again.data == file.data


async def test_results_that_are_not_kept(here: Town) -> None:
    """With RESULTS_DAYS=0 an old answer's controls say what to do, and a new answer has none on its data."""
    ada = here.person("ada")
    async with here.bot():
        old = await asked(here, BY_STAGE)
    async with here.bot(change=with_process(results_days=0.0)):
        for label in ("Show data", "Show SQL", "Export CSV"):
            await press(ada, old, label)
        await choose(ada, old, "Pie")
        await here.until(lambda: len(whispers(here, "ada")) == 4)
        new = await asked(here, BY_STAGE)
    assert all("no longer kept" in everything(each) for each in whispers(here, "ada"))
    assert now(here, old) == old
    actions = {str(each["action_id"]).partition(":")[0] for each in controls(new.blocks)}
    assert actions == {"wisdom_ask", "wisdom_feedback", "wisdom_delete"}
    assert charts(new)
    assert tables(new)


# -- the chart -------------------------------------------------------------------------------------------


async def test_another_chart_stands_in_the_same_message(here: Town) -> None:
    """Anybody may choose another type; the message stays, and the choice outlives a restart."""
    async with here.bot():
        answer = await asked(here, BY_STAGE)
        assert _drawn(answer) == "bar"
        await choose(here.person("grace"), answer, "Pie")
        await here.until(lambda: _drawn(now(here, answer)) == "pie")
    async with here.bot():
        pie = now(here, answer)
        assert _chosen(pie) == "Pie"
        await choose(here.person("ada"), pie, "Table only")
        await here.until(lambda: not charts(now(here, answer)))
        await choose(here.person("ada"), now(here, answer), "Columns")
        await here.until(lambda: _drawn(now(here, answer)) == "bar")
    after = now(here, answer)
    assert _chosen(after) == "Columns"
    assert here.from_bot(answer.channel, answer.thread_ts) == [after]
    assert after.file_ids == answer.file_ids
    assert [block["type"] for block in after.blocks] == [block["type"] for block in answer.blocks]


async def test_a_chart_that_only_a_picture_shows(here: Town) -> None:
    """A type that Slack cannot draw becomes a picture in its place, and back; also after a restart."""
    async with here.bot():
        answer = await asked(here, "Amount by region and product as grouped columns")
        assert of_type(answer, "data_visualization")
        await choose(here.person("grace"), answer, "Heat map")
        await here.until(lambda: of_type(now(here, answer), "image"))
    picture = now(here, answer)
    assert not of_type(picture, "data_visualization")
    assert _chosen(picture) == "Heat map"
    assert "Highest" in str(of_type(picture, "image")[0]["alt_text"])
    async with here.bot():
        await choose(here.person("ada"), picture, "Grouped columns")
        await here.until(lambda: of_type(now(here, answer), "data_visualization"))
    assert len(here.from_bot(answer.channel, answer.thread_ts)) == 1


def _drawn(message: Message) -> str:
    """The kind of Slack's own chart in a message."""
    for block in of_type(message, "data_visualization"):
        chart = block["chart"]
        assert isinstance(chart, Mapping)
        return str(chart["type"])
    return ""


def _chosen(message: Message) -> str:
    option = control(message, "wisdom_chart")["initial_option"]
    assert isinstance(option, Mapping)
    return str(option["text"]["text"])


# -- asking on -------------------------------------------------------------------------------------------


async def test_questions_on_buttons(here: Town) -> None:
    """A suggestion and Ask again ask in the thread as whoever presses; also after a restart."""
    presses = (("And by region?", "grace"), ("Ask again", "linus"))
    async with here.bot():
        answer = await asked(here, BY_STAGE)
        for count, (label, name) in enumerate(presses):
            await press(here.person(name), answer, label)
            await here.answer(answer.channel, answer.thread_ts, count=3 + 2 * count)
    async with here.bot():
        for count, (label, name) in enumerate(presses):
            await press(here.person(name), answer, label)
            await here.answer(answer.channel, answer.thread_ts, count=7 + 2 * count)
    first, *rest = here.from_bot(answer.channel, answer.thread_ts)
    assert first == answer
    for question, new, (label, name) in zip(rest[::2], rest[1::2], presses * 2, strict=True):
        text = BY_STAGE if label == "Ask again" else label
        assert everything(question) == f"<@{here.person(name).id}> asks:\n> {text}"
        assert ("EMEA" if label == "And by region?" else "Prospecting") in everything(new)
        assert control(new, "wisdom_delete")["visible_to_user_ids"] == [here.person(name).id]
    assert len({question.conversation_id for question in here.tenant.questions}) == 1


async def test_retry_after_a_restart(here: Town) -> None:
    """A failure can be tried again when the bot has started anew, in the same message; once."""
    here.tenant.faults.switch(Fault.ERROR_STRINGS)
    async with here.bot():
        failed = await asked(here, BY_STAGE)
        assert has_retry(failed)
        assert "Show data" not in labels(failed)
    async with here.bot():
        await press(here.person("grace"), failed, "Retry")
        answer = await here.until(lambda: _answered(now(here, failed)))
        assert not has_retry(answer)
        assert here.from_bot(failed.channel, failed.thread_ts) == [answer]
        await press(here.person("grace"), answer, "Show data")
        await here.whispered("grace", containing="Rows 1–")


def _answered(message: Message) -> Message | None:
    return message if "Ask again" in labels(message) else None


# -- what readers say ------------------------------------------------------------------------------------


async def test_feedback_is_of_each_reader(here: Town, tmp_path: Path) -> None:
    """Each reader's newest word is kept with the answer's id, unseen by others; also after a restart."""
    ada, grace = here.person("ada"), here.person("grace")
    async with here.bot():
        answer = await asked(here, BY_STAGE)
        await rate(ada, answer, "positive_button")
        await here.whispered("ada", containing="Thanks")
        await rate(grace, answer, "negative_button")
        view = await window(here, "grace")
    async with here.bot():
        await send(grace, view, reason="Wrong numbers", words="Last quarter is missing")
        await here.whispered("grace", containing="Thanks")
        assert not [each for each in here.workspace.views.values() if each.user == grace.id]
        await rate(ada, answer, "negative_button")
        await close(ada, await window(here, "ada"))
    assert here.from_bot(answer.channel, answer.thread_ts) == [answer]
    opinions = {each.user: each for each in await kept(here, tmp_path)}
    assert (opinions[ada.id].good, opinions[ada.id].reason) == (False, "")
    assert (opinions[grace.id].good, opinions[grace.id].reason) == (False, "numbers")
    assert opinions[grace.id].text == "Last quarter is missing"
    (question,) = here.tenant.questions
    for opinion in opinions.values():
        assert opinion.conversation_id == question.conversation_id
        assert opinion.message_id
        assert opinion.turn == control(answer, "wisdom_delete")["value"]


async def send(person: Person, view: View, *, reason: str, words: str) -> None:
    """Fills in the window and sends it."""
    (radio,) = (each for each in controls(view.content["blocks"]) if each["type"] == "radio_buttons")
    options = radio["options"]
    assert isinstance(options, list)
    option = next(each for each in options if each["text"]["text"] == reason)
    values = {"reason": {"reason": {"selected_option": option}}, "words": {"words": {"value": words}}}
    await person.post("view_submit", {"user": person.id, "view_id": view.id, "values": values})


async def kept(here: Town, folder: Path) -> list[Feedback]:
    """What the bot has noted of its readers."""
    store = await SqliteStore.open(folder / "store.sqlite")
    try:
        return await Memory(store).feedback(here.workspace.team_id)
    finally:
        await store.close()


# -- taking back -----------------------------------------------------------------------------------------


async def test_only_the_asker_deletes(here: Town) -> None:
    """Another person's Delete is refused; the asker's takes the answer and its data away after a restart."""
    ada, grace = here.person("ada"), here.person("grace")
    async with here.bot():
        answer = await asked(here, ALL)
        assert control(answer, "wisdom_delete")["visible_to_user_ids"] == [ada.id]
        await press(grace, answer, "Show data")
        page = await here.whispered("grace", containing="Rows 1–25")
        await press(grace, answer, "Delete")
        await here.whispered("grace", containing="Only the person who asked can delete this answer.")
        assert now(here, answer) == answer
    async with here.bot():
        await press(ada, answer, "Delete")
        await here.until(lambda: not here.from_bot(answer.channel, answer.thread_ts))
        await press(grace, page, "Next")
        await here.whispered("grace", containing="no longer kept")
    assert here.workspace.message(answer.channel, answer.thread_ts) is not None
    assert not whispers(here, "ada")


async def test_every_message_of_an_answer_is_deleted(here: Town) -> None:
    """An answer of several messages goes as a whole."""
    async with here.bot():
        await asked(here, "Write a detailed report")
        last = here.workspace.message(*_place(here))
        assert last is not None
        await press(here.person("ada"), last, "Delete")
        await here.until(lambda: not here.from_bot(last.channel, last.thread_ts))


def _place(here: Town) -> tuple[str, str]:
    sales = here.workspace.channels["sales"]
    (root,) = here.workspace.history(sales)
    messages = here.from_bot(sales, root.ts)
    assert len(messages) > 1
    return sales, messages[-1].ts


# -- where it is -----------------------------------------------------------------------------------------


async def test_open_in_wisdomai(here: Town) -> None:
    """The footer leads to the conversation; where the form of the link is empty there is none."""
    async with here.bot():
        answer = await asked(here, BY_STAGE)
    (question,) = here.tenant.questions
    link = f"<{here.tenant.url}/chat/{question.conversation_id}|Open in WisdomAI>"
    assert link in everything(answer)
    async with here.bot(change=with_wisdom(link="")):
        assert "Open in WisdomAI" not in everything(await asked(here, BY_STAGE))


# -- Slack's own charts and tables -----------------------------------------------------------------------


async def test_a_workspace_without_data_blocks(here: Town) -> None:
    """Picture and table arrive in one message; the refusal is remembered, also after a restart."""
    here.workspace.faults.refuse_blocks = NATIVE
    async with here.bot():
        answer = await asked(here, BY_STAGE)
        assert here.from_bot(answer.channel, answer.thread_ts) == [answer]
        assert of_type(answer, "image")
        assert of_type(answer, "table")
        refused = refusals(here)
        assert refused
        assert set(refused) == {"chat.update"}
        await asked(here, BY_STAGE)
        await press(here.person("grace"), answer, "Show data")
        await here.whispered("grace", containing="Rows 1–")
    async with here.bot():
        await choose(here.person("grace"), answer, "Pie")
        await here.until(lambda: _chosen(now(here, answer)) == "Pie")
        another = await asked(here, BY_STAGE)
    assert of_type(another, "image")
    assert of_type(now(here, answer), "image")
    assert refusals(here) == refused


async def test_data_blocks_that_are_refused_later(here: Town) -> None:
    """Data and another chart still come where Slack takes its own blocks no longer."""
    async with here.bot():
        answer = await asked(here, BY_STAGE)
        here.workspace.faults.refuse_blocks = NATIVE
        await press(here.person("grace"), answer, "Show data")
        page = await here.whispered("grace", containing="Rows 1–")
        await choose(here.person("grace"), answer, "Pie")
        await here.until(lambda: of_type(now(here, answer), "image"))
    assert tables(page)
    assert of_type(now(here, answer), "table")


async def test_data_blocks_always(here: Town) -> None:
    """With CHARTS=native a refusal is worked around and forgotten: the next answer has Slack's own blocks."""
    here.workspace.faults.refuse_blocks = NATIVE
    async with here.bot(change=with_process(charts="native")):
        first = await asked(here, BY_STAGE)
        here.workspace.faults.refuse_blocks = frozenset()
        second = await asked(here, BY_STAGE)
    assert of_type(first, "image")
    assert of_type(first, "table")
    assert of_type(second, "data_visualization")
    assert of_type(second, "data_table")


async def test_pictures_always(here: Town) -> None:
    """With CHARTS=png nothing of Slack's own is tried, not in another chart nor in the data either."""
    async with here.bot(change=PICTURES):
        answer = await asked(here, BY_STAGE)
        await choose(here.person("grace"), answer, "Pie")
        await here.until(lambda: _chosen(now(here, answer)) == "Pie")
        await press(here.person("grace"), answer, "Show data")
        page = await here.whispered("grace", containing="Rows 1–")
    for message in (answer, now(here, answer), page):
        assert not {str(block["type"]) for block in message.blocks} & NATIVE
    assert of_type(now(here, answer), "image") != of_type(answer, "image")
