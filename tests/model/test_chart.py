"""What is needed to draw a chart."""

from __future__ import annotations

import pickle

from bot.model import Axis, ChartKind, ChartSpec, Flow, Series, Stacking


def test_a_chart_crosses_to_another_process() -> None:
    """What the worker needs survives the way there."""
    forecast = Series("amount", (1.5, None), low=(None, 1.0), high=(None, 2.0), second=True)
    spec = ChartSpec(
        ChartKind.BAR, "Revenue", ("a", "b"), (forecast,), stacking=Stacking.FULL, second=Axis("Deals"),
        flows=(Flow("a", "b", 1.0),),
    )  # fmt: skip
    assert pickle.loads(pickle.dumps(spec)) == spec  # noqa: S301 - made in the line itself
