"""Questions with a number, and an analyst that says it in every part of its answer.

So whoever reads the workspace can tell which answer a message belongs to, whether all of it is there, and
whether any of it is there twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.model import Domain
from bot.sandbox.tenant import context
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.reply import Filter, Intent, Reply, Step, Text, Visual

_NUMBER = re.compile(r" ?\(No\. (\d+)\)")
_PART = re.compile(r"Answer (\d+), part (\d+) of (\d+)\.")
#: A question with this word gets a long answer.
LONG = "in detail"
_LONG_PARTS = 12
#: About what a paragraph of a model's answer has; twelve of them need two messages.
_PADDING = "These figures come from the sandbox, and this sentence is here to make the answer longer. " * 9


def numbered(text: str, number: int) -> str:
    """The question with its number, as a person types it."""
    return f"{text} (No. {number})"


def numbers_of(text: str) -> tuple[int, ...]:
    """The numbers of the questions that a text quotes, in order."""
    return tuple(int(found) for found in _NUMBER.findall(text))


def asked_of(text: str) -> int | None:
    """The number of the question in what the tenant was asked, with or without what others asked before."""
    numbers = numbers_of(context.read(text).question)
    return numbers[-1] if numbers else None


def parts_of(text: str) -> tuple[tuple[int, int], ...]:
    """Number and part for each part of an answer that a text holds, in order."""
    return tuple((int(number), int(part)) for number, part, _ in _PART.findall(text))


class MarkedAnalyst:
    """The sandbox's analyst, with a sentence before each part of an answer that names question and part.

    Attributes:
        told: number of the question → how many parts its answer has, for those that were answered.
    """

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst
        self.told: dict[int, int] = {}

    @property
    def domains(self) -> Sequence[Domain]:
        """What can be asked about."""
        return self._analyst.domains

    def answer(
        self, domain_id: str, text: str, previous: Intent | None, *, scope: Sequence[Filter], sql: bool
    ) -> Reply:
        """The analyst's answer; with marks where the question has a number."""
        number = asked_of(text)
        plain = _NUMBER.sub("", text)
        reply = self._analyst.answer(domain_id, plain.replace(f" {LONG}", ""), previous, scope=scope, sql=sql)
        if number is None:
            return reply
        steps = (*reply.steps, *_padding()) if LONG in context.read(text).question else reply.steps
        marked = tuple(_marked(steps, number))
        self.told[number] = sum(bool(_PART.match(step.markdown)) for step in marked if isinstance(step, Text))
        return replace(reply, steps=marked)


def _padding() -> Iterator[Step]:
    for _ in range(_LONG_PARTS):
        yield Text(f"{_PADDING}\n\n")


def _marked(steps: Sequence[Step], number: int) -> Iterator[Step]:
    """The steps with a mark before each text and each result, and one at the end."""
    total = sum(isinstance(step, Text | Visual) for step in steps) + 1
    part = 0
    for step in steps:
        if isinstance(step, Text | Visual):
            part += 1
            yield _mark(number, part, total)
        yield step
    yield _mark(number, total, total)


def _mark(number: int, part: int, total: int) -> Text:
    return Text(f"Answer {number}, part {part} of {total}.\n\n")


def distinct_keys(asked: Sequence[tuple[int, str | None]]) -> Mapping[int, int]:
    """How often each question was asked: with its key again it is the same, without a key it is another."""
    keys: dict[int, set[object]] = {}
    for place, (number, key) in enumerate(asked):
        keys.setdefault(number, set()).add(place if key is None else key)
    return {number: len(seen) for number, seen in keys.items()}
