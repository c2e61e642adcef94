from __future__ import annotations

import matplotlib as mpl
import pytest

from bot.charts import style
from bot.model import DisplayFormat
from tests.charts.drawings import spec


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        ([0, 250_000, 500_000, 1_000_000], ["$0", "$250K", "$500K", "$1M"]),
        ([1_000_000, 1_025_000], ["$1M", "$1.025M"]),
        ([1_001_000, 1_001_025], ["$1,001,000", "$1,001,025"]),
        ([0, 0.02, 0.04], ["$0", "$0.02", "$0.04"]),
        ([], []),
        ([5], ["$5"]),
    ],
)
def test_ticks_say_where_they_are(ticks: list[float], texts: list[str]) -> None:
    """Short where that is exact, in full where neighbours would read the same."""
    formatter = style.CompactFormatter(DisplayFormat.NUMBER_CURRENCY_USD)
    assert formatter.format_ticks(ticks) == texts
    assert formatter(1_500) == "$1.5K"


def test_symbols_that_no_font_has_are_left_out() -> None:
    """An emoji in a title is not drawn as a box; a text of nothing else is spelled out."""
    with mpl.rc_context(style.rc()):
        shown = style.printable(spec(title="Revenue \N{FACE WITH COWBOY HAT}\ufe0f up"))
        alone = style.printable(spec(title="\N{FACE WITH COWBOY HAT}"))
    assert shown.title == "Revenue up"
    assert alone.title == "face with cowboy hat"


def test_letters_are_never_left_out() -> None:
    """What is not a symbol stays, also where no font has it."""
    with mpl.rc_context(style.rc()):
        assert style.printable(spec(title="売上 Київ é")).title == "売上 Київ é"


def test_twelve_series_have_twelve_colours() -> None:
    """No two series of a chart look the same."""
    assert len({style.colour(i) for i in range(12)}) == 12
