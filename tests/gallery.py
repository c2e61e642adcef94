"""Draws the gallery: every type of visualization as a native block, as a picture, and as a table.

``python -m tests.gallery docs/gallery`` writes it. The numbers are computed from the sandbox's tables as of
one fixed day, the pictures drawn by the code that answers in Slack; blocks are shown by the sandbox's page.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.async_api import Browser, Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.charts import png
from bot.core import charts, tables, visuals
from bot.core.charts import ChartPlan
from bot.core.render import native
from bot.core.render.tables import table_block
from bot.model import Block, Table, Visualization
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant import gallery
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.gallery import Shown
from tests.pictures import small
from tests.sandbox.slack.browser import chromium

#: The day that the tables end on.
DAY = date(2026, 11, 20)
#: CSS pixels of the window in which blocks are photographed, and pixels of the pictures.
_WINDOW = (760, 900)
_WIDTH = 720
_COLOURS = 64

_HEAD = """# Gallery

Every type of visualization that WisdomAI names, as this app shows it. Where a chart fits into Slack's own
chart block it is sent as one (`CHARTS=auto`); else, or where a workspace refuses such blocks, as a picture.
The table has the numbers in any case. A type that does not fit is replaced by one that does, and a sentence
says so.

`make gallery` draws this page anew, from the sandbox's tables as of {day}.

| Type | Native | Picture | Table |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """One type of visualization, and what becomes of it."""

    shown: Shown
    visualization: Visualization
    table: Table
    plan: ChartPlan

    @property
    def name(self) -> str:
        """Begins the names of its pictures."""
        return self.shown.type.value.lower().replace("_", "-")

    @property
    def native(self) -> Block | None:
        """Slack's own chart block, where it fits."""
        return native.chart_block(self.plan.spec) if self.plan.spec else None


def pieces(analyst: Analyst) -> Iterator[Piece]:
    """Everything that the gallery shows."""
    for shown, raw in gallery.visualizations(analyst):
        visualization = visuals.read(raw)
        table = tables.build(visualization)
        yield Piece(shown, visualization, table, charts.plan(visualization, table))


def page(made: list[Piece]) -> str:
    """The gallery's page."""
    return _HEAD.format(day=f"{DAY:%B} {DAY.day}, {DAY.year}") + "".join(map(_row, made))


def _row(piece: Piece) -> str:
    notes = " ".join(piece.plan.notes)
    said = "<br>".join(part for part in (f"`{piece.shown.type}`", f"“{piece.shown.question}”", notes) if part)
    cells = (
        said,
        _image(piece, "native") if piece.native else "–",
        _image(piece, "chart") if piece.plan.spec else "–",
        _image(piece, "table"),
    )
    return f"| {' | '.join(cells)} |\n"


def _image(piece: Piece, kind: str) -> str:
    alt = f"{kind.capitalize()}: {piece.visualization.title}".replace('"', "”").replace("|", "/")
    return f'<img src="{piece.name}-{kind}.png" width="280" alt="{alt}">'


class _Wall:
    """A channel in which blocks are hung up and photographed."""

    def __init__(self, server: SlackServer, browser_page: Page, folder: Path) -> None:
        self._page = browser_page
        self._folder = folder
        self._channel = server.workspace.channels["sales"]
        self._client = AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url)

    async def take(self, block: Block, name: str, *, part: str = "") -> None:
        """Posts a block alone, and takes a picture of it, or of one part of it."""
        posted = await self._client.chat_postMessage(channel=self._channel, text="·", blocks=[dict(block)])
        shown = self._page.locator(f"#channel article .block {part}").last
        await shown.wait_for()
        (self._folder / name).write_bytes(small(await shown.screenshot(), width=_WIDTH, colours=_COLOURS))
        await self._client.chat_delete(channel=self._channel, ts=str(posted["ts"]))
        await expect(self._page.locator("#channel article .block")).to_have_count(0)


@asynccontextmanager
async def _wall(browser: Browser, folder: Path) -> AsyncIterator[_Wall]:
    server = SlackServer(options=SlackOptions(enforce_tiers=False))
    await server.start()
    try:
        context = await browser.new_context(
            viewport={"width": _WINDOW[0], "height": _WINDOW[1]}, device_scale_factor=1.5, locale="en-US"
        )
        shown = await context.new_page()
        await shown.goto(f"{server.url}#/ada/sales")
        await shown.locator('#app[data-live="yes"]').wait_for()
        yield _Wall(server, shown, folder)
        await context.close()
    finally:
        await server.close()


async def _draw(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    analyst = Analyst(DAY)
    made = list(pieces(analyst))
    async with chromium() as browser, _wall(browser, folder) as wall:
        for piece in made:
            if piece.plan.spec is not None:
                drawn = small(png.draw(piece.plan.spec), width=_WIDTH, colours=_COLOURS)
                (folder / f"{piece.name}-chart.png").write_bytes(drawn)
            if piece.native is not None:
                await wall.take(piece.native, f"{piece.name}-native.png")
            block, _ = table_block(piece.table)
            await wall.take(block, f"{piece.name}-table.png", part="table")
    (folder / "README.md").write_text(page(made), encoding="utf-8")
    analyst.close()


def main() -> None:
    """Writes the gallery into the folder that the command line names."""
    asyncio.run(_draw(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/gallery")))


if __name__ == "__main__":
    main()
