"""Rows that are hard to show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest

from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.domains import SALES
from bot.sandbox.tenant.oddities import ODDITIES, oddities
from bot.sandbox.tenant.reply import Visual


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """An analyst of 20 November 2026."""
    made = Analyst(date(2026, 11, 20))
    yield made
    made.close()


def test_they_can_be_asked_for(analyst: Analyst) -> None:
    """A question lists them all, unchanged, whatever is in them."""
    steps = analyst.answer(SALES, "Show me the odd names", None).steps
    (made,) = [step.visualization for step in steps if isinstance(step, Visual)]
    data = made["data"]
    assert isinstance(data, list)
    found = [tuple(json.loads(cell["value"]) for cell in row) for row in data]
    assert found == [(number, name, note, amount, big) for number, name, note, amount, big in ODDITIES]


def test_they_hold_what_breaks_things() -> None:
    """Mentions, formulas, emoji, scripts from right to left, long and empty names are among them."""
    names = " ".join(str(row[1]) for row in ODDITIES)
    for hostile in ("<!channel>", "=HYPERLINK(", "🚀", "שלום", "株式会社"):
        assert hostile in names
    lengths = [len(str(row[1])) for row in ODDITIES]
    assert {0, 200} <= set(lengths)
    assert oddities().columns[1] == "name"
