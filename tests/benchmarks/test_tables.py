"""What is measured of large results."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from benchmarks import tables
from bot.core import tables as typed
from bot.model import ColumnKind


def test_a_result_is_of_the_size_that_is_said() -> None:
    """Every row is whole, and no column is of one kind with all others."""
    table = typed.build(tables.visualization(500))
    assert (len(table.rows), len(table.columns)) == (500, 10)
    assert {column.kind for column in table.columns} == set(ColumnKind)
    assert len(table.measures) == 2


def test_its_cells_are_read() -> None:
    """Amounts are exact numbers, zip codes keep their zeros, accounts have links, some cells are empty."""
    row = typed.build(tables.visualization(500)).rows[2]
    account, country, code, amount = row[1], row[3], row[4], row[5]
    assert account.hyperlink == "https://crm.example/accounts/2"
    assert (country.value, code.value) == (None, "00074")
    assert amount.value in {15838.02, Decimal("15838.02")}


def test_a_row_has_a_figure_for_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven steps, and the heartbeat beside the reading."""
    monkeypatch.setattr("benchmarks.tables.SIZES", (10, 500))
    monkeypatch.setattr("benchmarks.tables.ROUNDS", 1)
    *steps, stall = tables.rows()
    assert len(steps) == 7
    assert all(name.startswith("10 / 500 rows: ") for name, _ in steps)
    assert all(re.fullmatch(r"\d+\.\d / \d+\.\d ms", figure) for _, figure in steps)
    assert stall[0].startswith("event-loop stall, 500 rows")
