"""How an answer ended: what was raised, or what it says, becomes one sentence, and one line in the log."""

from __future__ import annotations

import logging

from bot.core.render import blocks, notices, refusals
from bot.core.render.blocks import Ending
from bot.errors import AnswerFailed, BotError
from bot.model import Answer, Draft, Notice, Prose, ProseKind
from bot.standing import Misplaced

_log = logging.getLogger("bot.answering")


class CutOff(Exception):
    """An earlier process asked with rights that the asker has no longer; nobody else may read that answer."""


class QuestionGone(Exception):
    """Question and answer were deleted: nobody waits any more."""


class ForTheAsker(Exception):
    """What there is to say concerns the asker alone, and no answer is to stand in the thread.

    Attributes:
        draft: what they are told.
        why: a word for the audit.
    """

    def __init__(self, draft: Draft, why: str) -> None:
        super().__init__(why)
        self.draft = draft
        self.why = why


def of(error: BaseException | None, answer: Answer, *, ref: str) -> tuple[Ending, Notice | None]:
    """How the reading of an answer ended; ``ref`` is the turn's name.

    Raises QuestionGone and ForTheAsker, where that is the error or what it comes to.
    """
    match error:
        case None:
            return _said(answer, ref)
        case QuestionGone() | ForTheAsker():
            raise error
        case CutOff():
            return Ending.FAILED, notices.interrupted_by_restart()
        case BotError():
            _log.warning("Turn %s failed: %s: %s", ref, type(error).__name__, error)
            if isinstance(error, Misplaced) or refusals.sentence(error) is not None:
                raise aside(error, ref=ref) from error
            return Ending.FAILED, notices.for_error(error, ref=ref)
        case Exception():
            _log.error("Turn %s failed by a mistake of ours", ref, exc_info=error)
            return Ending.FAILED, notices.for_error(error, ref=ref)
        case _:
            raise error


def aside(error: BotError, *, ref: str) -> ForTheAsker:
    """An error that concerns the asker alone."""
    return ForTheAsker(blocks.told(notices.for_error(error, ref=ref), turn=ref), refusals.word(error))


def _said(answer: Answer, ref: str) -> tuple[Ending, Notice | None]:
    if answer.cancelled:
        return Ending.STOPPED, None
    failure = _failure_in(answer)
    if failure is None:
        return Ending.DONE, None
    _log.warning("Turn %s failed: %s", ref, failure)
    return Ending.FAILED, notices.for_error(failure, ref=ref)


def _failure_in(answer: Answer) -> AnswerFailed | None:
    """An answer that ended with the tenant's errors and nothing else has failed."""
    said = [part for part in answer.parts if not (isinstance(part, Prose) and part.kind is ProseKind.ERROR)]
    errors = [part.text for part in answer.parts if isinstance(part, Prose) and part.kind is ProseKind.ERROR]
    if answer.errors or (errors and not said):
        return AnswerFailed(*answer.errors, *errors)
    return None
