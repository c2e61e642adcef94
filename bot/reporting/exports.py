"""Exports of all messages: files in the asker's direct messages, with progress above them and a Stop button.

An export runs as a task of the process that took it, under a lease. Stop works from every process: it is
noted in the store, which whoever runs the export looks at with each edit. Nothing is held in memory but a
window of chats, and at the end a file that is uploaded.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.audit import Audit, What
from bot.core.indigo.rows import Style
from bot.core.render import indigo as drawn
from bot.core.render import indigo_notices as words
from bot.core.stored import Reader
from bot.errors import BotError, SlackError, StoreFailed
from bot.indigo.client import Indigo
from bot.indigo.export import Progress, Wanted, export
from bot.model import Draft, ThreadKey
from bot.slack.editor import Editor, Slot
from bot.slack.files import Files
from bot.slack.poster import Posted, Poster
from bot.store.base import Store
from bot.tasks import Tasks, cancelled

_log = logging.getLogger("bot.reporting")

_EXPORTS = "indigo_exports"
_EXPORT_SECONDS = 24 * 3600.0
_LEASE_SECONDS = 60.0
#: Seconds between two looks at how far it is, and whether it is to stop.
_TICK = 2.0
#: A larger file is packed, and one that is too large even then is not uploaded: for that it is in memory.
_MOST_PLAIN = 16 * 1024 * 1024
_MOST_PACKED = 64 * 1024 * 1024


class TooLarge(BotError):
    """An export is larger than this app uploads."""


#: Writes all messages since a moment (None: all) into a folder, tells how far it is, and gives the files.
Write = Callable[[Path, datetime | None, Callable[[Progress], None]], Awaitable[tuple[Path, ...]]]


@dataclass(frozen=True, slots=True)
class Means:
    """What exports work with.

    Attributes:
        write: see ``Write``; raises IndigoError.
        new_ref: makes names, and references for the log.
        clock: seconds since 1970.
    """

    write: Write
    poster: Poster
    editor: Editor
    files: Files
    store: Store
    tasks: Tasks
    audit: Audit
    new_ref: Callable[[], str]
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(slots=True)
class _Run:
    """One export that runs here.

    Attributes:
        still: raises AccessDenied where its asker may not have it any more.
        stop: set when it is to end.
        so_far: how far it is.
    """

    name: str
    user: str
    place: ThreadKey
    since: float | None
    still: Callable[[], Awaitable[None]]
    posted: Posted
    stop: asyncio.Event
    so_far: Progress = field(default_factory=lambda: Progress(0, None, 0))

    def heard(self, progress: Progress) -> None:
        """What the writing tells."""
        self.so_far = progress

    def progress(self) -> Draft:
        """How far it is."""
        so_far = self.so_far
        text = words.exporting(so_far.chats, so_far.total, so_far.messages, self.since)
        return drawn.said(text, stop=self.name)


async def write(
    client: Indigo, folder: Path, since: datetime | None, heard: Callable[[Progress], None]
) -> tuple[Path, ...]:
    """A table, and one JSON object a line, with the same content; raises IndigoError."""
    paths: dict[Style, Path] = {"csv": folder / "indigo.csv", "jsonl": folder / "indigo.jsonl"}
    heard(await export(client, Wanted(paths, client.source, since=since), heard))
    return tuple(paths.values())


class Exports:
    """Runs exports."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._running: dict[str, _Run] = {}

    async def start(
        self, user: str, place: ThreadKey, since: float | None, *, still: Callable[[], Awaitable[None]]
    ) -> str:
        """Begins an export; returns the address of the message that shows how far it is, or nothing.

        ``still`` is asked before the files are handed out. Raises SlackError and StoreFailed.
        """
        means, name = self._means, self._means.new_ref()
        first = drawn.said(words.exporting(0, None, 0, since), stop=name)
        posted = await means.poster.send(user, first)
        await means.store.lease(_lease(name), _LEASE_SECONDS)
        value = {"user": user, "channel": posted.channel, "ts": posted.ts}
        await means.store.put(_EXPORTS, name, value, ttl=_EXPORT_SECONDS)
        run = _Run(name, user, place, since, still, posted, asyncio.Event())
        self._running[name] = run
        _ = means.tasks.start(self._run(run), name=f"indigo-export-{name}")
        return await means.poster.permalink(posted.channel, posted.ts)

    async def stop(self, name: str, user: str) -> str | None:
        """Stops an export; returns what to say where there is nothing to stop. Raises StoreFailed."""
        if (run := self._running.get(name)) is not None:
            if run.user != user:
                return words.NOT_YOURS
            run.stop.set()
            return None
        read = Reader(await self._means.store.get(_EXPORTS, name))
        if not read.text("user"):
            return words.EXPORT_OVER
        if read.text("user") != user:
            return words.NOT_YOURS
        return await self._stop_elsewhere(name, read)

    async def _stop_elsewhere(self, name: str, read: Reader) -> str | None:
        """Another process runs it, or the one that did is dead, which its lease tells."""
        store = self._means.store
        if not await store.lease(_lease(name), _LEASE_SECONDS):
            value = {key: read.text(key) for key in ("user", "channel", "ts")}
            await store.put(_EXPORTS, name, {**value, "stop": True}, ttl=_EXPORT_SECONDS)
            return None
        await self._cut_off(name, read)
        return None

    async def run(self) -> None:
        """Looks now and then for exports whose process died, until it is cancelled."""
        while True:
            await self.tidy()
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError
            await self._means.sleep(_LEASE_SECONDS)

    async def tidy(self) -> None:
        """Says below each export whose process died that it was cut off; raises nothing."""
        try:
            for name, value in await self._means.store.scan(_EXPORTS):
                if name not in self._running and await self._means.store.lease(_lease(name), _LEASE_SECONDS):
                    await self._cut_off(name, Reader(value))
        except StoreFailed as error:
            _log.info("It is not known which exports were cut off: %s", error)

    async def _cut_off(self, name: str, read: Reader) -> None:
        slot = self._means.editor.open(read.text("channel"), read.text("ts"), None)
        await self._finish(slot, drawn.said(words.EXPORT_CUT_OFF))
        await self._forget(name)

    # -- one export ----------------------------------------------------------------------------------------

    async def _run(self, run: _Run) -> None:
        """Until its message says how it ended."""
        slot = self._means.editor.open(run.posted.channel, run.posted.ts, run.posted.shown)
        try:
            end = await self._ended(run, slot)
        except asyncio.CancelledError:
            await self._finish(slot, drawn.said(words.EXPORT_CUT_OFF))
            raise
        except Exception as error:  # noqa: BLE001 - also a mistake of ours must not leave a message that runs for ever
            end = self._failed(error)
        finally:
            self._running.pop(run.name, None)
            await self._forget(run.name)
        await self._finish(slot, end)

    async def _ended(self, run: _Run, slot: Slot) -> Draft:
        work = asyncio.create_task(self._work(run), name=f"indigo-export-work-{run.name}")
        told = asyncio.create_task(self._tell(run, slot), name=f"indigo-export-told-{run.name}")
        stop = asyncio.create_task(run.stop.wait(), name=f"indigo-export-stop-{run.name}")
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            return await work if work.done() else drawn.said(words.EXPORT_STOPPED)
        finally:
            await cancelled([work, told, stop])

    async def _tell(self, run: _Run, slot: Slot) -> None:
        """Shows how far it is, keeps the lease, and hears whether another process was told to stop it."""
        shown = run.progress()
        while True:
            with suppress(StoreFailed):
                await self._means.store.lease(_lease(run.name), _LEASE_SECONDS)
                if Reader(await self._means.store.get(_EXPORTS, run.name)).flag("stop"):
                    run.stop.set()
            if (now := run.progress()) != shown:
                slot.put(now)
                shown = now
            await self._means.sleep(_TICK)

    async def _work(self, run: _Run) -> Draft:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="indigo-export-"))
        try:
            since = None if run.since is None else datetime.fromtimestamp(run.since, UTC)
            paths = await self._means.write(folder, since, run.heard)
            await run.still()
            if run.so_far.messages:
                for path in paths:
                    await self._upload(run, path)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await self._means.audit.note(
            What.EXPORTED,
            place=run.place,
            user=run.user,
            details={"indigo": "export", "chats": run.so_far.chats, "messages": run.so_far.messages},
        )
        so_far = run.so_far
        return drawn.said(words.exported(so_far.chats, so_far.messages, run.since, len(so_far.skipped)))

    async def _upload(self, run: _Run, path: Path) -> None:
        """Into the thread below the progress; nobody but the asker is in there."""
        name, data = await asyncio.to_thread(_packed, path)
        await self._means.files.upload(
            name, data, title=name, channel=run.posted.channel, thread_ts=run.posted.ts
        )

    def _failed(self, error: Exception) -> Draft:
        ref = self._means.new_ref()
        if isinstance(error, BotError):
            _log.warning("An export failed, ref %s: %s: %s", ref, type(error).__name__, error)
        else:
            _log.error("An export failed by a mistake of ours, ref %s", ref, exc_info=error)
        if isinstance(error, TooLarge):
            return drawn.said(words.EXPORT_TOO_LARGE)
        return drawn.said(words.for_error(error, ref=ref).text)

    async def _finish(self, slot: Slot, draft: Draft) -> None:
        try:
            await slot.finish(draft)
        except SlackError as error:
            _log.warning("How an export ended could not be shown: %s", error)

    async def _forget(self, name: str) -> None:
        with suppress(StoreFailed):
            await self._means.store.delete(_EXPORTS, name)
            await self._means.store.release(_lease(name))


def _lease(name: str) -> str:
    return f"indigo-export:{name}"


def _packed(path: Path) -> tuple[str, bytes]:
    """The file's name and bytes, packed where it is large; raises TooLarge."""
    if path.stat().st_size <= _MOST_PLAIN:
        return path.name, path.read_bytes()
    packed = path.with_name(f"{path.name}.gz")
    with path.open("rb") as plain, gzip.open(packed, "wb") as out:
        shutil.copyfileobj(plain, out, 1024 * 1024)
    if packed.stat().st_size > _MOST_PACKED:
        raise TooLarge(f"{packed.stat().st_size} bytes")
    return packed.name, packed.read_bytes()
