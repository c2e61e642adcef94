"""What somebody who joins a thread has to tell WisdomAI of it: the questions so far, never the answers.

A WisdomAI conversation belongs to one identity. In a thread of several people each has their own, which knows
nothing of what the others asked; the first question after theirs brings that along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.values import line

#: Of others' questions: how many, how long each (characters), and how long together.
MOST_QUESTIONS = 10
QUESTION_CHARS = 300
CONTEXT_CHARS = 2_000

_LEAD = "Earlier questions in this thread, asked by others (context only):"
_QUESTION = "The question to answer:"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a thread.

    Attributes:
        turn: the turn that answered it.
        identity: name of the identity that it ran with.
        domain: id of the domain that was asked.
    """

    turn: str
    identity: str
    domain: str
    text: str


def unseen(asked: Sequence[Asked], *, identity: str | None, domain: str) -> tuple[str, ...]:
    """What others asked about the domain since this identity last did, oldest first, within the limits.

    Args:
        asked: the questions of the thread, oldest first.
        identity: name of the identity that asks now; None where a conversation begins that knows nothing.
        domain: id of the domain.
    """
    since: list[str] = []
    for each in asked:
        if each.domain != domain:
            continue
        if each.identity == identity:
            since = []
        else:
            since.append(line(each.text, QUESTION_CHARS))
    return _newest([text for text in since if text])


def composed(question: str, earlier: Sequence[str]) -> str:
    """The question with what was asked before it; as it is where nothing else was."""
    earlier = [text for text in earlier if text != line(question, QUESTION_CHARS)]
    if not earlier:
        return question
    listed = "\n".join(f"{number}. {text}" for number, text in enumerate(earlier, 1))
    return f"{_LEAD}\n{listed}\n\n{_QUESTION} {question}"


def _newest(texts: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    room = CONTEXT_CHARS
    for text in reversed(texts[-MOST_QUESTIONS:]):
        room -= len(text)
        if room < 0:
            break
        kept.append(text)
    return tuple(reversed(kept))
