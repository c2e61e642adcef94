"""The tenant's tables: a generated sales pipeline and four years of measured weather, in SQLite's memory.

Sales: ``opportunities`` with ``accounts``, ``cities``, ``owners`` and ``stages``, generated from a fixed
seed; the dates move with ``today``, so that "this quarter" always has something in it.
Weather: ``daily_weather`` with ``months``, Seattle from 2012 to 2015, from the data of the PyPI package
vega_datasets (which names NOAA).
``oddities``: rows as nobody wants them, for whoever draws tables.
"""

from __future__ import annotations

import csv
import importlib.util
import random
import sqlite3
import statistics
import threading
import weakref
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.sandbox.tenant.oddities import ODDITIES
from bot.sandbox.tenant.places import CITIES

Value = str | int | float | None
Row = tuple[Value, ...]

SCHEMA = """
CREATE TABLE stages (name TEXT PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE cities (
  name TEXT PRIMARY KEY,
  country TEXT NOT NULL,
  state TEXT,                      -- of the United States, else nothing
  latitude REAL NOT NULL,
  longitude REAL NOT NULL
);
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL,
  industry TEXT NOT NULL,
  city TEXT NOT NULL REFERENCES cities (name)
);
CREATE TABLE opportunities (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  owner_id INTEGER NOT NULL REFERENCES owners (id),
  stage TEXT NOT NULL REFERENCES stages (name),
  amount REAL NOT NULL,            -- US dollars
  probability INTEGER NOT NULL,    -- per cent
  expected_revenue REAL NOT NULL,  -- amount × probability, US dollars and cents
  created_date TEXT NOT NULL,
  close_date TEXT NOT NULL,
  source TEXT NOT NULL,            -- where the lead came from
  product TEXT NOT NULL,
  previous_stage TEXT NOT NULL,
  response_seconds INTEGER NOT NULL,  -- from the lead to our first answer
  days_open INTEGER NOT NULL,
  last_activity TEXT NOT NULL      -- date and time
);
CREATE TABLE months (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  season TEXT NOT NULL,
  season_position INTEGER NOT NULL
);
CREATE TABLE daily_weather (
  day TEXT PRIMARY KEY,
  precipitation REAL NOT NULL,     -- mm
  temp_max REAL NOT NULL,          -- °C
  temp_min REAL NOT NULL,          -- °C
  wind REAL NOT NULL,              -- m/s
  condition TEXT NOT NULL
);
CREATE TABLE oddities (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  note TEXT,
  amount REAL,
  big TEXT NOT NULL                -- digits; more of them than a double holds
);
"""

STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
_PROBABILITY = (10, 25, 50, 75, 100, 0)
_OWNERS = (
    "Ada Moreau",
    "Grace Lindqvist",
    "Linus Adeyemi",
    "Marta Kowalska",
    "Kenji Watanabe",
    "Priya Raman",
    "Tomas Herrera",
    "Olive Brennan",
)
_ACCOUNTS = (
    ("Fjordline Logistics", "EMEA", "Logistics", "Oslo"),
    ("Brightwater Foods", "EMEA", "Retail", "Dublin"),
    ("Aldenbach Systems", "EMEA", "Software", "Munich"),
    ("Cassia Health", "EMEA", "Healthcare", "Lyon"),
    ("Northgate Mutual", "EMEA", "Finance", "London"),
    ("Tessaro Motors", "EMEA", "Manufacturing", "Turin"),
    ("Vellum Publishing", "EMEA", "Media", "Edinburgh"),
    ("Harrow Energy", "EMEA", "Energy", "Rotterdam"),
    ("Bluestem Outfitters", "Americas", "Retail", "Denver"),
    ("Copperline Bank", "Americas", "Finance", "Chicago"),
    ("Quillback Labs", "Americas", "Healthcare", "San Diego"),
    ("Redwood Freight", "Americas", "Logistics", "Portland"),
    ("Sandpiper Studios", "Americas", "Media", "Los Angeles"),
    ("Ironwood Tools", "Americas", "Manufacturing", "Detroit"),
    ("Larkspur Cloud", "Americas", "Software", "Seattle"),
    ("Mesa Verde Power", "Americas", "Energy", "Phoenix"),
    ("Oakhurst Insurance", "Americas", "Finance", "Toronto"),
    ("Kestrel Robotics", "Americas", "Manufacturing", "Austin"),
    ("Hoshino Retail", "APAC", "Retail", "Tokyo"),
    ("Banyan Payments", "APAC", "Finance", "Singapore"),
    ("Coralsea Shipping", "APAC", "Logistics", "Brisbane"),
    ("Lotus Diagnostics", "APAC", "Healthcare", "Mumbai"),
    ("Wattle Software", "APAC", "Software", "Sydney"),
    ("Sunda Solar", "APAC", "Energy", "Jakarta"),
    ("Pearl River Textiles", "APAC", "Manufacturing", "Guangzhou"),
    ("Kowhai Media", "APAC", "Media", "Auckland"),
)
_PROJECTS = ("Renewal", "Expansion", "Pilot", "Migration", "Rollout", "Support Plan", "Upgrade", "Training")
_SOURCES = ("Website", "Referral", "Partner", "Event", "Outbound", "Advertising")
_PRODUCTS = ("Analytics", "Platform", "Security", "Integration")
#: The stages that a deal can have come from, for each stage, with how often it does.
_CAME_FROM: tuple[tuple[tuple[str, int], ...], ...] = (
    (("New lead", 1),),
    (("Prospecting", 9), ("New lead", 1)),
    (("Qualification", 8), ("Prospecting", 2)),
    (("Proposal", 9), ("Qualification", 1)),
    (("Negotiation", 8), ("Proposal", 2)),
    (("Prospecting", 2), ("Qualification", 4), ("Proposal", 3), ("Negotiation", 3)),
)
_SEASONS = ("Winter", "Spring", "Summer", "Autumn")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_SEED = 20120101
_COUNT = 160
_OPPORTUNITY_COLUMNS = 16
_PAST_DAYS = 548  # eighteen months
_FUTURE_DAYS = 273  # nine months


class Tables:
    """The tables for one ``today``; any thread may ask, one at a time.

    Raises:
        ConfigurationError: the weather file is not there, because the ``sandbox`` extra is not installed.
    """

    def __init__(self, today: date) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._closer = weakref.finalize(self, self._connection.close)
        self._connection.create_aggregate("MEDIAN", 1, _Median)
        self._connection.executescript(SCHEMA)
        self._fill(today)
        # Nothing that is ever read out of a question may write.
        self._connection.execute("PRAGMA query_only = ON")

    def run(self, sql: str) -> list[Row]:
        """The rows of one statement, in its order.

        Raises:
            sqlite3.Error: the statement is wrong, or writes.
        """
        with self._lock:
            return self._connection.execute(sql).fetchall()

    def close(self) -> None:
        """Free the tables; they cannot be asked afterwards."""
        self._closer()

    def _fill(self, today: date) -> None:
        insert = self._connection.executemany
        insert("INSERT INTO stages VALUES (?, ?)", ((name, n) for n, name in enumerate(STAGES, 1)))
        insert("INSERT INTO owners VALUES (?, ?)", enumerate(_OWNERS, 1))
        insert("INSERT INTO cities VALUES (?, ?, ?, ?, ?)", CITIES)
        accounts = ((n, *row) for n, row in enumerate(_ACCOUNTS, 1))
        insert("INSERT INTO accounts VALUES (?, ?, ?, ?, ?)", accounts)
        places = ", ".join("?" * _OPPORTUNITY_COLUMNS)
        insert(f"INSERT INTO opportunities VALUES ({places})", _opportunities(today))
        insert("INSERT INTO months VALUES (?, ?, ?, ?)", _months())
        insert("INSERT INTO daily_weather VALUES (?, ?, ?, ?, ?, ?)", _weather(weather_file()))
        insert("INSERT INTO oddities VALUES (?, ?, ?, ?, ?)", ODDITIES)
        self._connection.commit()


