"""Share to channel."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.results import StoredResult
from bot.errors import AccessDenied, Denial, NotInChannel, PersonDeactivated, SlackUnreachable
from bot.model import ChannelPolicy, ThreadKey
from bot.sharing import Sharing as Posting
from handlers.sharing import Sharing
from tests.handlers.conftest import DIRECT, Office, identity, press, result

ORIGIN = ThreadKey("T1", "C1", "10.1")
PRIVATE = replace(
    result(identity=identity("U1").name),
    question=replace(result().question, thread=ThreadKey("T1", DIRECT, "30.1"), origin=ORIGIN),
)


class Shares(Posting):
    """Posts nothing, but says where it would stand.

    Attributes:
        errors: what comes instead, one after the other.
        hold: a share takes until this is set.
    """

    def __init__(self) -> None:
        self.shared: list[tuple[str, ThreadKey, bool]] = []
        self.errors: list[Exception] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def share(self, result: StoredResult, origin: ThreadKey, *, exports: bool) -> str:
        """Notes what was to be shared."""
        await self.hold.wait()
        if self.errors:
            raise self.errors.pop(0)
        self.shared.append((result.turn, origin, exports))
        return "https://acme.slack.com/archives/C1/p101"


@pytest.fixture
def shares() -> Shares:
    """What posts."""
    return Shares()


@pytest.fixture
async def sharing(office: Office, shares: Shares) -> Sharing:
    """U1 has a private answer to what they asked in #C1."""
    office.service = False
    await office.results.keep(PRIVATE)
    return Sharing(office.desk, office.readers, office.memory, office.results, shares)


def pressed(*, user: str = "U1", at: str = "50.1", channel: str = DIRECT) -> dict[str, object]:
    """Somebody presses Share to channel."""
    return press("t1", user=user, at=at, channel=channel)


def told(office: Office) -> list[str]:
    return [str(each["text"]) for each in office.whispered()]


async def test_the_asker_shares(office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck) -> None:
    """In the thread that it was asked in; they read where it is, and the audit has it."""
    await sharing.on_share(ack, pressed())
    assert ack.response is not None
    assert shares.shared == [("t1", ORIGIN, True)]
    (said,) = told(office)
    assert "https://acme.slack.com/archives/C1/p101" in said
    (entry,) = await office.noted()
    assert (entry.what, entry.user, entry.identity) == (What.SHARED, "U1", "u1@example.com")
    assert entry.details == {"to": "C1"}


async def test_an_answer_is_shared_once(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck
) -> None:
    """A press that is delivered again does nothing; another one, also while the first is busy, is told."""
    shares.hold.clear()
    both = asyncio.gather(*(sharing.on_share(ack, pressed(at=at)) for at in ("50.1", "50.1", "50.2")))
    shares.hold.set()
    await both
    await sharing.on_share(ack, pressed(at="50.3"))
    assert len(shares.shared) == 1
    assert ["shared this answer already" in each for each in told(office)] == [False, True, True]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotInChannel("chat.postMessage", "not_in_channel"), "/invite"),
        (AccessDenied(Denial.NOT_A_MEMBER), "not in that channel any more"),
        (SlackUnreachable("chat.postMessage"), "could not post your answer"),
    ],
    ids=lambda each: "" if isinstance(each, str) else type(each).__name__,
)
async def test_what_could_not_be_shared_can_be_tried_again(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck, error: Exception, words: str
) -> None:
    """When what stood in the way is gone."""
    shares.errors = [error]
    await sharing.on_share(ack, pressed())
    await sharing.on_share(ack, pressed(at="50.2"))
    assert words in told(office)[0]
    assert "in the channel now" in told(office)[1]
    assert len(shares.shared) == 1


async def test_whether_it_can_be_exported_there_is_said_by_the_channel(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck
) -> None:
    """By what holds now, not when it was asked."""
    await office.policies.keep("T1", "C1", ChannelPolicy(exports=False))
    await sharing.on_share(ack, pressed())
    assert shares.shared == [("t1", ORIGIN, False)]


async def test_nothing_is_shared_where_others_read_along_without_consent(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck
) -> None:
    """The channel may have been shared after the question."""
    office.api.channels["C1"] = {"is_ext_shared": True, "connected_team_ids": ["T9"]}
    await sharing.on_share(ack, pressed())
    assert "another organisation" in told(office)[0]
    assert shares.shared == []
    assert [entry.outcome for entry in await office.noted()] == ["no_consent"]


async def test_a_domain_that_the_channel_does_not_ask_is_not_shown_there(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck
) -> None:
    """Its data may have been changed meanwhile."""
    await office.policies.keep("T1", "C1", ChannelPolicy(domains=("d-weather",)))
    await sharing.on_share(ack, pressed())
    assert "does not ask that data" in told(office)[0]
    assert shares.shared == []


async def test_whom_wisdomai_does_not_let_in_any_more_shares_nothing(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck
) -> None:
    """Also not what was answered before."""
    office.tenant.away = PersonDeactivated()
    await sharing.on_share(ack, pressed())
    assert "switched off" in told(office)[0]
    assert shares.shared == []


async def test_an_answer_with_other_rights_is_not_shared(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck
) -> None:
    """The person has another address now, and these rows are not theirs any more."""
    office.api.people["U1"] = {"profile": {"email": "other@example.com"}}
    await sharing.on_share(ack, pressed())
    assert "no longer kept" in told(office)[0]
    assert shares.shared == []


@pytest.mark.parametrize(
    ("stored", "body"),
    [
        (PRIVATE, pressed(user="U2")),
        (PRIVATE, pressed(channel="C1")),
        (replace(PRIVATE, question=replace(PRIVATE.question, origin=None)), pressed()),
        (replace(PRIVATE, turn="t2"), pressed()),
    ],
    ids=["somebody else", "another channel", "not private", "gone"],
)
async def test_what_is_not_ones_own_private_answer_is_not_shared(
    office: Office,
    sharing: Sharing,
    shares: Shares,
    ack: AsyncAck,
    stored: StoredResult,
    body: dict[str, object],
) -> None:
    """Whoever sees the button, and wherever."""
    await office.results.forget("t1")
    await office.results.keep(stored)
    await sharing.on_share(ack, body)
    assert "no longer kept" in told(office)[0]
    assert shares.shared == []


async def test_with_the_rights_of_one_account_nobody_else_shares_it_either(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck
) -> None:
    """That all see the same does not make a private answer everybody's."""
    office.service = True
    await office.results.keep(replace(PRIVATE, identity=result().identity))
    await sharing.on_share(ack, pressed(user="U2"))
    assert shares.shared == []
    await sharing.on_share(ack, pressed(at="50.2"))
    assert len(shares.shared) == 1


async def test_a_store_that_fails_is_told(
    office: Office, sharing: Sharing, shares: Shares, ack: AsyncAck
) -> None:
    """A press is never without an answer."""
    office.store.broken = True
    await sharing.on_share(ack, pressed())
    assert "could not post your answer" in told(office)[0]
    assert shares.shared == []
