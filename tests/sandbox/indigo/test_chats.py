"""Chats that are made up when they are asked for."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.sandbox.indigo.chats import Chats, Env, Message
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.rhythm import KEPT
from tests.sandbox.indigo.stand import NAIVE


@pytest.fixture(scope="module")
def chats() -> Chats:
    return Chats(IndigoOptions(), NAIVE)


@pytest.fixture(scope="module")
def dialogues(chats: Chats) -> list[list[Message]]:
    """All messages of all chats."""
    return [chats.messages(chats.id(number), NAIVE) or [] for number in chats.numbers(NAIVE)]


def test_ids_are_large_and_lead_back(chats: Chats) -> None:
    """They rise with the numbers, beyond 32 bits, with holes that are no chats."""
    ids = [chats.id(number) for number in chats.numbers(NAIVE)]
    assert len(ids) == 1_200
    assert all(2**31 < one < other for one, other in pairwise(ids))
    assert [chats.number(each, NAIVE) for each in ids] == list(range(1_200))
    assert [chats.messages(each, NAIVE) for each in (0, ids[0] - 1, ids[3] + 1, ids[-1] + 99)] == [None] * 4


def test_the_same_is_said_each_time(chats: Chats) -> None:
    """Another server with the same seed and start says the same, one with another seed something else."""
    chat = chats.id(700)
    assert chats.messages(chat, NAIVE) == Chats(IndigoOptions(), NAIVE).messages(chat, NAIVE)
    other = Chats(IndigoOptions(seed=2), NAIVE)
    assert other.messages(other.id(700), NAIVE) != chats.messages(chat, NAIVE)


def test_messages_are_in_order(dialogues: list[list[Message]]) -> None:
    """Ids rise within a chat and over all of them, times never go back, and none is in the future."""
    for dialogue in dialogues:
        assert all(one.id < other.id and one.at <= other.at for one, other in pairwise(dialogue))
        assert dialogue[-1].at < NAIVE
    everything = [message.id for dialogue in dialogues for message in dialogue]
    assert everything == sorted(set(everything))


def test_chats_are_as_long_as_they_shall_be(dialogues: list[list[Message]]) -> None:
    """About ten messages on average; some are long enough for several pages, some have no word of a user."""
    lengths = [len(dialogue) for dialogue in dialogues]
    assert 9 < sum(lengths) / len(lengths) < 12
    assert max(lengths) > 50
    assert lengths.count(2) > 10


def test_somebody_comes_back_on_another_day(dialogues: list[list[Message]]) -> None:
    """A chat that began long ago may have the latest message."""
    spans = [dialogue[-1].at - dialogue[0].at for dialogue in dialogues]
    assert 20 < sum(span > timedelta(days=1) for span in spans) < 100


def test_times_are_as_the_platform_has_them(dialogues: list[list[Message]]) -> None:
    """Without a zone and without fractions; an answer often bears the second of its question."""
    messages = [message for dialogue in dialogues for message in dialogue]
    assert all(each.at.tzinfo is None and each.at.microsecond == 0 for each in messages)
    assert any(one.at == other.at for dialogue in dialogues for one, other in pairwise(dialogue))


def test_feedback_is_of_every_kind(dialogues: list[list[Message]]) -> None:
    """Good, bad and strange; only what the assistant said is rated, and only that is read."""
    messages = [message for dialogue in dialogues for message in dialogue]
    kinds = Counter(type(each.feedback).__name__ for each in messages)
    assert {"NoneType", "str", "dict", "int"} <= set(kinds)
    assert kinds["NoneType"] > 0.9 * len(messages)
    assert all(each.feedback is None and each.read is None for each in messages if each.sender)
    answers = [each for each in messages if each.sender is None]
    assert 0.7 < sum(each.read is not None for each in answers) / len(answers) < 0.95


def test_old_chats_are_deleted(chats: Chats) -> None:
    """Ten days later a third of them is gone, and after a month all."""
    later = NAIVE + timedelta(days=10)
    gone = chats.numbers(later).start
    assert 300 < gone < 500
    assert chats.messages(chats.id(0), later) is None
    assert chats.began(gone) >= later - KEPT > chats.began(gone - 1)
    assert len(chats.numbers(NAIVE + timedelta(days=31))) == 0


def test_a_new_chat_is_the_last_one() -> None:
    """It has the greatest id, messages of its own, and none of them in the future."""
    here = Chats(IndigoOptions(chats=5), NAIVE)
    here.arrive(NAIVE + timedelta(minutes=3))
    assert list(here.numbers(NAIVE)) == [0, 1, 2, 3, 4, 5]
    said = here.messages(here.id(5), NAIVE) or []
    assert said
    assert said[-1].at < NAIVE


@pytest.mark.parametrize(("env", "count"), [("PRODUCTION", 90), ("TEST", 5)])
def test_environments_share_nothing(env: Env, count: int) -> None:
    """The one for trying things out has fewer chats, with ids of their own."""
    here = Chats(IndigoOptions(chats=90), NAIVE, env)
    other = Chats(IndigoOptions(chats=90), NAIVE, "TEST" if env == "PRODUCTION" else "PRODUCTION")
    assert len(here.numbers(NAIVE)) == count
    assert all(other.messages(here.id(number), NAIVE) is None for number in here.numbers(NAIVE))


def test_ten_million_chats_cost_nothing() -> None:
    """Nothing is kept of a chat, so any number can be there."""
    tracemalloc.start()
    try:
        here = Chats(IndigoOptions(chats=10_000_000), NAIVE)
        chat = here.id(8_000_000)
        assert here.messages(chat, NAIVE)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
