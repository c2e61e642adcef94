"""Posting: paced, never twice, and in simpler form rather than not at all."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.core.render import blocks
from bot.errors import MessageGone, NotInChannel, SlackRefused, SlackUnreachable, TokenRefused
from bot.model import Block, Draft, Mark, Notice
from bot.sandbox.slack.options import Failure, SlackOptions
from bot.slack.poster import DraftRefused, Poster
from tests.slack.conftest import Answer, Clock, WebApi, limited, refused
from tests.slack.installed import Installed, installed

DRAFT = blocks.waiting(turn="t1", ahead=0)


@pytest.fixture
def poster(api: WebApi, clock: Clock) -> Poster:
    """A poster on the test's clock."""
    return Poster(api.client, clock=clock, sleep=clock.sleep)


async def test_posts_without_unfurling(api: WebApi, poster: Poster) -> None:
    """A post carries text and blocks, goes into its thread, and never unfurls links."""
    assert await poster.post("C1", DRAFT, thread_ts="1.5") == "1.0"
    (sent,) = api.of("chat.postMessage")
    assert sent["thread_ts"] == "1.5"
    assert sent["text"] == "Thinking…"
    assert sent["blocks"]
    assert sent["unfurl_links"] is False
    assert sent["unfurl_media"] is False


async def test_channel_takes_a_burst_and_then_one_a_second(poster: Poster, clock: Clock) -> None:
    """The sixth message in a channel waits, another channel does not."""
    for _ in range(7):
        await poster.post("C1", DRAFT)
    await poster.post("C2", DRAFT)
    assert clock.slept == [1.0, 1.0]


async def test_429_is_waited_out(api: WebApi, poster: Poster, clock: Clock) -> None:
    """A limited post goes out after the pause, once."""
    api.expect("chat.postMessage", limited(4))
    assert await poster.post("C1", DRAFT)
    assert clock.slept == [4.0]
    assert len(api.calls) == 2


async def test_lost_answer_is_not_posted_again(api: WebApi, poster: Poster) -> None:
    """After a lost connection the message may stand there, so it is not posted a second time."""
    api.expect("chat.postMessage", Answer(drop=True))
    with pytest.raises(SlackUnreachable):
        await poster.post("C1", DRAFT)
    assert len(api.calls) == 1


async def test_refused_blocks_become_text(api: WebApi, poster: Poster) -> None:
    """Blocks that Slack refuses are left out rather than the message."""
    api.expect("chat.postMessage", refused("invalid_blocks"))
    await poster.post("C1", blocks.told(Notice("It failed."), turn=None))
    assert [call["blocks"] != [] for call in api.of("chat.postMessage")] == [True, False]


async def test_other_refusals_are_raised(api: WebApi, poster: Poster) -> None:
    """Where no simpler form would help, the caller is told why."""
    api.expect("chat.postMessage", refused("not_in_channel"), refused("account_inactive"))
    with pytest.raises(NotInChannel):
        await poster.post("C1", DRAFT)
    with pytest.raises(TokenRefused):
        await poster.post("C1", DRAFT)
    assert len(api.calls) == 2


async def test_native_blocks_become_text(api: WebApi, poster: Poster) -> None:
    """A draft with Slack's own data blocks goes down the ladder, and it is told what stands."""
    row = [{"type": "raw_text", "text": "East"}]
    native: Block = {"type": "data_table", "caption": "By region", "rows": [row, row]}
    api.expect("chat.postMessage", refused("invalid_blocks"))
    posted = await poster.send("C1", Draft("Revenue", (native,), ("F1",)))
    (block,) = posted.shown.blocks
    assert block["type"] == "section"
    assert "By region\nEast\nEast" in str(block["text"]).replace("\\n", "\n")
    assert posted.shown.file_ids == ()


async def test_strict_posts_the_draft_or_nothing(api: WebApi, poster: Poster) -> None:
    """The refused draft comes back to whoever knows a better form."""
    api.expect("chat.postMessage", refused("an_error_of_tomorrow"))
    with pytest.raises(DraftRefused) as raised:
        await poster.send("C1", DRAFT, strict=True)
    assert raised.value.draft == DRAFT
    assert len(api.calls) == 1


