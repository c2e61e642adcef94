"""A finished answer once more, with another chart: where it stands, or for one reader alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.finished import Finished, Reached
from bot.core.render import blocks
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.delivery import Delivery
from bot.errors import ChartFailed
from bot.exhibits import Exhibits
from bot.model import Native, ThreadKey, VisualizationType
from bot.results import Results
from bot.slack.messages import AnswerMessages
from bot.slack.poster import DraftRefused, Poster


@dataclass(frozen=True, slots=True)
class Place:
    """Where one reader alone sees a result.

    Attributes:
        turn: the turn whose controls it gets.
        index: of the visualization in the copy.
        shown_index: of the same one in the answer that everybody sees.
    """

    turn: str
    index: int
    shown_index: int
    thread: ThreadKey
    user: str
    exports: bool


class Redrawing:
    """Draws delivered answers anew.

    Args:
        messages: the messages of an answer, by channel and thread_ts.
    """

    def __init__(
        self,
        delivery: Delivery,
        messages: Callable[[str, str], AnswerMessages],
        results: Results,
        exhibits: Exhibits,
        poster: Poster,
    ) -> None:
        self._delivery = delivery
        self._messages = messages
        self._results = results
        self._exhibits = exhibits
        self._poster = poster

    async def redraw(
        self, result: StoredResult, index: int, wanted: VisualizationType, *, exports: bool
    ) -> None:
        """Shows visualization ``index`` as ``wanted``, and keeps the result as it stands there then.

        Raises:
            ChartFailed: Slack did not take it; the messages stand there as they did.
            StoreFailed: it is shown, and could not be kept.
        """
        changed = result.choose(index, wanted)
        finished = Finished(
            turn=result.turn,
            question=result.question,
            answer=result.answer,
            ending=Ending(result.ending),
            footer=result.footer,
            kept=True,
            chosen=changed.chosen,
            exports=exports,
            share=result.question.origin is not None,
        )
        thread = result.question.thread
        messages = self._messages(thread.channel, thread.thread_ts)
        messages.adopt(result.messages)
        try:
            delivered = await self._delivery.deliver(messages, finished, earlier=result.exhibits)
        finally:
            await messages.close()
        if delivered.reached is Reached.UNCHANGED:
            raise ChartFailed("the message could not be changed")
        await self._results.keep(changed.delivered(delivered.messages, delivered.exhibits))

    async def draw_alone(self, copy: StoredResult, place: Place, wanted: VisualizationType) -> None:
        """Shows a result to one reader as ``wanted``; raises SlackError where Slack takes it in no form."""
        visualization = copy.visualizations[place.index]
        # The SQL can be looked at; an ephemeral message holds no files.
        bare = replace(copy.answer, parts=(replace(visualization, code=None),))
        forms = (await self._delivery.native(place.thread.team), Native())
        for native in forms:
            (drawn,) = await self._exhibits.of(bare, native=native, chosen=(wanted,), kept=True)
            draft = blocks.one_result(
                replace(drawn, has_sql=visualization.code is not None),
                turn=place.turn,
                index=place.shown_index,
                native=native,
                exports=place.exports,
            )
            strict = native is not forms[-1]
            try:
                await self._poster.post_ephemeral(
                    place.thread.channel, place.user, draft, thread_ts=place.thread.thread_ts, strict=strict
                )
            except DraftRefused:
                if not strict:
                    raise
            else:
                return
