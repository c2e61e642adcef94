"""A turn at its end: what is to be brought into its thread, and what came of that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.core.render.blocks import Ending
from bot.model import Answer, Exhibit, Footer, Native, Notice, Question, VisualizationType


class Reached(StrEnum):
    """How far an answer came."""

    SHOWN = "shown"
    SIMPLER = "shown in a simpler form"
    FILE = "shared as a file"
    TOLD = "not shown, and the thread was told"
    PRIVATE = "not shown, and the asker was told"
    UNCHANGED = "left as it stood"
    UNWANTED = "not shown, because the question was deleted"
    LOST = "not shown, and nobody could be told"


@dataclass(frozen=True, slots=True)
class Finished:
    """A turn at its end: all that its messages are made of.

    Attributes:
        turn: names the turn in buttons and logs.
        kept: the answer is stored, so that its exhibits can have controls.
        chosen: by exhibit, the type that a reader chose; None, or nothing, is the tenant's.
        exports: results may be taken out as files where it stands.
        share: its asker, who alone reads it, may show it where the question was asked.
    """

    turn: str
    question: Question
    answer: Answer
    ending: Ending
    footer: Footer
    notice: Notice | None = None
    kept: bool = False
    chosen: tuple[VisualizationType | None, ...] = ()
    exports: bool = True
    share: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of it.

    Attributes:
        messages: ts of the messages that stand in the thread, first to last.
        exhibits: as they stand there, with their images and files.
        native: the data blocks that Slack was sent in what it took.
        ending: as given, or STOPPED where the asker would not wait for the charts.
    """

    messages: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]
    native: Native
    reached: Reached
    ending: Ending
