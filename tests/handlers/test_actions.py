"""Buttons, and who may press them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.limits import Limits
from bot.core.record import Stage, TurnRecord
from bot.model import ChannelPolicy, Entrance, ThreadKey
from handlers.actions import Actions
from tests.fakes import question
from tests.handlers.conftest import DIRECT, Office, press, respond, result
from tests.slack.conftest import Answer, refused

OVER = TurnRecord("t-old", question(), key="old-key", messages=("20.1",), stage=Stage.ENDED)


@pytest.fixture
def actions(office: Office) -> Actions:
    """The buttons of the office."""
    return Actions(office.desk, office.inflight, office.memory, office.results)


# -- Stop ------------------------------------------------------------------------------------------------


async def test_the_asker_stops(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """The turn is told, and nobody else is; the audit has it."""
    await office.desk.take(question(user="U1"))
    await actions.on_stop(ack, press("t1", user="U1"))
    assert ack.response is not None
    await office.inflight.drain(20)
    assert office.api.calls == []
    (entry,) = await office.noted()
    assert (entry.what, entry.user, entry.turn) == (What.STOPPED, "U1", "t1")


async def test_somebody_else_does_not_stop(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """The one who pressed is told alone, in the thread."""
    await office.desk.take(question(user="U1"))
    await actions.on_stop(ack, press("t1", user="U2"))
    (told,) = office.whispered()
    assert (told["user"], told["thread_ts"]) == ("U2", "10.1")
    assert "Only the person who asked" in str(told["text"])
    assert await office.noted() == []
    await office.started()


async def test_stopping_what_is_over_says_nothing(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """The press crossed the end of the answer."""
    await actions.on_stop(ack, press("t1"))
    assert ack.response is not None
    assert office.api.calls == []


# -- Retry -----------------------------------------------------------------------------------------------


async def test_retry_asks_again_once(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """A second press, by whomever, starts nothing."""
    await office.memory.keep_turn(OVER)
    await actions.on_retry(ack, press("t-old", user="U2"))
    await actions.on_retry(ack, press("t-old", user="U3", at="50.2"))
    (turn,) = await office.started()
    assert (turn.question.user, turn.question.text) == ("U2", "Revenue?")
    assert turn.messages == ("20.1",)


async def test_retry_takes_over_all_messages_of_the_answer(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """Also those that another chart brought; the data behind the old answer go."""
    await office.memory.keep_turn(TurnRecord("t1", question(), "key", ("20.1",), stage=Stage.ENDED))
    await office.results.keep(result())
    await actions.on_retry(ack, press("t1"))
    (turn,) = await office.started()
    assert turn.messages == ("20.1", "20.2")
    assert await office.results.load("t1") is None


async def test_retrying_what_is_forgotten_is_told(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """After a month nobody knows what was asked."""
    await actions.on_retry(ack, press("t-old", user="U2"))
    assert "too old" in str(office.whispered()[0]["text"])
    assert await office.started() == []


async def test_a_failed_question_is_retried_in_its_own_channel_only(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """A button names a turn; what was asked elsewhere is not asked here."""
    await office.memory.keep_turn(OVER)
    await actions.on_retry(ack, press("t-old", channel="C9"))
    await actions.on_again(ack, press("t-old", channel="C9"))
    assert ["too old" in str(told["text"]) for told in office.whispered()] == [True, True]
    assert await office.started() == []


async def test_who_may_not_ask_retries_nothing(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """They read why, and somebody else can still press."""
    await office.memory.keep_turn(OVER)
    office.api.people["U2"] = {"is_restricted": True}
    await actions.on_retry(ack, press("t-old", user="U2"))
    assert "Guests can't ask me" in str(office.whispered()[0]["text"])
    await actions.on_retry(ack, press("t-old", user="U3", at="50.2"))
    (turn,) = await office.started()
    assert turn.question.user == "U3"


async def test_retry_while_the_app_goes_down_can_be_pressed_again(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """The person is told to try again in a minute; then the button works."""
    await office.memory.keep_turn(OVER)
    office.inflight.open = False
    await actions.on_retry(ack, press("t-old"))
    assert "restarting" in str(office.whispered()[0]["text"])
    office.inflight.open = True
    await actions.on_retry(ack, press("t-old", at="50.2"))
    assert len(await office.started()) == 1


# -- suggestions -----------------------------------------------------------------------------------------


async def test_a_suggestion_is_asked_in_the_thread(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """Everybody reads who asks what; the answer goes below."""
    await actions.on_ask(ack, press("And by region?", user="U2"))
    (said,) = office.posted()
    assert said["text"] == "<@U2> asks:\n> And by region?"
    (turn,) = await office.started()
    assert turn.question.thread == ThreadKey("T1", "C1", "10.1")
    assert (turn.question.user, turn.question.text) == ("U2", "And by region?")
    assert turn.question.entrance is Entrance.BUTTON


async def test_a_press_that_comes_twice_is_asked_once(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """Slack may deliver a press again."""
    for _ in range(2):
        await actions.on_ask(ack, press("And by region?"))
    assert len(office.posted()) == 1
    assert len(await office.started()) == 1


async def test_a_suggestion_in_a_root_message_is_asked_below_it(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """An answer that is itself a root message gets a thread."""
    root = {"ts": "20.1"}
    await actions.on_ask(ack, press("And by region?", message=root, container={"channel_id": "C1"}))
    (turn,) = await office.started()
    assert turn.question.thread.thread_ts == "20.1"


async def test_where_the_bot_may_not_post_nothing_is_asked(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """A question without a place for its answer is not begun."""
    office.api.expect("chat.postMessage", refused("is_archived"))
    await actions.on_ask(ack, press("And by region?"))
    assert "can't post in that channel" in str(office.whispered()[0]["text"])
    assert await office.started() == []


@pytest.mark.parametrize("limits", [Limits(person_a_minute=2)])
async def test_suggestions_count(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """Pressing is asking; beyond the limit nothing is posted either."""
    for at in ("50.1", "50.2", "50.3"):
        await actions.on_ask(ack, press("And by region?", at=at))
    assert "You asked 2 questions" in str(office.whispered()[0]["text"])
    assert (len(office.posted()), len(await office.started())) == (2, 2)


# -- Ask again -------------------------------------------------------------------------------------------


async def test_a_long_question_is_asked_again(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """Its button only names the turn; the question is the old one, the asker who pressed."""
    await office.memory.keep_turn(OVER)
    for at in ("50.1", "50.1", "50.2"):
        await actions.on_again(ack, press("t-old", user="U2", at=at))
    turns = await office.started()
    assert [(turn.question.user, turn.question.text) for turn in turns] == [("U2", "Revenue?")] * 2
    assert turns[0].question.thread == ThreadKey("T1", "C1", "10.1")


async def test_a_long_question_that_is_forgotten_is_told(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """After a month nobody knows what was asked."""
    await actions.on_again(ack, press("t-old", user="U2"))
    assert "too old" in str(office.whispered()[0]["text"])


# -- which data ------------------------------------------------------------------------------------------


def chosen(domain: str = "d-weather", *, user: str = "U1", at: str = "50.1") -> dict[str, object]:
    """Somebody chooses, in the message that the asker alone sees."""
    container = {"message_ts": "20.1", "channel_id": "C1", "thread_ts": "10.1", "is_ephemeral": True}
    return press(f"t-old|{domain}", user=user, at=at, container=container, message={})


async def test_the_asker_chooses_the_data(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """The question that waited is asked of it, the thread goes on there, and the choice is taken away."""
    await office.memory.keep_turn(OVER)
    office.api.expect("response", Answer(text="ok"))
    await actions.on_domain(ack, chosen(), respond(office))
    await actions.on_domain(ack, chosen("d-sales", at="50.2"), respond(office))
    (turn,) = await office.started()
    assert (turn.question.text, turn.question.domain) == ("Revenue?", "d-weather")
    assert await office.memory.thread_domain(question().thread) == "d-weather"
    assert office.api.of("response")[0]["delete_original"] is True


async def test_nobody_else_chooses(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """In direct messages the choice is a message like any other; who sees it is no guard."""
    await office.memory.keep_turn(OVER)
    await actions.on_domain(ack, chosen(user="U2"), respond(office))
    assert "Only the person who asked" in str(office.whispered()[0]["text"])
    assert (await office.started(), office.api.of("response")) == ([], [])
    assert not await office.memory.thread_domain(question().thread)


@pytest.mark.parametrize("value", ["t-gone|d-weather", "t-old|", "t-old"])
async def test_a_choice_that_is_none_is_told(
    office: Office, actions: Actions, ack: AsyncAck, value: str
) -> None:
    """After a month nobody knows what was asked."""
    await office.memory.keep_turn(OVER)
    await actions.on_domain(ack, press(value), respond(office))
    assert "too old" in str(office.whispered()[0]["text"])
    assert await office.started() == []


@pytest.mark.parametrize("limits", [Limits(person_a_minute=1)])
async def test_a_choice_that_was_not_taken_can_be_made_again(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """It stays until it was made."""
    await office.memory.keep_turn(OVER)
    await office.desk.take(question())
    await actions.on_domain(ack, chosen(), respond(office))
    assert "within a minute" in str(office.whispered()[0]["text"])
    assert office.api.of("response") == []
    office.clock.now += 61
    await actions.on_domain(ack, chosen(at="50.2"), respond(office))
    assert [turn.question.domain for turn in await office.started()] == ["", "d-weather"]


async def test_a_choice_that_slack_does_not_take_away_was_made(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """Nobody is told that it failed."""
    await office.memory.keep_turn(OVER)
    office.api.expect("response", Answer(text="expired_url", status=404))
    await actions.on_domain(ack, chosen(), respond(office))
    assert len(await office.started()) == 1
    assert office.whispered() == []


# -- private answers -------------------------------------------------------------------------------------


async def test_a_private_answer_is_retried_by_the_rules_of_its_channel(
    office: Office, actions: Actions, ack: AsyncAck
) -> None:
    """That people of another organisation have come meanwhile counts, although they do not read there."""
    direct, origin = ThreadKey("T1", DIRECT, "10.1"), question().thread
    asked = replace(question(), thread=direct, origin=origin)
    await office.memory.keep_turn(replace(OVER, question=asked))
    office.api.channels["C1"] = {"is_ext_shared": True, "connected_team_ids": ["T9"]}
    await actions.on_retry(ack, press("t-old", channel=DIRECT))
    assert "another organisation" in str(office.whispered()[0]["text"])
    await office.policies.keep("T1", "C1", ChannelPolicy(consent=frozenset({"T9"})))
    await actions.on_retry(ack, press("t-old", at="50.2", channel=DIRECT))
    (turn,) = await office.started()
    assert (turn.question.thread, turn.question.origin) == (direct, origin)


# -- all -------------------------------------------------------------------------------------------------


async def test_a_press_that_cannot_be_noted_is_told(office: Office, actions: Actions, ack: AsyncAck) -> None:
    """A store that fails does not swallow a press."""
    await office.memory.keep_turn(OVER)
    office.store.broken = True
    await actions.on_retry(ack, press("t-old"))
    await actions.on_ask(ack, press("And by region?"))
    told = [str(whisper["text"]) for whisper in office.whispered()]
    assert len(told) == 2
    assert all("could not take your question" in words for words in told)
    assert await office.started() == []
