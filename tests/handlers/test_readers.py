"""What each person gets of an answer's data."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.limits import Limits
from bot.errors import (
    AccessDenied,
    Denial,
    KeyRefused,
    LimitReached,
    PersonDeactivated,
    SlackRefused,
    TenantError,
    TenantSilent,
    TenantUnreachable,
)
from bot.model import ChannelPolicy, Deed
from handlers.desk import Declined
from handlers.press import Press, Target
from handlers.readers import Found
from tests.handlers.conftest import Office, identity, press, result
from tests.slack.conftest import refused

ASKED = result(2, identity=identity("U1").name)
ONE_MOMENT = "One moment"


@pytest.fixture
async def office(office: Office) -> Office:
    """U1 asked, and everybody works with their own rights."""
    office.service = False
    await office.results.keep(ASKED)
    return office


async def find(office: Office, user: str, *, turn: str = "t1", channel: str = "C1") -> Found:
    """What somebody gets who presses."""
    pressed = Press(press(f"{turn}:0", user=user, channel=channel))
    return await office.readers.find(pressed, Target(turn, 0), Deed.USE)


def rows(found: Found) -> list[str]:
    """The first column of what was found."""
    return [str(row[0].value).strip('"') for row in found.visualization.rows]


# -- whose data ------------------------------------------------------------------------------------------


async def test_the_asker_works_on_what_stands_there(office: Office) -> None:
    """Nothing is asked again."""
    found = await find(office, "U1")
    assert (found.own, rows(found)) == (True, ["S0", "S1"])
    assert (office.tenant.asked, office.whispered()) == ([], [])


async def test_others_get_the_rows_that_their_own_rights_give(office: Office) -> None:
    """Asked once more as them, in a conversation of its own; nothing of the asker's is among it."""
    found = await find(office, "U2")
    assert (found.own, rows(found)) == (False, ["u2@example.com0"])
    assert (found.shared.turn, found.reader.identity) == ("t1", identity("U2"))
    assert office.tenant.asked == [identity("U2")]
    assert rows(await find(office, "U3")) == ["u3@example.com0"]


async def test_with_the_rights_of_one_account_everybody_works_on_what_stands_there(office: Office) -> None:
    """An admin chose that all see the same."""
    office.service = True
    await office.results.keep(result(2))
    assert (await find(office, "U2")).own
    assert office.tenant.asked == []


async def test_another_address_is_another_person(office: Office) -> None:
    """What was asked with the rights of the old one is not theirs any more."""
    office.api.people["U1"] = {"profile": {"email": "other@example.com"}}
    assert rows(await find(office, "U1")) == ["other@example.com0"]


async def test_the_same_result_is_found_by_its_title(office: Office) -> None:
    """Somebody else's answer may have more, or have it in another order."""
    office.tenant.titles = ("Totals", "Deals")
    assert (await find(office, "U2")).index == 1


async def test_a_result_that_somebody_does_not_get_is_told(office: Office) -> None:
    """They read that there is none for them."""
    office.tenant.titles = ()
    with pytest.raises(Declined, match="With your own rights there is no such result"):
        await find(office, "U2")


async def test_what_is_no_longer_kept_is_told(office: Office) -> None:
    """Nobody is asked then."""
    for target in (Target("t2", 0), Target("t1", 1)):
        with pytest.raises(Declined, match="no longer kept"):
            await office.readers.find(Press(press("v", user="U2")), target, Deed.USE)
    assert office.tenant.asked == []


async def test_an_answer_of_an_earlier_version_is_its_askers_alone(office: Office) -> None:
    """Nobody noted then which data it is about, so it cannot be asked once more."""
    await office.results.keep(replace(ASKED, domain=""))
    assert (await find(office, "U1")).own
    with pytest.raises(Declined, match="no longer kept"):
        await find(office, "U2")
    assert office.tenant.asked == []


# -- how often it is asked -------------------------------------------------------------------------------


async def test_it_is_asked_once_and_told_once(office: Office) -> None:
    """However often somebody presses, also while WisdomAI still answers."""
    office.tenant.hold = asyncio.Event()
    presses = [asyncio.create_task(find(office, "U2")) for _ in range(3)]
    await office.tenant.began.wait()
    await office.api.until(1)
    office.tenant.hold.set()
    assert [rows(found) for found in await asyncio.gather(*presses)] == [["u2@example.com0"]] * 3
    assert rows(await find(office, "U2")) == ["u2@example.com0"]
    assert office.tenant.asked == [identity("U2")]
    (told,) = office.whispered()
    assert (told["user"], told["thread_ts"]) == ("U2", "10.1")
    assert ONE_MOMENT in str(told["text"])


async def test_readers_do_not_wait_for_each_other(office: Office) -> None:
    """Each has an answer of their own."""
    office.tenant.hold = asyncio.Event()
    slow = asyncio.create_task(find(office, "U2"))
    await office.tenant.began.wait()
    assert (await find(office, "U1")).own
    office.tenant.began.clear()
    other = asyncio.create_task(find(office, "U3"))
    await office.tenant.began.wait()
    office.tenant.hold.set()
    await asyncio.gather(slow, other)


