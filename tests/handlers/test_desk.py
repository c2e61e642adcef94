"""Every question is taken once, from who may ask, and nobody is left without a word."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.audit import What
from bot.core.audience import Rules
from bot.core.limits import Limits
from bot.core.record import Stage, TurnRecord, message_source
from bot.errors import (
    AccessDenied,
    Denial,
    LimitReached,
    SlackUnreachable,
    StoreFailed,
    TenantUnreachable,
)
from bot.model import Audience, ChannelPolicy, Deed, Entrance, Notice, Question, ThreadKey
from bot.slack.views import TriggerOver
from handlers.desk import Declined
from handlers.press import Press
from tests.fakes import question
from tests.handlers.conftest import BOT, DIRECT, LINK, Office, press
from tests.slack.conftest import Answer, refused

GUEST = {"is_restricted": True}
ALONE = ChannelPolicy(audience=Audience.ASKER)
FOLLOW_UP = replace(question(), entrance=Entrance.FOLLOW_UP)
COMMAND = replace(question(ts="", thread_ts=""), entrance=Entrance.COMMAND)


# -- taking questions ------------------------------------------------------------------------------------


async def test_a_question_is_taken_once(office: Office) -> None:
    """However often Slack delivers a message, one turn is started, with an id and a key of its own."""
    for _ in range(3):
        await office.desk.take(question())
    (turn,) = await office.started()
    assert (turn.id, turn.key, turn.question) == ("t1", "key-1", question())
    assert (turn.stage, turn.source, turn.at) == (Stage.PLACED, "T1:C1:10.1", office.clock.now)


async def test_a_thread_that_was_asked_in_is_remembered(office: Office) -> None:
    """Replies in the thread are questions from now on."""
    await office.desk.take(question())
    assert await office.memory.in_thread(question().thread)
    await office.started()


@pytest.mark.parametrize("limits", [Limits(person_a_minute=1)])
async def test_nothing_asked_is_answered_with_help(office: Office) -> None:
    """A bare mention gets examples, in its thread, and no turn; it counts as no question."""
    for number in range(3):
        await office.desk.take(question("", ts=f"{number}.1"))
    said, *more = office.posted()
    assert len(more) == 2
    assert (said["channel"], said["thread_ts"]) == ("C1", "10.1")
    assert "How many deals?" in str(said["text"])
    assert await office.started() == []


async def test_a_question_that_stands_nowhere_is_posted_first(office: Office) -> None:
    """Everybody reads who asks what; the answer goes below."""
    await office.desk.take(COMMAND)
    (root,) = office.posted()
    assert (root["text"], "thread_ts" in root) == ("<@U1> asks:\n> Revenue?", False)
    (turn,) = await office.started()
    assert turn.question.thread.thread_ts == turn.question.ts == "1.0"
    assert await office.memory.in_thread(turn.question.thread)


async def test_a_question_that_cannot_be_noted_is_told(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """When the store fails the asker alone is told, in the thread, and can ask again."""
    office.store.broken = True
    await office.desk.take(question(ts="20.1", user="U7"))
    (told,) = office.whispered()
    assert (told["user"], told["channel"], told["thread_ts"]) == ("U7", "C1", "10.1")
    assert "ask it again" in str(told["text"])
    assert "disk full" in caplog.text
    assert await office.started() == []


@pytest.mark.parametrize("method", ["users.info", "conversations.info"])
async def test_where_slack_does_not_tell_who_asks_and_who_reads_nobody_is_let_in(
    office: Office, method: str
) -> None:
    """The asker can ask again; nothing is posted meanwhile."""
    office.api.expect(method, refused("invalid_arguments"))
    await office.desk.take(question())
    assert "ask it again" in str(office.whispered()[0]["text"])
    assert (await office.started(), office.posted()) == ([], [])


async def test_a_mistake_of_ours_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The asker is not left without a word, and the log says where it was."""

    async def broken(*_: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(office.memory, "join_thread", broken)
    await office.desk.take(question())
    assert "ask it again" in str(office.whispered()[0]["text"])
    assert "ZeroDivisionError" in caplog.text
    assert await office.started() == []


async def test_while_the_app_goes_down_the_asker_is_told(office: Office) -> None:
    """What comes too late is not begun, but journaled and free: whoever comes next answers it."""
    await office.inflight.drain(0)
    told: list[Notice] = []

    async def tell(notice: Notice) -> None:
        told.append(notice)

    await office.desk.take(question())
    await office.desk.take(COMMAND, private=True, tell=tell)
    assert "I will answer this in a moment" in str(office.whispered()[0]["text"])
    assert "I will answer this in a moment" in told[-1].text
    assert office.taken == []
    assert await office.journal.under_way() == ["t1", "t2"]
    assert office.store.leases == {}
    placed = await office.journal.record("t2")
    assert placed is not None
    assert (placed.stage, placed.question.thread.channel) == (Stage.PLACED, DIRECT)


async def test_an_app_that_begins_to_go_down_meanwhile_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between letting somebody in and starting their turn, Slack is asked and the store is written."""
    join = office.memory.join_thread

    async def closing(thread: ThreadKey) -> None:
        await join(thread)
        office.inflight.open = False

    monkeypatch.setattr(office.memory, "join_thread", closing)
    await office.desk.take(question())
    assert "I will answer this in a moment" in str(office.whispered()[0]["text"])
    assert await office.started() == []
    assert await office.journal.under_way() == ["t1"]


async def test_a_question_that_ends_at_the_desk_is_under_way_no_more(office: Office) -> None:
    """Whoever may not ask was told so; nobody goes on with that, and a redelivery changes nothing."""
    office.api.people["U1"] = GUEST
    for _ in range(2):
        await office.desk.take(question())
    assert len(office.whispered()) == 1
    assert (await office.journal.under_way(), office.store.leases) == ([], {})
    record = await office.journal.record("t1")
    assert record is not None
    assert record.ended


async def test_what_slack_refuses_is_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody can be told then, and nothing breaks."""
    office.api.expect("chat.postMessage", refused("not_in_channel"), refused("user_disabled"))
    office.api.expect("chat.postEphemeral", refused("user_not_in_channel"))
    assert await office.desk.say("C1", office.desk.help()) is None
    office.store.broken = True
    await office.desk.take(question())
    for code in ("not_in_channel", "user_not_in_channel", "user_disabled"):
        assert code in caplog.text


async def test_who_cannot_be_told_in_the_channel_gets_a_direct_message(office: Office) -> None:
    """A word that somebody has to read does not need the channel."""
    office.api.expect("chat.postEphemeral", refused("not_in_channel"))
    await office.desk.tell("C1", "U7", Notice("Kept."))
    (said,) = office.posted()
    assert (said["channel"], said["text"]) == ("U7", "Kept.")


# -- what Slack is told --------------------------------------------------------------------------------


class Watching(AsyncAck):
    """An acknowledgement that looks at the office when it is given."""

    def __init__(self, office: Office) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Bolt has no types here
        self._office = office
        self.seen: list[tuple[list[str], int]] = []

    async def __call__(self, *arguments: object, **named: object) -> BoltResponse:
        """What is journaled, and how much Slack was called."""
        del arguments, named
        self.seen.append((await self._office.journal.under_way(), len(self._office.api.calls)))
        return BoltResponse(status=200)


async def test_slack_is_told_when_the_question_is_journaled(office: Office) -> None:
    """Not before, or a crash could lose it; and not after anything that takes longer."""
    ack = Watching(office)
    await office.desk.take(COMMAND, ack=ack)
    assert ack.seen == [(["t1"], 0)]
    assert len(await office.started()) == 1
    await office.desk.take(COMMAND, ack=ack)
    assert len(ack.seen) == 2


async def test_slack_is_told_although_nothing_could_be_taken(office: Office, ack: AsyncAck) -> None:
    """The asker knows; delivered again it would be asked beside their own second try."""
    office.store.broken = True
    await office.desk.take(question(), ack=ack)
    assert ack.response is not None
    assert "ask it again" in str(office.whispered()[0]["text"])


async def test_slack_is_told_of_help_as_well(office: Office, ack: AsyncAck) -> None:
    """A bare mention is over when it was answered, and never journaled."""
    await office.desk.take(question(""), ack=ack)
    assert ack.response is not None
    assert await office.journal.under_way() == []


async def test_what_could_not_be_taken_is_taken_when_it_comes_again(office: Office) -> None:
    """A press may be pressed again, and has the same source then."""
    record = TurnRecord("old", question(), key="old-key", stage=Stage.ENDED)
    office.store.broken = True
    with pytest.raises(StoreFailed):
        await office.desk.again(record, user="U1")
    office.store.broken = False
    assert await office.desk.again(record, user="U1")
    assert len(await office.started()) == 1


# -- gone on with --------------------------------------------------------------------------------------


async def left(office: Office, asked: Question, **more: Any) -> TurnRecord:
    """A turn that an earlier process took, and that this one holds now."""
    source = message_source(asked.thread, asked.ts) if asked.ts else "command:1"
    record = TurnRecord("t0", asked, "key-0", source=source, **more)
    assert await office.memory.first_turn(record)
    await office.store.join(["open", f"person:{asked.user}"], record.id)
    assert await office.journal.take_over(record.id)
    return record


@pytest.mark.parametrize("limits", [Limits(person_a_minute=0)])
async def test_a_question_that_was_only_taken_is_let_in(office: Office) -> None:
    """As it would have been, with its own id and key; it was counted before, so it is not counted again."""
    await office.desk.resume(await left(office, question()))
    (turn,) = await office.started()
    assert (turn.id, turn.key, turn.stage) == ("t0", "key-0", Stage.PLACED)
    assert office.resumed == ["t0"]
    assert await office.memory.in_thread(question().thread)


async def test_a_question_that_was_only_taken_may_be_refused(office: Office) -> None:
    """Nobody had looked who asks."""
    office.api.people["U1"] = GUEST
    await office.desk.resume(await left(office, question()))
    assert "Guests can't ask me" in str(office.whispered()[0]["text"])
    assert await office.started() == []
    assert await office.journal.under_way() == []


async def test_a_command_that_stands_there_already_is_not_posted_again(office: Office) -> None:
    """The process died between the post and its note; the mark tells whose it is."""
    mark = {"event_type": "wisdom_turn", "event_payload": {"turn": "t0", "part": "question"}}
    standing = {"ts": "900.5", "user": BOT, "text": "<@U1> asks", "metadata": mark}
    office.api.expect("auth.test", Answer({"user_id": BOT}))
    office.api.expect("conversations.history", Answer({"messages": [standing]}))
    await office.desk.resume(await left(office, COMMAND))
    assert office.posted() == []
    (turn,) = await office.started()
    assert turn.question.ts == turn.question.thread.thread_ts == "900.5"


async def test_a_turn_that_stands_in_its_place_is_answered(office: Office) -> None:
    """Its asker was let in; whether they still may ask is looked at where it is answered."""
    record = await left(office, question(), stage=Stage.ASKED, messages=("20.1",))
    await office.desk.resume(record)
    (turn,) = await office.started()
    assert (turn.messages, turn.stage) == (("20.1",), Stage.ASKED)
    assert office.resumed == ["t0"]
    assert office.api.calls == []


async def test_a_turn_that_another_process_took_over_meanwhile_is_not_begun(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that stood still for too long says nothing more."""
    join = office.memory.join_thread

    async def lost(thread: ThreadKey) -> None:
        await join(thread)
        office.store.leases["turn:t1"] = "another process"
        assert not await office.journal.keep("t1")

    monkeypatch.setattr(office.memory, "join_thread", lost)
    await office.desk.take(question())
    assert (await office.started(), office.api.calls) == ([], [])
    assert await office.journal.under_way() == ["t1"]


async def test_a_desk_that_is_closed_hands_its_questions_over(office: Office) -> None:
    """Nobody is told anything, for somebody else answers at once."""
    hold = asyncio.Event()
    office.api.expect("chat.postMessage", Answer({"ts": "1.0"}, hold=hold))
    taking = asyncio.create_task(office.desk.take(COMMAND))
    await office.api.until(1)
    taking.cancel()
    await asyncio.wait([taking])
    hold.set()
    assert taking.cancelled()
    assert (await office.journal.under_way(), office.store.leases) == (["t1"], {})
    assert office.whispered() == []


# -- who may ask -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "words", "word"),
    [
        (GUEST, "Guests can't ask me", "guest"),
        ({"is_stranger": True}, "people of this workspace only", "outsider"),
        ({"team_id": "T9"}, "people of this workspace only", "outsider"),
        ({"deleted": True}, "deactivated", "deactivated"),
        ({"is_bot": True}, "not other apps", "robot"),
        ({"profile": {}}, "e-mail address", "no_email"),
    ],
)
async def test_who_may_not_ask_is_told_alone(
    office: Office, person: dict[str, object], words: str, word: str
) -> None:
    """Nothing stands in the channel, nothing is started, and the audit has it."""
    office.service = False
    office.api.people["U1"] = person
    await office.desk.take(question())
    (told,) = office.whispered()
    # In the channel: in a thread without replies Slack would not show it.
    assert (told["user"], told.get("thread_ts")) == ("U1", None)
    assert words in str(told["text"])
    assert "Ref" not in str(told["text"])
    assert (await office.started(), office.posted()) == ([], [])
    (entry,) = await office.noted()
    assert (entry.what, entry.outcome, entry.question) == (What.REFUSED, word, "Revenue?")
    assert not await office.memory.in_thread(question().thread)


@pytest.mark.parametrize("rules", [Rules(guests=True)])
async def test_guests_may_ask_where_an_admin_lets_them(office: Office) -> None:
    """It is a setting of the workspace."""
    office.api.people["U1"] = GUEST
    await office.desk.take(question())
    assert len(await office.started()) == 1


async def test_where_others_read_along_nobody_is_answered_without_consent(office: Office) -> None:
    """Until an admin lets these partners; another one needs another consent."""
    shared = {"is_ext_shared": True, "connected_team_ids": ["T9"]}
    office.api.channels["C1"] = shared
    await office.desk.take(question(ts="1.1"))
    assert "another organisation" in str(office.whispered()[0]["text"])
    await office.policies.keep("T1", "C1", ChannelPolicy(consent=frozenset({"T9"})))
    await office.desk.take(question(ts="1.2"))
    office.api.channels["C1"] = shared | {"connected_team_ids": ["T9", "T8"]}
    office.gate.look_again("C1")
    await office.desk.take(question(ts="1.3"))
    assert len(office.whispered()) == 2
    assert [turn.question.ts for turn in await office.started()] == ["1.2"]


async def test_who_only_talks_in_a_thread_reads_a_no_once(office: Office) -> None:
    """A reply that does not speak to the bot may be meant for others; each thread and person anew."""
    for user in ("U1", "U2"):
        office.api.people[user] = GUEST
    for number, (user, thread_ts) in enumerate([
        ("U1", "10.1"), ("U1", "10.1"), ("U2", "10.1"), ("U1", "11.1"), ("U1", "11.1"),
    ]):  # fmt: skip
        asked = question(ts=f"20.{number}", thread_ts=thread_ts, user=user)
        await office.desk.take(replace(asked, entrance=Entrance.FOLLOW_UP))
    told = [(each["user"], each["thread_ts"]) for each in office.whispered()]
    assert told == [("U1", "10.1"), ("U2", "10.1"), ("U1", "11.1")]
    assert len(await office.noted()) == 3


async def test_who_speaks_to_the_bot_reads_a_no_each_time(office: Office) -> None:
    """A mention is a question, whatever came before."""
    office.api.people["U1"] = GUEST
    await office.desk.take(replace(FOLLOW_UP, ts="20.1"))
    for ts in ("20.2", "20.3"):
        await office.desk.take(question(ts=ts))
    assert len(office.whispered()) == 3


# -- how much may be asked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(person_a_minute=2), "You asked 2 questions within a minute"),
        (Limits(channel_a_minute=2), "2 questions were asked in this channel"),
        (Limits(person_at_once=2), "I am still at 2 of your questions"),
        (Limits(workspace_at_once=2), "I am at 2 questions of this workspace"),
        (Limits(characters=7), "I take 7 characters"),
    ],
    ids=["person", "channel", "at once", "workspace", "length"],
)
async def test_a_limit_is_told_to_who_reaches_it(office: Office, words: str) -> None:
    """Every question beyond it is answered with the sentence, and none of them is begun."""
    texts = ["short?"] * 2 if "characters" in words else ["Revenue?"] * 2
    for number, text in enumerate([*texts, "Revenue?", "Revenue?"]):
        asked = question(text, ts=f"30.{number}")
        await office.desk.take(replace(asked, entrance=Entrance.FOLLOW_UP))
    assert [words in str(told["text"]) for told in office.whispered()] == [True, True]
    assert [turn.question.text for turn in await office.started()] == texts
    assert {entry.what for entry in await office.noted()} == {What.REFUSED}


@pytest.mark.parametrize("limits", [Limits(person_a_minute=1)])
async def test_after_a_minute_there_is_room_again(office: Office) -> None:
    """The sentence says when."""
    await office.desk.take(question(ts="1.1"))
    office.clock.now += 20
    await office.desk.take(question(ts="1.2"))
    office.clock.now += 41
    await office.desk.take(question(ts="1.3"))
    (told,) = office.whispered()
    assert "Ask again in 40 seconds" in str(told["text"])
    assert [turn.question.ts for turn in await office.started()] == ["1.1", "1.3"]


@pytest.mark.parametrize("limits", [Limits(person_a_minute=1)])
async def test_who_may_not_ask_takes_nobodys_room(office: Office) -> None:
    """Only questions that are let in count."""
    office.api.people["U2"] = GUEST
    for number in range(3):
        await office.desk.take(question(ts=f"1.{number}", user="U2"))
    await office.desk.take(question(ts="2.1"))
    assert len(await office.started()) == 1


# -- where answers stand ---------------------------------------------------------------------------------


async def test_a_private_question_goes_to_the_direct_messages(office: Office) -> None:
    """The question stands there with its channel, its asker is told where, and the channel keeps nothing."""
    await office.desk.take(COMMAND, private=True)
    (said,) = office.posted()
    assert (said["channel"], "thread_ts" in said) == ("U1", False)
    assert said["text"] == "You asked in <#C1>:\n> Revenue?"
    (told,) = office.whispered()
    assert (told["channel"], told["user"]) == ("C1", "U1")
    assert LINK in str(told["text"])
    (turn,) = await office.started()
    asked = turn.question
    assert (asked.thread, asked.origin) == (ThreadKey("T1", DIRECT, asked.ts), COMMAND.thread)
    assert await office.memory.in_thread(asked.thread)
    assert not await office.memory.in_thread(COMMAND.thread)


async def test_where_answers_are_their_askers_a_mention_goes_there_as_well(office: Office) -> None:
    """Further questions of the same person and thread continue there; another person has their own place."""
    await office.policies.keep("T1", "C1", ALONE)
    for ts, user in (("10.1", "U1"), ("10.2", "U1"), ("10.3", "U2")):
        await office.desk.take(question(ts=ts, user=user))
    roots = [(said["channel"], said.get("thread_ts")) for said in office.posted()]
    turns = await office.started()
    assert roots == [("U1", None), (DIRECT, turns[0].question.thread.thread_ts), ("U2", None)]
    assert turns[0].question.thread == turns[1].question.thread != turns[2].question.thread
    assert {turn.question.place for turn in turns} == {question().thread}


async def test_in_direct_messages_everything_stays_where_it_is(office: Office) -> None:
    """Nobody else reads there."""
    direct = replace(question(), thread=ThreadKey("T1", DIRECT, "10.1"), entrance=Entrance.DIRECT)
    await office.desk.take(direct, private=True)
    (turn,) = await office.started()
    assert turn.question == direct
    assert office.api.calls == []


async def test_a_command_where_the_bot_is_not_goes_to_the_direct_messages(office: Office) -> None:
    """Its asker is told so, and how to bring it in."""
    office.api.expect("chat.postMessage", refused("not_in_channel"))
    await office.desk.take(COMMAND)
    (turn,) = await office.started()
    assert turn.question.thread.channel == DIRECT
    (told,) = office.whispered()
    assert "/invite" in str(told["text"])
    assert LINK in str(told["text"])


async def test_where_the_bot_may_not_even_look_the_asker_alone_reads(office: Office) -> None:
    """Of such a channel nobody knows who is in it."""
    office.api.expect("conversations.info", refused("channel_not_found"))
    await office.desk.take(COMMAND)
    (turn,) = await office.started()
    assert turn.question.thread.channel == DIRECT
    assert [said["channel"] for said in office.posted()] == ["U1"]


@pytest.mark.parametrize("code", ["is_archived", "not_in_channel"])
async def test_a_press_where_the_bot_may_not_post_is_told(office: Office, code: str) -> None:
    """A question without a place for its answer is not begun."""
    office.api.expect("chat.postMessage", refused(code))
    await office.desk.take(replace(question(ts=""), entrance=Entrance.BUTTON))
    assert "/invite" in str(office.whispered()[0]["text"])
    assert await office.started() == []


async def test_direct_messages_that_slack_does_not_open_are_told(office: Office) -> None:
    """Nothing is answered in the channel instead."""
    await office.policies.keep("T1", "C1", ALONE)
    office.api.expect("chat.postMessage", refused("messages_tab_disabled"))
    await office.desk.take(question())
    assert len(office.whispered()) == 1
    assert (await office.started(), len(office.posted())) == ([], 1)


# -- once more -------------------------------------------------------------------------------------------


async def test_asked_again_it_keeps_its_message_and_gets_a_new_key(office: Office) -> None:
    """A retry runs as the person who pressed, with a key that the tenant has not seen."""
    record = TurnRecord("old", question(), key="old-key", messages=("20.1",), stage=Stage.ENDED)
    assert await office.desk.again(record, user="U9")
    assert not await office.desk.again(record, user="U9")
    (turn,) = await office.started()
    assert turn.question == replace(question(), user="U9")
    assert (turn.messages, turn.ended) == (("20.1",), False)
    assert "old" not in {turn.id, turn.key}


@pytest.mark.parametrize("limits", [Limits(person_a_minute=1)])
async def test_asked_again_it_counts(office: Office) -> None:
    """The button works again when there is room."""
    record = TurnRecord("old", question(), key="old-key", stage=Stage.ENDED)
    await office.desk.take(question(ts="1.1"))
    with pytest.raises(LimitReached):
        await office.desk.again(record, user="U1")
    office.clock.now += 61
    assert await office.desk.again(record, user="U1")
    assert len(await office.started()) == 2


async def test_nobody_asks_again_who_may_not_ask(office: Office) -> None:
    """A button on another person's answer opens nothing."""
    office.api.people["U2"] = GUEST
    with pytest.raises(AccessDenied) as caught:
        await office.desk.again(TurnRecord("old", question(), "key"), user="U2")
    assert caught.value.denial is Denial.GUEST
    assert await office.started() == []


# -- presses ---------------------------------------------------------------------------------------------


async def test_who_pressed_is_let_in_where_it_was_asked(office: Office) -> None:
    """Of a private answer the rules of the channel hold that it was asked in."""
    await office.policies.keep("T1", "C1", ChannelPolicy(exports=False))
    asked = replace(question(), thread=ThreadKey("T1", DIRECT, "10.1"), origin=question().thread)
    there = Press(press("v", channel=DIRECT))
    assert not (await office.desk.admit(there, Deed.USE, about=asked)).exports
    assert (await office.desk.admit(there, Deed.USE)).exports
    with pytest.raises(AccessDenied):
        await office.desk.admit(there, Deed.EXPORT, about=asked)


async def test_a_control_of_another_channel_does_nothing(office: Office) -> None:
    """What was asked elsewhere is not shown here."""
    with pytest.raises(Declined, match="no longer kept"):
        await office.desk.admit(Press(press("v", channel="C9")), Deed.USE, about=question())


async def test_a_refused_press_is_told_and_noted(office: Office) -> None:
    """To who pressed alone, and the audit has it."""

    async def work() -> None:
        raise AccessDenied(Denial.NO_EXPORTS)

    await office.desk.obey(Press(press("v", user="U2")), work(), failed=Notice("No."))
    (told,) = office.whispered()
    assert (told["user"], told["thread_ts"]) == ("U2", "10.1")
    assert "Exports are switched off" in str(told["text"])
    (entry,) = await office.noted()
    assert (entry.what, entry.user, entry.outcome) == (What.REFUSED, "U2", "no_exports")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Declined(Notice("Not now.")), "Not now."),
        (TriggerOver("views.open", "expired_trigger_id"), "press the button once more"),
        (TenantUnreachable("down"), "can't reach WisdomAI"),
        (SlackUnreachable("chat.update"), "It failed."),
        (ZeroDivisionError(), "It failed."),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
async def test_a_press_that_fails_is_told(
    office: Office, error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In words that say what to do, where there are any; a reference that is read is in the log, too."""
    caplog.set_level(logging.INFO, "handlers")

    async def work() -> None:
        raise error

    await office.desk.obey(Press(press("v")), work(), failed=Notice("It failed."))
    (told,) = office.whispered()
    assert words in str(told["text"])
    if "Ref" in str(told["text"]):
        assert "ref r1" in caplog.text
    assert await office.noted() == []
