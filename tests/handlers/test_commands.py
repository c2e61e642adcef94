"""The slash command."""

from __future__ import annotations

from typing import NoReturn

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.domains import Domains
from bot.errors import TenantError, TenantUnreachable
from bot.model import ChannelPolicy, Domain, Entrance, Identity, ThreadKey
from bot.slack.views import Views
from handlers.commands import Commands, Tools
from handlers.settings import ChannelSettings
from handlers.settings import Tools as SettingsTools
from tests.fakes import Catalogue
from tests.handlers.conftest import DIRECT, LINK, Office, identity, respond
from tests.slack.conftest import Answer, refused

SALES, WEATHER = Domain("d-sales", "Sales pipeline", "Deals and their owners"), Domain("d-weather", "Weather")
MINE = Domain("d-mine", "Only mine")


class Bench:
    """Types commands and reads what comes back."""

    def __init__(self, office: Office, ack: AsyncAck) -> None:
        self.office = office
        self.ack = ack
        self.error: TenantError | None = None
        domains = Domains(Catalogue(self._listing), office.memory, default=SALES.id, clock=office.clock)
        self.commands = Commands(
            office.desk,
            Tools(
                gate=office.gate,
                domains=domains,
                policies=office.policies,
                settings=_settings(office, domains),
                audit=office.audit,
                new_ref=lambda: "ref-1",
            ),
        )

    async def _listing(self, who: Identity) -> tuple[Domain, ...]:
        assert self.ack.response is not None, "Slack waits three seconds; WisdomAI may take longer"
        if self.error is not None:
            raise self.error
        return (SALES, WEATHER, MINE) if who == identity("U7") else (SALES, WEATHER)

    async def type(
        self, text: str, *, user: str = "U1", channel: str = "C1", trigger: str = "trigger"
    ) -> str:
        """What the person who typed reads; empty where the command says nothing."""
        command = {
            "command": "/wisdom",
            "text": text,
            "team_id": "T1",
            "channel_id": channel,
            "user_id": user,
            "trigger_id": trigger,
        }
        before = len(self.office.api.of("response"))
        await self.commands.on_wisdom(self.ack, command, respond(self.office))
        assert self.ack.response is not None
        replies = self.office.api.of("response")[before:]
        return "\n".join(str(reply["text"]) for reply in replies)


def _settings(office: Office, domains: Domains) -> ChannelSettings:
    tools = SettingsTools(
        gate=office.gate,
        policies=office.policies,
        domains=domains,
        rules=office.rules,
        opener=Views(office.api.client),
        audit=office.audit,
        new_ref=lambda: "ref-2",
    )
    return ChannelSettings(office.desk, tools)


@pytest.fixture
def bench(office: Office, ack: AsyncAck) -> Bench:
    """A channel in which somebody types; Slack answers a response with plain text."""
    office.api.expect("response", *[Answer(text="ok")] * 5)
    return Bench(office, ack)


@pytest.mark.parametrize("text", ["", "help", "  HELP ", "Help", "private"])
async def test_help_says_how_to_ask(bench: Bench, text: str) -> None:
    """With examples, and only for the person who typed."""
    said = await bench.type(text)
    assert "How many deals?" in said
    assert "/wisdom domains" in said
    assert bench.office.posted() == []


# -- domains ---------------------------------------------------------------------------------------------


async def test_domains_are_listed(bench: Bench) -> None:
    """Each with what it is about; the one that the channel asks is marked."""
    said = await bench.type("domains")
    assert "*Sales pipeline* (asked in this channel): Deals and their owners" in said
    assert "Weather" in said


async def test_everybody_is_shown_the_domains_that_they_may_ask(bench: Bench) -> None:
    """One person's list is never another's."""
    bench.office.service = False
    assert "Only mine" in await bench.type("domains", user="U7")
    assert "Only mine" not in await bench.type("domains", user="U8")


async def test_a_channel_chooses_its_domain(bench: Bench) -> None:
    """By name, whatever its case; after that the channel asks it, and the audit says who chose."""
    assert "*Sales pipeline*" in await bench.type("domain")
    assert "now asks *Weather*" in await bench.type("domain weather")
    assert "*Weather*" in await bench.type("domain", user="U2")
    (entry,) = await bench.office.noted()
    assert (entry.what, entry.user, entry.channel, entry.details) == (
        What.CONFIGURED, "U1", "C1", {"domains": "d-weather"}
    )  # fmt: skip


async def test_the_rest_of_what_is_set_stays(bench: Bench) -> None:
    """Another domain does not let others read along, or results be exported."""
    before = ChannelPolicy(domains=("d-sales", "d-x"), exports=False, consent=frozenset({"T9"}))
    await bench.office.policies.keep("T1", "C1", before)
    await bench.type("domain weather")
    now = await bench.office.policies.of("T1", "C1")
    assert (now.domains, now.exports, now.consent) == (("d-weather",), False, frozenset({"T9"}))


async def test_who_may_not_change_a_channel_is_told(bench: Bench) -> None:
    """Who made the channel may, and an admin; the audit has who else tried."""
    assert "Only an admin of the workspace" in await bench.type("domain weather", user="U2")
    assert await bench.office.policies.of("T1", "C1") == ChannelPolicy()
    (entry,) = await bench.office.noted()
    assert (entry.what, entry.user, entry.outcome) == (What.REFUSED, "U2", "not_an_editor")
    bench.office.api.people["U3"] = {"is_admin": True}
    assert "now asks *Weather*" in await bench.type("domain weather", user="U3")


