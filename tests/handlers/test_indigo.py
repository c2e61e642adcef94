from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.core.render import indigo as drawn
from bot.core.render import indigo_notices as words
from bot.errors import IndigoUnreachable
from bot.reporting.desk import IndigoDesk
from handlers.indigo import IndigoCommands, Tools
from tests.handlers.conftest import Slack
from tests.reporting.whole import Whole
from tests.slack.conftest import refused


class Ack(AsyncAck):
    """Remembers what it was called with."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.said: list[str] = []
        self.called = asyncio.Event()

    async def __call__(self, text: str = "", **_: object) -> BoltResponse:  # type: ignore[override]
        self.said.append(text)
        self.called.set()
        return BoltResponse(status=200)


class Respond:
    """Takes replies, or does not."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.messages: list[dict[str, object]] = []

    async def __call__(self, **message: object) -> object:
        self.messages.append(message)
        return type("Response", (), {"status_code": self.status})()


@pytest.fixture
def whole(api: Slack) -> Whole:
    made = Whole(api)
    made.fill()
    return made


def commands(whole: Whole, desk: IndigoDesk | None, *, patience: float = 5.0) -> IndigoCommands:
    return IndigoCommands(Tools(desk, whole.poster, lambda: "ab12cd34", patience))


def command(text: str, user: str = "UADMIN", channel: str = "C1") -> dict[str, object]:
    return {"user_id": user, "team_id": "T1", "channel_id": channel, "text": text}


def press(value: str, user: str = "UADMIN") -> dict[str, object]:
    return {
        "user": {"id": user},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "container": {"is_ephemeral": True, "message_ts": "1.0"},
        "actions": [{"value": value, "action_ts": "2.0"}],
    }


async def test_a_command_is_answered_to_who_typed_alone(whole: Whole) -> None:
    """What is there at once needs no word before it."""
    ack, respond = Ack(), Respond()
    await commands(whole, whole.desk).on_indigo(ack, command("chats"), respond)  # type: ignore[arg-type]
    assert ack.said == [""]
    assert "`0` · last" in str(respond.messages[0]["blocks"])
    assert whole.api.of("chat.postMessage") == []


async def test_who_waits_is_told_what_is_going_on(whole: Whole) -> None:
    """Within the first second, whatever Indigo does."""
    go, ack, respond = asyncio.Event(), Ack(), Respond()
    look = whole.desk.command

    async def slow(*arguments: object) -> object:
        await go.wait()
        return await look(*arguments)  # type: ignore[arg-type]

    whole.desk.command = slow  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(
        commands(whole, whole.desk, patience=0.0).on_indigo(ack, command("chats"), respond)  # type: ignore[arg-type]
    )
    await ack.called.wait()
    assert (ack.said, respond.messages) == ([words.LOOKING_CHATS], [])
    go.set()
    await task
    assert len(respond.messages) == 1


async def test_without_a_token_there_is_one_sentence(whole: Whole) -> None:
    """For the admin; buttons of earlier times do nothing."""
    ack, respond = Ack(), Respond()
    without = commands(whole, None)
    await without.on_indigo(ack, command("chats"), respond)  # type: ignore[arg-type]
    for listener in (without.on_chats, without.on_post, without.on_stop):
        await listener(ack, press("v1:0"), respond)  # type: ignore[arg-type]
    assert ack.said == [words.NOT_CONFIGURED, "", "", ""]
    assert respond.messages == []


async def test_a_refusal_is_a_sentence_and_in_the_trail(whole: Whole) -> None:
    """Without a reference: nothing is broken."""
    respond = Respond()
    await commands(whole, whole.desk).on_indigo(Ack(), command("chats", "U2"), respond)  # type: ignore[arg-type]
    assert "/indigo allow" in str(respond.messages[0]["text"])
    assert "Ref" not in str(respond.messages[0]["text"])
    (entry,) = await whole.trail()
    assert (entry.what, entry.outcome, entry.user) == ("refused", "indigo_person", "U2")


