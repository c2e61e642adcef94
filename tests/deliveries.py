"""Real deliveries into a workspace in memory, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from bot.charts.pool import ChartPool
from bot.core.finished import Finished
from bot.core.pacing import Pacer
from bot.core.render import blocks
from bot.core.render.blocks import Ending
from bot.delivery import Delivery, Means
from bot.errors import ChartFailed
from bot.exhibits import Exhibits
from bot.memory import Memory
from bot.model import Answer, ChartSpec, Draft, Footer, Question
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.messages import AnswerMessages
from bot.slack.poster import Poster
from bot.slack.threads import Threads
from tests.fakes import DictStore, question
from tests.slack.conftest import Clock
from tests.workspace import Workspace

TURN = "ref12345"
LINK = "https://acme.wisdom.example/chat/c1"


class Drawing(ChartPool):
    """Draws nothing, and says so with a few bytes; or fails."""

    def __init__(self, *, broken: bool = False) -> None:
        super().__init__(workers=0)
        self.broken = broken
        self.drawn: list[str] = []

    async def render(self, spec: ChartSpec) -> bytes:
        if self.broken:
            raise ChartFailed("drawing failed: ValueError")
        self.drawn.append(spec.title)
        return b"PNG"


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that brings answers into a workspace."""

    workspace: Workspace
    delivery: Delivery
    messages: AnswerMessages
    memory: Memory
    drawing: Drawing
    poster: Poster
    editor: Editor

    def again(self) -> AnswerMessages:
        """Messages of the same thread, by someone who was not there before."""
        return AnswerMessages(self.poster, self.editor, channel="C1", thread_ts="10.1", turn=TURN)


@asynccontextmanager
async def desk(
    workspace: Workspace, *, charts: Literal["auto", "native", "png"] = "auto", broken: bool = False
) -> AsyncIterator[Desk]:
    """A desk that is at work; its placeholder is not posted yet."""
    clock = Clock()
    poster = Poster(workspace, clock=clock, sleep=clock.sleep, wall=lambda: 0.0)
    editor = Editor(workspace, Pacer(), clock=clock, sleep=clock.sleep)
    files = Files(workspace, clock=clock, sleep=clock.sleep)
    drawing, memory = Drawing(broken=broken), Memory(DictStore())
    delivery = Delivery(
        Means(Exhibits(drawing, files), poster, files, Threads(workspace, sleep=clock.sleep), memory, charts)
    )
    messages = AnswerMessages(poster, editor, channel="C1", thread_ts="10.1", turn=TURN)
    worker = asyncio.create_task(editor.run())
    try:
        yield Desk(workspace, delivery, messages, memory, drawing, poster, editor)
    finally:
        await messages.close()
        worker.cancel()
        await asyncio.wait([worker])


def finished(answer: Answer, *, asked: Question | None = None, ending: Ending = Ending.DONE) -> Finished:
    """The end of a turn."""
    return Finished(
        turn=TURN,
        question=asked or question(),
        answer=answer,
        ending=ending,
        footer=Footer(domain="Sales", seconds=2.0, link=LINK),
        kept=True,
    )


def placeholder() -> Draft:
    """What stands in the thread while the answer is on its way."""
    return blocks.waiting(turn=TURN, ahead=0)
