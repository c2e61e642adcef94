"""The vocabulary between the words of a question and its query."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, is_dataclass
from enum import Enum
from typing import get_args

import pytest

from bot.sandbox.tenant.mentions import Bound, Command, Measure, Mention, Sign, Top, Value
from bot.sandbox.tenant.reply import Aggregate, Operator

KINDS = get_args(Mention)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_mention_is_a_value(kind: type) -> None:
    """Each kind is a choice or never changes, so that one lexicon serves every question."""
    assert issubclass(kind, Enum) or (is_dataclass(kind) and kind.__dataclass_params__.frozen)  # type: ignore[attr-defined]


def test_mentions_are_told_by_what_they_say() -> None:
    """The same words give equal mentions; a limit remembers how it was typed."""
    won = Value("stage", ("Closed Won",), "won")
    assert Measure("amount", Aggregate.SUM, won) == Measure("amount", Aggregate.SUM, won)
    assert Bound(Operator.ABOVE, (50_000,), "$50k") != Bound(Operator.ABOVE, (50_000,), "50,000")
    assert len({Sign.GROUP, Command.SQL, won, Top(5, descending=True), Top(5, descending=False)}) == 5


def test_a_mention_cannot_be_changed() -> None:
    """Reading one question leaves no trace in the next."""
    top = Top(5, descending=True)
    with pytest.raises(FrozenInstanceError):
        top.count = 3  # type: ignore[misc]  # that is the point
