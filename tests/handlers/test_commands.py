"""The slash command."""

from __future__ import annotations

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domains import Domains
from bot.errors import TenantError, TenantUnreachable
from bot.model import Domain, Entrance
from handlers.commands import Commands
from tests.fakes import Clock
from tests.handlers.conftest import Office
from tests.slack.conftest import Answer, refused

SALES, WEATHER = Domain("d-sales", "Sales pipeline", "Deals and their owners"), Domain("d-weather", "Weather")


class Bench:
    """Types commands and reads what comes back."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.ack = AsyncAck()  # type: ignore[no-untyped-call]  # Bolt has no types here
        self.error: TenantError | None = None
        domains = Domains(self._listing, office.memory, default=SALES.id, clock=Clock())
        self.commands = Commands(office.desk, domains, office.poster, new_ref=lambda: "ref-1")
        self.respond = AsyncRespond(response_url=f"{office.api.client.base_url}respond")

    async def _listing(self) -> tuple[Domain, ...]:
        assert self.ack.response is not None, "Slack waits three seconds; WisdomAI may take longer"
        if self.error is not None:
            raise self.error
        return (SALES, WEATHER)

    async def type(self, text: str) -> str:
        """What the person who typed reads; empty where the command says nothing."""
        command = {"command": "/wisdom", "text": text, "team_id": "T1", "channel_id": "C1", "user_id": "U1"}
        before = len(self.office.api.of("respond"))
        await self.commands.on_wisdom(self.ack, command, self.respond)
        assert self.ack.response is not None
        replies = self.office.api.of("respond")[before:]
        return "\n".join(str(reply["text"]) for reply in replies)


@pytest.fixture
def bench(office: Office) -> Bench:
    """A channel in which somebody types; Slack answers a response with plain text."""
    office.api.expect("respond", *[Answer(text="ok")] * 5)
    return Bench(office)


@pytest.mark.parametrize("text", ["", "help", "  HELP ", "Help"])
async def test_help_says_how_to_ask(bench: Bench, text: str) -> None:
    """With examples, and only for the person who typed."""
    said = await bench.type(text)
    assert "How many deals?" in said
    assert "/wisdom domains" in said
    assert bench.office.posted() == []


async def test_domains_are_listed(bench: Bench) -> None:
    """Each with what it is about; the one that the channel asks is marked."""
    said = await bench.type("domains")
    assert "*Sales pipeline* (asked in this channel): Deals and their owners" in said
    assert "Weather" in said


async def test_a_channel_chooses_its_domain(bench: Bench) -> None:
    """By name, whatever its case; after that the channel asks it."""
    assert "*Sales pipeline*" in await bench.type("domain")
    assert "now asks *Weather*" in await bench.type("domain weather")
    assert "*Weather*" in await bench.type("domain")


async def test_a_domain_that_does_not_exist_is_told(bench: Bench) -> None:
    """With the way to find the right one, and a reference that is in the log."""
    said = await bench.type("domain finance")
    assert "finance" in said
    assert "/wisdom domains" in said
    assert "ref-1" in said


async def test_a_question_gets_a_root_message(bench: Bench) -> None:
    """Everybody reads who asks what, and the answer goes into its thread."""
    assert await bench.type("How many deals?") == ""
    (root,) = bench.office.posted()
    assert (root["text"], "thread_ts" in root) == ("<@U1> asks:\n> How many deals?", False)
    (turn,) = await bench.office.started()
    assert turn.question.text == "How many deals?"
    assert turn.question.thread.thread_ts == turn.question.ts == "1.0"
    assert turn.question.entrance is Entrance.COMMAND


@pytest.mark.parametrize("text", ["help me find the largest deals", "domains with most deals"])
async def test_a_question_may_begin_like_a_command(bench: Bench, text: str) -> None:
    """Only the bare word is a command."""
    await bench.type(text)
    (turn,) = await bench.office.started()
    assert turn.question.text == text


async def test_names_in_a_question_read_as_people_wrote_them(bench: Bench) -> None:
    """A channel's reference is its name."""
    await bench.type("deals of <#C1|sales> &amp; others")
    (turn,) = await bench.office.started()
    assert turn.question.text == "deals of #sales & others"


async def test_where_the_bot_is_not_a_member_it_says_so(bench: Bench) -> None:
    """The person alone reads how to invite it; nothing is asked."""
    bench.office.api.expect("chat.postMessage", refused("not_in_channel"))
    assert "/invite" in await bench.type("How many deals?")
    assert await bench.office.started() == []


@pytest.mark.parametrize("text", ["domains", "domain weather"])
async def test_a_tenant_that_is_away_is_told(
    bench: Bench, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A sentence with a reference, which the log has too."""
    bench.error = TenantUnreachable("refused")
    said = await bench.type(text)
    assert "can't reach WisdomAI" in said
    assert "ref-1" in said
    assert "ref-1" in caplog.text