async def test_refused_text_is_raised(api: WebApi, poster: Poster) -> None:
    """When even plain text is refused, that is an error and no endless ladder."""
    api.expect("chat.postMessage", refused("msg_too_long"))
    with pytest.raises(SlackRefused):
        await poster.post("C1", Draft("only text"))


async def test_ephemeral_goes_to_one_person(api: WebApi, poster: Poster) -> None:
    """An ephemeral message names its reader and its thread."""
    await poster.post_ephemeral("C1", "U1", DRAFT, thread_ts="1.5")
    (sent,) = api.of("chat.postEphemeral")
    assert (sent["user"], sent["thread_ts"]) == ("U1", "1.5")


async def test_a_strict_ephemeral_is_shown_as_it_is_or_not_at_all(api: WebApi, poster: Poster) -> None:
    """Whoever knows a better form than the ladder's next one shows that."""
    api.expect("chat.postEphemeral", refused("invalid_blocks"))
    with pytest.raises(DraftRefused):
        await poster.post_ephemeral("C1", "U1", DRAFT, strict=True)
    assert len(api.calls) == 1


async def test_a_message_to_a_person_stands_in_their_direct_messages(api: WebApi, poster: Poster) -> None:
    """Slack tells which conversation that is; of a channel, its own id is known anyway."""
    api.expect("chat.postMessage", Answer({"channel": "D7"}))
    assert (await poster.send("U1", DRAFT)).channel == "D7"
    assert (await poster.send("C1", DRAFT)).channel == "C1"


async def test_a_whisper_is_for_one_person(api: WebApi, poster: Poster) -> None:
    """In the thread, where the others do not see it."""
    await poster.whisper("C1", "U1", DRAFT, thread_ts="1.5")
    (sent,) = api.of("chat.postEphemeral")
    assert (sent["channel"], sent["user"], sent["thread_ts"]) == ("C1", "U1", "1.5")
    assert api.of("chat.postMessage") == []


@pytest.mark.parametrize("code", ["user_not_in_channel", "not_in_channel", "is_archived", "internal_error"])
async def test_who_cannot_be_whispered_to_gets_a_direct_message(
    api: WebApi, poster: Poster, code: str
) -> None:
    """They have left the channel, or the app was never in it; nobody else reads it either way."""
    api.expect("chat.postEphemeral", refused(code))
    await poster.whisper("C1", "U1", DRAFT, thread_ts="1.5")
    (sent,) = api.of("chat.postMessage")
    assert sent["channel"] == "U1"
    assert "thread_ts" not in sent


async def test_a_whisper_that_does_not_arrive_is_an_error(api: WebApi, poster: Poster) -> None:
    """Whoever whispers knows better than to say it aloud."""
    api.expect("chat.postEphemeral", refused("not_in_channel"))
    api.expect("chat.postMessage", refused("channel_not_found"))
    with pytest.raises(NotInChannel):
        await poster.whisper("C1", "U1", DRAFT)


async def test_a_message_has_an_address(api: WebApi, poster: Poster) -> None:
    """As Slack makes it."""
    api.expect("chat.getPermalink", Answer({"permalink": "https://acme.slack.example/archives/C1/p15"}))
    assert await poster.permalink("C1", "1.5") == "https://acme.slack.example/archives/C1/p15"
    (asked,) = api.of("chat.getPermalink")
    assert (asked["channel"], asked["message_ts"]) == ("C1", "1.5")


@pytest.mark.parametrize("answer", [refused("message_not_found"), limited(5), Answer(drop=True), Answer()])
async def test_an_address_that_slack_does_not_tell_is_empty(
    api: WebApi, poster: Poster, answer: Answer
) -> None:
    """A sentence can do without the link."""
    api.expect("chat.getPermalink", answer)
    assert await poster.permalink("C1", "1.5") == ""


