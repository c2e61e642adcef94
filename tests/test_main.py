"""The command line, as processes over real sockets."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.demo import wisdom_environment
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.server import TenantServer
from tests.processes import PATIENCE, Command, run, started
from tests.scenarios.town import Town, charts, everything, tables, town

EACH = "What is the expected revenue from each opportunity?"

#: An interpreter that finds this on its path has none of the sandbox's libraries.
WITHOUT_EXTRA = """
import sys

class Missing:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in {"graphql", "jwt", "yaml", "vega_datasets"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing)
"""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    """A workspace and a tenant."""
    async with town(tmp_path) as built:
        yield built


@pytest.fixture
async def tenant() -> AsyncIterator[TenantServer]:
    """A tenant alone."""
    server = TenantServer()
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder that takes the sandbox's libraries away from whoever has it on the path."""
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WITHOUT_EXTRA)
    return folder


def settings(here: Town, **more: str) -> dict[str, str]:
    """All that ``run`` needs, on loopback and any free port."""
    process = {"STORE_URL": "sqlite:///store.sqlite", "DRAIN_SECONDS": "2"}
    return here.here.environment(**process | more)


# -- run -------------------------------------------------------------------------------------------------


async def test_run_names_the_settings_that_are_missing(tmp_path: Path) -> None:
    """Each setting that is not set is named, all of them at once."""
    ended = await run("-m", "bot", "run", folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    missing = [line.partition(": ")[0] for line in ended.err.splitlines()]
    assert missing == ["SLACK_BOT_TOKEN", "WISDOM_URL", "WISDOM_ACCESS_KEY"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("SLACK_APP_TOKEN", ()), ("SLACK_SIGNING_SECRET", ("--http",))],
)
async def test_run_names_what_its_mode_needs(
    tmp_path: Path, here: Town, name: str, arguments: tuple[str, ...]
) -> None:
    """Socket Mode needs the app token, HTTP the signing secret."""
    without = {key: value for key, value in settings(here).items() if key != name}
    ended = await run("-m", "bot", "run", *arguments, folder=tmp_path, settings=without)
    assert ended.code == 2
    assert f"{name}: is not set" in ended.err
    assert not ended.alarms


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_run_says_which_token_slack_refuses(tmp_path: Path, here: Town, name: str) -> None:
    """A wrong token ends the start with a sentence that does not repeat it."""
    wrong = {name: "xoxb-wrong-0123456789"}
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=settings(here, **wrong))
    assert ended.code == 2
    assert f"{name}: Slack refuses it (invalid_auth)" in ended.err
    assert "0123456789" not in ended.err
    assert not ended.alarms


async def test_run_says_that_slack_cannot_be_reached(tmp_path: Path, here: Town) -> None:
    """An address where nobody listens is a sentence, too."""
    nowhere = f"http://127.0.0.1:{_free_port()}/api/"
    ended = await run("-m", "bot", "run", folder=tmp_path, settings=settings(here, SLACK_API_URL=nowhere))
    assert ended.code == 2
    assert "Slack cannot be reached" in ended.err
    assert not ended.alarms


async def test_run_answers_until_it_is_told_to_stop(tmp_path: Path, bare: Path, here: Town) -> None:
    """Installed without the sandbox's extra it answers a question; after SIGTERM it ends cleanly and soon."""
    sales = here.workspace.channels["sales"]
    async with started("-m", "bot", "run", folder=tmp_path, settings=settings(here), path=bare) as bot:
        async with asyncio.timeout(PATIENCE):
            await here.slack.sockets.connected()
        ts = await here.person("ada").say(sales, f"@wisdom {EACH}")
        answer = await here.answer(sales, ts)
        await _acknowledged(here)
        told = time.monotonic()
        ended = await bot.end(signal.SIGTERM)
    assert time.monotonic() - told < 10
    assert tables(answer)
    assert charts(answer)
    assert (ended.code, ended.out, ended.alarms) == (0, "", [])