class _Median:
    """SQLite's MEDIAN, which only newer builds bring along."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def step(self, value: float | None) -> None:
        if value is not None:
            self._values.append(value)

    def finalize(self) -> Any:  # typeshed knows only aggregates that return int
        return statistics.median(self._values) if self._values else None


def weather_file(package: str = "vega_datasets") -> Path:
    """Where the weather lies; the package is only found, never run (it would import pandas).

    Raises:
        ConfigurationError: the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "_data" / "seattle-weather.csv"
        if path.is_file():
            return path
    raise ConfigurationError("the sandbox's weather data is missing: pip install 'wisdom-slack[sandbox]'")


def _opportunities(today: date) -> Iterator[Row]:
    chance = random.Random(_SEED)  # noqa: S311 -- a reproducible data set, not a secret
    fate = random.Random(_SEED + 1)  # noqa: S311 -- its own, so that a new column changes no other
    names = chance.sample(list(product(range(len(_ACCOUNTS)), _PROJECTS)), _COUNT)
    for number, (account, project) in enumerate(names, 1):
        stage = chance.choices(range(len(STAGES)), weights=(18, 17, 15, 12, 24, 14))[0]
        is_open = stage < STAGES.index("Closed Won")
        amount = 50 * round(chance.lognormvariate(6.7, 0.85))
        probability = _PROBABILITY[stage] + (chance.choice((-5, 0, 5)) if is_open else 0)
        close, created = _dates(chance, today, is_open=is_open)
        yield (
            number,
            f"{_ACCOUNTS[account][0]} {project}",
            account + 1,
            chance.choices(range(1, len(_OWNERS) + 1), weights=(6, 5, 5, 4, 4, 3, 3, 2))[0],
            STAGES[stage],
            float(amount),
            probability,
            amount * probability / 100,
            created.isoformat(),
            close.isoformat(),
            *_story(fate, stage, created, min(close, today)),
        )


def _dates(chance: random.Random, today: date, *, is_open: bool) -> tuple[date, date]:
    """The close and creation dates of an opportunity; it was created before today, and before it closed."""
    age = chance.randint(20, 240)
    if not is_open:
        close = today - timedelta(chance.randint(0, _PAST_DAYS))
        return close, close - timedelta(age)
    close = today + timedelta(round(_FUTURE_DAYS * chance.random() ** 1.5))
    return close, min(close - timedelta(age), today - timedelta(chance.randint(1, 90)))


def _story(chance: random.Random, stage: int, created: date, until: date) -> Row:
    """How a deal came about, and what happened to it from its first day until the last or today."""
    names, weights = zip(*_CAME_FROM[stage], strict=True)
    active = datetime.combine(
        max(created, until - timedelta(chance.randint(0, 30))),
        time(chance.randint(8, 17), chance.randint(0, 59), chance.randint(0, 59)),
    )
    return (
        chance.choices(_SOURCES, weights=(26, 20, 16, 14, 14, 10))[0],
        chance.choices(_PRODUCTS, weights=(38, 30, 20, 12))[0],
        chance.choices(names, weights=weights)[0],
        round(chance.lognormvariate(9.2, 1.1)),
        (until - created).days,
        active.isoformat(sep=" "),
    )


def _months() -> Iterator[Row]:
    for number, name in enumerate(MONTHS, 1):
        position = number % 12 // 3
        yield number, name, _SEASONS[position], position + 1


def _weather(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield (row["date"].replace("/", "-"), *_numbers(row), row["weather"])


def _numbers(row: dict[str, str]) -> Sequence[float]:
    return [float(row[key]) for key in ("precipitation", "temp_max", "temp_min", "wind")]