async def test_delete_says_when_it_was_late(api: WebApi, poster: Poster) -> None:
    """Deleting what somebody deleted before is told as such."""
    api.expect("chat.delete", limited(1), refused("message_not_found"))
    with pytest.raises(MessageGone):
        await poster.delete("C1", "1.0")


async def test_no_connection_is_tried_again(unused_tcp_port: int, clock: Clock) -> None:
    """A request that surely never went out is repeated a few times, then given up."""
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415  # only this test needs a client of its own

    client = AsyncWebClient(base_url=f"http://127.0.0.1:{unused_tcp_port}/api/")
    poster = Poster(client, clock=clock, sleep=clock.sleep)
    with pytest.raises(SlackUnreachable):
        await poster.post("C1", DRAFT)
    assert clock.slept == [0.5, 1.0, 2.0]


async def test_many_tasks_share_the_pace(poster: Poster, clock: Clock) -> None:
    """Posts of many tasks into one channel queue up one second apart."""
    await asyncio.gather(*(poster.post("C1", DRAFT) for _ in range(8)))
    assert sorted(clock.slept) == [1.0, 2.0, 3.0]


# -- posts in doubt --------------------------------------------------------------------------------------

MARK = Mark("t1", "answer")


@pytest.fixture
async def here() -> AsyncIterator[Installed]:
    """A workspace that takes as many calls as a test makes."""
    async with installed(options=SlackOptions(enforce_tiers=False)) as made:
        yield made


def over(here: Installed, clock: Clock) -> Poster:
    """A poster that pauses on the test's clock."""
    return Poster(here.client, clock=clock, sleep=clock.sleep)


def standing(here: Installed) -> list[str]:
    """Ts of the app's messages in Sales, newest first."""
    return [each.ts for each in here.workspace.history(here.channel("sales")) if each.bot_id]


@pytest.mark.parametrize(
    "failure", [Failure.UNANSWERED, Failure.DROPPED, Failure.SERVER_ERROR, "fatal_error"]
)
async def test_a_post_in_doubt_stands_there_once(here: Installed, clock: Clock, failure: str) -> None:
    """Whether Slack carried it out or not: it is looked for, and posted once more where it is missing."""
    here.workspace.faults.fail_next("chat.postMessage", failure)
    ts = await over(here, clock).post(here.channel("sales"), DRAFT, mark=MARK)
    assert standing(here) == [ts]


async def test_a_reply_in_doubt_is_looked_for_in_its_thread(here: Installed, clock: Clock) -> None:
    """There it stands once, and an equal one from before is another one."""
    poster, channel = over(here, clock), here.channel("sales")
    root = await poster.post(channel, DRAFT)
    first = await poster.post(channel, DRAFT, thread_ts=root, mark=MARK)
    here.workspace.faults.fail_next("chat.postMessage", Failure.UNANSWERED)
    second = await poster.post(channel, DRAFT, thread_ts=root, mark=MARK)
    assert [each.ts for each in here.workspace.replies(channel, root)] == [first, second]


async def test_a_second_post_in_doubt_is_looked_for_too(here: Installed, clock: Clock) -> None:
    """The repeated one may have been carried out unanswered as well."""
    here.workspace.faults.fail_next("chat.postMessage", Failure.DROPPED)
    here.workspace.faults.fail_next("chat.postMessage", Failure.UNANSWERED)
    ts = await over(here, clock).post(here.channel("sales"), DRAFT, mark=MARK)
    assert standing(here) == [ts]


async def test_slack_that_never_answers_ends_the_post(here: Installed, clock: Clock) -> None:
    """It is tried twice, and then it surely does not stand there."""
    here.workspace.faults.fail_next("chat.postMessage", Failure.DROPPED, times=50)
    with pytest.raises(SlackUnreachable):
        await over(here, clock).post(here.channel("sales"), DRAFT, mark=MARK)
    assert standing(here) == []
    assert here.calls("chat.postMessage") == 2


