"""Frames with axes, laid out before anything is drawn in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis

from bot.charts import labels, style
from bot.charts.feet import Foot
from bot.charts.labels import TEXT
from bot.charts.page import NAME, WIDTH, Page
from bot.charts.scales import Scale
from bot.model import Axis, ChartSpec, Stacking

_LOWEST = 1.25  # inches of height in which values can be told apart
_MOST_ASIDE = 0.5  # inches that the frame steps aside for labels that begin before it
_PAD = 0.06  # inches between a value axis and its texts
#: Inches between the lower axis and its labels, which keep clear of the lowest text at the side.
FOOT = 0.09


@dataclass(frozen=True, slots=True)
class Frame:
    """Axes that are ready to be drawn in, and how large they are in inches."""

    axes: Axes
    width: float
    height: float
    twin: Axes | None = None


def upright(
    page: Page,
    spec: ChartSpec,
    scales: tuple[Scale, Scale | None],
    foot: Callable[[float, float], Foot],
    *,
    beside: float = 0.0,
) -> Frame:
    """A frame with values upwards.

    Args:
        page: where it goes.
        spec: names its axes.
        scales: the value axis on the left, and the one on the right if there is one.
        foot: makes the lower axis, given its left and right end in inches.
        beside: inches to keep free at the right, for texts.
    """
    first, second = scales
    left = page.left + first.width(page) + _PAD
    right = page.right - (second.width(page) + _PAD if second else max(beside, _PAD))
    along = foot(left, right)
    if along.labels.missing:
        # A little more, since slots get narrower by it.
        left += min(along.labels.missing * 1.15, _MOST_ASIDE)
        along = foot(left, right)
    named = bool(spec.y_label or (spec.second and spec.second.label))
    top = page.top - (labels.height(NAME) + 0.14 if named else labels.height(TEXT) / 2)
    below = labels.height(NAME) + 0.05 if along.name else 0.0
    bottom = page.bottom + below + along.labels.height + FOOT
    page.need(_LOWEST, of=top - bottom)
    axes = page.axes(left, bottom, right, max(top, bottom + 0.1))
    _values(axes.yaxis, first)
    _name(page, axes, spec.y_label)
    put_foot(axes, along)
    if below:
        room = right - left
        axes.set_xlabel(
            labels.shorten(along.name, room, lambda text: page.measure(text, NAME)), fontsize=NAME
        )
        axes.xaxis.set_label_coords(0.5, -(bottom - page.bottom) / (top - bottom))
        axes.xaxis.label.set_verticalalignment("bottom")
    twin = _twin(page, axes, spec.second or Axis(), second) if second else None
    return Frame(axes, right - left, top - bottom, twin)


def _name(page: Page, axes: Axes, text: str) -> None:
    """The name of the value axis above it, where it is read without turning the head."""
    width, height = page.size(axes)
    before = axes.get_position().x0 * WIDTH - page.left
    fitted = labels.shorten(text, (before + width) * 0.55, lambda part: page.measure(part, NAME))
    axes.set_ylabel(fitted, fontsize=NAME, rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(-before / width, 1 + 0.1 / height)


def _twin(page: Page, axes: Axes, named: Axis, second: Scale) -> Axes:
    """The second value axis, in muted ink."""
    twin = axes.twinx()
    twin.set_ylim(second.low, second.high)
    twin.set_yticks(second.ticks, second.texts, fontsize=TEXT, color=style.MUTED)
    twin.tick_params(axis="y", length=0, pad=_PAD * 72)
    for spine in twin.spines.values():
        spine.set_visible(False)
    width, height = page.size(axes)
    fitted = labels.shorten(named.label, width * 0.42, lambda part: page.measure(part, NAME))
    twin.set_ylabel(fitted, fontsize=NAME, rotation=0, ha="right", va="bottom")
    twin.yaxis.set_label_coords(1 + (second.width(page) + _PAD) / width, 1 + 0.1 / height)
    return twin


def _values(axis: XAxis | YAxis, measured: Scale) -> None:
    """A light grid on the value axis, and no line."""
    upwards = isinstance(axis, YAxis)
    axes = axis.axes
    (axes.set_ylim if upwards else axes.set_xlim)(measured.low, measured.high)
    axis.set_ticks(list(measured.ticks), list(measured.texts), fontsize=TEXT)
    axis.set_tick_params(length=0, pad=_PAD * 72)
    axis.grid(visible=True, color=style.GRID, linewidth=0.8)
    axes.spines["left" if upwards else "bottom"].set_visible(False)
    if measured.low < 0 < measured.high or measured.high == 0:
        line = axes.axhline if upwards else axes.axvline
        line(0, color=style.ZERO, linewidth=0.9, zorder=1.5)
        axes.spines["bottom" if upwards else "left"].set_visible(False)


def put_foot(axes: Axes, foot: Foot) -> None:
    """Ticks and labels of a lower axis."""
    under = foot.labels
    slanted = 0 < under.rotation < 90  # noqa: PLR2004 -- upright
    axes.set_xlim(foot.low, foot.high)
    axes.set_xticks(
        list(foot.places), list(under.texts), fontsize=under.size, rotation=under.rotation,
        ha="right" if slanted else "center", rotation_mode="anchor" if slanted else "default",
    )  # fmt: skip
    axes.tick_params(axis="x", length=0, pad=FOOT * 72)


def lying(page: Page, spec: ChartSpec, names: Sequence[str], measure: Callable[[float], Scale]) -> Frame:
    """A frame with values to the right and a line for each name, the first on top.

    ``measure`` makes the value axis, given the inches that it has.
    """
    widest = max((page.measure(name) for name in names), default=0.0)
    left, right = page.left + widest + _PAD, page.right
    along = measure(right - left)
    right -= along.out(page, right - left)
    along = along.lying(page, right - left)
    below = labels.height(NAME) + 0.05 if spec.y_label else 0.0
    bottom = page.bottom + below + labels.height(TEXT) + _PAD
    lines = 1 + max((name.count("\n") for name in names), default=0)
    page.need(labels.height(TEXT, lines) * len(names), of=page.top - bottom)
    axes = page.axes(left, bottom, right, max(page.top, bottom + 0.1))
    _values(axes.xaxis, along)
    axes.set_yticks(range(len(names)), names, fontsize=TEXT)
    axes.tick_params(axis="y", length=0, pad=_PAD * 72)
    axes.set_ylim(len(names) - 0.5, -0.5)
    if spec.y_label:
        fitted = labels.shorten(spec.y_label, right - left, lambda text: page.measure(text, NAME))
        axes.set_xlabel(fitted, fontsize=NAME)
        axes.xaxis.set_label_coords(0.5, -(bottom - page.bottom) / (page.top - bottom))
        axes.xaxis.label.set_verticalalignment("bottom")
    return Frame(axes, right - left, page.top - bottom)


def in_shares(spec: ChartSpec) -> ChartSpec:
    """The chart with its value axis named as what it shows, where that is shares of the whole."""
    if spec.stacking is not Stacking.FULL:
        return spec
    name = spec.y_label
    if name[1:2].islower():  # not "USD"
        name = name[0].lower() + name[1:]
    return replace(spec, y_label=f"Share of {name}" if name else "Share")
