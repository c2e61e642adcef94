"""The nouns of the project: frozen values that every floor may know.

Nothing here does anything. Wire shapes end at the adapters; what crosses a floor is one of these.
"""

from __future__ import annotations

from bot.model.answer import Answer, AnswerDiff, Op, Prose, ProseKind
from bot.model.asking import Domain, Entrance, Identity, Question, ThreadKey
from bot.model.chart import Axis, ChartKind, ChartSpec, Flow, Series, Stacking
from bot.model.data import (
    Cell,
    Code,
    Column,
    ColumnKind,
    DisplayFormat,
    MeasureGroup,
    RawCell,
    Subtotal,
    Table,
    TableColumn,
    Visualization,
    VisualizationType,
)
from bot.model.message import Block, ChartImage, Draft, Exhibit, Footer, Native, Notice

__all__ = [
    "Answer",
    "AnswerDiff",
    "Axis",
    "Block",
    "Cell",
    "ChartImage",
    "ChartKind",
    "ChartSpec",
    "Code",
    "Column",
    "ColumnKind",
    "DisplayFormat",
    "Domain",
    "Draft",
    "Entrance",
    "Exhibit",
    "Flow",
    "Footer",
    "Identity",
    "MeasureGroup",
    "Native",
    "Notice",
    "Op",
    "Prose",
    "ProseKind",
    "Question",
    "RawCell",
    "Series",
    "Stacking",
    "Subtotal",
    "Table",
    "TableColumn",
    "ThreadKey",
    "Visualization",
    "VisualizationType",
]