async def test_run_lets_a_running_answer_say_that_it_goes_on(tmp_path: Path, here: Town) -> None:
    """An answer that does not end within the drain time says so in its message, and the next run ends it."""
    sales = here.workspace.channels["sales"]
    here.tenant.faults.switch(Fault.SILENT, after=1)
    port = _free_port()
    drain = settings(here, DRAIN_SECONDS="0", PORT=str(port))
    async with started("-m", "bot", "run", folder=tmp_path, settings=drain) as bot:
        await _served(bot, port)
        async with asyncio.timeout(PATIENCE):
            ts = await here.person("ada").say(sales, f"@wisdom {EACH}")
            await here.tenant.faults.silent()
        await _acknowledged(here)
        ended = await bot.end(signal.SIGTERM)
    assert (ended.code, ended.alarms) == (0, [])
    (left,) = here.from_bot(sales, ts)
    assert "goes on in a moment" in everything(left)
    here.tenant.faults.release()
    async with started("-m", "bot", "run", folder=tmp_path, settings=drain) as bot:
        answer = await here.answer(sales, ts)
        ended = await bot.end(signal.SIGTERM)
    assert (ended.code, ended.alarms) == (0, [])
    assert answer.ts == left.ts
    assert tables(answer)
    assert len(here.tenant.questions) == 1


async def test_run_serves_slack_by_http(tmp_path: Path, here: Town) -> None:
    """With --http it serves Slack's signed requests and the health pages on the port that it was told."""
    sales, port = here.workspace.channels["sales"], _free_port()
    command = ("-m", "bot", "run", "--http", "--port", str(port))
    async with started(*command, folder=tmp_path, settings=settings(here)) as bot:
        await _served(bot, port)
        await here.slack.use_http(f"http://127.0.0.1:{port}/slack/events")
        ts = await here.person("ada").say(sales, "@wisdom How many open deals?")
        answer = await here.answer(sales, ts)
        async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz") as ready:
            assert ready.status == 200
        await _acknowledged(here)
        ended = await bot.end(signal.SIGINT)
    assert "Sales pipeline" in everything(answer)
    assert (ended.code, ended.alarms) == (0, [])


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
async def test_run_logs_no_secrets_addresses_or_questions(tmp_path: Path, here: Town, level: str) -> None:
    """Whatever is asked, by whomever, and however much is logged."""
    sales = here.workspace.channels["sales"]
    chosen = settings(here, LOG_LEVEL=level, LOG_FORMAT="json")
    async with started("-m", "bot", "run", folder=tmp_path, settings=chosen) as bot:
        async with asyncio.timeout(PATIENCE):
            await here.slack.sockets.connected()
        ts = await here.person("grace").say(sales, f"@wisdom {EACH}")
        answer = await here.answer(sales, ts)
        await here.person("niels").say(sales, f"@wisdom {EACH}")
        await here.whispered("niels", containing="no account")
        await here.person("grace").press(answer, "wisdom_sql")
        await _acknowledged(here)
        ended = await bot.end(signal.SIGTERM)
    secrets = [value for name, value in chosen.items() if name.endswith(("TOKEN", "SECRET", "KEY"))]
    secrets += ["@example.com", "expected revenue", "SELECT", "eyJ", "/hooks/"]
    assert [each for each in secrets if each.lower() in ended.err.lower()] == []
    assert (ended.code, ended.alarms) == (0, [])
    assert "Turn " in ended.err


async def test_a_second_bot_on_the_same_store_is_refused(tmp_path: Path, here: Town) -> None:
    """One store file has one owner; the second process ends with a sentence and disturbs nothing."""
    sales = here.workspace.channels["sales"]
    async with started("-m", "bot", "run", folder=tmp_path, settings=settings(here)) as first:
        async with asyncio.timeout(PATIENCE):
            await here.slack.sockets.connected()
        second = await run("-m", "bot", "run", folder=tmp_path, settings=settings(here))
        ts = await here.person("ada").say(sales, "@wisdom How many open deals?")
        await here.answer(sales, ts)
        ended = await first.end(signal.SIGTERM)
    assert second.code == 2
    assert "Another process uses the store" in second.err
    assert (second.alarms, ended.code) == ([], 0)


# -- ask -------------------------------------------------------------------------------------------------


