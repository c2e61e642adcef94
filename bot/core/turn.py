"""One turn: the diffs that answer a question, folded into an ``Answer``.

The order of the diffs is kept by ``bot.core.ordering``, the document of each message by ``bot.core.folding``,
and what it says to a person is read by ``bot.core.reading``. Nothing that a tenant sends raises here: what
cannot be used is passed over, and the answer says ``doubt``, so that the final message can be asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from bot.core import followups
from bot.core.delta import DeltaError, Unit
from bot.core.folding import Fold, Mode, clean
from bot.core.ordering import Begin, Change, Order
from bot.core.reading import Reader
from bot.model import Answer, AnswerDiff, Op, Prose, Visualization

Part = Prose | Visualization

#: Doubts that mean a loss; the others are about where something belongs.
_LOSSES = frozenset({"end", "gap"})


class TurnState(Enum):
    """How far a turn has come."""

    WAITING = "waiting"
    STREAMING = "streaming"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was recognised in a turn, for one line in the log.

    Attributes:
        mode: whether the diffs held increments or snapshots; None if that was never decided.
        unit: what retains and deletes count; None if it never made a difference.
        messages: how many messages the turn had.
        diffs: how many diffs were received before the end.
        dropped: how many of them had been seen before.
        doubts: why the answer is in doubt, sorted: ``end`` the stream ended before the answer, ``gap`` a diff
            is missing, ``index`` the count began again, ``length`` and ``unit`` a position does not fit,
            ``op`` something is no op, ``position`` inserts have none among diffs that do, ``run`` a run was
            replaced by another text, ``snapshot`` a snapshot had no text any more.
    """

    mode: Mode | None
    unit: Unit | None
    messages: int
    diffs: int
    dropped: int
    doubts: tuple[str, ...]


class _Message:
    """The diffs of one ``messageId``."""

    def __init__(self, mode: Mode | None, unit: Unit | None) -> None:
        self.order = Order()
        self.fold = Fold(mode=mode, unit=unit)

    def receive(self, diff: AnswerDiff) -> None:
        try:
            ops = clean(diff.ops)
        except DeltaError:
            self.fold.doubts.add("op")
            ops = []
        if diff.whole:
            self._begin_again(Change(ops, begin=Begin.ANEW))
            return
        change = Change(ops, last=diff.in_progress is False)
        snapshots = self.fold.mode == "snapshots"
        self._fold(self.order.receive(_index(diff.index), change, snapshots=snapshots))

    def flush(self) -> None:
        self._fold(self.order.flush())

    def _begin_again(self, whole: Change) -> None:
        """A whole body leaves nothing of what came before, nor a doubt about it."""
        self.order = Order()
        self.fold = Fold(mode=self.fold.mode, unit=self.fold.unit)
        self._fold([whole])

    def _fold(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.fold.receive(change)

    @property
    def doubts(self) -> set[str]:
        return self.fold.doubts | ({"gap"} if self.order.gap else set())


class Turn:
    """Folds the diffs of one answer.

    ``unit`` and ``mode`` are what the tenant is known to send; ``auto`` recognises it. Messages are told
    apart by their id, and their parts follow each other in the order in which the messages appeared. A diff
    without an id belongs to the message that came last.
    """

    def __init__(
        self,
        *,
        unit: Literal["auto", "utf16", "codepoint"] = "auto",
        mode: Literal["auto", "increments", "snapshots"] = "auto",
    ) -> None:
        self._unit: Unit | None = None if unit == "auto" else unit
        self._mode: Mode | None = None if mode == "auto" else mode
        self._state = TurnState.WAITING
        self._messages: dict[str, _Message] = {}
        self._newest = ""
        self._errors: dict[str, None] = {}
        self._conversation_id = ""
        self._cancelled = False
        self._data_refreshed_at = ""
        self._cut_short = False
        self._diffs = 0
        self._reader = Reader()
        self._answer: Answer | None = None

    @property
    def state(self) -> TurnState:
        """``ENDED`` after a diff that is not in progress, or cancelled, or after ``receive_end``."""
        return self._state

    def receive_diff(self, diff: AnswerDiff) -> None:
        """Take in one diff; after the end nothing more is taken in but a whole body."""
        ended = self._state is TurnState.ENDED
        if ended and not diff.whole:
            return
        if not ended:
            self._state = TurnState.STREAMING
        self._answer = None
        self._diffs += 1
        self._errors.update(dict.fromkeys(diff.errors))
        self._conversation_id = diff.conversation_id or self._conversation_id
        self._cancelled = self._cancelled or diff.cancelled
        self._data_refreshed_at = diff.data_refreshed_at or self._data_refreshed_at
        self._message(diff.message_id).receive(diff)
        if self._cancelled or not diff.in_progress:
            self._end()

    def receive_end(self) -> None:
        """The stream is over. If the answer had not ended before, it is in doubt."""
        if self._state is not TurnState.ENDED:
            self._cut_short = True
            self._end()

    def answer(self) -> Answer:
        """The answer so far: the same value until the next diff, and made only when it is asked for."""
        if self._answer is None:
            self._answer = self._read()
        return self._answer

    def findings(self) -> Findings:
        """What was recognised so far."""
        folds = [message.fold for message in self._messages.values()]
        return Findings(
            mode=next((fold.mode for fold in folds if fold.mode), self._mode),
            unit=next((fold.unit for fold in folds if fold.unit), self._unit),
            messages=len(folds),
            diffs=self._diffs,
            dropped=sum(message.order.dropped for message in self._messages.values()),
            doubts=self._doubts(),
        )

    def _message(self, message_id: str | None) -> _Message:
        key = message_id or self._newest
        if key not in self._messages:
            # What came without an id belongs to the first message that has one.
            unnamed = self._messages.pop("", None)
            self._messages[key] = unnamed or _Message(self._mode, self._unit)
        self._newest = key
        return self._messages[key]

    def _end(self) -> None:
        self._state = TurnState.ENDED
        self._answer = None
        for message in self._messages.values():
            message.flush()

    def _doubts(self) -> tuple[str, ...]:
        found = {"end"} if self._cut_short else set()
        return tuple(sorted(found.union(*(message.doubts for message in self._messages.values()))))

    def _read(self) -> Answer:
        in_progress = self._state is not TurnState.ENDED
        documents: list[Sequence[Op]] = [item.fold.document.ops() for item in self._messages.values()]
        parts, suggestions = _without_followups(self._reader.read(documents), partial=in_progress)
        status = self._messages[self._newest].fold.status.text if self._messages else ""
        return Answer(
            parts=parts,
            status=status if in_progress else "",
            suggestions=suggestions,
            errors=tuple(self._errors),
            conversation_id=self._conversation_id,
            message_id=next(iter(self._messages), ""),
            in_progress=in_progress,
            cancelled=self._cancelled,
            doubt=bool(self._doubts()),
            incomplete=not _LOSSES.isdisjoint(self._doubts()),
            data_refreshed_at=self._data_refreshed_at,
        )


def _index(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _without_followups(parts: Sequence[Part], *, partial: bool) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The parts without the follow-up questions, and the questions. A text that is left empty is no part."""
    kept: list[Part] = []
    questions: dict[str, None] = {}
    for number, part in enumerate(parts):
        if isinstance(part, Visualization):
            kept.append(part)
            continue
        text, found = followups.split(part.text, partial=partial and number == len(parts) - 1)
        questions.update(dict.fromkeys(found))
        if text.strip():
            kept.append(Prose(text.strip("\n"), part.kind))
    return tuple(kept), tuple(questions)
