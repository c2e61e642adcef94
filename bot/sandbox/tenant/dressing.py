"""A visualization as this tenant sends it: the dressing of its cells, rows of cells or one flat list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.visualization import redress


def dressed(visualization: Mapping[str, object], options: TenantOptions) -> Mapping[str, object]:
    """``visualization`` (cells JSON-encoded, in rows) as the options want it."""
    shown = visualization if options.dressing == "json" else redress(visualization, options.dressing)
    if not options.flat:
        return shown
    subtotals = shown.get("subtotals")
    if isinstance(subtotals, Sequence):
        shown = {**shown, "subtotals": [_flat(each) for each in subtotals]}
    return _flat(shown)


def _flat(table: Mapping[str, object]) -> Mapping[str, object]:
    rows = table["data"]
    cells = [cell for row in rows for cell in row] if isinstance(rows, Sequence) else []
    return {**table, "data": cells}
