"""The audit trail: who did what, where, as whom, and what came of it. It is only ever added to.

Entries stand in the table ``audit`` under keys that sort by time, ``2026-11-28T00:44:12.123456Z:ab12cd34``,
until their days are over. Unlike the log they hold questions and addresses: an auditor asks for these.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from bot import logs
from bot.core.stored import Reader
from bot.errors import BotError
from bot.model import Identity, ThreadKey
from bot.store.base import Json, Reads, Store

_log = logging.getLogger("bot.audit")

_TABLE = "audit"
_DAY_SECONDS = 24 * 3600.0
#: Two entries of one microsecond get ids of their own; that these are equal, too, does not happen twice.
_TRIES = 3

Detail = str | int | float


class What(StrEnum):
    """What somebody did, or was told."""

    ASKED = "asked"
    ANSWERED = "answered"
    REFUSED = "refused"
    SHOWN = "shown"
    EXPORTED = "exported"
    SHARED = "shared"
    DELETED = "deleted"
    CONFIGURED = "configured"
    RATED = "rated"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail.

    Attributes:
        at: when, in seconds since 1970.
        what: one of ``What``, or what a later version of this program wrote.
        team: Slack's id of the workspace.
        channel: Slack's id of the channel.
        thread: ts of the thread's root; empty outside of one.
        user: Slack's id of the person.
        identity: as whom at WisdomAI: an e-mail address, ``service`` for the owner of the access key, or
            empty where WisdomAI was not asked.
        turn: of the answer that this is about; people see it as the reference.
        domain: id of the domain.
        question: as it was asked.
        outcome: a short word, such as ``done`` or the kind of an error.
        details: what else there is to say about such a deed.
    """

    at: float
    what: str
    team: str
    channel: str
    thread: str
    user: str
    identity: str
    turn: str = ""
    domain: str = ""
    question: str = field(default="", repr=False)
    outcome: str = ""
    details: Mapping[str, Detail] = field(default_factory=dict)


class Audit:
    """Writes the trail.

    Args:
        store: where it stands.
        days: how long an entry is kept; 0 keeps none.
        clock: seconds since 1970.
        new_id: makes an id of some characters, another one each time.
    """

    def __init__(
        self, store: Store, days: float, *, clock: Callable[[], float], new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._seconds = days * _DAY_SECONDS
        self._clock = clock
        self._new_id = new_id

    async def note(  # noqa: PLR0913 - an entry has as many parts; all but the first go by name
        self,
        what: What,
        *,
        place: ThreadKey,
        user: str,
        identity: Identity | None = None,
        turn: str = "",
        domain: str = "",
        question: str = "",
        outcome: str = "",
        details: Mapping[str, Detail] | None = None,
    ) -> None:
        """Adds an entry. Where it cannot be written the log says so, and whoever called goes on.

        ``place`` has an empty ``thread_ts`` where it was not in a thread.
        """
        if self._seconds <= 0:
            return
        entry = Entry(
            at=self._clock(),
            what=what,
            team=place.team,
            channel=place.channel,
            thread=place.thread_ts,
            user=user,
            identity=(identity.email or identity.name) if identity else "",
            turn=turn,
            domain=domain,
            question=question,
            outcome=outcome,
            details=details or {},
        )
        with logs.bound(turn=turn, team=place.team, channel=place.channel, thread=place.thread_ts, user=user):
            await self._add(entry)

    async def _add(self, entry: Entry) -> None:
        try:
            for _ in range(_TRIES):
                key = f"{_written(entry.at)}:{self._new_id()}"
                if await self._store.put_if_absent(_TABLE, key, _to_json(entry), ttl=self._seconds):
                    return
        except BotError as error:
            _log.error("Not in the audit trail: %s: %s", entry.what, error)
        except Exception:  # noqa: BLE001 - a mistake of ours costs the entry, not the answer
            _log.exception("Not in the audit trail by a mistake of ours: %s", entry.what)
        else:
            _log.error("Not in the audit trail: %s: its keys are taken", entry.what)


async def entries(store: Reads, since: date | None, until: date | None) -> AsyncGenerator[Entry, None]:
    """The entries from one day to another, both included, in UTC, oldest first; None: from or to the end."""
    after = since.isoformat() if since else ""
    before = f"{until.isoformat()}~" if until else None  # behind all times of that day
    async for _, value in store.rows(_TABLE, after=after, before=before):
        yield _from_json(value)


def _written(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _to_json(entry: Entry) -> Json:
    return {**asdict(entry), "details": dict(entry.details)}


def _from_json(value: Json) -> Entry:
    read = Reader(value)
    details = read.mapping("details") or {}
    return Entry(
        at=read.number("at") or 0.0,
        what=read.text("what"),
        team=read.text("team"),
        channel=read.text("channel"),
        thread=read.text("thread"),
        user=read.text("user"),
        identity=read.text("identity"),
        turn=read.text("turn"),
        domain=read.text("domain"),
        question=read.text("question"),
        outcome=read.text("outcome"),
        details={name: each for name, each in details.items() if isinstance(each, str | int | float)},
    )
