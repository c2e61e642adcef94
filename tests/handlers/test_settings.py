"""What holds in a channel, looked at and changed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import NoReturn

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.audience import Rules
from bot.core.render.settings_view import SETTINGS_VIEW
from bot.domains import Domains
from bot.errors import AccessDenied, AnswerFailed, Denial, TenantError, TenantUnreachable
from bot.model import Audience, ChannelPolicy, Domain, Identity
from bot.slack.views import TriggerOver, Views
from handlers.settings import ChannelSettings, Tools
from tests.fakes import Catalogue
from tests.handlers.conftest import Office
from tests.slack.conftest import Answer, refused

SALES, WEATHER = Domain("d-sales", "Sales pipeline"), Domain("d-weather", "Weather")
SHARED = {"is_ext_shared": True, "connected_team_ids": ["T9"]}
ADMIN = {"is_admin": True}
YES = {"text": {"type": "plain_text", "text": "Yes"}, "value": "yes"}


class Bench:
    """Opens the window of a channel and sends it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.error: TenantError | None = None
        self.slow: asyncio.Event | None = None
        self.settings = self.made(patience=60)

    def made(self, *, patience: float, default: str = "") -> ChannelSettings:
        """The settings, with so much patience (seconds)."""
        office = self.office
        tools = Tools(
            gate=office.gate,
            policies=office.policies,
            domains=Domains(Catalogue(self._listing), office.memory, default=default, clock=office.clock),
            rules=office.rules,
            opener=Views(office.api.client),
            audit=office.audit,
            new_ref=lambda: "ref-1",
            patience=patience,
        )
        return ChannelSettings(office.desk, tools)

    async def _listing(self, who: Identity) -> tuple[Domain, ...]:
        del who
        if self.slow is not None:
            await self.slow.wait()
        if self.error is not None:
            raise self.error
        return (SALES, WEATHER)

    async def opened(self, *, user: str = "U1", channel: str = "C1") -> str:
        """What the window shows to somebody."""
        await self.settings.open(command(user=user, channel=channel))
        return json.dumps(self.office.api.of("views.open")[-1]["view"])

    async def keep(self, ack: AsyncAck, body: dict[str, object]) -> str:
        """Sends the window; what who sent it reads."""
        before = len(self.office.whispered())
        await self.settings.on_kept(ack, body)
        assert ack.response is not None
        return "\n".join(str(each["text"]) for each in self.office.whispered()[before:])

    async def policy(self) -> ChannelPolicy:
        """What is set for the channel."""
        return await self.office.policies.of("T1", "C1")


def command(*, user: str = "U1", channel: str = "C1") -> dict[str, object]:
    """Somebody typed ``/wisdom settings``."""
    return {"team_id": "T1", "channel_id": channel, "user_id": user, "trigger_id": "trigger"}


