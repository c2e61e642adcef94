from __future__ import annotations

from dataclasses import replace

import pytest

from bot.charts import funnel
from bot.charts.png import figure
from bot.model import ChartKind, Series
from tests.charts.drawings import spec
from tests.charts.reading import bars, texts


def test_stages_are_centred_and_tell_what_is_left() -> None:
    """Each has its name, its amount, its share of the first stage and of the one before."""
    chart = replace(
        spec(ChartKind.FUNNEL, count=3),
        categories=("Leads", "Offers", "Won"),
        series=(Series("n", (1000.0, 500.0, 50.0)),),
    )
    made = figure(chart)
    stages = bars(made)
    assert [stage.get_width() / stages[0].get_width() for stage in stages] == pytest.approx([1, 0.5, 0.05])
    assert len({round(stage.get_x() + stage.get_width() / 2, 6) for stage in stages}) == 1
    assert [stage.get_y() for stage in stages] == sorted((stage.get_y() for stage in stages), reverse=True)
    said = texts(made.axes[0])
    assert said[:6] == ["Leads", "$1K", "Offers", "$500", "Won", "$50"]
    assert said[6:] == ["of first", "of previous", "100%", "50%", "50%", "5.0%", "10%"]


@pytest.mark.parametrize(
    ("value", "base", "text"),
    [(50, 100, "50%"), (1, 100, "1.0%"), (1, 1e5, "<0.1%"), (0, 5, "0%"), (3, 0, "–"), (3, 2, "150%")],
)
def test_shares_are_said_as_people_do(value: float, base: float, text: str) -> None:
    """Small ones with a digit more, of nothing none."""
    assert funnel.share(value, base) == text


def test_a_stage_of_nothing_is_still_seen() -> None:
    """A thin line marks where nobody is left."""
    made = figure(replace(spec(ChartKind.FUNNEL, count=2), series=(Series("n", (5.0, 0.0)),)))
    assert len(made.axes[0].lines) == 1
