"""The sandbox's tables."""

# ruff: noqa: S608 -- these statements are the tests' own

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from bot.errors import ConfigurationError
from bot.sandbox.tenant.data import Tables, weather_file

TODAY = date(2025, 6, 1)


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    """The tables of 1 June 2025."""
    made = Tables(TODAY)
    yield made
    made.close()


def test_the_pipeline_is_the_same_every_time(tables: Tables) -> None:
    """Two builds for the same day hold the same deals."""
    other = Tables(TODAY)
    sql = "SELECT * FROM opportunities ORDER BY id"
    assert other.run(sql) == tables.run(sql)
    other.close()


@pytest.mark.parametrize("today", [TODAY, date(2024, 2, 29), date(2026, 12, 31)])
def test_dates_move_with_today(today: date) -> None:
    """Closed deals lie in the past eighteen months, open ones in the next nine; all were created before."""
    tables = Tables(today)
    day = today.isoformat()
    found = tables.run(
        f"SELECT SUM(stage LIKE 'Closed%' AND close_date BETWEEN date('{day}', '-548 days') AND '{day}'),"
        f" SUM(stage NOT LIKE 'Closed%' AND close_date BETWEEN '{day}' AND date('{day}', '+273 days')),"
        f" SUM(created_date >= close_date OR created_date >= '{day}') FROM opportunities"
    )
    closed, opened, odd = (int(each or 0) for each in found[0])
    assert closed + opened == 160
    assert odd == 0
    tables.close()


def test_expected_revenue_is_exact_to_the_cent(tables: Tables) -> None:
    """Expected revenue is amount times probability, without a rest."""
    rows = tables.run("SELECT amount, probability, expected_revenue FROM opportunities")
    assert all(
        round(float(expected or 0) * 100) == round(float(amount or 0)) * int(probability or 0)
        for amount, probability, expected in rows
    )


def test_every_stage_region_and_owner_is_there(tables: Tables) -> None:
    """No dimension is empty, so that every example has something to show."""
    counts = tables.run(
        "SELECT COUNT(DISTINCT stage), COUNT(DISTINCT region), COUNT(DISTINCT owner_id),"
        " COUNT(DISTINCT industry)"
        " FROM opportunities AS o JOIN accounts AS a ON a.id = o.account_id"
    )
    assert counts == [(6, 3, 8, 8)]


def test_the_weather_is_the_measured_one(tables: Tables) -> None:
    """Four whole years of days are read, with their real values."""
    assert tables.run("SELECT MIN(day), MAX(day), COUNT(*) FROM daily_weather") == [
        ("2012-01-01", "2015-12-31", 1461)
    ]
    assert tables.run("SELECT * FROM daily_weather WHERE day = '2012-01-02'") == [
        ("2012-01-02", 10.9, 10.6, 2.8, 4.5, "rain")
    ]


def test_reading_the_weather_imports_no_pandas() -> None:
    """The data package is found without being run."""
    code = (
        "import sys, datetime; from bot.sandbox.tenant.data import Tables;"
        "Tables(datetime.date(2025, 6, 1)).close();"
        "print('pandas' in sys.modules, 'vega_datasets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 -- our own interpreter
    assert done.stdout.split() == ["False", "False"]


def test_a_missing_package_says_what_to_install() -> None:
    """Without the sandbox extra the error names the command."""
    with pytest.raises(ConfigurationError, match=r"wisdom-slack\[sandbox\]"):
        weather_file("no_such_package_here")


def test_nothing_can_be_written(tables: Tables) -> None:
    """The tables refuse a statement that changes them."""
    with pytest.raises(sqlite3.OperationalError):
        tables.run("DELETE FROM opportunities")


def test_many_threads_may_ask(tables: Tables) -> None:
    """Threads get their rows, whoever asks at the same time."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(tables.run, ["SELECT COUNT(*) FROM opportunities"] * 64))
    assert found == [[(160,)]] * 64


def test_the_median_is_known(tables: Tables) -> None:
    """MEDIAN ignores nulls and is null over nothing."""
    assert tables.run("SELECT MEDIAN(column1) FROM (VALUES (1), (NULL), (9), (4))") == [(4,)]
    assert tables.run("SELECT MEDIAN(amount) FROM opportunities WHERE 0") == [(None,)]
