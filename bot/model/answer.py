"""An answer: the diffs it arrives in, and what it has become so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.model.data import Visualization

#: A Quill operation: ``{"insert": str | Mapping, "attributes"?}``, ``{"retain": n}`` or ``{"delete": n}``.
Op = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AnswerDiff:
    """One ``ChatMessageDiff``: a change of the answer's body, and what is known beside it.

    Attributes:
        ops: Quill ops; ``insert`` is a string, or a mapping with one key that names the embed
            (``visualization``, ``textArtifact``, ``section``, ``aiWorkstream`` …).
        index: ``diffIndex``, or None where the tenant sends none.
        in_progress: False on the last diff of an answer.
        errors: ``errorStrings``; not empty means that the answer failed, at least in part.
        cancelled: the tenant says that the answer was cancelled.
        data_refreshed_at: age of the data, as sent (ISO 8601).
        whole: the ops are the whole body as the tenant keeps it; they take the place of all that came before.
    """

    conversation_id: str
    message_id: str | None
    ops: Sequence[Op]
    index: int | None
    in_progress: bool
    errors: tuple[str, ...] = ()
    cancelled: bool = False
    domain_id: str | None = None
    data_refreshed_at: str | None = None
    whole: bool = False


class ProseKind(StrEnum):
    """What a run of text is for."""

    BODY = "body"
    SUBTEXT = "subtext"
    INSIGHT = "insight"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of Markdown, as the tenant wrote it (untrusted)."""

    text: str
    kind: ProseKind = ProseKind.BODY


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer so far; a new value for every state, cheap to make and safe to keep.

    Attributes:
        parts: prose and visualizations in reading order; progress and thinking are not among them.
        status: the newest progress line, for the person who waits; empty when there is none.
        suggestions: follow-up questions that the tenant offered, taken out of the prose.
        errors: what the tenant says went wrong.
        doubt: the stream had a gap or did not fit; the final message should be asked for.
        incomplete: something that was sent surely never arrived.
    """

    parts: tuple[Prose | Visualization, ...] = ()
    status: str = ""
    suggestions: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    conversation_id: str = ""
    message_id: str = ""
    in_progress: bool = True
    cancelled: bool = False
    doubt: bool = False
    incomplete: bool = False
    data_refreshed_at: str = ""
