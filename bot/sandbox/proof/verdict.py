"""What became of each question, judged from what stands in the workspace and what the tenant was asked.

Pure: nothing here knows of sockets, of the bot, or of time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.proof.marked import numbers_of, parts_of


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    STOPPED = "stopped"
    #: A sentence that says why, where the asker reads it.
    FAILED = "failed with a reason"
    #: A sentence to the asker alone: not taken, or not allowed.
    REFUSED = "refused"
    #: The app never had it: Slack itself told the person that the command failed, or gave up delivering.
    NOT_DELIVERED = "not delivered"
    LOST = "lost"
    DUPLICATED = "duplicated"


@dataclass(frozen=True, slots=True)
class Put:
    """A question as a person put it.

    Attributes:
        channel: where it was put.
        ts: of the person's message; empty for a command, which has none.
        thread: root of the thread in which the answer belongs; empty for a command, whose thread the bot
            opens.
        user: who asked.
        delivered: the app acknowledged it.
        private: the answer comes in direct messages.
    """

    number: int
    channel: str
    ts: str
    thread: str
    user: str
    delivered: bool = True
    private: bool = False

    @property
    def command(self) -> bool:
        """Whether it was a slash command."""
        return not self.ts


@dataclass(frozen=True, slots=True)
class Post:
    """A message of the bot, as people read it.

    Attributes:
        thread: ts of the thread's root; empty for a message that is none's reply.
        text: all that is read in it.
        running: it has a Stop button, or says that something is still to come.
        retry: it offers to try again.
        stopped: it says that the asker stopped it.
        results: it shows a table, a chart or an answer's buttons.
        files: name and text of each file that it shows; no text for pictures.
        reader: who alone sees it; empty where everybody does.
        turn: what the bot calls the question in the message's buttons or metadata; empty where it does not.
    """

    channel: str
    ts: str
    thread: str
    text: str
    running: bool = False
    retry: bool = False
    stopped: bool = False
    results: bool = False
    files: tuple[tuple[str, str], ...] = ()
    reader: str = ""
    turn: str = ""

    @property
    def numbers(self) -> frozenset[int]:
        """The answers that it has parts of."""
        texts = (self.text, *(text for _, text in self.files))
        return frozenset(number for text in texts for number, _ in parts_of(text))


@dataclass(frozen=True, slots=True)
class Tenant:
    """What the tenant saw.

    Attributes:
        asked: number → how many different questions came for it.
        told: number → how many parts its answer has.
    """

    asked: Mapping[int, int] = field(default_factory=dict)
    told: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what became of it; ``why`` says what is wrong where something is."""

    put: Put
    outcome: Outcome
    posts: tuple[Post, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All questions; ``strays`` are messages that something is still to come in, and that are nobody's."""

    cases: tuple[Case, ...]
    strays: tuple[Post, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many questions ended so; a stray message counts as one that was duplicated."""
        extra = len(self.strays) if outcome is Outcome.DUPLICATED else 0
        return sum(case.outcome is outcome for case in self.cases) + extra

    @property
    def asked(self) -> int:
        """How many questions there were."""
        return len(self.cases)

    @property
    def good(self) -> bool:
        """Nothing was lost and nothing is there twice."""
        return not (self.count(Outcome.LOST) or self.count(Outcome.DUPLICATED))

    @property
    def at_rest(self) -> bool:
        """Nothing is still to come."""
        running = any(post.running for case in self.cases for post in case.posts)
        return not (self.strays or running or self.count(Outcome.LOST))


def judge(puts: Sequence[Put], posts: Sequence[Post], tenant: Tenant) -> Verdict:
    """What became of the questions.

    Args:
        puts: every question, in the order in which they were put.
        posts: every message of the bot, whispered ones too, oldest first.
        tenant: what the tenant saw.
    """
    shares, left = _shared_out(puts, posts)
    cases = tuple(_case(put, shares[put.number], tenant) for put in puts)
    return Verdict(cases, tuple(post for post in left if post.running))


# -- which message is whose ------------------------------------------------------------------------------


def _shared_out(puts: Sequence[Put], posts: Sequence[Post]) -> tuple[dict[int, list[Post]], list[Post]]:
    """The messages of each question, and those that are nobody's."""
    shares: dict[int, list[Post]] = {put.number: [] for put in puts}
    turns: dict[str, int] = {}
    mute: list[Post] = []
    for post in posts:
        named = [number for number in (post.numbers or _quoted(post)) if number in shares]
        for number in named:
            shares[number].append(post)
            turns.setdefault(post.turn, number)
        if not named:
            mute.append(post)
    threads = _threads(puts, posts)
    left = []
    for post in mute:
        known = turns.get(post.turn) if post.turn else None
        whose = known if known is not None else _guessed(post, puts, threads, shares)
        if whose is None:
            left.append(post)
        else:
            shares[whose].append(post)
            turns.setdefault(post.turn, whose)
    return shares, left


def _quoted(post: Post) -> tuple[int, ...]:
    """The question that a message repeats: the root of a command, or a sentence to its asker."""
    return numbers_of(post.text)[:1]


def _is_root(post: Post) -> bool:
    """The bot posted the question itself, for an answer to stand under."""
    return not (post.thread or post.reader or post.numbers) and bool(_quoted(post))


def _threads(puts: Sequence[Put], posts: Sequence[Post]) -> dict[int, set[tuple[str, str]]]:
    """Where the answer of each question belongs: its thread, or those that the bot opened for it."""
    threads = {put.number: {(put.channel, put.thread)} if put.thread else set() for put in puts}
    for post in posts:
        for number in _quoted(post) if _is_root(post) else ():
            if number in threads:
                threads[number].add((post.channel, post.ts))
    return threads


def _guessed(
    post: Post,
    puts: Sequence[Put],
    threads: Mapping[int, set[tuple[str, str]]],
    shares: Mapping[int, Sequence[Post]],
) -> int | None:
    """The question that a message without a number is most likely about; None where it can be none's.

    One of its thread that was put before, and has no message yet, in the order of asking; where all of them
    have one it is too much for the last.
    """
    able = [put for put in puts if _may_be(post, put, threads[put.number])]
    if post.results and not post.running and (before := _before(post, able, shares)) is not None:
        return before
    empty = [put for put in able if not _answers(shares[put.number])]
    if post.reader and not empty:
        return None  # a word about something that is answered: thanks, a reminder
    return (empty or able[-1:])[0].number if able else None


def _may_be(post: Post, put: Put, threads: set[tuple[str, str]]) -> bool:
    if put.ts and float(put.ts) > float(post.ts):
        return False
    if post.reader:
        return post.reader == put.user and (post.channel == put.channel or put.private)
    return (post.channel, post.thread) in threads


def _before(post: Post, able: Sequence[Put], shares: Mapping[int, Sequence[Post]]) -> int | None:
    """The question whose message stands right before: what shows only a result goes on there."""
    earlier = [
        (float(other.ts), put.number)
        for put in able
        for other in shares[put.number]
        if other.numbers and other.thread == post.thread and float(other.ts) < float(post.ts)
    ]
    return max(earlier)[1] if earlier else None


def _answers(posts: Iterable[Post]) -> list[Post]:
    """What is more than the repeated question."""
    return [post for post in posts if not _is_root(post)]


# -- what became of one ----------------------------------------------------------------------------------


def _case(put: Put, posts: Sequence[Post], tenant: Tenant) -> Case:
    answers = [post for post in _answers(posts) if not post.reader]
    whispers = [post for post in posts if post.reader]
    if why := "; ".join(_twice(put, posts, answers, tenant)):
        return Case(put, Outcome.DUPLICATED, tuple(posts), why)
    outcome, why = _outcome(put, answers, whispers, tenant.told.get(put.number, 0))
    return Case(put, outcome, tuple(posts), why)


def _outcome(put: Put, answers: Sequence[Post], whispers: Sequence[Post], parts: int) -> tuple[Outcome, str]:
    if answers:
        return _of_answers(put, answers, parts)
    if whispers:
        return (Outcome.FAILED if any(post.retry for post in whispers) else Outcome.REFUSED), ""
    return (Outcome.LOST, "nothing") if put.delivered else (Outcome.NOT_DELIVERED, "")


def _of_answers(put: Put, answers: Sequence[Post], parts: int) -> tuple[Outcome, str]:
    """What the messages in the thread say; a whole answer with Retry under it is one that failed."""
    if any(post.running for post in answers):
        return Outcome.LOST, "something is still to come"
    if any(post.stopped for post in answers):
        return Outcome.STOPPED, ""
    if parts and not any(post.retry for post in answers) and len(_parts(put.number, answers)) == parts:
        return Outcome.ANSWERED, ""
    if any(post.retry or not post.numbers for post in answers):
        return Outcome.FAILED, ""
    return Outcome.LOST, "half an answer, without a word about it"


def _parts(number: int, posts: Sequence[Post]) -> set[int]:
    """The parts of an answer that can be read, in messages or in a file."""
    texts = [text for post in posts for text in (post.text, *(text for _, text in post.files))]
    return {part for text in texts for named, part in parts_of(text) if named == number}


def _twice(put: Put, posts: Sequence[Post], answers: Sequence[Post], tenant: Tenant) -> Iterator[str]:
    """What is there twice, or too much, in words."""
    shown = Counter(part for post in answers for named, part in parts_of(post.text) if named == put.number)
    if parts := sorted(part for part, count in shown.items() if count > 1):
        yield f"parts {parts} are there twice"
    files = Counter(name for post in answers for name, text in post.files if text)
    if names := sorted(name for name, count in files.items() if count > 1):
        yield f"the files {names} were shared twice"
    if sum(map(_is_root, posts)) > 1:
        yield "the question was posted twice"
    mute = [post for post in answers if not (post.numbers or post.results)]
    whole = 0 < tenant.told.get(put.number, 0) == len(_parts(put.number, answers))
    if len(mute) > 1 or (mute and whole):
        yield "a message is left over"
    if (times := tenant.asked.get(put.number, 0)) > 1:
        yield f"the tenant was asked {times} times"