async def test_a_domain_that_does_not_exist_is_told(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """With the way to find the right one, and a reference that is in the log."""
    said = await bench.type("domain finance")
    assert "finance" in said
    assert "/wisdom domains" in said
    assert "ref-1" in said
    assert "ref-1" in caplog.text


async def test_guests_are_told_no(bench: Bench) -> None:
    """Also about what there is to ask."""
    bench.office.api.people["U2"] = {"is_restricted": True}
    assert "Guests can't ask me" in await bench.type("domains", user="U2")


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


async def test_a_mistake_of_ours_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is left without a word, and the log says where it was."""

    async def broken(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(bench.office.gate, "admit", broken)
    assert "Something went wrong on my side" in await bench.type("domains")
    assert "ZeroDivisionError" in caplog.text


# -- settings --------------------------------------------------------------------------------------------


async def test_settings_open_in_a_window(bench: Bench) -> None:
    """The command itself says nothing then."""
    assert await bench.type("settings") == ""
    (opened,) = bench.office.api.of("views.open")
    assert opened["trigger_id"] == "trigger"
    assert "Sales pipeline" in str(opened["view"])


async def test_settings_do_not_open_for_who_may_not_change_them(bench: Bench) -> None:
    """They read why; others of the channel do not."""
    assert "Only an admin of the workspace" in await bench.type("settings", user="U2")
    assert bench.office.api.of("views.open") == []
    assert [entry.outcome for entry in await bench.office.noted()] == ["not_an_editor"]


async def test_a_window_that_came_too_late_is_told(bench: Bench) -> None:
    """Slack opens none after three seconds."""
    bench.office.api.expect("views.open", refused("expired_trigger_id"))
    assert "Try again" in await bench.type("settings")


# -- questions -------------------------------------------------------------------------------------------


async def test_a_question_gets_a_root_message(bench: Bench) -> None:
    """Everybody reads who asks what, and the answer goes into its thread."""
    assert await bench.type("How many deals?") == ""
    (root,) = bench.office.posted()
    assert (root["text"], "thread_ts" in root) == ("<@U1> asks:\n> How many deals?", False)
    (turn,) = await bench.office.started()
    assert turn.question.text == "How many deals?"
    assert turn.question.thread.thread_ts == turn.question.ts == "1.0"
    assert turn.question.entrance is Entrance.COMMAND


@pytest.mark.parametrize(
    "text", ["help me find the largest deals", "domains with most deals", "settings of deals"]
)
async def test_a_question_may_begin_like_a_command(bench: Bench, text: str) -> None:
    """Only the bare word is a command."""
    await bench.type(text)
    (turn,) = await bench.office.started()
    assert turn.question.text == text


async def test_a_private_question_is_answered_in_direct_messages(bench: Bench) -> None:
    """Who typed reads where; the channel learns nothing."""
    said = await bench.type("private  How many deals?")
    assert "Only you read the answer" in said
    assert LINK in said
    (turn,) = await bench.office.started()
    assert turn.question.text == "How many deals?"
    assert turn.question.thread.channel == DIRECT
    assert turn.question.origin == ThreadKey("T1", "C1", "")
    assert [each["channel"] for each in bench.office.posted()] == ["U1"]


async def test_names_in_a_question_read_as_people_wrote_them(bench: Bench) -> None:
    """A channel's reference is its name."""
    await bench.type("deals of <#C1|sales> &amp; others")
    (turn,) = await bench.office.started()
    assert turn.question.text == "deals of #sales & others"


async def test_where_the_bot_is_not_a_member_the_answer_comes_in_direct_messages(bench: Bench) -> None:
    """The person alone reads where it is, and how to invite the bot."""
    bench.office.api.expect("chat.postMessage", refused("not_in_channel"))
    said = await bench.type("How many deals?")
    assert "/invite" in said
    assert LINK in said
    (turn,) = await bench.office.started()
    assert turn.question.thread.channel == DIRECT


async def test_a_refused_question_is_told_as_the_reply(bench: Bench) -> None:
    """To who typed alone, and also where the bot is no member."""
    bench.office.api.people["U2"] = {"is_restricted": True}
    assert "Guests can't ask me" in await bench.type("How many deals?", user="U2")
    assert (bench.office.whispered(), bench.office.posted()) == ([], [])
    assert await bench.office.started() == []


async def test_while_the_app_goes_down_a_command_is_told(bench: Bench) -> None:
    """As the reply: the bot may not be in that channel; whoever comes next answers it."""
    bench.office.inflight.open = False
    assert "I will answer this in a moment" in await bench.type("private How many deals?")
    assert bench.office.taken == []
    assert await bench.office.journal.under_way() == ["t1"]


async def test_a_command_that_cannot_be_noted_is_told_and_acknowledged(bench: Bench) -> None:
    """Slack would else say that the command failed, and the asker would not know why."""
    bench.office.store.broken = True
    assert "could not take your question" in await bench.type("How many deals?")
    assert await bench.office.started() == []


async def test_each_command_is_a_question_of_its_own(bench: Bench) -> None:
    """Typed twice it is asked twice; delivered twice it is not."""
    for trigger in ("1.1", "1.1", "2.2"):
        await bench.type("How many deals?", trigger=trigger)
    assert len(bench.office.posted()) == 2
    assert len(await bench.office.started()) == 2


@pytest.mark.parametrize("answer", [Answer(drop=True), Answer(text="used_url", status=404)])
async def test_a_reply_that_does_not_arrive_is_said_another_way(
    office: Office, ack: AsyncAck, answer: Answer
) -> None:
    """The address for replies fails like everything else, and costs neither the word nor the answer."""
    bench = Bench(office, ack)
    office.api.expect("response", *[answer] * 4)  # the SDK asks once more when a connection breaks
    await bench.type("domains")
    await bench.type("private How many deals?")
    first, second = office.whispered()
    assert "Sales pipeline" in str(first["text"])
    assert LINK in str(second["text"])
    assert len(await office.started()) == 1
