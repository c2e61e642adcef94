"""How the cells of a visualization are sent."""

from __future__ import annotations

import pytest

from bot.sandbox.tenant.dressing import dressed
from bot.sandbox.tenant.options import Dressing, TenantOptions
from tests.sandbox.tenant.stand import VISUALIZATION


def test_as_made() -> None:
    """Without options, rows of JSON-encoded cells go out as the analyst made them."""
    assert dressed(VISUALIZATION, TenantOptions()) == VISUALIZATION


@pytest.mark.parametrize(
    ("dressing", "values"),
    [
        ("bare", ["Company A", "20000"]),
        ("formatted", ["Company A", "$20,000"]),
        ("json", ['"Company A"', "20000"]),
    ],
)
@pytest.mark.parametrize("flat", [False, True])
def test_dressings(dressing: Dressing, values: list[str], flat: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """The same cells as JSON, bare, or formatted for reading, in rows or flat."""
    data = dressed(VISUALIZATION, TenantOptions(dressing=dressing, flat=flat))["data"]
    assert isinstance(data, list)
    assert [cell["value"] for cell in (data[:2] if flat else data[0])] == values


def test_flat() -> None:
    """One list of cells, row after row; nothing else changes."""
    flat = dressed(VISUALIZATION, TenantOptions(flat=True))
    cells = flat["data"]
    assert isinstance(cells, list)
    assert len(cells) == 4
    assert {**flat, "data": None} == {**VISUALIZATION, "data": None}