async def test_ask_prints_text_table_and_sql(tmp_path: Path, tenant: TenantServer) -> None:
    """The answer ends in a table and the SQL behind it; whose rights it has is said beside it."""
    ended = await run("-m", "bot", "ask", EACH, folder=tmp_path, settings=wisdom_environment(tenant))
    assert ended.code == 0
    assert ended.err.startswith("Asking as the owner of the access key")
    assert ended.err.count("\n") == 1
    assert "SELECT" in ended.out
    assert "$" in ended.out
    assert any(set(line) == {"-", " "} for line in ended.out.splitlines())


async def test_ask_streams(tmp_path: Path, tenant: TenantServer) -> None:
    """What has been said can be read while the tenant has not gone on yet."""
    tenant.faults.switch(Fault.SILENT, after=25)
    question = "Write a report on the pipeline"
    async with started(
        "-m", "bot", "ask", question, folder=tmp_path, settings=wisdom_environment(tenant)
    ) as ask:
        async with asyncio.timeout(PATIENCE):
            await tenant.faults.silent()
        first = await ask.line()
        assert tenant.faults.silences == 1
        tenant.faults.release()
        ended = await ask.end()
    assert first.strip()
    assert len(ended.out) > len(first)
    assert (ended.code, ended.alarms) == (0, [])


async def test_ask_prints_events_as_json(tmp_path: Path, tenant: TenantServer) -> None:
    """With --json every line is one object; the last ones say that it has ended, and all of it again."""
    ended = await run(
        "-m", "bot", "ask", "--json", EACH, folder=tmp_path, settings=wisdom_environment(tenant)
    )
    events = [json.loads(line) for line in ended.out.splitlines()]
    assert ended.code == 0
    assert len(events) > 3
    *before, end, whole = events
    assert {(event["in_progress"], event["whole"]) for event in before} == {(True, False)}
    assert (end["in_progress"], end["whole"]) == (False, False)
    assert (whole["in_progress"], whole["whole"]) == (False, True)
    assert len({event["conversation_id"] for event in events}) == 1


async def test_ask_takes_another_domain(tmp_path: Path, tenant: TenantServer) -> None:
    """--domain wins over the setting."""
    other = tenant.domains[1].id
    question = ("-m", "bot", "ask", "What can I ask?", "--domain", other)
    ended = await run(*question, folder=tmp_path, settings=wisdom_environment(tenant))
    assert ended.code == 0
    assert [asked.domain_id for asked in tenant.questions] == [other]


async def test_ask_as_somebody_shows_what_they_may_see(tmp_path: Path, tenant: TenantServer) -> None:
    """With --as the rows of others are not among it, and it is not the key's owner who asks."""
    question = ("-m", "bot", "ask", "Expected revenue by region", "--as")
    settings = wisdom_environment(tenant)
    ada, grace = [
        await run(*question, f"{name}@example.com", folder=tmp_path, settings=settings)
        for name in ("ada", "grace")
    ]
    assert (ada.code, grace.code, ada.err, grace.err) == (0, 0, "", "")
    assert "EMEA" in grace.out
    assert "APAC" in ada.out
    assert "APAC" not in grace.out
    assert [asked.user.email for asked in tenant.questions] == ["ada@example.com", "grace@example.com"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("niels", "no account with this address"), ("dorothy", "switched off"), ("vera", "does not let it ask")],
)
async def test_ask_as_somebody_who_may_not_is_told(
    tmp_path: Path, tenant: TenantServer, name: str, words: str
) -> None:
    """Nobody else's rights are used instead."""
    question = ("-m", "bot", "ask", EACH, "--as", f"{name}@example.com")
    ended = await run(*question, folder=tmp_path, settings=wisdom_environment(tenant))
    assert (ended.code, ended.out, ended.alarms) == (1, "", [])
    assert words in ended.err
    assert tenant.questions == ()


async def test_ask_says_that_there_is_no_such_domain(tmp_path: Path, tenant: TenantServer) -> None:
    """An unknown domain is a sentence that names it."""
    question = ("-m", "bot", "ask", EACH, "--domain", "no-such-domain")
    ended = await run(*question, folder=tmp_path, settings=wisdom_environment(tenant))
    assert (ended.code, ended.out) == (1, "")
    assert "no-such-domain" in ended.err
    assert not ended.alarms


