"""Queries as SQL."""

import sqlite3
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.query import MOST_ROWS, execute, literal, write
from bot.sandbox.tenant.reply import Aggregate, Filter, Grain, Intent, Metric, Operator, TimeAxis
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.weather import weather

AMOUNT = Metric("amount", Aggregate.SUM)


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    """The tables of 1 June 2025."""
    made = Tables(date(2025, 6, 1))
    yield made
    made.close()


def test_the_sql_is_readable() -> None:
    """One clause a line, with only the joins that are needed."""
    intent = Intent(
        "d", (AMOUNT,), ("region",), filters=(Filter("stage", Operator.IN, ("Closed Won",), "won"),)
    )
    assert write(intent, sales()).sql == (
        "SELECT\n"
        "  a.region AS region,\n"
        "  ROUND(SUM(o.amount), 2) AS total_amount\n"
        "FROM opportunities AS o\n"
        "JOIN accounts AS a ON a.id = o.account_id\n"
        "WHERE o.stage = 'Closed Won'\n"
        "GROUP BY a.region\n"
        "ORDER BY total_amount DESC, region\n"
        f"LIMIT {MOST_ROWS}"
    )


@given(st.text().filter(lambda text: "\0" not in text and text.isprintable()))
def test_any_text_is_safe_as_a_literal(text: str) -> None:
    """A quoted value is read back by SQLite as it was."""
    connection = sqlite3.connect(":memory:")
    assert connection.execute(f"SELECT {literal(text)}").fetchone() == (text,)
    connection.close()


@pytest.mark.parametrize(("value", "sql"), [(5.0, "5"), (0.25, "0.25"), (date(2014, 5, 3), "'2014-05-03'")])
def test_numbers_and_dates_are_literals(value: float | date, sql: str) -> None:
    """Whole numbers lose their point, dates are ISO text."""
    assert literal(value) == sql


@pytest.mark.parametrize("grain", Grain)
def test_steps_of_time_add_up(tables: Tables, grain: Grain) -> None:
    """However time is cut, the parts add up to the whole, and each is a date on which a step begins."""
    intent = Intent("d", (AMOUNT,), time=TimeAxis("close_date", grain))
    result = execute(intent, sales(), tables.run)
    assert sum(float(row[1] or 0) for row in result.rows) == result.overall[0]
    assert [row[0] for row in result.rows] == sorted(str(row[0]) for row in result.rows)
    assert all(date.fromisoformat(str(row[0])) for row in result.rows)


def test_weeks_begin_on_monday(tables: Tables) -> None:
    """A week is named by its Monday."""
    intent = Intent("d", (Metric("wind", Aggregate.AVERAGE),), time=TimeAxis("day", Grain.WEEK))
    result = execute(intent, weather(), tables.run)
    assert {date.fromisoformat(str(row[0])).weekday() for row in result.rows} == {0}


def test_rows_are_cut_at_a_thousand(tables: Tables) -> None:
    """More rows than an answer holds are counted, not sent."""
    result = execute(Intent("d", records=True, columns=("day", "wind")), weather(), tables.run)
    assert (len(result.rows), result.total_rows, result.count) == (MOST_ROWS, 1461, 1461)


def test_natural_orders_are_kept(tables: Tables) -> None:
    """Stages and months come in their own order, not in that of the alphabet."""
    stages = execute(Intent("d", (AMOUNT,), ("stage",)), sales(), tables.run)
    assert [row[0] for row in stages.rows][:2] == ["Prospecting", "Qualification"]
    months = execute(
        Intent("d", (Metric("wind", Aggregate.MAX),), ("calendar_month",)), weather(), tables.run
    )
    assert [row[0] for row in months.rows][:3] == ["January", "February", "March"]
