"""Answers to a command or a press by the address that Slack gives with it, which is good for half an hour.

Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
"""

from __future__ import annotations

import logging

import aiohttp
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.model import Draft

_log = logging.getLogger("handlers")

_OK = 200


async def reply(respond: AsyncRespond, draft: Draft, *, thread_ts: str = "", replace: bool = False) -> bool:
    """Shows a draft to who typed or pressed alone; ``replace``: in the place of what they pressed.

    Returns whether Slack took it; never raises.
    """
    return await _sent(
        respond,
        text=draft.text,
        blocks=[dict(block) for block in draft.blocks] or None,
        replace_original=replace or None,
        unfurl_links=False,
        unfurl_media=False,
        thread_ts=thread_ts or None,
    )


async def take_away(respond: AsyncRespond) -> bool:
    """Removes what was pressed; returns whether Slack did, never raises."""
    return await _sent(respond, delete_original=True)


async def _sent(respond: AsyncRespond, **message: object) -> bool:
    try:
        answer = await respond(**message)  # type: ignore[arg-type]  # as reply and take_away give them
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        _log.warning("Slack did not take a reply: %s", type(error).__name__)
        return False
    if answer.status_code != _OK:
        _log.warning("Slack did not take a reply: HTTP %d", answer.status_code)
    return answer.status_code == _OK
