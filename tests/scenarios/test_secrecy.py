"""What must never leak: a bot in a process of its own, at DEBUG, and everything that it says to its log."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterable
from pathlib import Path

from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.oddities import ODDITIES
from tests.processes import started
from tests.scenarios.town import SLACK, Town, is_running, tables, town
from tests.scenarios.using import choose, now, press, rate, set_up, whispers

QUESTION = "What is the expected revenue from each opportunity?"


async def test_no_secret_and_no_data_in_the_log_of_a_whole_day(tmp_path: Path) -> None:
    """Answers, failures, refusals, controls, settings: no token, address, question or value is logged."""
    async with town(tmp_path, slack=SLACK) as here:
        environment = here.here.environment(DRAIN_SECONDS="1", LOG_LEVEL="DEBUG", LOG_FORMAT="json")
        async with started("-m", "bot", "run", folder=tmp_path, settings=environment) as bot:
            await here.slack.sockets.connected()
            await _a_whole_day(here)
            ended = await bot.end(signal.SIGTERM)
        log = ended.out + ended.err
        assert ended.code == 0
        assert "done in" in log
        assert "refused" in log
        found = [word for word in _never(here) if word in log]
        assert found == []
        assert not re.search(r"eyJ[\w-]{10,}\.", log)
        assert not re.search(r"[\w.+-]+@[\w-]+\.\w+", log)
    lines = [json.loads(line) for line in ended.err.splitlines()]
    turns = [line for line in lines if line["logger"] == "bot.answering"]
    assert all({"turn", "team", "channel", "thread", "user"} <= line.keys() for line in turns)


async def _a_whole_day(here: Town) -> None:
    """Everything that people do, and everything that goes wrong."""
    sales = here.workspace.channels["sales"]
    ada, grace = here.person("ada"), here.person("grace")
    ts = await ada.say(sales, f"@wisdom {QUESTION}")
    answer = await here.answer(sales, ts)
    await grace.say(sales, "as a pie chart", thread_ts=ts)
    await here.answer(sales, ts, count=2)
    for person in (ada, grace):
        await press(person, answer, "Show data")
        await here.until(lambda person=person: any(map(tables, whispers(here, person.name))))  # type: ignore[misc]
        await press(person, answer, "Export CSV")
    await here.until(lambda: len([f for f in here.workspace.files.values() if f.name.endswith(".csv")]) == 2)
    await choose(ada, now(here, answer), "Table only")
    await rate(grace, answer, "positive_button")
    await set_up(ada, sales, exports=False)
    odd = await ada.say(sales, "@wisdom show me the odd names")
    await here.answer(sales, odd)
    await _refusals_and_failures(here, sales)
    await ada.command(sales, f"/wisdom private {QUESTION}")
    direct, root = await here.until(lambda: here.private("ada"))
    private = await here.answer(direct, root.ts)
    await press(ada, private, "Share to channel")
    await here.whispered("ada", containing="Your answer is in the channel now")


async def _refusals_and_failures(here: Town, sales: str) -> None:
    for name in ("vera", "niels", "emmy", "gertrude"):
        before = len(whispers(here, name))
        await here.person(name).say(sales, f"@wisdom {QUESTION}")
        await here.until(lambda name=name, before=before: len(whispers(here, name)) > before)  # type: ignore[misc]
    for fault in (Fault.CRASH, Fault.DROPPED, Fault.JUNK_FRAME, Fault.ERROR_STRINGS, Fault.GAP):
        here.tenant.faults.switch(fault)
        ts = await here.person("linus").say(sales, f"@wisdom {QUESTION}")
        await here.until(lambda ts=ts: _over(here, sales, ts))  # type: ignore[misc]
    here.workspace.faults.fail_next("chat.update", "internal_error", times=2)
    here.workspace.faults.fail_next("files.getUploadURLExternal", "file_uploads_disabled", times=2)
    here.workspace.faults.refuse_blocks = frozenset({"data_visualization", "data_table"})
    ts = await here.person("barbara").say(sales, f"@wisdom {QUESTION}")
    await here.until(lambda: _over(here, sales, ts))
    here.workspace.faults.refuse_blocks = frozenset()


def _over(here: Town, channel: str, ts: str) -> bool:
    messages = here.from_bot(channel, ts)
    return bool(messages) and not any(map(is_running, messages))


def _never(here: Town) -> Iterable[str]:
    """What must not stand in a log."""
    workspace, tenant = here.workspace, here.tenant
    yield from (workspace.bot_token, workspace.app_token, workspace.signing_secret, tenant.access_key)
    for user in workspace.everyone():
        yield from filter(None, (user.token, user.email))
    yield from (QUESTION, "as a pie chart", "odd names", "SELECT", "/hooks/", "/upload/", "ticket=")
    for sql in (
        "SELECT name FROM opportunities",
        "SELECT name FROM accounts",
        "SELECT name FROM owners",
        "SELECT DISTINCT stage FROM opportunities",
    ):
        yield from (str(name) for (name,) in here.sql(sql))
    for row in ODDITIES:
        yield from (text for text in map(str, row[1:3]) if len(text) > len("everybody"))
