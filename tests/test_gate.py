"""Who is let in."""

from __future__ import annotations

import pytest

from bot.core.audience import Rules
from bot.errors import AccessDenied, Denial, SlackUnreachable, StoreFailed
from bot.gate import Gate, allowed_domain
from bot.model import SERVICE, Audience, ChannelPolicy, Deed, PlaceKind, ThreadKey
from bot.policies import Policies
from bot.slack.people import People
from bot.slack.places import Places
from tests.bench import Bench, bench
from tests.fakes import Clock, DictStore
from tests.slack.installed import Installed, installed

__all__ = ["bench"]


async def denied(bench: Bench, name: str, place: ThreadKey, deed: Deed = Deed.ASK) -> Denial | None:
    """Why somebody is not let in."""
    try:
        await bench.gate.admit(bench.user(name), place, deed)
    except AccessDenied as error:
        return error.denial
    return None


@pytest.mark.parametrize(
    ("name", "channel", "denial"),
    [
        ("grace", "sales", None),
        ("grace", "board", None),
        ("niels", "sales", None),
        ("gertrude", "sales", Denial.GUEST),
        ("otto", "partners", Denial.OUTSIDER),
        ("emilie", "sales", Denial.DEACTIVATED),
        ("ada", "partners", Denial.NO_CONSENT),
    ],
)
async def test_slack_says_who_is_let_in(bench: Bench, name: str, channel: str, denial: Denial | None) -> None:
    """Members are; guests, outsiders and who has left are not, nor is anybody where strangers read along."""
    assert await denied(bench, name, bench.place(channel)) is denial


async def test_the_bot_itself_asks_nothing(bench: Bench) -> None:
    """Nor does any other app."""
    with pytest.raises(AccessDenied) as raised:
        await bench.gate.admit(bench.workspace.bot_user_id, bench.place(), Deed.ASK)
    assert raised.value.denial is Denial.ROBOT


async def test_who_is_let_in_is_told_apart(bench: Bench) -> None:
    """What was found out about them, the channel and what is set comes with it."""
    policy = ChannelPolicy(domains=("d-sales",), audience=Audience.ASKER, exports=False)
    await bench.set(policy)
    admission = await bench.gate.admit(bench.ada, bench.place(), Deed.ASK)
    assert (admission.person.email, admission.person.admin) == ("ada@example.com", True)
    assert (admission.place.kind, admission.place.id) == (PlaceKind.PUBLIC, bench.channel)
    assert (admission.policy, admission.audience, admission.exports) == (policy, Audience.ASKER, False)


async def test_what_is_set_counts_at_once(bench: Bench) -> None:
    """The next question is let in by what holds then."""
    place = bench.place()
    assert await denied(bench, "ada", place, Deed.EXPORT) is None
    await bench.set(ChannelPolicy(exports=False))
    assert await denied(bench, "ada", place, Deed.EXPORT) is Denial.NO_EXPORTS


async def test_a_channel_that_is_shared_is_noticed(bench: Bench) -> None:
    """Within a minute, and at once where Slack tells of it."""
    place = bench.place()
    assert await denied(bench, "ada", place) is None
    bench.workspace.share_channel(place.channel, [bench.workspace.partner.id])
    bench.gate.look_again(place.channel)
    assert await denied(bench, "ada", place) is Denial.NO_CONSENT
    await bench.set(ChannelPolicy(consent=frozenset({bench.workspace.partner.id})))
    assert await denied(bench, "ada", place) is None
    bench.workspace.share_channel(place.channel, ["T0ANOTHER"])
    bench.clock.now += 60
    assert await denied(bench, "ada", place) is Denial.NO_CONSENT


async def test_who_is_not_known_is_not_let_in(bench: Bench) -> None:
    """Where Slack or the store does not tell, that is an error and no admission."""
    bench.workspace.faults.fail_next("users.info", "internal_error", times=10)
    with pytest.raises(SlackUnreachable):
        await bench.gate.admit(bench.ada, bench.place(), Deed.ASK)
    gate = Gate(bench.gate._people, bench.gate._places, Policies(_Broken()), Rules(), lambda _: SERVICE)
    bench.clock.now += 1_000
    bench.workspace.faults._planned.clear()
    with pytest.raises(StoreFailed):
        await gate.admit(bench.ada, bench.place(), Deed.ASK)


