"""From what can be drawn of a table to a chart of the wanted type: which measures, along which axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot.core import flows, frames, maps, measures, shapes, totals
from bot.core.frames import Data, Frame, Shape
from bot.core.measures import Measure
from bot.core.thinning import MOST_BARS, MOST_CATEGORIES
from bot.model import ChartKind, ColumnKind
from bot.model import VisualizationType as Type

MAPS = frozenset({Type.MAP, Type.COUNTRY_MAP_CHART, Type.STATE_MAP_CHART})
#: Types that leave the choice of a chart to whoever draws it.
OPEN = frozenset({Type.LLM_GENERATED_CHART, Type.UNKNOWN_VISUALIZATION})

#: A second axis is drawn for these only.
_TWO_AXES = frozenset(
    {Type.COLUMN_CHART, Type.GROUPED_COLUMN_CHART, Type.LINE_CHART, Type.AREA_CHART, Type.FORECAST_CHART}
)
_ONE_MEASURE = frozenset({Type.PIE_CHART, Type.FUNNEL_CHART})
_CHOSEN = "WisdomAI did not say which chart fits, so this one was chosen."
NOT_DRAWN_HERE = "The chart that WisdomAI made cannot be drawn here, so here is "
_SUGGESTIONS: Mapping[Type, str] = MappingProxyType(
    {
        Type.BAR_CHART: "a bar chart",
        Type.COLUMN_CHART: "a column chart",
        Type.FORECAST_CHART: "a forecast",
        Type.LINE_CHART: "a line chart",
        Type.SCATTER_CHART: "a scatter chart",
    }
)
#: One value is best read as text.
_FEWEST = 2
_FEW_COLUMNS = 12


def shape(wanted: Type, data: Data) -> Shape | None:
    """The data as that type, or as one in its stead; None where the table is better than any chart."""
    found = _shape(wanted, data)
    return found if found is not None and is_worth(found) else None


def is_worth(found: Shape) -> bool:
    """There is something to compare."""
    return len(found.flows or found.frame.numbers()) >= _FEWEST


def _shape(wanted: Type, data: Data) -> Shape | None:
    if wanted in OPEN:
        return _best(wanted, data)
    if wanted in MAPS:
        return _map(data)
    if wanted is Type.SANKEY_CHART:
        return _sankey(data)
    if wanted is Type.SCATTER_CHART:
        return _scatter(data)
    return shapes.of(wanted, frame(wanted, data))


def frame(wanted: Type, data: Data) -> Frame:
    """The measures that this type can show, and a sentence about the others."""
    first, left = data.left[:1], data.left
    if data.pivoted is not None:
        return _only_in_table(data.pivoted, _others(data, first))
    if wanted in _ONE_MEASURE and not _laid_out(data):
        return _only_in_table(frames.along(data, first), _others(data, first))
    if wanted not in _TWO_AXES or not data.right:
        return _another_unit(frames.along(data, left), _others(data, left))
    left = left[: frames.MOST_SERIES - 1]
    right = data.right[: frames.MOST_SERIES - len(left)]
    return _another_unit(frames.along(data, left, right), _others(data, [*left, *right]))


def _laid_out(data: Data) -> bool:
    """The measures of the only row are themselves what stands along the axis."""
    return not data.dimensions and len(data.order) == 1


def _others(data: Data, drawn: Sequence[Measure]) -> list[str]:
    """Names of the columns of numbers that are not drawn."""
    return [each.series.name for each in data.measures if each not in drawn] + [*data.unread]


def _only_in_table(made: Frame, names: Sequence[str]) -> Frame:
    verb = "is" if len(names) == 1 else "are"
    return made.note(f"{frames.listed(names)} {verb} only in the table.") if names else made


def _another_unit(made: Frame, names: Sequence[str]) -> Frame:
    if not names:
        return made
    one = len(names) == 1
    verbs = "has another unit or size, so it is" if one else "have another unit or size, so they are"
    return made.note(f"{frames.listed(names)} {verbs} only in the table.")


def _scatter(data: Data) -> Shape:
    columns = data.table.columns
    numbers = [i for i in data.dimensions if columns[i].kind is ColumnKind.NUMBER]
    every = data.measures
    found = every[:2] if len(every) > 1 else [*(measures.measure(data.table, i) for i in numbers[:1]), *every]
    used = {each.index for each in found}
    made = None
    if len(found) > 1:
        made = frames.scatter(data.table, found[0], found[1], [i for i in data.dimensions if i not in used])
    if made is None or not made.x_values:
        note = "A scatter chart needs two columns of numbers, so here is a column chart."
        return shapes.of(Type.COLUMN_CHART, frame(Type.COLUMN_CHART, data).note(note))
    left = _others(data, found)
    verb = "is" if len(left) == 1 else "are"
    made = made.note(f"{frames.listed(left)} {verb} not drawn.") if left else made
    return shapes.of(Type.SCATTER_CHART, made)


def _sankey(data: Data) -> Shape:
    course = flows.read(data)
    first = data.left[0]
    made = Frame((), (), x_label=data.axis.x_label, y_label=first.series.name, format=first.unit)
    problem = course.problem or ("" if totals.are_amounts(made) else "Averages and rates do not add up")
    if problem:
        note = f"{problem}, so here is a bar chart."
        return shapes.of(Type.BAR_CHART, frame(Type.BAR_CHART, data).note(note))
    made = replace(made, partial=data.table.has_more, notes=course.notes)
    made = _only_in_table(made, _others(data, data.left[:1]))
    return Shape(ChartKind.SANKEY, Type.SANKEY_CHART, made, flows=course.flows)


def _map(data: Data) -> Shape:
    beside = {data.table.columns[i].kind for i in data.dimensions} - {ColumnKind.NUMBER}
    points = None if beside else maps.points(data.table)
    return points or maps.bars(frame(Type.BAR_CHART, data))


def _best(wanted: Type, data: Data) -> Shape | None:
    """The chart that suits the data best, where nobody knows which one was meant."""
    kind = _suggested(data)
    found = shapes.of(kind, frame(kind, data)) if kind else None
    if found is None or not is_worth(found):
        return None
    own = wanted is Type.LLM_GENERATED_CHART
    note = f"{NOT_DRAWN_HERE}{_SUGGESTIONS.get(found.type, 'another one')}." if own else _CHOSEN
    return replace(found, frame=found.frame.note(note))


def _suggested(data: Data) -> Type | None:
    made = frame(Type.COLUMN_CHART, data)
    count = len(made.categories)
    if made.times or made.x_values:
        return Type.FORECAST_CHART if count >= _FEWEST else Type.COLUMN_CHART
    joined = len(data.dimensions) > 1 and data.pivoted is None
    if joined or count > MOST_CATEGORIES:
        return None
    upright = count <= _FEW_COLUMNS or count > MOST_BARS
    return Type.COLUMN_CHART if upright else Type.BAR_CHART
