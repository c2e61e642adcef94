"""From a visualization to what stands in the message: table, chart, SQL snippet.

Each piece has its own time limit and its own failure: a chart that cannot be drawn costs only the chart, and
a sentence says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.charts.pool import ChartPool
from bot.core import charts, sql, tables
from bot.core.charts import ChartPlan
from bot.core.render import native as native_blocks
from bot.core.render import notices
from bot.errors import BotError, SlackError
from bot.model import (
    Answer,
    ChartImage,
    ChartSpec,
    Exhibit,
    Native,
    Table,
    ThreadKey,
    Visualization,
    VisualizationType,
)
from bot.slack.files import Files

_log = logging.getLogger("bot.exhibits")
_T = TypeVar("_T")

#: Seconds for a chart from drawing to Slack being able to show it, and for the SQL snippet.
_CHART_SECONDS = 45.0
_SQL_SECONDS = 20.0
#: A thread has room for this many; the others are told about.
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Wish:
    """One visualization, the type that a reader chose for it, and the exhibit that stands there now."""

    visualization: Visualization
    chosen: VisualizationType | None
    earlier: Exhibit | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be seen of a visualization."""

    table: Table
    chart: ChartPlan
    types: tuple[VisualizationType, ...]
    native: bool


class Exhibits:
    """Makes exhibits out of an answer's visualizations."""

    def __init__(self, pool: ChartPool, files: Files) -> None:
        self._pool = pool
        self._files = files

    async def of(
        self,
        answer: Answer,
        *,
        native: Native,
        chosen: Sequence[VisualizationType | None] = (),
        kept: bool = False,
        earlier: Sequence[Exhibit] = (),
    ) -> tuple[Exhibit, ...]:
        """The exhibits of an answer, in its order; never raises for what one piece could not do.

        Args:
            answer: what has the visualizations.
            native: a chart that Slack draws itself gets no image.
            chosen: by exhibit, the type that a reader chose; None is the tenant's.
            kept: their data are stored, so that they can have controls.
            earlier: by exhibit, how it was delivered before; images and files that are still right are
                used again.
        """
        wishes = [
            _Wish(each, _at(chosen, number), _at(earlier, number))
            for number, each in enumerate(_visualizations(answer))
        ]
        made = await asyncio.gather(*(self._surely(each, native, kept=kept) for each in wishes[:_MOST]))
        left = [Exhibit(each.visualization.title, notes=(notices.NOT_SHOWN,)) for each in wishes[_MOST:]]
        return (*made, *left)

    async def tables_of(self, answer: Answer, *, kept: bool = False) -> tuple[Exhibit, ...]:
        """All exhibits, as far as they need neither Slack nor a chart."""
        return tuple([await self._table_of(part, kept=kept) for part in _visualizations(answer)])

    async def share_sql(
        self, answer: Answer, thread: ThreadKey, *, turn: str, there: Collection[str] = ()
    ) -> None:
        """Puts the SQL into the thread by itself, where Slack did not attach it to the answer's message.

        The files are named after the turn, and those whose names are ``there`` are left out.
        """
        for number, part in enumerate(_visualizations(answer), start=1):
            stem, _, ending = sql.file_name(part.title).rpartition(".")
            name = f"{stem}-{turn}-{number}.{ending}"
            if name in there:
                continue
            try:
                await self._sql(part, name, thread)
            except SlackError as error:
                _log.warning("The SQL could not be shared: %s", error)

    async def _table_of(self, part: Visualization, *, kept: bool) -> Exhibit:
        try:
            table = await asyncio.to_thread(tables.build, part)
        except Exception:  # noqa: BLE001 - as below
            _log.exception("A table could not be read by a mistake of ours")
            return Exhibit(part.title, notes=(notices.RESULT_FAILED,))
        return Exhibit(part.title, table, has_sql=part.code is not None, kept=kept)

    async def _surely(self, wish: _Wish, native: Native, *, kept: bool) -> Exhibit:
        try:
            return await self._one(wish, native, kept=kept)
        except Exception:  # noqa: BLE001 - a mistake of ours with one result must not cost the answer
            _log.exception("A visualization could not be shown by a mistake of ours")
            return Exhibit(wish.visualization.title, notes=(notices.RESULT_FAILED,))

    async def _one(self, wish: _Wish, native: Native, *, kept: bool) -> Exhibit:
        visualization = wish.visualization
        plan = await asyncio.to_thread(_planned, visualization, wish.chosen, native)
        notes = list(plan.chart.notes)
        image, sql_file = await asyncio.gather(
            _or_note(self._image(plan, wish.earlier), _CHART_SECONDS, notes, notices.CHART_FAILED),
            _or_note(self._sql_once(wish), _SQL_SECONDS, notes, notices.SQL_FAILED),
        )
        return Exhibit(
            title=visualization.title,
            table=plan.table if plan.table.columns else None,
            spec=plan.chart.spec,
            chart=image,
            sql_file=sql_file or "",
            notes=tuple(notes),
            type=plan.chart.type,
            types=plan.types,
            has_sql=visualization.code is not None,
            kept=kept,
        )

    async def _image(self, plan: _Plan, earlier: Exhibit | None) -> ChartImage | None:
        """The picture, where Slack does not draw the chart; the earlier one where it shows the same."""
        if plan.chart.spec is None or plan.native:
            return None
        if earlier is not None and earlier.chart is not None and earlier.type is plan.chart.type:
            return earlier.chart
        return await self._drawn(plan.chart.spec)

    async def _drawn(self, spec: ChartSpec) -> ChartImage:
        image = await self._pool.render(spec)
        title = spec.title or "Chart"
        file_id = await self._files.upload(f"{title}.png", image, title=title, alt_text=spec.alt_text)
        await self._files.visible(file_id)
        return ChartImage(file_id=file_id, alt_text=spec.alt_text)

    async def _sql_once(self, wish: _Wish) -> str | None:
        if wish.earlier is not None and wish.earlier.sql_file:
            return wish.earlier.sql_file
        return await self._sql(wish.visualization, sql.file_name(wish.visualization.title))

    async def _sql(
        self, visualization: Visualization, name: str, thread: ThreadKey | None = None
    ) -> str | None:
        if visualization.code is None:
            return None
        text = await asyncio.to_thread(sql.pretty, visualization.code)
        return await self._files.upload(
            name,
            text.encode(),
            title=sql.file_name(visualization.title),
            snippet_type="sql",
            channel=thread.channel if thread else None,
            thread_ts=thread.thread_ts if thread else None,
        )


def _visualizations(answer: Answer) -> list[Visualization]:
    return [part for part in answer.parts if isinstance(part, Visualization)]


def _planned(visualization: Visualization, chosen: VisualizationType | None, native: Native) -> _Plan:
    """Reads and plans; a large table takes its time, so not on the event loop."""
    table = tables.build(visualization)
    plan = charts.plan(visualization, table, chosen)
    return _Plan(
        table=table,
        chart=plan,
        types=charts.fitting(visualization, table),
        native=plan.spec is not None and native.charts and native_blocks.fits(plan.spec),
    )


def _at(values: Sequence[_T], number: int) -> _T | None:
    return values[number] if number < len(values) else None


async def _or_note(work: Awaitable[_T], seconds: float, notes: list[str], note: str) -> _T | None:
    try:
        async with asyncio.timeout(seconds):
            return await work
    except (BotError, TimeoutError) as error:
        _log.warning("%s (%s: %s)", note, type(error).__name__, error)
        notes.append(note)
        return None