async def test_a_visitor_is_somebody_who_may_ask(bench: Bench) -> None:
    """In no channel, with the identity that their questions have; a stranger is refused there, too."""
    assert (await bench.gate.visitor(bench.ada)).email == "ada@example.com"
    with pytest.raises(AccessDenied) as raised:
        await bench.gate.visitor(bench.user("gertrude"))
    assert raised.value.denial is Denial.GUEST


class _Broken(DictStore):
    async def get(self, table: str, key: str) -> None:
        raise StoreFailed(f"disk full: {table}, {key}")


async def test_the_rules_of_the_workspace_count() -> None:
    """Guests may be let in, and somebody may be named as an admin."""
    async with installed() as here:
        grace = here.user("grace")
        gate = _gate(here, Rules(guests=True, admins=frozenset({grace}), audience=Audience.ASKER))
        place = ThreadKey(here.workspace.team_id, here.channel("sales"), "")
        guest = await gate.admit(here.user("gertrude"), place, Deed.ASK)
        named = await gate.admit(grace, place, Deed.CONSENT)
        assert (guest.person.guest, guest.audience) == (True, Audience.ASKER)
        assert gate.is_admin(named.person)
        assert not gate.is_admin(guest.person)


def _gate(here: Installed, rules: Rules) -> Gate:
    people = People(here.client, here.home, clock=Clock())
    places = Places(here.client, here.home, clock=Clock())
    return Gate(people, places, Policies(DictStore()), rules, lambda _: SERVICE)


async def test_who_asks_is_identified_as_configured(bench: Bench) -> None:
    """As themselves, or all as one."""
    admission = await bench.gate.admit(bench.ada, bench.place(), Deed.ASK)
    assert bench.gate.identity(admission.person).email == "ada@example.com"
    one_for_all = Gate(bench.gate._people, bench.gate._places, bench.policies, Rules(), lambda _: SERVICE)
    assert one_for_all.identity(admission.person) == SERVICE


async def test_without_an_address_somebody_is_let_in_and_not_identified(bench: Bench) -> None:
    """The bot can talk to them, and tells them what is missing."""
    admission = await bench.gate.admit(bench.user("emmy"), bench.place(), Deed.ASK)
    with pytest.raises(AccessDenied) as raised:
        bench.gate.identity(admission.person)
    assert raised.value.denial is Denial.NO_EMAIL


async def test_the_settings_of_a_channel_are_known_to_everybody(bench: Bench) -> None:
    """Also where nothing may be asked."""
    policy = ChannelPolicy(domains=("d-sales",))
    await bench.set(policy, "partners")
    place, found = await bench.gate.settings_of(bench.place("partners"))
    assert (place.shared, found) == (True, policy)


@pytest.mark.parametrize(
    ("set_", "domain", "allowed"),
    [((), "d-1", True), (("d-1", "d-2"), "d-2", True), (("d-1",), "d-2", False), (("d-1",), "", False)],
)
def test_a_channel_asks_its_own_data_only(set_: tuple[str, ...], domain: str, *, allowed: bool) -> None:
    """Where some is set; else all that the asker may ask."""
    if allowed:
        allowed_domain(ChannelPolicy(domains=set_), domain)
        return
    with pytest.raises(AccessDenied) as raised:
        allowed_domain(ChannelPolicy(domains=set_), domain)
    assert raised.value.denial is Denial.DOMAIN


async def test_nothing_is_remembered_of_who_was_let_in(bench: Bench) -> None:
    """Every deed is judged anew: what a policy forbids now was allowed a moment ago."""
    await bench.gate.admit(bench.ada, bench.place(), Deed.SHARE)
    assert bench.store.tables == {}
    bench.workspace.deactivate("ada")
    bench.clock.now += 300
    assert await denied(bench, "ada", bench.place(), Deed.SHARE) is Denial.DEACTIVATED
