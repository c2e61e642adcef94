from __future__ import annotations

import json

import pytest

from bot.core.indigo import requests
from bot.core.indigo.model import Member
from bot.core.indigo.schedules import Kind
from bot.core.render import indigo_notices as words
from bot.errors import AccessDenied, Denial
from bot.model import Draft
from bot.reporting.desk import Asked
from tests.handlers.conftest import Slack
from tests.reporting.whole import ASKED, Whole


@pytest.fixture
def whole(api: Slack) -> Whole:
    made = Whole(api)
    made.fill()
    return made


async def typed(whole: Whole, text: str, asked: Asked = ASKED) -> str:
    """All that is read after a command."""
    return everything(await whole.desk.command(asked, requests.read(text)))


def everything(draft: Draft | None) -> str:
    assert draft is not None
    return json.dumps([draft.text, *draft.blocks], ensure_ascii=False)


@pytest.mark.parametrize("text", ["", "help", "HELP"])
async def test_help_says_what_there_is(whole: Whole, text: str) -> None:
    """Admins read how to let others in, too."""
    assert "/indigo allow" in await typed(whole, text)
    assert "/indigo allow" not in await typed(whole, text, Asked("U1", "T1", "C1"))
    assert "I don't know `nonsense`" in await typed(whole, "nonsense")


@pytest.mark.parametrize(
    "text", ["", "chats", "transcript 1", "export", "users", "report", "schedule", "who", "allow <@U2>", "x"]
)
@pytest.mark.parametrize(
    ("asked", "denial"),
    [
        (Asked("U2", "T1", "C1"), Denial.INDIGO_PERSON),
        (Asked("UGUEST", "T1", "C1"), Denial.INDIGO_GUEST),
        (Asked("UADMIN", "T1", "C9"), Denial.INDIGO_SHARED),
    ],
)
async def test_who_may_not_gets_nothing_of_anything(
    whole: Whole, text: str, asked: Asked, denial: Denial
) -> None:
    """Indigo is not even asked."""
    with pytest.raises(AccessDenied) as refused:
        await typed(whole, text, asked)
    assert refused.value.denial in {denial, Denial.INDIGO_ADMIN}
    assert (whole.indigo.looks, whole.indigo.reads) == ([], [])


async def test_chats_are_shown_and_turned(whole: Whole) -> None:
    """Each look is in the audit trail."""
    assert "`0` · last" in await typed(whole, "chats")
    assert "`14` · last" in everything(await whole.desk.turn(ASKED, "v1:1"))
    assert words.VIEW_GONE in everything(await whole.desk.turn(ASKED, "v2:1"))
    trail = await whole.trail()
    assert [(each.what, dict(each.details)) for each in trail] == [
        ("shown", {"indigo": "chats", "since": ""}),
        ("shown", {"indigo": "chats", "page": 2}),
    ]


async def test_chats_since_a_day(whole: Whole) -> None:
    """What is no day is told with examples."""
    told = await typed(whole, "chats yesterday")
    assert "`1` · last" in told
    assert "`2` · last" not in told
    assert "`/indigo chats 7d`" in await typed(whole, "chats soon")
    assert "`/indigo export 7d`" in await typed(whole, "export soon")


async def test_a_transcript_needs_an_id(whole: Whole) -> None:
    """With it there is a dialogue, and the trail says which."""
    assert "> word 3" in await typed(whole, "transcript `3`")
    assert (await whole.trail())[0].details == {"indigo": "transcript", "chat": "3"}
    for text in ("transcript", "transcript 1 2", "transcript x"):
        assert "Which chat?" in await typed(whole, text)
    assert "no messages of a chat `99`" in await typed(whole, "transcript 99")


async def test_who_loses_the_right_meanwhile_sees_nothing(whole: Whole) -> None:
    """They are looked at again before anything is shown, and see members as new again the next time."""

    async def deactivate() -> None:
        whole.api.people["UADMIN"] = {"is_admin": True, "deleted": True}
        whole.rights._means.people._lookup.forget("UADMIN")

    whole.rights.between = deactivate
    with pytest.raises(AccessDenied):
        await typed(whole, "users")
    assert "indigo_members" not in whole.store.tables


async def test_members_are_shown_with_what_is_new(whole: Whole) -> None:
    """A first look has nothing to compare with."""
    assert "first look" in await typed(whole, "users")
    whole.indigo.members.append(Member("2", "ben@example.com", "Viewer"))
    assert "added: ben@example.com (Viewer)" in await typed(whole, "users")
    assert "Nothing has changed" in await typed(whole, "users")


