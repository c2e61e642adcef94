"""Delete: the asker takes an answer back, for everybody."""

from __future__ import annotations

import logging

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.record import TurnRecord
from bot.core.render import notices
from bot.core.results import Shown, StoredResult
from bot.errors import MessageGone, SlackError
from bot.memory import Memory
from bot.results import Results
from bot.slack.files import Files
from bot.slack.poster import Poster
from handlers import inbound
from handlers.desk import Declined, Desk
from handlers.press import Press

_log = logging.getLogger("handlers")


class Deleting:
    """Listens to Delete. Slack shows it to the asker alone, which is no guard: who pressed is looked at."""

    def __init__(self, desk: Desk, memory: Memory, results: Results, poster: Poster, files: Files) -> None:
        self._desk = desk
        self._memory = memory
        self._results = results
        self._poster = poster
        self._files = files

    async def on_delete(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Deletes all messages of the answer, its chart and SQL, and the data behind it."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._delete(press), failed=notices.not_deleted())

    async def _delete(self, press: Press) -> None:
        turn = press.value
        async with self._results.changing(turn):
            record, result = await self._memory.turn(turn), await self._results.load(turn)
            known = record or result
            if known is None:
                raise Declined(notices.asker_forgotten())
            if known.question.thread.channel != press.channel:
                raise Declined(notices.asker_forgotten())
            if known.question.user != press.user:
                raise Declined(notices.only_the_asker_deletes())
            await self._results.forget(turn)
            await self._remove(press, record, result)
            await self._remove_files(result)
        _log.info("Turn %s was deleted by its asker", turn)
        await self._desk.note(What.DELETED, press, turn=turn)

    async def _remove(self, press: Press, record: TurnRecord | None, result: StoredResult | None) -> None:
        messages = [press.message_ts]
        for known in (record, result):
            messages += known.messages if known else ()
        failed: SlackError | None = None
        for ts in dict.fromkeys(filter(None, messages)):
            try:
                await self._poster.delete(press.channel, ts)
            except MessageGone:
                continue
            except SlackError as error:
                failed = error
        if failed is not None:
            raise failed

    async def _remove_files(self, result: StoredResult | None) -> None:
        """What was uploaded for it; without the message nobody sees that, so a failure is only logged."""
        shown = result.shown if result else ()
        for file_id in filter(None, (part for each in shown for part in _files_of(each))):
            try:
                await self._files.delete(file_id)
            except SlackError as error:
                _log.warning("A file of a deleted answer could not be deleted: %s", error)


def _files_of(shown: Shown) -> tuple[str, str]:
    return (shown.chart.file_id if shown.chart else "", shown.sql_file)
