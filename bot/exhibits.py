"""From a visualization to what stands in the message: table, chart image, SQL snippet.

Each piece has its own time limit and its own failure: a chart that cannot be drawn costs only the chart, and
a sentence says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import TypeVar

from bot.charts.pool import ChartPool
from bot.core import charts, sql, tables
from bot.core.render import notices
from bot.errors import BotError, SlackError
from bot.model import Answer, ChartImage, ChartSpec, Exhibit, ThreadKey, Visualization
from bot.slack.files import Files

_log = logging.getLogger("bot.exhibits")
_T = TypeVar("_T")

#: Seconds for a chart from drawing to Slack being able to show it, and for the SQL snippet.
_CHART_SECONDS = 45.0
_SQL_SECONDS = 20.0
#: A message has room for this many; the others are told about.
_MOST = 4


class Exhibits:
    """Makes exhibits out of an answer's visualizations."""

    def __init__(self, pool: ChartPool, files: Files) -> None:
        self._pool = pool
        self._files = files

    async def of(self, answer: Answer) -> tuple[Exhibit, ...]:
        """The exhibits of an answer, in its order; never raises for what one piece could not do."""
        visualizations = [part for part in answer.parts if isinstance(part, Visualization)]
        made = await asyncio.gather(*(self._one(each) for each in visualizations[:_MOST]))
        left = [Exhibit(title=each.title, notes=(notices.NOT_SHOWN,)) for each in visualizations[_MOST:]]
        return (*made, *left)

    async def tables_of(self, answer: Answer) -> tuple[Exhibit, ...]:
        """The exhibits as far as they need neither Slack nor a chart."""
        parts = [part for part in answer.parts if isinstance(part, Visualization)]
        built = [await asyncio.to_thread(tables.build, part) for part in parts]
        return tuple(Exhibit(part.title, table) for part, table in zip(parts, built, strict=True))

    async def share_sql(self, answer: Answer, thread: ThreadKey) -> None:
        """Puts the SQL into the thread by itself, where Slack did not attach it to the answer's message."""
        for part in answer.parts:
            if isinstance(part, Visualization):
                try:
                    await self._sql(part, thread)
                except SlackError as error:
                    _log.warning("The SQL could not be shared: %s", error)

    async def _one(self, visualization: Visualization) -> Exhibit:
        table = await asyncio.to_thread(tables.build, visualization)
        plan = await asyncio.to_thread(charts.plan, visualization, table)
        notes = list(plan.notes)
        chart, sql_file = await asyncio.gather(
            _or_note(self._chart(plan.spec), _CHART_SECONDS, notes, notices.CHART_FAILED),
            _or_note(self._sql(visualization), _SQL_SECONDS, notes, notices.SQL_FAILED),
        )
        return Exhibit(
            title=visualization.title,
            table=table if table.columns else None,
            chart=chart,
            sql_file=sql_file or "",
            notes=tuple(notes),
        )

    async def _chart(self, spec: ChartSpec | None) -> ChartImage | None:
        if spec is None:
            return None
        image = await self._pool.render(spec)
        title = spec.title or "Chart"
        file_id = await self._files.upload(f"{title}.png", image, title=title, alt_text=spec.alt_text)
        await self._files.visible(file_id)
        return ChartImage(file_id=file_id, alt_text=spec.alt_text)

    async def _sql(self, visualization: Visualization, thread: ThreadKey | None = None) -> str | None:
        if visualization.code is None:
            return None
        text = await asyncio.to_thread(sql.pretty, visualization.code)
        name = sql.file_name(visualization.title)
        return await self._files.upload(
            name,
            text.encode(),
            title=name,
            snippet_type="sql",
            channel=thread.channel if thread else None,
            thread_ts=thread.thread_ts if thread else None,
        )


async def _or_note(work: Awaitable[_T], seconds: float, notes: list[str], note: str) -> _T | None:
    try:
        async with asyncio.timeout(seconds):
            return await work
    except (BotError, TimeoutError) as error:
        _log.warning("%s (%s: %s)", note, type(error).__name__, error)
        notes.append(note)
        return None