async def test_ask_says_that_the_tenant_cannot_be_reached(tmp_path: Path, tenant: TenantServer) -> None:
    """An address where nobody listens is a sentence, without the key."""
    port = _free_port()
    nowhere = {"WISDOM_URL": f"http://127.0.0.1:{port}", "WISDOM_WS_URL": f"ws://127.0.0.1:{port}/graphql"}
    ended = await run(
        "-m", "bot", "ask", EACH, folder=tmp_path, settings=wisdom_environment(tenant) | nowhere
    )
    assert (ended.code, ended.out) == (1, "")
    assert "WisdomAI cannot be reached" in ended.err
    assert tenant.access_key not in ended.err
    assert not ended.alarms


# -- demo ------------------------------------------------------------------------------------------------


async def test_demo_says_in_one_line_how_to_talk_to_it(tmp_path: Path) -> None:
    """Its line of JSON has every address and token; a question posted with a person's token is answered."""
    async with started("-m", "bot", "demo", "--json", "--no-browser", folder=tmp_path) as demo:
        facts = json.loads(await demo.line())
        assert set(facts) == {
            "page", "slack_api_url", "bot_token", "app_token", "signing_secret", "wisdom_url",
            "wisdom_ws_url", "access_key", "users", "channels", "bot_user_id", "client_id", "client_secret",
            "embed_url", "indigo_url", "indigo_token", "indigo_project",
        }  # fmt: skip
        assert set(facts["users"]["ada"]) == {"id", "email", "token"}
        ada = AsyncWebClient(token=facts["users"]["ada"]["token"], base_url=facts["slack_api_url"])
        sales, bot = facts["channels"]["sales"], facts["bot_user_id"]
        async with (
            ClientSession() as session,
            session.ws_connect(f"{facts['page']}_page/socket?user={facts['users']['ada']['id']}") as page,
        ):
            await ada.chat_postMessage(channel=sales, text=f"<@{bot}> How many open deals?")
            async with asyncio.timeout(PATIENCE):
                async for frame in page:
                    if "Sales pipeline" in frame.data:
                        break
        ended = await demo.end(signal.SIGTERM)
    assert (ended.code, ended.out) == (0, "")


async def test_demo_says_where_its_page_is(tmp_path: Path) -> None:
    """People read the page's address, on the port that they asked for."""
    port = _free_port()
    async with started("-m", "bot", "demo", "--no-browser", "--port", str(port), folder=tmp_path) as demo:
        lines = [await demo.line() for _ in range(4)]
        async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as page:
            assert page.status == 200
        ended = await demo.end(signal.SIGINT)
    assert f"http://127.0.0.1:{port}/" in "".join(lines)
    assert (ended.code, ended.err) == (0, "")


async def test_demo_without_its_extra_says_what_to_install(tmp_path: Path, bare: Path) -> None:
    """A production install has no demo, and says how to get it."""
    async with started("-m", "bot", "demo", folder=tmp_path, path=bare) as demo:
        ended = await demo.end()
    assert ended.code == 2
    assert "pip install" in ended.err
    assert not ended.alarms


async def test_a_production_install_needs_no_sandbox(tmp_path: Path, bare: Path) -> None:
    """What ``run`` and ``ask`` import holds nothing of the sandbox, and none of its libraries."""
    script = (
        "import sys, bot.app, bot.__main__\n"
        "print([name for name in sys.modules if name.startswith('bot.sandbox')])"
    )
    async with started("-c", script, folder=tmp_path, path=bare) as importing:
        ended = await importing.end()
    assert (ended.code, ended.out, ended.err) == (0, "[]\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("ask",),
        ("run", "--port", "x"),
        ("ask", EACH, "--as", ""),
        ("ask", EACH, "--as", "grace"),
        ("audit",),
        ("audit", "import"),
    ],
)
async def test_a_mistyped_command_is_explained(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """What the command line does not know ends with its usage."""
    ended = await run("-m", "bot", *arguments, folder=tmp_path)
    assert ended.code == 2
    assert "usage: python -m bot" in ended.err


async def _served(bot: Command, port: int) -> None:
    """Returns when the bot is up: its health page is the last thing that it begins with."""
    await bot.listening(port)
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as alive:
        assert alive.status == 200


async def _acknowledged(here: Town) -> None:
    """Returns when the bot has acknowledged every event; one that crosses its end is logged as lost."""
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*here.slack._tasks._running)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