async def test_what_goes_wrong_is_told_and_logged_with_one_reference(
    whole: Whole, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where it is a mistake of ours."""
    respond = Respond()
    listener = commands(whole, whole.desk).on_indigo
    whole.indigo.error = IndigoUnreachable("no answer")
    await listener(Ack(), command("chats"), respond)  # type: ignore[arg-type]
    whole.indigo.chats = None  # type: ignore[assignment]  # a bug
    await listener(Ack(), command("chats"), respond)  # type: ignore[arg-type]
    assert ["Ref `ab12cd34`" in str(each["text"]) for each in respond.messages] == [True, True]
    assert "ref ab12cd34: IndigoUnreachable: no answer" in caplog.text
    assert "mistake of ours, ref ab12cd34" in caplog.text


async def test_pages_are_turned_in_place(whole: Whole) -> None:
    """By the button's value; the message is replaced."""
    ack, respond = Ack(), Respond()
    there = commands(whole, whole.desk)
    await there.on_indigo(ack, command("chats"), respond)  # type: ignore[arg-type]
    await there.on_chats(ack, press("v1:1"), respond)  # type: ignore[arg-type]
    assert respond.messages[1]["replace_original"]
    assert "`14` · last" in str(respond.messages[1]["blocks"])
    await there.on_chats(ack, press("v1:0", "U1"), respond)  # type: ignore[arg-type]
    assert words.VIEW_GONE in str(respond.messages[2]["text"])


async def test_a_report_is_posted_by_its_button(whole: Whole) -> None:
    """In the channel, and who pressed is told."""
    await whole.harvest()
    whole.files_are_taken()
    respond = Respond()
    await commands(whole, whole.desk).on_post(Ack(), press("weekly"), respond)  # type: ignore[arg-type]
    assert whole.api.of("chat.postMessage")[0]["channel"] == "C1"
    assert respond.messages[0]["text"] == words.POSTED


async def test_a_report_that_cannot_be_posted_stays_where_it_is(whole: Whole) -> None:
    """Who looks at it is told how to bring the app into the channel, and can press again."""
    await whole.harvest()
    whole.files_are_taken()
    whole.api.expect("chat.postMessage", refused("not_in_channel"))
    respond = Respond()
    there = commands(whole, whole.desk)
    await there.on_post(Ack(), press("weekly"), respond)  # type: ignore[arg-type]
    assert "`/invite @wisdom`" in str(respond.messages[0]["text"])
    assert not respond.messages[0]["replace_original"]
    await there.on_post(Ack(), press("weekly"), respond)  # type: ignore[arg-type]
    assert respond.messages[1]["text"] == words.POSTED


async def test_stop_says_only_what_there_is_to_say(whole: Whole) -> None:
    """An export that is over."""
    respond = Respond()
    await commands(whole, whole.desk).on_stop(Ack(), press("e9"), respond)  # type: ignore[arg-type]
    assert respond.messages[0]["text"] == words.EXPORT_OVER


async def test_a_reply_that_slack_does_not_take_goes_into_direct_messages(whole: Whole) -> None:
    """Its address for answers is good for half an hour only."""
    respond = Respond(status=404)
    await commands(whole, whole.desk).on_indigo(Ack(), command("help"), respond)  # type: ignore[arg-type]
    (posted,) = whole.api.of("chat.postMessage")
    assert posted["channel"] == "UADMIN"
    assert drawn.said(words.help_text(admin=True)).text == posted["text"]


async def test_an_app_that_ends_ends_the_work(whole: Whole) -> None:
    """A listener that is cancelled leaves no task behind."""

    async def endless(*_: object) -> None:
        await asyncio.Event().wait()

    whole.desk.command = endless  # type: ignore[method-assign, assignment]
    listener: Callable[..., Awaitable[None]] = commands(whole, whole.desk, patience=0.0).on_indigo
    ack = Ack()
    task = asyncio.ensure_future(listener(ack, command("chats"), Respond()))
    await ack.called.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not any("_guarded" in str(each) for each in asyncio.all_tasks())
