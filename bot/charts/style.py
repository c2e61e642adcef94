"""How charts look: colours, fonts, and numbers on axes.

Like ``bot.charts.png`` this imports matplotlib, and is loaded in the chart worker only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import matplotlib.font_manager as fonts
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb

from bot.core.values import compact, number
from bot.model import DisplayFormat

#: Told apart by the colour-blind: the first six whatever the kind of blindness, neighbours by lightness too.
#: Each stands out from white (3:1), so that a thin line can be seen.
PALETTE = (
    "#0A58B8", "#DA7C00", "#00805A", "#CB77AE", "#4496E4", "#A83208",
    "#2F2F7D", "#9C7A2A", "#9A62CC", "#7C7D82", "#551E0C", "#0B5550",
)  # fmt: skip
Colour = tuple[float, float, float]

INK, MUTED, GRID, ZERO, REST = "#1D1C1D", "#616061", "#E4E4E6", "#8D8D90", "#B4B4B8"
#: Where there is no value.
NOTHING = "#F1F1F3"

#: Even steps of lightness, so that equal differences look equal.
_RISING = (
    "#E8F2FA", "#C3DAF0", "#9CC3E6", "#75ACDB", "#5294D1", "#1C7DC6", "#0D65AC", "#044D92", "#003779",
)  # fmt: skip
_FALLING_AND_RISING = (
    "#9B2E0B", "#BB5327", "#DA7744", "#E8A379", "#F2CDB4", "#F6F6F6",
    "#C1D6EB", "#88B7DE", "#5995D5", "#2B74C5", "#0053AE",
)  # fmt: skip

#: Fonts with the scripts that DejaVu lacks; those that are installed are asked after it.
_FALLBACK_FONTS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Source Han Sans",
    "IPAexGothic", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Hiragino Sans",
    "PingFang SC", "Yu Gothic", "Microsoft YaHei", "Malgun Gothic", "Arial Unicode MS", "Noto Sans",
    "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Emoji",
)  # fmt: skip
_FONT = "DejaVu Sans"

_MOST_DIGITS = 5


def rc() -> dict[Any, Any]:
    """The settings that a chart is drawn with, as matplotlib's rcParams."""
    installed = {font.name for font in fonts.fontManager.ttflist}
    return {
        "font.family": [_FONT, *(name for name in _FALLBACK_FONTS if name in installed)],
        "font.size": 10,
        "text.parse_math": False,
        "text.color": INK,
        "axes.edgecolor": ZERO,
        "axes.labelcolor": MUTED,
        "axes.unicode_minus": False,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "figure.facecolor": "white",
        "axes.facecolor": "white",
        "savefig.facecolor": "white",
    }


def colour(index: int) -> str:
    """The colour of the series at ``index``."""
    return PALETTE[index % len(PALETTE)]


def tint(colour: str, share: float) -> Colour:
    """The colour as it looks when it covers white by ``share``; opaque, so that nothing shines through."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return red, green, blue


def ink_on(colour: str | Colour) -> str:
    """White or ink, whichever can be read on the colour."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- sRGB
        for part in to_rgb(colour)
    )
    lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    # Where white and ink have the same contrast (WCAG 2, relative luminance).
    return "white" if lightness < 0.21 else INK  # noqa: PLR2004 -- see above


def colours_of(low: float, high: float) -> Colormap:
    """The colour map for values from ``low`` to ``high``: two-sided where zero lies between them."""
    stops = _FALLING_AND_RISING if low < 0 < high else _RISING
    made = LinearSegmentedColormap.from_list("values", stops if high > 0 or low >= 0 else stops[::-1])
    return made.with_extremes(bad=NOTHING)


def tick_texts(values: Sequence[float], form: DisplayFormat) -> tuple[str, ...]:
    """Texts of ticks such as ``$1.2M``; in full where short ones would not say where the tick is."""
    largest = max(map(abs, values), default=0.0)
    gaps = [abs(b - a) for a, b in pairwise(values)]
    # How many digits it takes to write the largest tick to the precision of the gaps.
    digits = math.ceil(math.log10(largest / min(gaps))) + 2 if largest and gaps and min(gaps) else 3
    if digits <= _MOST_DIGITS or largest < 1:
        return tuple(compact(value, form, max(digits, 3)) for value in values)
    return tuple(number(value, form, 0 if min(gaps) >= 1 else 2) for value in values)
