"""Rows that are hard to show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest

from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.domains import SALES
from bot.sandbox.tenant.oddities import HOSTILE_LABEL, LINKS, ODDITIES, oddities
from bot.sandbox.tenant.reply import Text, Visual


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
    assert [row[:5] for row in found] == list(ODDITIES)
    links = [row[1]["hyperlink"] for row in data]
    assert links == [LINKS.get(number) for number, *_ in ODDITIES]
    columns = made["columns"]
    assert isinstance(columns, list)
    assert HOSTILE_LABEL in [column["name"] for column in columns]


def test_they_come_amid_hostile_words(analyst: Analyst) -> None:
    """The prose around them and the follow-ups beneath attack as well, and nothing is taken off them."""
    text = "".join(
        step.markdown
        for step in analyst.answer(SALES, "Show me the odd names", None).steps
        if isinstance(step, Text)
    )
    assert text.startswith(f"**{len(ODDITIES)} rows**")
    for hostile in ("<!channel>", "](javascript:", "![pixel](https://", "[1]: https://", "<img src=x"):
        assert hostile in text
    assert "[<!channel> drop it](#ask)" in text


def test_they_hold_what_breaks_things() -> None:
    """Mentions, formulas, emoji, scripts from right to left, long and empty names are among them."""
    names = " ".join(str(row[1]) for row in ODDITIES)
    for hostile in ("<!channel>", "=HYPERLINK(", "🚀", "שלום", "株式会社"):
        assert hostile in names
    cells = [str(cell) for row in ODDITIES for cell in row[1:3]]
    assert {cell[:1] for cell in cells} >= set("=+-@\t\r")
    for hostile in ("<!subteam^", "<@U", "|Click here>", "user:pass@", "javascript:", "data:", "![", "[1]: "):
        assert any(hostile in cell for cell in cells)
    for hostile in ("\u202e", "@\u200d", "\uff20", "<img src=x onerror", "|' /C calc'!A0"):
        assert any(hostile in cell for cell in cells)
    assert max(len(word) for cell in cells for word in cell.split()) >= 400
    schemes = {link.partition(":")[0].lower() for link in LINKS.values()}
    assert schemes > {"https", "javascript", "data", "file"}
    lengths = [len(str(row[1])) for row in ODDITIES]
    assert {0, 200} <= set(lengths)
    assert oddities().columns[1] == "name"