@pytest.mark.parametrize("limits", [Limits(person_a_minute=1)])
async def test_a_copy_counts_as_a_question_of_who_wants_it(office: Office) -> None:
    """What is held already costs nothing; the asker's own data neither."""
    await office.results.keep(replace(ASKED, turn="t2"))
    for _ in range(2):
        await find(office, "U2")
        await find(office, "U1")
    with pytest.raises(LimitReached):
        await find(office, "U2", turn="t2")
    assert len(office.tenant.asked) == 1
    assert len(office.whispered()) == 1


async def test_what_failed_is_asked_again_when_somebody_presses_again(office: Office) -> None:
    """Nothing is kept of it."""
    office.tenant.error = TenantUnreachable("down")
    with pytest.raises(TenantUnreachable):
        await find(office, "U2")
    office.tenant.error = None
    assert rows(await find(office, "U2")) == ["u2@example.com0"]
    assert len(office.tenant.asked) == 2


async def test_while_the_app_goes_down_nothing_is_asked(office: Office) -> None:
    """It would be cut off; what is held can still be looked at."""
    await find(office, "U2")
    office.inflight.open = False
    assert rows(await find(office, "U2")) == ["u2@example.com0"]
    with pytest.raises(Declined, match="restarting"):
        await find(office, "U3")


# -- who is let in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "denial"),
    [
        ({"is_restricted": True}, Denial.GUEST),
        ({"is_stranger": True}, Denial.OUTSIDER),
        ({"deleted": True}, Denial.DEACTIVATED),
        ({"profile": {}}, Denial.NO_EMAIL),
    ],
)
@pytest.mark.parametrize("user", ["U1", "U2"])
async def test_who_may_not_use_it_gets_nothing(
    office: Office, person: dict[str, object], denial: Denial, user: str
) -> None:
    """Also not the asker's own data, when the asker became such a one."""
    office.api.people[user] = person
    with pytest.raises(AccessDenied) as caught:
        await find(office, user)
    assert caught.value.denial is denial
    assert office.tenant.asked == []


async def test_whom_slack_does_not_know_is_not_let_in(office: Office) -> None:
    """Where it is not known who presses, nothing is shown."""
    office.api.expect("users.info", refused("invalid_arguments"))
    with pytest.raises(SlackRefused, match="invalid_arguments"):
        await find(office, "U1")


async def test_a_domain_that_the_channel_does_not_ask_any_more_is_closed(office: Office) -> None:
    """What was asked before the channel's data changed goes with it."""
    await office.policies.keep("T1", "C1", ChannelPolicy(domains=("d-weather",)))
    for user in ("U1", "U2"):
        with pytest.raises(AccessDenied) as caught:
            await find(office, user)
        assert caught.value.denial is Denial.DOMAIN
    await office.policies.keep("T1", "C1", ChannelPolicy(domains=("d-weather", "d-sales")))
    assert (await find(office, "U1")).own


async def test_a_control_that_is_pressed_in_another_channel_shows_nothing(office: Office) -> None:
    """There, others may read along."""
    with pytest.raises(Declined, match="no longer kept"):
        await find(office, "U1", channel="C9")


async def test_where_others_read_along_by_now_nothing_is_shown(office: Office) -> None:
    """It was answered before the channel was shared."""
    office.api.channels["C1"] = {"is_ext_shared": True}
    with pytest.raises(AccessDenied) as caught:
        await find(office, "U1")
    assert caught.value.denial is Denial.NO_CONSENT


@pytest.mark.parametrize("error", [PersonDeactivated(), KeyRefused()], ids=lambda each: type(each).__name__)
async def test_whom_wisdomai_does_not_let_in_any_more_gets_nothing(
    office: Office, error: TenantError
) -> None:
    """Also not what was fetched while it did."""
    await find(office, "U2")
    office.tenant.away = error
    for user in ("U1", "U2"):
        with pytest.raises(type(error)):
            await find(office, user)


@pytest.mark.parametrize(
    "error",
    [TenantUnreachable("down"), TenantSilent(9), TimeoutError()],
    ids=lambda each: type(each).__name__,
)
async def test_a_tenant_that_is_away_leaves_people_their_stored_data(
    office: Office, error: Exception
) -> None:
    """Each their own; nobody gets another's meanwhile."""
    await find(office, "U2")
    office.tenant.away = office.tenant.error = error
    asker, other = [await find(office, user) for user in ("U1", "U2")]
    assert (asker.reader.rights, other.reader.rights) == (None, None)
    assert (rows(asker), rows(other)) == (["S0", "S1"], ["u2@example.com0"])
    with pytest.raises(type(error)):
        await find(office, "U3")


async def test_a_tenant_that_says_nothing_is_not_waited_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press has to be answered in seconds."""
    monkeypatch.setattr("handlers.readers._PATIENCE", 0)
    never = asyncio.Event()

    async def silent(_: object) -> None:
        await never.wait()

    monkeypatch.setattr(office.readers, "_rights", silent)
    found = await find(office, "U1")
    assert (found.own, found.reader.rights) == (True, None)


async def test_a_word_that_cannot_be_said_does_not_cost_the_data(office: Office) -> None:
    """That it takes a moment is a courtesy."""
    unreachable = refused("user_not_in_channel")
    office.api.expect("chat.postEphemeral", unreachable)
    office.api.expect("chat.postMessage", unreachable)
    assert rows(await find(office, "U2")) == ["u2@example.com0"]
