"""A finished answer once more, with another chart, in the messages that stand there."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.finished import Finished, Reached
from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.delivery import Delivery
from bot.errors import ChartFailed
from bot.model import VisualizationType
from bot.results import Results
from bot.slack.messages import AnswerMessages


class Redrawing:
    """Draws delivered answers anew.

    Args:
        messages: the messages of an answer, by channel and thread_ts.
    """

    def __init__(
        self, delivery: Delivery, messages: Callable[[str, str], AnswerMessages], results: Results
    ) -> None:
        self._delivery = delivery
        self._messages = messages
        self._results = results

    async def redraw(self, result: StoredResult, index: int, wanted: VisualizationType) -> None:
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