def sent(
    *,
    user: str = "U1",
    domains: tuple[str, ...] = (),
    audience: Audience = Audience.EVERYBODY,
    exports: bool = True,
    creator: bool = True,
    editors: tuple[str, ...] = (),
    consent: bool | None = None,
) -> dict[str, object]:
    """The window of #C1 as Slack sends it; its last field is not there where ``consent`` is None."""
    chosen: dict[str, object] = {
        "domains": {"selected_options": [{"value": each} for each in domains]},
        "audience": {"selected_option": {"value": audience.value}},
        "exports": _ticked(exports),
        "creator": _ticked(creator),
        "editors": {"selected_users": list(editors)},
    }
    if consent is not None:
        chosen["consent"] = _ticked(consent)
    view = {
        "callback_id": SETTINGS_VIEW,
        "private_metadata": json.dumps({"team": "T1", "channel": "C1"}),
        "state": {"values": {name: {name: value} for name, value in chosen.items()}},
    }
    return {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": user}, "view": view}


def _ticked(on: bool) -> dict[str, object]:  # noqa: FBT001 - the one thing that it is about
    return {"selected_options": [YES] if on else []}


@pytest.fixture
def bench(office: Office) -> Bench:
    """A channel that U1 made."""
    return Bench(office)


# -- looking ---------------------------------------------------------------------------------------------


async def test_the_window_shows_what_holds(bench: Bench) -> None:
    """With the domains that who looks may ask to choose from."""
    await bench.office.policies.keep("T1", "C1", ChannelPolicy(domains=("d-weather",)))
    shown = await bench.opened()
    assert "Sales pipeline" in shown
    assert '"initial_options": [{"text": {"type": "plain_text", "text": "Weather"' in shown


@pytest.mark.parametrize("rules", [Rules(admins=frozenset({"U5"}))])
@pytest.mark.parametrize(
    ("user", "person", "policy"),
    [
        ("U1", {}, ChannelPolicy()),
        ("U2", ADMIN, ChannelPolicy(creator_edits=False)),
        ("U2", {"is_owner": True}, ChannelPolicy()),
        ("U5", {}, ChannelPolicy()),
        ("U2", {}, ChannelPolicy(editors=("U2",))),
    ],
    ids=["who made the channel", "an admin", "an owner", "named by setting", "named in the window"],
)
async def test_who_may_change_it(
    bench: Bench, ack: AsyncAck, user: str, person: dict[str, object], policy: ChannelPolicy
) -> None:
    """They open the window, and what they send is kept."""
    bench.office.api.people[user] = person
    await bench.office.policies.keep("T1", "C1", policy)
    assert "Data that can be asked here" in await bench.opened(user=user)
    assert "Kept." in await bench.keep(ack, sent(user=user, domains=("d-weather",)))
    assert (await bench.policy()).domains == ("d-weather",)


@pytest.mark.parametrize(
    ("user", "person", "policy"),
    [
        ("U2", {}, ChannelPolicy()),
        ("U1", {}, ChannelPolicy(creator_edits=False)),
        ("U1", {"is_restricted": True}, ChannelPolicy()),
        ("U2", {"is_stranger": True}, ChannelPolicy(editors=("U2",))),
        ("U2", ADMIN | {"deleted": True}, ChannelPolicy()),
    ],
    ids=["a member", "who made it, not let", "a guest who made it", "an outsider who is named", "gone"],
)
async def test_who_may_not_change_it(
    bench: Bench, ack: AsyncAck, user: str, person: dict[str, object], policy: ChannelPolicy
) -> None:
    """No window opens; one that is sent all the same changes nothing, is told, and is in the audit."""
    bench.office.api.people[user] = person
    await bench.office.policies.keep("T1", "C1", policy)
    with pytest.raises(AccessDenied):
        await bench.opened(user=user)
    assert bench.office.api.of("views.open") == []
    assert "Kept." not in await bench.keep(ack, sent(user=user, exports=False))
    assert await bench.policy() == policy
    (entry,) = await bench.office.noted()
    assert (entry.what, entry.user) == (What.REFUSED, user)


async def test_in_direct_messages_everybody_sets_their_own(bench: Bench) -> None:
    """Which data they ask there; the rest has no meaning."""
    shown = await bench.opened(user="U2", channel="D1")
    assert "Data that can be asked here" in shown
    assert "Who reads the answers" not in shown


async def test_where_nobody_tells_which_domains_there_are_ids_are_typed(bench: Bench) -> None:
    """To list them is a right of few roles."""
    bench.error = AnswerFailed("You do not have permission to list domains")
    assert "Ids of domains, one a line" in await bench.opened()


async def test_who_has_no_account_at_wisdomai_may_look_after_a_channel(bench: Bench, ack: AsyncAck) -> None:
    """Whose address Slack does not tell types ids, and reads what was kept."""
    bench.office.service = False
    bench.office.api.people["U1"] = {"profile": {}}
    assert "Ids of domains, one a line" in await bench.opened()
    assert "asks *d-weather*" in await bench.keep(ack, sent(domains=("d-weather",)))
    assert (await bench.policy()).domains == ("d-weather",)


async def test_a_tenant_that_takes_long_does_not_cost_the_window(bench: Bench) -> None:
    """It opens at once, says that it is loading, and is filled."""
    bench.slow = asyncio.Event()
    bench.settings = bench.made(patience=0)
    bench.office.api.expect("views.open", Answer({"view": {"id": "V1", "hash": "h1"}}))
    opening = asyncio.create_task(bench.opened())
    await bench.office.api.until(1)
    bench.slow.set()
    assert "Loading" in await opening
    (filled,) = bench.office.api.of("views.update")
    assert (filled["view_id"], "Sales pipeline" in str(filled["view"])) == ("V1", True)


async def test_what_goes_wrong_while_it_loads_is_said_in_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With a reference that the log has, too; it never stays at "Loading"."""
    bench.slow = asyncio.Event()
    bench.settings = bench.made(patience=0)
    monkeypatch.setattr("bot.core.render.settings_view.settings_view", lambda *_, **__: 1 / 0)
    opening = asyncio.create_task(bench.opened())
    await bench.office.api.until(1)
    bench.slow.set()
    await opening
    (filled,) = bench.office.api.of("views.update")
    assert "Something went wrong on my side" in str(filled)
    assert "ref-1" in str(filled)
    assert "ref-1" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_tenant_that_is_away_does_not_cost_the_window(bench: Bench) -> None:
    """Ids can be typed."""
    bench.error = TenantUnreachable("down")
    assert "Ids of domains, one a line" in await bench.opened()


async def test_a_command_that_came_too_late_opens_nothing(bench: Bench) -> None:
    """Whoever typed it is told by the command."""
    bench.office.api.expect("views.open", refused("expired_trigger_id"))
    with pytest.raises(TriggerOver):
        await bench.opened()


# -- keeping ---------------------------------------------------------------------------------------------


async def test_what_was_chosen_is_kept(bench: Bench, ack: AsyncAck) -> None:
    """Who sent it reads what holds now, and the audit who set what."""
    chosen = sent(domains=("d-weather", "d-x"), audience=Audience.ASKER, exports=False, editors=("U7",))
    said = await bench.keep(ack, chosen)
    assert "*Weather*, *d-x*" in said
    assert "their asker alone" in said
    assert "cannot be exported" in said
    assert await bench.policy() == ChannelPolicy(
        domains=("d-weather", "d-x"), audience=Audience.ASKER, exports=False, editors=("U7",)
    )
    (entry,) = await bench.office.noted()
    assert (entry.what, entry.user, entry.channel) == (What.CONFIGURED, "U1", "C1")
    assert entry.details == {
        "domains": "d-weather d-x",
        "audience": "asker",
        "exports": "False",
        "creator_edits": "True",
        "editors": "U7",
        "consent": "",
    }


async def test_nothing_chosen_is_the_default(bench: Bench, ack: AsyncAck) -> None:
    """Where the app has one, the window and the word about it name it."""
    bench.settings = bench.made(patience=60, default="d-weather")
    assert "Nothing: Weather, as everywhere." in await bench.opened()
    assert "This channel asks *Weather*." in await bench.keep(ack, sent())


async def test_nothing_chosen_is_whatever_the_asker_may_ask(bench: Bench, ack: AsyncAck) -> None:
    """A channel can be given free again."""
    await bench.office.policies.keep("T1", "C1", ChannelPolicy(domains=("d-weather",)))
    assert "whatever the asker may ask" in await bench.keep(ack, sent())
    assert (await bench.policy()).domains == ()


async def test_who_makes_the_channel_can_be_shut_out(bench: Bench, ack: AsyncAck) -> None:
    """From the next time on."""
    await bench.keep(ack, sent(creator=False))
    assert "Only an admin of the workspace" in await bench.keep(ack, sent())


async def test_where_nobody_can_be_told_in_the_channel_they_get_a_direct_message(
    bench: Bench, ack: AsyncAck
) -> None:
    """Settings are also made for channels that the bot is not in yet."""
    bench.office.api.expect("chat.postEphemeral", refused("not_in_channel"))
    await bench.keep(ack, sent(exports=False))
    (said,) = bench.office.posted()
    assert (said["channel"], "Kept." in str(said["text"])) == ("U1", True)


async def test_a_store_that_fails_is_told(
    bench: Bench, ack: AsyncAck, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody believes that it was kept; the log has the same reference."""
    bench.office.store.broken = True
    said = await bench.keep(ack, sent(exports=False))
    assert "Something went wrong on my side" in said
    assert "ref-1" in said
    assert "ref-1" in caplog.text
    bench.office.store.broken = False
    assert await bench.policy() == ChannelPolicy()


async def test_a_mistake_of_ours_is_told(
    bench: Bench, ack: AsyncAck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody believes that it was kept."""

    async def broken(*_: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(bench.office.policies, "keep", broken)
    assert "Something went wrong on my side" in await bench.keep(ack, sent(exports=False))


# -- people of other organisations -----------------------------------------------------------------------


async def test_an_admin_lets_others_read_along(bench: Bench, ack: AsyncAck) -> None:
    """Those who are there at that moment; the audit says whom."""
    bench.office.api.people["U1"] = ADMIN
    bench.office.api.channels["C1"] = SHARED
    assert "Answer here all the same" in await bench.opened()
    await bench.keep(ack, sent(consent=True))
    assert (await bench.policy()).consent == frozenset({"T9"})
    assert (await bench.office.noted())[-1].details["consent"] == "T9"


async def test_it_is_looked_at_anew_who_is_there(bench: Bench, ack: AsyncAck) -> None:
    """Who came while the window stood open is among those who were let."""
    bench.office.api.people["U1"] = ADMIN
    bench.office.api.channels["C1"] = SHARED
    await bench.opened()
    bench.office.api.channels["C1"] = SHARED | {"connected_team_ids": ["T9", "T8"]}
    await bench.keep(ack, sent(consent=True))
    assert (await bench.policy()).consent == frozenset({"T9", "T8"})


async def test_nobody_but_an_admin_lets_others_read_along(bench: Bench, ack: AsyncAck) -> None:
    """The window does not offer it; one that is sent all the same changes nothing at all."""
    bench.office.api.channels["C1"] = SHARED
    assert "Only an admin of the workspace can change that" in await bench.opened()
    assert "Only an admin can allow answers" in await bench.keep(ack, sent(consent=True, exports=False))
    assert await bench.policy() == ChannelPolicy()
    (entry,) = await bench.office.noted()
    assert (entry.what, entry.outcome) == (What.REFUSED, Denial.NOT_AN_ADMIN.value)


async def test_what_was_left_as_it_was_is_not_set(bench: Bench, ack: AsyncAck) -> None:
    """An admin who changes the app's own settings reaches every channel that chose nothing else."""
    await bench.keep(ack, sent(domains=("d-sales",)))
    assert await bench.policy() == ChannelPolicy(domains=("d-sales",))
    await bench.keep(ack, sent(audience=Audience.ASKER, exports=False))
    await bench.keep(ack, sent(audience=Audience.EVERYBODY, exports=True))
    assert await bench.policy() == ChannelPolicy(audience=Audience.EVERYBODY, exports=True)


@pytest.mark.parametrize("consent", [None, True])
async def test_what_an_admin_allowed_stays_when_others_change_the_rest(
    bench: Bench, ack: AsyncAck, *, consent: bool | None
) -> None:
    """Whether the window asked about it or not."""
    bench.office.api.channels["C1"] = SHARED
    before = ChannelPolicy(consent=frozenset({"T9"}))
    await bench.office.policies.keep("T1", "C1", before)
    assert "Kept." in await bench.keep(ack, sent(exports=False, consent=consent))
    assert await bench.policy() == replace(before, exports=False)


async def test_an_admin_takes_it_back(bench: Bench, ack: AsyncAck) -> None:
    """Nobody else does."""
    bench.office.api.channels["C1"] = SHARED
    await bench.office.policies.keep("T1", "C1", ChannelPolicy(consent=frozenset({"T9"})))
    await bench.keep(ack, sent(consent=False))
    assert (await bench.policy()).consent == frozenset({"T9"})
    bench.office.api.people["U2"] = ADMIN
    assert "Kept." in await bench.keep(ack, sent(user="U2", consent=False))
    assert (await bench.policy()).consent is None
