from __future__ import annotations

from dataclasses import replace

from matplotlib.colors import to_hex

from bot.charts import style
from bot.charts.png import figure
from bot.model import ChartKind, Series, Stacking
from tests.charts.drawings import spec, stacked, two_axes
from tests.charts.reading import bars, legend, texts, x_labels, y_labels


def test_columns_carry_their_values() -> None:
    """Up to twelve bars are labelled directly, with compact amounts, and need no legend."""
    made = figure(spec(count=6))
    assert [bar.get_height() for bar in bars(made)] == [1000.0 * i for i in range(1, 7)]
    assert texts(made.axes[0]) == ["$1K", "$2K", "$3K", "$4K", "$5K", "$6K"]
    assert x_labels(made) == [f"Category {i}" for i in range(6)]
    assert legend(made) == []
    assert texts(figure(spec(count=13)).axes[0]) == []


def test_values_that_do_not_fit_are_left_out() -> None:
    """Twelve bars in three groups leave no room for long amounts."""
    chart = spec(count=2, series=6)
    wide = tuple(replace(series, values=(-1234567.0, 1e-7)) for series in chart.series)
    assert texts(figure(replace(chart, series=wide)).axes[0]) == []


def test_rows_are_labelled_as_each_has_its_line() -> None:
    """Twenty horizontal bars tell their values; the first row is on top."""
    made = figure(spec(ChartKind.BAR, count=20))
    assert texts(made.axes[0])[0] == "$1K"
    assert len(texts(made.axes[0])) == 20
    assert [bar.get_width() for bar in bars(made)][:2] == [1000.0, 2000.0]
    assert y_labels(made)[0] == "Category 0"


def test_several_series_stand_side_by_side() -> None:
    """Each has its colour and its name, whatever that begins with; equal series stay apart."""
    chart = spec(count=4, series=3)
    made = figure(chart)
    assert len(bars(made)) == 12
    assert len({round(bar.get_x(), 3) for bar in bars(made)}) == 12
    assert legend(made) == ["Series 0", "Series 1", "Series 2"]
    same = figure(replace(chart, series=(Series("_a", (1.0,) * 4), Series("_a", (1.0,) * 4))))
    assert legend(same) == ["_a", "_a"]
    assert len({to_hex(bar.get_facecolor()) for bar in bars(same)}) == 2


def test_a_missing_value_has_no_bar() -> None:
    """And no label that says zero."""
    chart = replace(spec(count=3), series=(Series("s", (1.0, None, 3.0)),))
    assert texts(figure(chart).axes[0]) == ["$1", "$3"]


def test_stacks_tell_segments_and_totals() -> None:
    """Amounts where there is room for them, the totals at the end."""
    made = figure(stacked())
    assert texts(made.axes[0])[:4] == ["60", "120", "180", "240"]
    assert {"80", "120", "40"} <= set(texts(made.axes[0])[4:])
    tops = [bar.get_y() + bar.get_height() for bar in bars(made)]
    assert max(tops) == 240
    lying = figure(stacked(ChartKind.BAR))
    assert max(bar.get_x() + bar.get_width() for bar in bars(lying)) == 240
    assert texts(lying.axes[0])[:4] == ["60", "120", "180", "240"]


def test_texts_on_segments_can_be_read() -> None:
    """White on dark colours, ink on light ones."""
    inks = {text.get_text(): text.get_color() for text in figure(stacked()).axes[0].texts}
    assert inks["120"] == style.ink_on(style.colour(2))
    assert inks["80"] == style.ink_on(style.colour(1))


def test_shares_fill_the_axis() -> None:
    """Segments of 100 % stacks are labelled with their share; nothing at all is no bar."""
    made = figure(stacked(full=True))
    assert texts(made.axes[0]) == ["17%", "33%", "50%"] * 4
    assert made.axes[0].get_ylim() == (0, 100)
    assert y_labels(made) == ["0%", "25%", "50%", "75%", "100%"]
    empty = replace(stacked(full=True), series=(Series("a", (0.0,) * 4), Series("b", (None,) * 4)))
    assert bars(figure(empty)) == []


def test_negatives_stack_downwards() -> None:
    """A stack with values on both sides of zero is read from zero in both directions, and has no total."""
    series = (Series("a", (5.0,)), Series("b", (-3.0,)), Series("c", (2.0,)))
    made = figure(replace(spec(count=1), series=series, stacking=Stacking.STACKED))
    low, high = made.axes[0].get_ylim()
    assert low < -3
    assert high > 7
    assert "$4" not in texts(made.axes[0])


def test_a_second_measure_is_a_line_over_the_columns() -> None:
    """Its name says that it is read at the right; columns under it tell no values."""
    made = figure(two_axes())
    assert legend(made) == ["Revenue", "Margin (right)"]
    assert len(bars(made)) == 5
    line = made.axes[1].lines[-1]
    assert to_hex(str(line.get_color())) == style.colour(1).lower()
    assert line.get_marker() == "o"
    assert texts(made.axes[0]) == []


def test_one_bar_does_not_fill_the_picture() -> None:
    """A single value is a bar, not a wall."""
    (bar,) = bars(figure(spec(count=1)))
    assert bar.get_width() < 0.5
