"""Any answer, for the laws of what is stored."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.core.results import Shown, StoredResult
from bot.model import (
    Answer,
    ChartImage,
    Code,
    Column,
    DisplayFormat,
    Entrance,
    Footer,
    MeasureGroup,
    Prose,
    ProseKind,
    Question,
    RawCell,
    Subtotal,
    ThreadKey,
    Visualization,
    VisualizationType,
)

TEXTS = st.text(max_size=8)
_NAMES = st.lists(TEXTS, max_size=2).map(tuple)
_NUMBERS = st.none() | st.floats(allow_nan=False)
_FORMATS = st.sampled_from(DisplayFormat)
_TYPES = st.sampled_from(VisualizationType)
_CELLS = st.builds(RawCell, st.none() | TEXTS, st.none() | TEXTS, _NUMBERS, _NUMBERS)
_ROWS = st.lists(st.lists(_CELLS, max_size=3).map(tuple), max_size=3).map(tuple)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=5,
)
_OPTIONS = st.none() | st.dictionaries(TEXTS, _JSON, max_size=2)

visualizations = st.builds(
    Visualization,
    id=TEXTS,
    title=TEXTS,
    type=_TYPES,
    columns=st.lists(st.builds(Column, TEXTS, TEXTS, TEXTS, TEXTS, _FORMATS), max_size=2).map(tuple),
    rows=_ROWS,
    dimensions=_NAMES,
    measures=_NAMES,
    measure_groups=st.lists(st.builds(MeasureGroup, TEXTS, _NAMES, _FORMATS), max_size=2).map(tuple),
    column_order=_NAMES,
    code=st.none() | st.builds(Code, TEXTS, TEXTS),
    has_more=st.booleans(),
    total_rows=st.none() | st.integers(0),
    original_type=_TYPES,
    subtotals=st.lists(st.builds(Subtotal, _NAMES, _ROWS), max_size=2).map(tuple),
    highcharts=_OPTIONS,
    chart_spec=_OPTIONS,
)
answers = st.builds(
    Answer,
    parts=st.lists(
        st.builds(Prose, TEXTS, st.sampled_from(ProseKind)) | visualizations,
        max_size=3,
    ).map(tuple),
    status=TEXTS,
    suggestions=_NAMES,
    errors=_NAMES,
    conversation_id=TEXTS,
    message_id=TEXTS,
    in_progress=st.booleans(),
    cancelled=st.booleans(),
    doubt=st.booleans(),
    incomplete=st.booleans(),
    data_refreshed_at=TEXTS,
)
_SHOWN = st.builds(
    Shown,
    chosen=st.none() | st.sampled_from([VisualizationType.TABLE, VisualizationType.LINE_CHART]),
    type=_TYPES,
    chart=st.none() | st.builds(ChartImage, st.text(min_size=1, max_size=4), TEXTS),
    sql_file=TEXTS,
)
questions = st.builds(
    Question,
    st.builds(ThreadKey, TEXTS, TEXTS, TEXTS),
    TEXTS,
    TEXTS,
    TEXTS,
    st.sampled_from(Entrance),
    origin=st.none() | st.builds(ThreadKey, TEXTS, st.text(min_size=1, max_size=8), TEXTS),
    domain=TEXTS,
)
results = st.builds(
    StoredResult,
    turn=st.text(min_size=1, max_size=8),
    question=questions,
    answer=answers,
    footer=st.builds(Footer, TEXTS, _NUMBERS, TEXTS, TEXTS, TEXTS),
    ending=TEXTS,
    messages=_NAMES,
    shown=st.lists(_SHOWN, max_size=3).map(tuple),
    identity=st.text(min_size=1, max_size=8),
    domain=TEXTS,
    kept_at=st.floats(0, 1e10),
)


def rows(count: int, *, width: int = 2, text: str = "value") -> tuple[tuple[RawCell, ...], ...]:
    """So many rows of the same cells."""
    return tuple(tuple(RawCell(text) for _ in range(width)) for _ in range(count))
