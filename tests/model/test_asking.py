"""Who asks what, where."""

from __future__ import annotations

from dataclasses import replace

from bot.model import SERVICE, Entrance, Identity, Question, ThreadKey

CHANNEL, DIRECT = ThreadKey("T1", "C1", "1.0"), ThreadKey("T1", "D1", "2.0")
ASKED = Question(CHANNEL, "1.0", "U1", "Revenue?", Entrance.MENTION)
PRIVATE = replace(ASKED, thread=DIRECT, ts="2.0", origin=CHANNEL)


def test_threads_are_told_apart_by_all_three_parts() -> None:
    """Two teams or channels may well have a message with the same ts."""
    keys = {str(ThreadKey(team, channel, ts)) for team in "AB" for channel in "CD" for ts in ("1.0", "2.0")}
    assert len(keys) == 8


def test_a_question_belongs_to_where_it_was_asked() -> None:
    """The rules of that channel hold for a private answer, too."""
    assert (ASKED.place, PRIVATE.place) == (CHANNEL, CHANNEL)


def test_a_word_to_the_asker_is_seen() -> None:
    """In the thread where that surely has a reply, in the channel where the question begins it."""
    thread = replace(CHANNEL, thread_ts="1.0")
    assert replace(ASKED, thread=thread, ts="2.0").whisper_ts == "1.0"
    assert replace(ASKED, thread=thread, ts="1.0").whisper_ts is None
    assert replace(ASKED, thread=thread, ts="").whisper_ts == "1.0"
    assert replace(ASKED, thread=replace(CHANNEL, thread_ts=""), ts="").whisper_ts is None


def test_a_question_follows_its_channel() -> None:
    """Slack gives a channel another id when it is shared; what is elsewhere stays."""
    there = replace(CHANNEL, channel="C2")
    assert ASKED.moved("C1", "C2") == replace(ASKED, thread=there)
    assert PRIVATE.moved("C1", "C2") == replace(PRIVATE, origin=there)
    assert PRIVATE.moved("D1", "D2").thread.channel == "D2"
    assert ASKED.moved("C3", "C2") == ASKED


def test_who_somebody_is_at_the_tenant_is_not_written_anywhere() -> None:
    """An identity in a log line tells neither the address nor what a row-level rule compares."""
    ada = Identity("person-1", "ada@example.com", (("region", "EMEA"),))
    assert "ada" not in repr(ada)
    assert "EMEA" not in repr(ada)
    assert repr(ada) != repr(SERVICE)
    assert SERVICE.email == ""
