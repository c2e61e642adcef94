"""The chats of one environment: none is kept, each is made up again whenever somebody asks for it."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.sandbox.indigo import contents
from bot.sandbox.indigo.contents import Content
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.phrases import ENGLISH, ITALIAN, Language
from bot.sandbox.indigo.rhythm import KEPT, QUIET, Rhythm

Env = Literal["PRODUCTION", "TEST"]

#: Ids are beyond what 32 bits hold, and there are holes between them.
_FIRST_CHAT = {"PRODUCTION": 17_536_399_072, "TEST": 94_536_399_072}
_CHAT_STEP, _CHAT_HOLE = 13, 11
_FIRST_MESSAGE = {"PRODUCTION": 370_298_835_120, "TEST": 970_298_835_120}
_MESSAGE_STEP = 4_000
_FIRST_PERSON = 17_356_397_290
#: The environment for trying things out holds one chat for so many in production.
_TEST_SHARE = 20
#: Shares of chats: nobody wrote a word; far longer than others; somebody came back on another day.
_MUTE, _LONG, _RETURNING = 0.03, 0.01, 0.05
#: Shares of the assistant's messages: rated good, bad, in a way that nobody understands; and never read.
_GOOD, _BAD, _STRANGE, _UNREAD = 0.05, 0.03, 0.005, 0.15
_IN_ENGLISH = 0.3


@dataclass(frozen=True, slots=True)
class Message:
    """One message; times are naive and in UTC, a sender of None is the assistant."""

    id: int
    chat: int
    content: Content
    sender: int | None
    at: datetime
    feedback: object = None
    read: datetime | None = None


class Chats:
    """The chats of one environment, numbered by when they began.

    Args:
        now: the server's start, naive and in UTC: chats are spread over the month before.
    """

    def __init__(self, options: IndigoOptions, now: datetime, env: Env = "PRODUCTION") -> None:
        self._options, self._env = options, env
        self._made = options.chats if env == "PRODUCTION" else -(-options.chats // _TEST_SHARE)
        self._rhythm = Rhythm(now)
        self._arrived: list[datetime] = []

    def arrive(self, now: datetime) -> None:
        """One more chat is there; it began a while ago, so that none of its messages is in the future."""
        self._arrived.append(now - QUIET)

    def numbers(self, now: datetime) -> range:
        """The numbers of the chats that are not deleted at this moment, the oldest first."""
        everything = range(self._made + len(self._arrived))
        return range(bisect_left(everything, now - KEPT, key=self.began), len(everything))

    def began(self, number: int) -> datetime:
        """When the chat with this number began, without microseconds."""
        if number < self._made:
            return self._rhythm.at((number + 0.5) / self._made).replace(microsecond=0)
        return self._arrived[number - self._made].replace(microsecond=0)

    def id(self, number: int) -> int:
        """Its id; later chats have greater ones."""
        hole = (number * 7 + self._options.seed) % _CHAT_HOLE
        return _FIRST_CHAT[self._env] + number * _CHAT_STEP + hole

    def number(self, chat: int, now: datetime) -> int | None:
        """The number of the chat with this id, or None where there is none."""
        number = (chat - _FIRST_CHAT[self._env]) // _CHAT_STEP
        return number if number in self.numbers(now) and self.id(number) == chat else None

    def messages(self, chat: int, now: datetime) -> list[Message] | None:
        """Its messages that are not deleted yet, the oldest first; None where there is no such chat."""
        number = self.number(chat, now)
        if number is None:
            return None
        return [message for message in _Dialogue(self, number).messages() if message.at >= now - KEPT]

    def chance(self, number: int) -> random.Random:
        """What decides how the chat with this number goes; always the same."""
        return random.Random(f"{self._options.seed}:{self._env}:{number}")  # noqa: S311 - no secret

    def length(self, chance: random.Random) -> int:
        """How many messages a chat shall have."""
        usual = max(self._options.messages, 2)
        if (fate := chance.random()) < _MUTE:
            return 2
        length = chance.randint(max(3, usual // 2), max(3, usual + usual // 2))
        return length * 9 if fate > 1 - _LONG else length

    def returns(self, began: datetime, chance: random.Random) -> timedelta | None:
        """After how long somebody comes back to a chat, or None."""
        last = self._rhythm.at(1 - 1e-9)
        if chance.random() >= _RETURNING or last <= began:
            return None
        return timedelta(seconds=int(chance.random() * (last - began).total_seconds()))

    def first_message(self, number: int) -> int:
        """The id of its first message."""
        return _FIRST_MESSAGE[self._env] + number * _MESSAGE_STEP


class _Dialogue:
    """How one chat goes."""

    def __init__(self, chats: Chats, number: int) -> None:
        self._chance = chance = chats.chance(number)
        self._chat, self._first = chats.id(number), chats.first_message(number)
        self._at = chats.began(number)
        self._length = chats.length(chance)
        self._pause = chats.returns(self._at, chance)
        self._language: Language = ENGLISH if chance.random() < _IN_ENGLISH else ITALIAN
        self._person = _FIRST_PERSON + chance.randrange(10**7)
        self._sender = f"{chance.getrandbits(96):024x}"
        self._made = 0

    def messages(self) -> Iterator[Message]:
        """All of them, the oldest first."""
        for content, theirs in self._parts():
            yield self._message(content, theirs=theirs)
            if self._made == self._length // 2 and self._pause is not None:
                self._at += self._pause

    def _parts(self) -> Iterator[tuple[Content, bool]]:
        """Contents, and whether they are the user's; each is made when its moment has come."""
        yield contents.init(self._sender, self._timestamp), True
        yield contents.greeting(self._language), False
        left = self._length - 2
        if left > _PROFILED and self._chance.random() < _PROFILE:
            yield contents.profile(self._sender, self._timestamp, self._language), True
            left -= 1
        while left > 0:
            question, answer = self._turn(last=left <= _TURN)
            yield self._question(question), True
            if left >= _TURN:
                yield contents.answered(answer, self._language, self._chance), False
            left -= _TURN

    def _question(self, text: str) -> Content:
        if text in {topic.name for topic in self._language.topics}:
            return contents.pressed(text, self._sender, self._timestamp)
        return contents.said(text, self._sender, self._timestamp)

    def _turn(self, *, last: bool) -> tuple[str, str]:
        if last and self._chance.random() < _THANKFUL:
            return self._chance.choice(self._language.thanks)
        topic = self._chance.choice(self._language.topics)
        question, answer = self._chance.choice(topic.turns)
        number = str(self._chance.randrange(1_000, 99_999))
        if self._chance.random() < _BUTTONS:
            question = topic.name
        return question.replace("{n}", number), answer.replace("{n}", number)

    @property
    def _timestamp(self) -> int:
        """Milliseconds by the user's clock, a little before the platform stores the message."""
        return int((self._at - datetime(1970, 1, 1)).total_seconds() * 1000) - self._chance.randrange(40_000)  # noqa: DTZ001 - the platform's times are naive

    def _message(self, content: Content, *, theirs: bool) -> Message:
        at, chance = self._at, self._chance
        # An answer often bears the same second as its question.
        self._at += timedelta(seconds=chance.randrange(3) if theirs else chance.randrange(8, 90))
        ident = self._first + self._made * 2 + chance.randrange(2)
        self._made += 1
        if theirs:
            return Message(ident, self._chat, content, self._person, at)
        read = None if chance.random() < _UNREAD else at + timedelta(seconds=chance.randrange(1, 60))
        return Message(ident, self._chat, content, None, at, self._feedback(), read)

    def _feedback(self) -> object:
        fate = self._chance.random()
        for share, values in ((_GOOD, contents.GOOD), (_BAD, contents.BAD), (_STRANGE, contents.STRANGE)):
            if fate < share:
                return self._chance.choice(values)
            fate -= share
        return None


#: Messages of a turn.
_TURN = 2
#: Chats longer than this may tell what the page knows of its visitor, and so many of them do.
_PROFILED, _PROFILE = 6, 0.1
#: Shares: of last turns in which somebody says thank you; of turns that begin with a button.
_THANKFUL, _BUTTONS = 0.6, 0.12