async def test_what_cannot_be_looked_for_is_not_posted_again(here: Installed, clock: Clock) -> None:
    """One message may stand there, and never two."""
    here.workspace.faults.fail_next("chat.postMessage", Failure.UNANSWERED)
    here.workspace.faults.fail_next("conversations.history", "internal_error", times=50)
    with pytest.raises(SlackUnreachable):
        await over(here, clock).post(here.channel("sales"), DRAFT, mark=MARK)
    assert here.calls("chat.postMessage") == 1


async def test_without_a_mark_a_post_in_doubt_is_not_repeated(here: Installed, clock: Clock) -> None:
    """Nobody could tell it from another one."""
    here.workspace.faults.fail_next("chat.postMessage", Failure.UNANSWERED)
    with pytest.raises(SlackUnreachable):
        await over(here, clock).post(here.channel("sales"), DRAFT)
    assert len(standing(here)) == 1


async def test_where_metadata_are_hidden_the_button_tells(here: Installed, clock: Clock) -> None:
    """A placeholder has Stop, which names the turn."""
    here.workspace.faults.hide_metadata = True
    here.workspace.faults.fail_next("chat.postMessage", Failure.UNANSWERED)
    waiting = blocks.waiting(turn="t1", ahead=0)
    ts = await over(here, clock).post(here.channel("sales"), waiting, mark=MARK)
    assert standing(here) == [ts]


async def test_where_nothing_tells_there_is_no_second_post(here: Installed, clock: Clock) -> None:
    """Text alone, in a workspace that shows no metadata."""
    here.workspace.faults.hide_metadata = True
    here.workspace.faults.fail_next("chat.postMessage", Failure.UNANSWERED)
    with pytest.raises(SlackUnreachable):
        await over(here, clock).post(here.channel("sales"), Draft("only text"), mark=MARK)
    assert len(standing(here)) == 1


@pytest.mark.parametrize("failure", [Failure.UNANSWERED, Failure.DROPPED])
async def test_a_direct_message_in_doubt_stands_there_once(
    here: Installed, clock: Clock, failure: str
) -> None:
    """Nobody knows where it went until another one went there, which is taken back."""
    here.workspace.faults.fail_next("chat.postMessage", failure)
    posted = await over(here, clock).send(here.user("ada"), DRAFT, mark=MARK)
    said = [each.ts for each in here.workspace.history(posted.channel) if each.bot_id]
    assert said == [posted.ts]


async def test_a_limit_is_no_doubt(here: Installed, clock: Clock) -> None:
    """The post was not carried out, so nothing is looked for."""
    here.workspace.faults.fail_next("chat.postMessage", Failure.RATE_LIMITED, times=10)
    with pytest.raises(SlackUnreachable):
        await over(here, clock).post(here.channel("sales"), DRAFT, mark=MARK)
    assert here.calls("conversations.history") == 0


@pytest.mark.parametrize("failure", [Failure.UNANSWERED, Failure.DROPPED, Failure.RATE_LIMITED])
async def test_a_deletion_in_doubt_is_done(here: Installed, clock: Clock, failure: str) -> None:
    """It is repeated, and that the message is gone by then is what was wanted."""
    poster = over(here, clock)
    ts = await poster.post(here.channel("sales"), DRAFT)
    here.workspace.faults.fail_next("chat.delete", failure)
    await poster.delete(here.channel("sales"), ts)
    assert standing(here) == []


async def test_a_whisper_in_doubt_is_not_whispered_again(here: Installed, clock: Clock) -> None:
    """Slack tells nobody whether it arrived, so it is said once more where it stays."""
    here.workspace.faults.fail_next("chat.postEphemeral", Failure.UNANSWERED)
    await over(here, clock).whisper(here.channel("sales"), here.user("ada"), DRAFT, mark=MARK)
    direct = here.workspace.open_direct([here.user("ada"), here.workspace.bot_user_id])
    assert len(here.workspace.ephemerals) == 1
    assert len([each for each in here.workspace.history(direct.id) if each.bot_id]) == 1
