"""What stands in Slack: messages, and the pieces that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.model.chart import ChartSpec
from bot.model.data import Table, VisualizationType

#: A Block Kit block as Slack's reference describes it.
Block = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChartImage:
    """A chart that lies in Slack, ready to be shown."""

    file_id: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class Native:
    """Which of Slack's own data blocks the workspace takes."""

    charts: bool = False
    tables: bool = False


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One visualization as it will stand in the message.

    Attributes:
        table: the typed table, or None where there is nothing to show as one.
        spec: the chart as it is planned, or None where there is none; the base of a native chart.
        chart: the uploaded image of it, or None.
        sql_file: id of the uploaded ``.sql`` snippet, or empty.
        notes: sentences about what is missing or was replaced.
        type: what is shown now; TABLE where there is no chart.
        types: what a reader may choose between; fewer than two are no choice.
        has_sql: there is code that can be shown.
        kept: its data are stored, so that its controls have something to work with.
    """

    title: str
    table: Table | None = None
    spec: ChartSpec | None = None
    chart: ChartImage | None = None
    sql_file: str = ""
    notes: tuple[str, ...] = ()
    type: VisualizationType = VisualizationType.TABLE
    types: tuple[VisualizationType, ...] = ()
    has_sql: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Footer:
    """The last line of a finished answer; empty fields are left out.

    Attributes:
        link: address of the conversation in WisdomAI's own web application.
        shared_by: user id of the person who showed their private answer to the others.
    """

    domain: str = ""
    seconds: float | None = None
    data_refreshed_at: str = ""
    link: str = ""
    shared_by: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person is told when something did not work.

    ``text`` is mrkdwn made by us: what happened, what they can do now. ``retry``: asking again may help.
    """

    text: str
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What a message of ours is known by in Slack again: whose it is, never what it says.

    Attributes:
        turn: id of the turn that it was posted for.
        part: whether it holds the answer, repeats the question, or tells something about it.
    """

    turn: str
    part: Literal["answer", "question", "notice"]


@dataclass(frozen=True, slots=True)
class Draft:
    """One Slack message in full: an edit always carries text, blocks and files together.

    ``overflows``: the answer is longer than its messages; the whole of it is to follow as a file.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    file_ids: tuple[str, ...] = field(default=())
    overflows: bool = False
