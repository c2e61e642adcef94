"""How charts look: colours, fonts, texts that the fonts can show, and numbers on axes.

Like ``bot.charts.png`` this imports matplotlib, and is loaded in the chart worker only.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import matplotlib.font_manager as fonts
from matplotlib.ticker import Formatter

from bot.core.values import compact, number
from bot.model import ChartSpec, DisplayFormat

#: Okabe and Ito's palette without black and yellow, reordered, then darker and lighter neighbours:
#: neighbours differ in lightness too, so that they can be told apart without colour.
PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00",
    "#44558F", "#B8A200", "#7A4E9E", "#8C8C8C", "#7B3F00", "#1F4E3D",
)  # fmt: skip
INK, MUTED, GRID, ZERO = "#1D1C1D", "#616061", "#E4E4E6", "#8D8D90"

#: Fonts with the scripts that DejaVu lacks; those that are installed are asked after it.
_FALLBACK_FONTS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Source Han Sans",
    "IPAexGothic", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Hiragino Sans",
    "PingFang SC", "Yu Gothic", "Microsoft YaHei", "Malgun Gothic", "Arial Unicode MS", "Noto Sans",
    "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Emoji",
)  # fmt: skip
_FONT = "DejaVu Sans"

REST = "#B4B4B8"

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
        "hatch.linewidth": 0.6,
    }


def colour(index: int) -> str:
    """The colour of the series at ``index``."""
    return PALETTE[index % len(PALETTE)]


def printable(spec: ChartSpec) -> ChartSpec:
    """The same chart without symbols, such as emoji, that no installed font has."""
    texts = "".join(
        (spec.title, spec.x_label, spec.y_label, *spec.categories, *(s.name for s in spec.series))
    )
    symbols = {char for char in texts if not char.isascii() and unicodedata.category(char) in _SYMBOLS}
    missing = dict.fromkeys(map(ord, symbols - _drawable(symbols)))
    if not missing:
        return spec
    missing |= dict.fromkeys(_MODIFIERS)
    return replace(
        spec,
        title=_without(spec.title, missing),
        x_label=_without(spec.x_label, missing),
        y_label=_without(spec.y_label, missing),
        categories=tuple(_without(text, missing) for text in spec.categories),
        series=tuple(replace(series, name=_without(series.name, missing)) for series in spec.series),
    )


#: Symbols, and what modifies or joins them: skin tones, variation selectors, joiners.
_SYMBOLS = frozenset({"So", "Sk", "Cn", "Co", "Cf", "Mn"})

#: Variation selector and joiner: nothing by themselves, though fonts have them.
_MODIFIERS = (0xFE0F, 0x200D)


def _drawable(symbols: set[str]) -> set[str]:
    found: set[str] = set()
    for family in mpl.rcParams["font.family"] if symbols else ():
        font = fonts.get_font(fonts.findfont(family))
        found |= {char for char in symbols - found if font.get_char_index(ord(char))}
    return found


def _without(text: str, missing: Mapping[int, None]) -> str:
    """The text without the missing symbols; a text of nothing else is spelled out."""
    kept = " ".join(text.translate(missing).split())
    return kept or ", ".join(unicodedata.name(char, "").lower() for char in text[:1])


class CompactFormatter(Formatter):
    """Tick labels such as ``$1.2M``; in full where short ones would not say where the tick is."""

    def __init__(self, form: DisplayFormat) -> None:
        self._form = form

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of one tick."""
        del pos
        return compact(x, self._form)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The labels of all ticks."""
        largest = max(map(abs, values), default=0.0)
        gaps = [abs(b - a) for a, b in pairwise(values)]
        # How many digits it takes to write the largest tick to the precision of the gaps.
        digits = math.ceil(math.log10(largest / min(gaps))) + 2 if largest and gaps and min(gaps) else 3
        if digits <= _MOST_DIGITS or largest < 1:
            return [compact(value, self._form, max(digits, 3)) for value in values]
        return [number(value, self._form, 0 if min(gaps) >= 1 else 2) for value in values]
