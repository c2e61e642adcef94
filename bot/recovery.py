"""What an earlier process left behind."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.core.render import blocks, notices
from bot.errors import SlackError
from bot.memory import Memory
from bot.slack.messages import AnswerMessages

_log = logging.getLogger("bot.recovery")


async def recover(memory: Memory, messages_of: Callable[[str, str], AnswerMessages]) -> None:
    """Turns that an earlier process left in the middle say so in their own message, with Retry."""
    for record in await memory.unfinished_turns():
        notice = notices.interrupted_by_restart()
        draft = blocks.told(notice, turn=record.id)
        thread = record.question.thread
        messages = messages_of(thread.channel, thread.thread_ts)
        try:
            await messages.open(draft, existing=record.messages[-1:])
            await messages.finish([draft])
        except SlackError as error:
            _log.warning("Turn %s of an earlier run could not be ended in its thread: %s", record.id, error)
        finally:
            await messages.close()
        await memory.surely_end_turn(record)
