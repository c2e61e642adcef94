"""Editing messages: one worker for the workspace's budget of ``chat.update``, one slot for each message.

A slot holds only the newest draft, so whoever writes never waits for Slack, and what nobody would see is
never sent. ``bot.core.pacing`` decides what goes when; a final edit is repeated until Slack takes it, in
simpler form if need be.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.pacing import Pacer, Send, Wait
from bot.core.render.ladder import Loss, loss, rungs
from bot.errors import SlackError, SlackLimited, SlackRefused, SlackUnreachable
from bot.model import Draft
from bot.slack.calls import TRIES, Calls, Sleep
from bot.slack.poster import DraftRefused, content, for_its_content

_log = logging.getLogger("bot.slack")

#: Refusals that are surely not because of the files of a message.
_NOT_OF_FILES = frozenset({
    "block_mismatch",
    "invalid_blocks",
    "invalid_blocks_format",
    "markdown_text_conflict",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_blocks",
})  # fmt: skip

#: Pauses before a final edit is tried again when Slack does not answer; after the last one it is given up.
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
#: How often an edit is repeated because Slack cannot show its image yet, and the pause before that.
_FILE_TRIES = 4
_FILE_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a final edit arrived.

    Attributes:
        files_refused: Slack took the message only without its files; share them another way.
        degraded: what the form lacks in which Slack took it.
    """

    files_refused: bool = False
    degraded: Loss = Loss.NOTHING


@dataclass(slots=True)
class _Edit:
    """A draft on its way, in the form in which it is sent next.

    Attributes:
        done: set for a final edit.
        strict: a refusal because of what it says is raised; no simpler form is tried.
        simpler: forms that are left, once Slack has refused the draft, which is then ``refused``.
    """

    draft: Draft
    done: asyncio.Future[Delivered] | None = None
    strict: bool = False
    simpler: list[Draft] | None = None
    refused: Draft = field(default_factory=lambda: Draft(""))
    report: Delivered = field(default_factory=Delivered)
    failures: int = 0
    limits: int = 0
    file_tries: int = 0

    def settle(self, error: BaseException | None = None) -> None:
        if self.done is None or self.done.done():
            return
        if error is None:
            self.done.set_result(self.report)
        else:
            self.done.set_exception(error)


@dataclass(eq=False, slots=True)
class _Message:
    """A message that is open for edits.

    Attributes:
        shown: what Slack shows; None while that is not known.
        edit: what is to be sent next.
        busy: a call is in flight.
        final: the last edit is wanted, or no more edits are.
        lost: why no edit can reach the message any more.
    """

    channel: str
    ts: str
    shown: Draft | None
    edit: _Edit | None = None
    busy: bool = False
    final: bool = False
    lost: SlackError | None = None


class Slot:
    """The handle of one message. Made by ``Editor.open``."""

    def __init__(self, message: _Message, want: _Want, forget: Callable[[_Message], None]) -> None:
        self._message = message
        self._want = want
        self._forget = forget

    @property
    def gone(self) -> bool:
        """The message was deleted, or cannot be reached any more."""
        return self._message.lost is not None

    def put(self, draft: Draft) -> None:
        """Show this draft when there is room; a newer one takes its place. Never waits, never raises."""
        if not self._message.final and not self.gone:
            self._want(self._message, _Edit(draft))

    async def finish(self, draft: Draft, *, strict: bool = False) -> Delivered:
        """Show this draft for good; returns when Slack has accepted it. Nothing can be put afterwards.

        What was not accepted may be finished in another form; so may what was, if there is news.

        Raises:
            MessageGone: the message was deleted, or is closed for edits.
            DraftRefused: Slack refuses it in every form; with ``strict``, as it is.
            SlackError: any other refusal, or no answer for about a minute.
        """
        message = self._message
        if message.lost is not None:
            raise message.lost
        message.final = True
        if draft == message.shown and not message.busy:
            self._forget(message)
            return Delivered()
        done: asyncio.Future[Delivered] = asyncio.get_running_loop().create_future()
        self._want(message, _Edit(draft, done, strict))
        return await done

    def close(self) -> None:
        """Give the message up without another edit."""
        self._message.final = True
        self._forget(self._message)


_Want = Callable[[_Message, _Edit], None]


