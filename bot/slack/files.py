"""Uploading files: three calls, and then a while until Slack can show the file.

The first two may be made again without harm. The third shares: where it was not answered, Slack is asked what
became of the file, which it does not know before that call.

Source: docs.slack.dev/messaging/working-with-files. Files are uploaded privately and shown by the message
that names them: a file shared by the upload itself lands in the thread at a moment of Slack's choosing.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.render.text import line
from bot.errors import SlackError, SlackRefused, SlackUnreachable
from bot.slack.calls import Calls, NotCarriedOut, Sleep, obeying, repeating

_log = logging.getLogger("bot.slack")

#: Pauses before each look at what became of an upload whose end was not answered.
_PAUSES = (1.0, 2.0, 4.0, 8.0)
#: Seconds between two looks at a file that is not visible yet.
_FIRST_LOOK = 0.5
_SLOWEST_LOOK = 4.0
_NAME_CHARS = 120
_ALT_TEXT_CHARS = 1000
_TITLE_CHARS = 250


class Files:
    """Uploads to Slack.

    Args:
        client: the app's Web API client, with the bot token.
        patience: seconds that ``visible`` waits at most.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        patience: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._calls = Calls(client)
        self._patience = patience
        self._clock = clock
        self._sleep = sleep

    async def upload(  # noqa: PLR0913  # keywords only; they are the fields of Slack's own calls
        self,
        name: str,
        data: bytes,
        *,
        title: str,
        alt_text: str = "",
        snippet_type: str | None = None,
        channel: str | None = None,
        thread_ts: str | None = None,
        comment: str = "",
    ) -> str:
        """Upload a file and return its id; without ``channel`` it stays private until a message shows it.

        Raises SlackError. With ``channel`` (and ``thread_ts``) Slack shares it there soon after, under
        ``comment``: mrkdwn of ours.
        """
        wanted: dict[str, object] = {"filename": _safe_name(name), "length": len(data)}
        if alt_text.strip():
            wanted["alt_txt"] = line(alt_text, _ALT_TEXT_CHARS)
        if snippet_type:
            wanted["snippet_type"] = snippet_type
        file_id = await repeating(lambda: self._sent(wanted, data), self._sleep)
        share: dict[str, object] = {"files": [{"id": file_id, "title": line(title, _TITLE_CHARS) or name}]}
        if channel:
            share["channel_id"] = channel
            if thread_ts:
                share["thread_ts"] = thread_ts
            if comment:
                share["initial_comment"] = comment
        await self._complete(file_id, share)
        return file_id

    async def delete(self, file_id: str) -> None:
        """Delete an uploaded file of ours, unless it is gone already; raises SlackError."""
        try:
            await repeating(lambda: self._calls.write("files.delete", {"file": file_id}), self._sleep)
        except SlackRefused as error:
            if error.code not in {"file_not_found", "file_deleted"}:
                raise

    async def visible(self, file_id: str) -> None:
        """Wait until Slack can show the file: until then a message with it is refused.

        Raises SlackError, also when it takes longer than ``patience``.
        """
        deadline = self._clock() + self._patience
        pause = _FIRST_LOOK
        while not await self._ready(file_id):
            if self._clock() + pause > deadline:
                raise SlackRefused("files.info", "file_not_visible", (f"not within {self._patience:g} s",))
            await self._sleep(pause)
            pause = min(2 * pause, _SLOWEST_LOOK)

    async def _ready(self, file_id: str) -> bool:
        """Whether Slack has looked at the file; ``mimetype`` is empty until then."""
        return bool((await self._info(file_id) or {}).get("mimetype"))

    async def _info(self, file_id: str) -> Mapping[str, object] | None:
        """What Slack tells of a file; None where it knows none."""
        try:
            answer = await repeating(lambda: self._calls.read("files.info", {"file": file_id}), self._sleep)
        except SlackRefused as error:
            if error.code == "file_not_found":
                return None
            raise
        file = answer.get("file")
        return file if isinstance(file, Mapping) else {}

    async def _sent(self, wanted: Mapping[str, object], data: bytes) -> str:
        """The id of a file whose bytes lie at Slack; nobody sees it yet."""
        place = await self._calls.read("files.getUploadURLExternal", wanted)
        file_id, url = str(place.get("file_id") or ""), str(place.get("upload_url") or "")
        if not file_id or not url:
            raise SlackRefused("files.getUploadURLExternal", "no_upload_url")
        await self._calls.upload(url, data)
        return file_id

    # -- an end in doubt -----------------------------------------------------------------------------------

    async def _complete(self, file_id: str, share: Mapping[str, object]) -> None:
        """The third step, so that the file is shared once."""
        method, channel = "files.completeUploadExternal", str(share.get("channel_id") or "")
        for last in (False, True):
            try:
                await obeying(lambda: self._calls.write(method, share), self._sleep)
            except SlackUnreachable as error:
                if last and isinstance(error, NotCarriedOut):
                    raise
                _log.warning("The end of an upload is in doubt: %s", error)
            else:
                return
            if await self._completed(file_id, channel):
                return
        raise SlackUnreachable(f"{method}: it was not carried out")

    async def _completed(self, file_id: str, channel: str) -> bool:
        """Whether the upload came to its end; it may take a while until Slack has shared the file.

        Raises SlackUnreachable where that stays unknown.
        """
        for pause in _PAUSES:
            await self._sleep(pause)
            try:
                file = await self._info(file_id)
            except SlackError as error:
                _log.warning("It is not known yet what became of an upload: %s", error)
                continue
            if file is None:
                return False
            if not channel or channel in _places(file):
                return True
        raise SlackUnreachable("it stays unknown whether a file was shared")


def _places(file: Mapping[str, object]) -> set[str]:
    """The conversations that a file was shared in (``shares``, by public and private ones)."""
    shares = file.get("shares")
    kinds = shares.values() if isinstance(shares, Mapping) else ()
    return {str(place) for kind in kinds if isinstance(kind, Mapping) for place in kind}


def _safe_name(name: str) -> str:
    """A file name without folders and control characters, its ending kept."""
    kept = re.sub(r"[^\w.() -]+", "_", line(name.replace("\\", "/").rpartition("/")[2], 1000)).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = kept, ""
    stem = stem.strip(" ._")[: _NAME_CHARS - len(ending[:10]) - 1] or "file"
    return f"{stem}.{ending[:10]}" if ending else stem
