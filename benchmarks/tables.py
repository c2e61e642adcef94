"""What a large result costs: reading its cells, planning its chart, its message, its CSV file, storing it.

Run ``python -m benchmarks.tables``. A result has ten columns of the kinds that the tenant sends, one of them
with links. The best of a few runs counts. All of this happens in threads, next to the event loop; how late a
heartbeat comes meanwhile is measured, too, because threads take turns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import inf
from time import perf_counter

from benchmarks.charts import late, spread
from bot.core import charts, exports, results, tables, visuals
from bot.core.render import blocks
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.model import (
    Answer,
    Draft,
    Entrance,
    Exhibit,
    Footer,
    Native,
    Prose,
    Question,
    Table,
    ThreadKey,
    Visualization,
)

SIZES = (100, 1_000, 10_000)

ROUNDS = 3

#: Name, display format, and the cell of a row as the tenant writes it.
_COLUMNS: Sequence[tuple[str, str, Callable[[int], object]]] = (
    ("close_date", "DATE_DATE", lambda row: f'"{date(2000, 1, 1) + timedelta(days=row)}"'),
    ("account", "", lambda row: f'"Account {row % 977}"'),
    ("region", "", lambda row: ('"EMEA"', '"APAC"', '"Americas"')[row % 3]),
    ("country", "LOCATION_COUNTRY", lambda row: ('"Germany"', '"Japan"', None)[row % 3]),
    ("zip", "", lambda row: f'"{row * 37 % 99_999:05}"'),
    ("amount", "NUMBER_CURRENCY_USD", lambda row: f"{row * 7_919 % 100_000}.{row % 100:02}"),
    ("deals", "NUMBER_INTEGER", lambda row: str(row * 31 % 500)),
    ("win_rate", "NUMBER_PERCENTAGE", lambda row: f"{row % 100 / 100}"),
    ("days_open", "DURATION_DAYS", lambda row: str(row % 365)),
    ("won", "", lambda row: ("true", "false")[row % 2]),
)
_LINKED = "account"
_DIMENSIONS = ("close_date",)
_MEASURES = ("amount", "deals")
_WORDS = Prose("Deals by close date.")
_QUESTION = Question(ThreadKey("T1", "C1", "10.1"), "10.1", "U1", "Deals by close date", Entrance.MENTION)


def visualization(rows: int) -> Visualization:
    """A result of so many rows, as it was sent."""
    return visuals.read(
        {
            "id": "v1",
            "title": "Deals",
            "type": "LINE_CHART",
            "columns": [{"name": name, "properties": {"displayFormat": form}} for name, form, _ in _COLUMNS],
            "data": [[_cell(name, value(row), row) for name, _, value in _COLUMNS] for row in range(rows)],
            "dimensions": list(_DIMENSIONS),
            "measures": list(_MEASURES),
        }
    )


def _cell(name: str, value: object, row: int) -> dict[str, object]:
    link = {"hyperlink": f"https://crm.example/accounts/{row}"} if name == _LINKED else {}
    return {"value": value, **link}


def steps(sent: Visualization) -> list[tuple[str, Callable[[], object]]]:
    """Everything that is done with a result, by name."""
    table = tables.build(sent)
    stored = results.to_json(_stored(sent))
    return [
        ("cells read", lambda: tables.build(sent)),
        ("chart planned, types offered", lambda: _planned(sent, table)),
        ("message with Slack's own table", lambda: _message(sent, table, Native(charts=True, tables=True))),
        ("message with a plain table", lambda: _message(sent, table, Native())),
        ("CSV file", lambda: exports.csv_bytes(table)),
        ("written for the store", lambda: results.to_json(_stored(sent))),
        ("read from the store", lambda: results.from_json(stored)),
    ]


def _planned(sent: Visualization, table: Table) -> Exhibit:
    plan = charts.plan(sent, table)
    types = charts.fitting(sent, table)
    return Exhibit(
        sent.title, table, spec=plan.spec, notes=plan.notes, type=plan.type, types=types, kept=True
    )


def _message(sent: Visualization, table: Table, native: Native) -> tuple[Draft, ...]:
    return blocks.finished(
        Answer(parts=(_WORDS, sent)),
        turn="t1",
        asker=_QUESTION.user,
        question=_QUESTION.text,
        ending=Ending.DONE,
        exhibits=[Exhibit(sent.title, table, kept=True)],
        footer=Footer(),
        native=native,
    )


def _stored(sent: Visualization) -> StoredResult:
    return StoredResult("t1", _QUESTION, Answer(parts=(_WORDS, sent)), Footer(), ending=Ending.DONE)


def _best(work: Callable[[], object]) -> float:
    best = inf
    for _ in range(ROUNDS):
        began = perf_counter()
        work()
        best = min(best, perf_counter() - began)
    return best


async def _stalled(sent: Visualization) -> list[float]:
    """How late each heartbeat came while the result was read and planned as in production: in a thread."""
    return await late(asyncio.to_thread(lambda: _planned(sent, tables.build(sent))))


def rows() -> list[tuple[str, str]]:
    """What was measured, as pairs of a name and a figure; a figure has a part for each size."""
    found: dict[str, list[str]] = {}
    for size in SIZES:
        for name, work in steps(visualization(size)):
            found.setdefault(name, []).append(f"{_best(work) * 1000:.1f}")
    sizes = " / ".join(f"{size:,}" for size in SIZES)
    stalled = asyncio.run(_stalled(visualization(SIZES[-1])))
    beats = f"event-loop stall, {SIZES[-1]:,} rows read and planned in a thread: median / p99 / max"
    return [
        *((f"{sizes} rows: {name}", f"{' / '.join(times)} ms") for name, times in found.items()),
        (beats, spread(stalled)),
    ]


def main() -> None:
    """Print the figures."""
    for name, figure in rows():
        print(f"{name:<80} {figure}")


if __name__ == "__main__":
    main()
