from __future__ import annotations

from itertools import pairwise

import pytest
from matplotlib.colors import to_rgb

from bot.charts import style
from bot.model import DisplayFormat


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        ((0, 250_000, 500_000, 1_000_000), ("$0", "$250K", "$500K", "$1M")),
        ((1_000_000, 1_025_000), ("$1M", "$1.025M")),
        ((1_001_000, 1_001_025), ("$1,001,000", "$1,001,025")),
        ((0, 0.02, 0.04), ("$0", "$0.02", "$0.04")),
        ((), ()),
        ((5,), ("$5",)),
    ],
)
def test_ticks_say_where_they_are(ticks: tuple[float, ...], texts: tuple[str, ...]) -> None:
    """Short where that is exact, in full where neighbours would read the same."""
    assert style.tick_texts(ticks, DisplayFormat.NUMBER_CURRENCY_USD) == texts


def _luminance(colour: str | tuple[float, ...]) -> float:
    """Relative luminance as WCAG 2 defines it."""
    rgb = to_rgb(colour)  # type: ignore[arg-type]  # three parts
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str | tuple[float, ...], other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_series_stand_out_from_the_page() -> None:
    """Twelve series have twelve colours, each with the contrast that graphics need on white."""
    colours = [style.colour(i) for i in range(12)]
    assert len(set(colours)) == 12
    assert all(_contrast(colour, "white") >= 2.95 for colour in colours)
    assert style.colour(12) == colours[0]


#: Machado, Oliveira and Fernandes 2009: what the linear parts of a colour become for those who lack a cone.
_BLIND = {
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
}


def _seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> tuple[float, ...]:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    seen = [max(sum(a * b for a, b in zip(row, linear, strict=True)), 0.0) for row in matrix]
    return tuple(part ** (1 / 2.4) for part in seen)


@pytest.mark.parametrize("matrix", _BLIND.values(), ids=list(_BLIND))
def test_the_first_six_colours_differ_for_the_colour_blind(matrix: tuple[tuple[float, ...], ...]) -> None:
    """Most charts have at most six series; no two of them look the same to anybody."""
    seen = [_seen(style.colour(i), matrix) for i in range(6)]
    distances = [
        sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
        for i, one in enumerate(seen)
        for other in seen[i + 1 :]
    ]
    assert min(distances) > 0.2


def test_heat_grows_evenly() -> None:
    """More is darker all the way; around zero both sides get darker alike."""
    rising = [_luminance(style.colours_of(0, 1)(i / 8)) for i in range(9)]
    assert all(a > b for a, b in pairwise(rising))
    both = [_luminance(style.colours_of(-1, 1)(i / 10)) for i in range(11)]
    assert max(both) == both[5]
    assert abs(both[2] - both[8]) < 0.1
    falling = [_luminance(style.colours_of(-2, 0)(i / 8)) for i in range(9)]
    assert falling == sorted(falling)


def test_texts_on_colours_can_be_read() -> None:
    """Ink on light colours, white on dark ones, always with contrast enough."""
    assert style.ink_on("#FFFFFF") == style.INK
    assert style.ink_on("#003779") == "white"
    assert all(_contrast(style.ink_on(colour), colour) > 3.8 for colour in style.PALETTE)


def test_a_tint_hides_what_is_beneath() -> None:
    """It is the colour as thinned with white, not a transparent one."""
    assert style.tint("#000000", 0.25) == (0.75, 0.75, 0.75)
