"""The nouns of the project: frozen values that every floor may know.

Nothing here does anything. Wire shapes end at the adapters; what crosses a floor is one of these.
"""

from __future__ import annotations

from bot.model.answer import Answer, AnswerDiff, Op, Prose, ProseKind
from bot.model.asking import SERVICE, Domain, Entrance, Identity, Question, Rights, ThreadKey
from bot.model.audience import Audience, ChannelPolicy, Deed, Person, Place, PlaceKind
from bot.model.bookmark import Bookmark
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
from bot.model.message import Block, ChartImage, Draft, Exhibit, Footer, Mark, Native, Notice

__all__ = [
    "SERVICE",
    "Answer",
    "AnswerDiff",
    "Audience",
    "Axis",
    "Block",
    "Bookmark",
    "Cell",
    "ChannelPolicy",
    "ChartImage",
    "ChartKind",
    "ChartSpec",
    "Code",
    "Column",
    "ColumnKind",
    "Deed",
    "DisplayFormat",
    "Domain",
    "Draft",
    "Entrance",
    "Exhibit",
    "Flow",
    "Footer",
    "Identity",
    "Mark",
    "MeasureGroup",
    "Native",
    "Notice",
    "Op",
    "Person",
    "Place",
    "PlaceKind",
    "Prose",
    "ProseKind",
    "Question",
    "RawCell",
    "Rights",
    "Series",
    "Stacking",
    "Subtotal",
    "Table",
    "TableColumn",
    "ThreadKey",
    "Visualization",
    "VisualizationType",
]