class Editor:
    """The only caller of ``chat.update``. ``run`` does the work; a task of the app owns it.

    Args:
        client: the app's Web API client, with the bot token.
        pacer: the budget; nobody else may use it.
        parallel: calls in flight at once, so that one slow answer does not hold up other messages.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        pacer: Pacer[_Message],
        *,
        parallel: int = 4,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._calls = Calls(client)
        self._pacer = pacer
        self._clock = clock
        self._sleep = sleep
        self._places = asyncio.Semaphore(parallel)
        self._wake = asyncio.Event()
        self._open: set[_Message] = set()
        self._stopped = False

    @property
    def load(self) -> int:
        """How many messages are open for edits."""
        return len(self._open)

    def allow(self, per_minute: int) -> None:
        """From now on so many edits a minute: others of the app edit in the workspace, too."""
        self._pacer.allow(per_minute)
        self._wake.set()

    def open(self, channel: str, ts: str, shown: Draft | None) -> Slot:
        """A slot for a message of ours; close it, unless it was finished.

        ``shown`` is what it was posted with (a post carries no files), None where that is not known.
        """
        message = _Message(channel, ts, shown and replace(shown, file_ids=()))
        self._hold(message)
        return Slot(message, self._want, self._forget)

    async def run(self) -> None:
        """Send edits until cancelled; then every ``finish`` that still waits raises SlackUnreachable."""
        try:
            async with asyncio.TaskGroup() as sending:
                while True:
                    await self._places.acquire()
                    message, edit = await self._next()
                    sending.create_task(self._deliver(message, edit), name="chat.update")
        finally:
            self._stopped = True
            for message in tuple(self._open):
                self._lose(message, SlackUnreachable("the editor was stopped"))

    # -- what the slots ask for --------------------------------------------------------------------------

    def _want(self, message: _Message, edit: _Edit) -> None:
        if self._stopped or message.lost is not None:
            edit.settle(message.lost or SlackUnreachable("the editor was stopped"))
            return
        if message not in self._open:
            if edit.done is None:
                return
            self._hold(message)
        message.edit = edit
        self._pacer.want(message, self._clock(), final=edit.done is not None)
        self._wake.set()

    def _hold(self, message: _Message) -> None:
        self._open.add(message)
        self._pacer.open(message, self._clock())

    def _forget(self, message: _Message) -> None:
        self._open.discard(message)
        self._pacer.close(message)
        self._wake.set()

    def _lose(self, message: _Message, error: SlackError) -> None:
        message.lost = error
        if message.edit is not None:
            message.edit.settle(error)
        self._forget(message)

    # -- the worker --------------------------------------------------------------------------------------

    async def _next(self) -> tuple[_Message, _Edit]:
        """The next edit to send, when its time has come."""
        while True:
            self._wake.clear()
            now = self._clock()
            decision = self._pacer.decide(now)
            if isinstance(decision, Send):
                message, edit = decision.id, decision.id.edit
                message.edit = None
                if edit is not None and edit.draft != message.shown:
                    self._pacer.receive_sent(message, now)
                    message.busy = True
                    return message, edit
                self._pacer.skip(message)
                if edit is not None:
                    self._arrived(message, edit)
            elif isinstance(decision, Wait):
                await self._rest(decision.until - now)
            else:
                await self._wake.wait()

    async def _rest(self, seconds: float) -> None:
        """Until the time has passed, or something has happened."""
        waits = (asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._wake.wait()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _deliver(self, message: _Message, edit: _Edit) -> None:
        arguments = {"channel": message.channel, "ts": message.ts, **content(edit.draft)}
        if edit.draft.file_ids:
            arguments["file_ids"] = ",".join(edit.draft.file_ids)
        failure: Exception | None = None
        try:
            await self._calls.write("chat.update", arguments)
        except asyncio.CancelledError:
            edit.settle(SlackUnreachable("the editor was stopped"))
            raise
        except Exception as error:  # noqa: BLE001  # one broken draft must not end the edits of all others
            failure = error
        self._places.release()
        message.busy = False
        self._pacer.receive_answer(message, self._clock())
        if message not in self._open:
            edit.settle(SlackUnreachable("the message is not open for edits"))
        elif failure is None:
            message.shown = edit.draft
            self._arrived(message, edit)
        else:
            self._failed(message, edit, failure)
        self._wake.set()

    def _arrived(self, message: _Message, edit: _Edit) -> None:
        if edit.done is not None:
            self._forget(message)
            edit.settle()

    # -- what can go wrong -------------------------------------------------------------------------------

    def _failed(self, message: _Message, edit: _Edit, error: Exception) -> None:
        now = self._clock()
        match error:
            case SlackLimited():
                self._pacer.receive_limited(error.retry_after, now)
                self._limited(message, edit)
            case SlackRefused() if not for_its_content(error):
                edit.settle(error)
                self._lose(message, error)
            case SlackUnreachable():
                # Slack may have carried the call out, so even an equal draft has to be sent again.
                message.shown = None
                self._unanswered(message, edit, error)
            case SlackRefused():
                self._refused(message, edit, error)
            case _:
                _log.error("An edit failed by a mistake of ours", exc_info=error)
                edit.settle(error)

    def _limited(self, message: _Message, edit: _Edit) -> None:
        edit.limits += 1
        if edit.limits < TRIES:
            self._again(message, edit)
        else:
            edit.settle(SlackUnreachable(f"chat.update: limited {TRIES} times in a row"))

    def _again(self, message: _Message, edit: _Edit) -> None:
        """Send it once more, unless something newer waits already."""
        self._want(message, message.edit or edit)

    def _unanswered(self, message: _Message, edit: _Edit, error: SlackUnreachable) -> None:
        if edit.done is None or edit.failures == len(_PAUSES):
            _log.warning("An edit was not answered: %s", error)
            edit.settle(error)
            return
        self._pacer.receive_failure(message, self._clock(), _PAUSES[edit.failures])
        edit.failures += 1
        self._again(message, edit)

    def _refused(self, message: _Message, edit: _Edit, error: SlackRefused) -> None:
        """Down the ladder: wait for the image, then without files, then in simpler forms."""
        _log.warning("Slack refused an edit: %s", error)
        if edit.simpler is None:
            edit.simpler, edit.refused = list(rungs(edit.draft)), edit.draft
        if _image_not_ready(error) and edit.done is not None and edit.file_tries < _FILE_TRIES:
            edit.file_tries += 1
            self._pacer.receive_failure(message, self._clock(), _FILE_PAUSE)
        elif edit.draft.file_ids and error.code not in _NOT_OF_FILES:
            edit.report = replace(edit.report, files_refused=True)
            edit.simpler = [replace(draft, file_ids=()) for draft in edit.simpler]
            edit.draft = replace(edit.draft, file_ids=())
        elif edit.simpler and not edit.strict:
            simpler = edit.simpler.pop(0)
            edit.report = replace(edit.report, degraded=loss(edit.refused, simpler))
            edit.draft = simpler
        else:
            edit.settle(DraftRefused.of(error, edit.draft))
            return
        self._again(message, edit)


def _image_not_ready(error: SlackRefused) -> bool:
    return any("slack file" in detail.lower().replace("_", " ") for detail in error.details)
