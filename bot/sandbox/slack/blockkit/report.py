"""What a check found, and what it counted on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule; ``pointer`` is a JSON pointer to where it is broken."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass(slots=True)
class Report:
    """Problems, and sums that rules over the whole payload need.

    Attributes:
        markdown_characters: in all markdown blocks together.
        table_characters: in all tables together.
        data_table_characters: in all data tables together.
        expanded: blocks that are added when Slack expands Markdown.
        charts: number of data_visualization blocks.
        block_ids: those seen so far; a second one with the same id is a problem.
        files: pointer and id of every ``slack_file``.
    """

    surface: Surface
    problems: list[Problem] = field(default_factory=list)
    markdown_characters: int = 0
    table_characters: int = 0
    data_table_characters: int = 0
    charts: int = 0
    expanded: int = 0
    block_ids: set[str] = field(default_factory=set)
    files: list[tuple[str, str]] = field(default_factory=list)

    def add(self, pointer: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(pointer, message))
