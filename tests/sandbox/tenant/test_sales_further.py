"""Places, origins, fiscal periods, moments and durations of deals."""

# ruff: noqa: S608 -- these statements are the tests' own

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest

from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.domains import SALES
from bot.sandbox.tenant.reply import Visual

ACCOUNTS = "opportunities o JOIN accounts a ON a.id = o.account_id JOIN cities c ON c.name = a.city"


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """An analyst of 20 November 2026."""
    made = Analyst(date(2026, 11, 20))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("number of deals by lead source", "SELECT source, COUNT(*) FROM opportunities GROUP BY 1"),
        ("amount by product line", "SELECT product, SUM(amount) FROM opportunities GROUP BY 1"),
        ("amount by country", f"SELECT c.country, SUM(o.amount) FROM {ACCOUNTS} GROUP BY 1"),
        ("number of deals by state", f"SELECT c.state, COUNT(*) FROM {ACCOUNTS} GROUP BY 1"),
        ("number of deals by city", f"SELECT c.name, COUNT(*) FROM {ACCOUNTS} GROUP BY 1"),
        ("how many deals in the UK", f"SELECT COUNT(*) FROM {ACCOUNTS} WHERE c.country = 'United Kingdom'"),
        (
            "number of deals by previous stage",
            "SELECT previous_stage, COUNT(*) FROM opportunities GROUP BY 1",
        ),
        (
            "average response time in hours by source",
            "SELECT source, ROUND(AVG(response_seconds) / 3600, 2) FROM opportunities GROUP BY 1",
        ),
        (
            "average days open by stage",
            "SELECT stage, ROUND(AVG(days_open), 2) FROM opportunities GROUP BY 1",
        ),
    ],
)
def test_answers_are_right(analyst: Analyst, question: str, sql: str) -> None:
    """The rows of the answer are those of an independent query."""
    data = _data(analyst, question)
    assert sorted(map(repr, data)) == sorted(map(repr, map(_plain, analyst.run(sql))))


def test_the_fiscal_year_begins_in_february(analyst: Analyst) -> None:
    """Every deal is in one fiscal quarter, and January belongs to the last one of a year."""
    rows = _data(analyst, "number of deals by fiscal quarter")
    assert [row[0] for row in rows] == sorted(str(row[0]) for row in rows)
    assert sum(float(str(row[1])) for row in rows) == 160
    january = _data(analyst, "number of deals by fiscal quarter in January 2026")
    assert [row[0] for row in january] == ["FY2026 Q4"]


def _data(analyst: Analyst, question: str) -> list[tuple[object, ...]]:
    steps = analyst.answer(SALES, question, None).steps
    (made,) = [step.visualization for step in steps if isinstance(step, Visual)]
    data = made["data"]
    assert isinstance(data, list)
    return [_plain([json.loads(cell["value"]) for cell in row]) for row in data]


def _plain(row: object) -> tuple[object, ...]:
    assert isinstance(row, list | tuple)
    return tuple(float(value) if isinstance(value, int | float) else value for value in row)
