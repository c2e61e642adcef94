"""What the installed fonts can show, and how wide it is.

Like ``bot.charts.png`` this imports matplotlib, and is loaded in the chart worker only.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import matplotlib as mpl
import matplotlib.font_manager as fonts
from matplotlib.ft2font import FT2Font, LoadFlags

from bot.core.values import ABSENT
from bot.model import Axis, ChartSpec

#: Longer texts are never drawn in full, and take long to measure.
_LONGEST = 200

#: Marks over one letter; more of them run into the lines above.
_MARKS = 3

#: Shapes letters of Arabic and Indic scripts, and joins emoji.
_JOINERS = "\u200c\u200d"

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Mc"})

_ROUNDED = 1.02  # letters stand on whole pixels
_BOLDER = 1.16  # how much wider than regular the bold cut of DejaVu Sans is, at most


class Typeface:
    """The fonts of ``font.family`` in matplotlib's settings, in the order in which they are asked."""

    def __init__(self) -> None:
        families: list[str] = mpl.rcParams["font.family"]
        self._fonts: list[FT2Font] = [fonts.get_font(fonts.findfont(family)) for family in families]
        self._widths: dict[str, float | None] = {}

    def has(self, char: str) -> bool:
        """Whether one of the fonts can show the character."""
        return self._advance(char) is not None

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Width in inches of the text (of its widest line) set in ``size`` points."""
        ems = max(sum(self._advance(char) or 0.0 for char in line) for line in text.split("\n"))
        return ems * size / 72 * (_BOLDER if bold else _ROUNDED)

    def _advance(self, char: str) -> float | None:
        """Width of a character in ems; None where no font has it."""
        if char not in self._widths:
            self._widths[char] = self._measured(char)
        return self._widths[char]

    def _measured(self, char: str) -> float | None:
        for font in self._fonts:
            if font.get_char_index(ord(char)):
                if unicodedata.combining(char) or char in _JOINERS:
                    return 0.0
                return font.load_char(ord(char), flags=LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM
        return None


# -- texts that can be shown ------------------------------------------------------------------------------


def shown(text: str, face: Typeface) -> str:
    """The text on one line as far as there are fonts for it.

    Symbols such as emoji that no font has are left out, unknown letters become an ellipsis: a row of boxes
    says less. Nothing may be left.
    """
    visible = "".join(" " if char.isspace() else char for char in text[: _LONGEST * 2] if _visible(char))
    parts = [
        "".join(run) if known else _instead("".join(run))
        for known, run in groupby(unicodedata.normalize("NFC", visible), face.has)
    ]
    words = " ".join("".join(_calm("".join(parts))).split())
    while "… …" in words:
        words = words.replace("… …", "…")
    return words[:_LONGEST]


def _visible(char: str) -> bool:
    return (
        char.isspace()
        or char in _JOINERS
        or (unicodedata.category(char) not in _INVISIBLE and not 0xFE00 <= ord(char) <= 0xFE0F)  # noqa: PLR2004 -- variation selectors
    )


def _instead(run: str) -> str:
    return "…" if any(unicodedata.category(char) in _LETTERS for char in run) else ""


def _calm(text: str) -> list[str]:
    """The characters, with at most so many marks over a letter."""
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS:
            kept.append(char)
    return kept


def names(texts: Sequence[str], face: Typeface) -> tuple[str, ...]:
    """A name that can be shown for each text; what has to be told apart stays apart.

    A name without a letter or digit that a font has is replaced by its number (``No. 3``), an emoji by what
    it is called; so are names that were different and would read the same now.
    """
    made = [shown(text, face) or _called(text) for text in texts]
    seen = Counter(dict(zip(texts, made, strict=True)).values())
    return tuple(
        _name(i, text, new, seen[new] > 1) for i, (text, new) in enumerate(zip(texts, made, strict=True))
    )


def _name(index: int, text: str, new: str, alike: bool) -> str:  # noqa: FBT001 -- one caller
    if not text.strip():
        return ABSENT
    if not new.strip("… "):
        return f"No. {index + 1}"
    return f"No. {index + 1} {new}" if alike and "…" in new else new


def _called(text: str) -> str:
    return ", ".join(unicodedata.name(char, "").lower() for char in text.strip()[:1])


def printable(spec: ChartSpec, face: Typeface) -> ChartSpec:
    """The same chart with texts that can be shown; the nodes of flows are left as they are."""
    series = names([series.name for series in spec.series], face)
    second = spec.second
    return replace(
        spec,
        title=shown(spec.title, face) or _called(spec.title),
        x_label=shown(spec.x_label, face),
        y_label=shown(spec.y_label, face),
        categories=names(spec.categories, face),
        series=tuple(replace(old, name=new) for old, new in zip(spec.series, series, strict=True)),
        second=Axis(shown(second.label, face), second.format) if second else None,
    )