async def test_an_export_begins_in_direct_messages(whole: Whole) -> None:
    """From the midnight of the asker's zone on; only an export that is there can be stopped."""
    assert "our direct messages" in await typed(whole, "export 2026-11-27")
    assert whole.api.of("chat.postMessage")[0]["channel"] == "UADMIN"
    await whole.tasks.drain(0)
    assert whole.since is None or whole.since.isoformat() == "2026-11-26T23:00:00+00:00"
    assert words.EXPORT_OVER in everything(await whole.desk.stop(ASKED, "e2"))


async def test_a_report_waits_for_the_first_harvest(whole: Whole) -> None:
    """Numbers that are too low are none."""
    assert "counting Indigo's chats for the first time" in await typed(whole, "report")
    assert "`/indigo report weekly`" in await typed(whole, "report yearly")


async def test_a_report_can_be_posted_where_reports_may_stand(whole: Whole) -> None:
    """By a button; without it elsewhere. Nobody's words are in it."""
    await whole.harvest()
    whole.files_are_taken(12)
    told = await typed(whole, "report weekly")
    assert "7 chats" in told
    assert "Europe/Rome" in told
    assert "Post in this channel" in told
    assert "word" not in told
    assert "Post in" not in await typed(whole, "report monthly", Asked("U1", "T1", "D1"))
    assert words.POSTED in everything(await whole.desk.post(ASKED, "weekly"))
    (posted,) = whole.api.of("chat.postMessage")
    assert (posted["channel"], "7 chats" in str(posted["text"])) == ("C1", True)
    assert "Post in this channel" not in str(posted["blocks"])
    with pytest.raises(AccessDenied):
        await whole.desk.post(Asked("UADMIN", "T1", "C3"), "weekly")
    assert "/indigo report weekly" in everything(await whole.desk.post(ASKED, "x"))


async def test_a_report_is_scheduled_and_ended(whole: Whole) -> None:
    """In the zone of who asks for it; what is not understood is told how to write."""
    told = await typed(whole, "schedule weekly <#C1|sales> friday 17")
    assert "weekly in <#C1> on Fridays at 17:00 (Europe/Rome)" in told
    (kept,) = await whole.schedules.all()
    assert (kept.kind, kept.day, kept.hour, kept.by) == (Kind.WEEKLY, 4, 17, "UADMIN")
    assert "on Fridays" in await typed(whole, "schedule")
    assert "Write it like" in await typed(whole, "schedule weekly someday <#C1|sales>")
    assert "No more reports" in await typed(whole, "schedule off")
    assert "No reports come by themselves" in await typed(whole, "schedule")
    assert await whole.schedules.all() == ()


async def test_only_channels_that_are_allowed_get_reports(whole: Whole) -> None:
    """Until an admin allows them."""
    with pytest.raises(AccessDenied) as refused:
        await typed(whole, "schedule weekly <#C3|random>")
    assert refused.value.denial is Denial.INDIGO_CHANNEL
    await typed(whole, "allow <#C3|random>")
    assert "Kept" in await typed(whole, "schedule weekly <#C3|random>")


async def test_an_admin_lets_people_in_and_out(whole: Whole) -> None:
    """Several at once; each is in the audit trail; settings stay what they are."""
    told = await typed(whole, "allow <@U2|bo> <#C3|random>")
    assert "<@U2> can use" in told
    assert "Reports can be posted in <#C3>" in told
    assert "`17`" not in await typed(whole, "chats", Asked("U2", "T1", "C1"))
    who = await typed(whole, "who")
    assert "<@U2>, let in by <@UADMIN>" in who
    assert "by the app's settings: <@U1>" in who
    assert "is not let in any more" in await typed(whole, "disallow <@U2>")
    assert "INDIGO_PEOPLE" in await typed(whole, "disallow <@U1>")
    assert "Whom?" in await typed(whole, "allow somebody")
    assert "Whom?" in await typed(whole, "disallow")
    with pytest.raises(AccessDenied):
        await typed(whole, "chats", Asked("U2", "T1", "C1"))
    noted = [dict(each.details) for each in await whole.trail() if each.what == "configured"]
    assert noted[0] == {"indigo": "allow", "whom": "U2"}
    assert noted[2] == {"indigo": "disallow", "whom": "U2"}
