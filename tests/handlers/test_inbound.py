"""Slack payloads become questions, or nothing."""

from __future__ import annotations

import pytest

from bot.model import Entrance, Question, ThreadKey
from handlers import inbound

Event = dict[str, object]


def event(text: str, **more: object) -> Event:
    return {"type": "message", "channel": "C1", "user": "U1", "ts": "5.1", "text": text, **more}


def read(kind: str, payload: Event) -> Question | None:
    question: Question | None = getattr(inbound, kind)(payload, team="T1", bot_user="UBOT")
    return question


def test_a_mention_is_a_question_in_its_own_thread() -> None:
    """The mention is taken out of the text, and the message becomes the thread's root."""
    assert read("mention", event("<@UBOT> What is our revenue?")) == Question(
        ThreadKey("T1", "C1", "5.1"), "5.1", "U1", "What is our revenue?", Entrance.MENTION
    )


def test_a_mention_in_a_thread_stays_there() -> None:
    """The thread of a reply is its parent's, never the reply's own ts."""
    question = read("mention", event("hey <@UBOT|wisdom> and now?", thread_ts="4.0"))
    assert question is not None
    assert (question.thread.thread_ts, question.text) == ("4.0", "hey and now?")


def test_a_bare_mention_is_an_empty_question() -> None:
    """Nothing but a mention asks for help."""
    question = read("mention", event(" <@UBOT> "))
    assert question is not None
    assert not question.text


@pytest.mark.parametrize(
    "text",
    [
        "<@U2> what do you think?",
        "Thanks <@U2>!",
        "hi, <@U2|grace> see above",
        "cc: <@U2>",
        "<!here> look at this",
        "<!subteam^S1> please",
        "<@UBOT> hello",
        "   ",
    ],
)
def test_a_reply_to_somebody_else_is_not_a_question(text: str) -> None:
    """A reply that begins by addressing people, or is a mention, or is empty, is no follow-up."""
    assert read("follow_up", event(text, thread_ts="4.0")) is None


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("and by region?", "and by region?"),
        ("only deals &gt; 50k &amp; open", "only deals > 50k & open"),
        ("what did <@U2|grace> sell?", "what did @grace sell?"),
        ("see <#C9|deals> and <https://a.example/x|the report>", "see #deals and the report"),
        ("mail <mailto:a@b.example|a@b.example>", "mail a@b.example"),
    ],
)
def test_a_reply_is_a_follow_up_in_plain_text(text: str, read_as: str) -> None:
    """Slack's markup is read as a person reads it."""
    question = read("follow_up", event(text, thread_ts="4.0"))
    assert question is not None
    assert (question.text, question.entrance) == (read_as, Entrance.FOLLOW_UP)


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"bot_id": "B1"},
        {"user": ""},
        {"thread_ts": "5.1"},
    ],
)
def test_what_nobody_said_just_now_is_ignored(more: Event) -> None:
    """Edits, deletions, bots, notices and thread roots are not follow-ups."""
    assert read("follow_up", event("and by region?", **{"thread_ts": "4.0", **more})) is None


def test_a_message_outside_of_threads_is_not_a_follow_up() -> None:
    """Talk in a channel is none of the bot's business."""
    assert read("follow_up", event("and by region?")) is None


def test_a_direct_message_is_a_question() -> None:
    """In a DM no mention is needed, and each message starts its own thread."""
    question = read("direct", event("revenue?", channel_type="im", channel="D1"))
    assert question is not None
    assert (question.entrance, question.thread.thread_ts) == (Entrance.DIRECT, "5.1")
    assert read("direct", event("revenue?", channel_type="channel")) is None


def test_people_in_a_command_are_kept() -> None:
    """The manifest has Slack escape commands: "deals of @ada" arrives with her id."""
    assert inbound.plain_text("deals of <@U1|ada>", bot_user="") == "deals of @ada"
