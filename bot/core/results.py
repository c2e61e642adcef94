"""A finished answer as it is stored for its controls: plain JSON, read back by this version and later ones.

A reader of the JSON takes what it knows: what is missing becomes the default of its field, what is unknown is
passed over. Cells are written compactly, because there are many: the bare value, or ``[value, hyperlink, low,
high]`` where there is more to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.stored import (
    Reader,
    Written,
    question_from,
    question_to,
    visualization_from,
    visualization_to,
)
from bot.model import (
    SERVICE,
    Answer,
    ChartImage,
    Exhibit,
    Footer,
    Prose,
    ProseKind,
    Question,
    Visualization,
    VisualizationType,
)

#: Changes when an older reader would read a result wrongly.
_VERSION = 1
#: Characters of JSON that a stored result may take.
LARGEST = 8_000_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in Slack for one visualization, so that it can be used again.

    Attributes:
        chosen: the type that a reader chose, or None for the tenant's.
        type: the type that is shown.
        chart: the uploaded image, or None.
        sql_file: id of the uploaded ``.sql`` snippet, or empty.
    """

    chosen: VisualizationType | None = None
    type: VisualizationType = VisualizationType.TABLE
    chart: ChartImage | None = None
    sql_file: str = ""


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A finished answer with all that its controls work with.

    Attributes:
        ending: how it ended, a value of ``bot.core.render.blocks.Ending``.
        messages: ts of the answer's messages, first to last.
        shown: what stands there for each of the answer's visualizations, in order.
        identity: name of the identity with whose rights the data were fetched.
        domain: id of the domain that was asked.
        kept_at: when it was kept first, in seconds since 1970; 0 for one that was not kept yet.
    """

    turn: str
    question: Question
    answer: Answer
    footer: Footer
    ending: str
    messages: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    identity: str = ""
    domain: str = ""
    kept_at: float = 0.0

    @property
    def visualizations(self) -> tuple[Visualization, ...]:
        """The answer's visualizations, in order; an exhibit's index counts them."""
        return tuple(part for part in self.answer.parts if isinstance(part, Visualization))

    @property
    def chosen(self) -> tuple[VisualizationType | None, ...]:
        """What readers chose, by visualization."""
        return tuple(each.chosen for each in self._shown())

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """What stands in Slack, as far as it is needed to use it again."""
        pairs = zip(self.visualizations, self._shown(), strict=True)
        return tuple(
            Exhibit(each.title, chart=shown.chart, sql_file=shown.sql_file, type=shown.type, kept=True)
            for each, shown in pairs
        )

    def counterpart(self, of: StoredResult, index: int) -> int | None:
        """Where the same question, asked by somebody else, has what ``of`` has at ``index``, or None."""
        titles = [each.title for each in self.visualizations]
        wanted = of.visualizations[index].title
        if index < len(titles) and titles[index] == wanted:
            return index
        if wanted in titles:
            return titles.index(wanted)
        return index if len(titles) == len(of.visualizations) else None

    def choose(self, index: int, chosen: VisualizationType) -> StoredResult:
        """With the type that a reader chose for one visualization; as it is where there is no such one."""
        shown = list(self._shown())
        if 0 <= index < len(shown):
            shown[index] = replace(shown[index], chosen=chosen)
        return replace(self, shown=tuple(shown))

    def delivered(self, messages: Sequence[str], exhibits: Sequence[Exhibit]) -> StoredResult:
        """With the messages and exhibits that now stand in Slack."""
        shown = tuple(
            Shown(chosen, exhibit.type, exhibit.chart, exhibit.sql_file)
            for chosen, exhibit in zip(self.chosen, exhibits, strict=False)
        )
        return replace(self, messages=tuple(messages), shown=shown)

    def _shown(self) -> tuple[Shown, ...]:
        """One for each visualization."""
        count = len(self.visualizations)
        return (*self.shown, *(Shown() for _ in range(count)))[:count]


# -- writing ---------------------------------------------------------------------------------------------


def to_json(result: StoredResult, *, largest: int = LARGEST) -> Mapping[str, Written]:
    """The result as JSON of at most about ``largest`` characters.

    Where it would be longer, the last rows of its largest tables are left out, and ``has_more`` says so.
    Takes a while for a large one: call it off the event loop.
    """
    written = _written(result)
    excess = len(json.dumps(written)) - largest
    if excess <= 0:
        return written
    return _written(replace(result, answer=_within(result.answer, excess)))


def _written(result: StoredResult) -> dict[str, Written]:
    return {
        "v": _VERSION,
        "turn": result.turn,
        "question": question_to(result.question),
        "answer": _answer_to(result.answer),
        "footer": _footer_to(result.footer),
        "ending": result.ending,
        "messages": list(result.messages),
        "shown": [_shown_to(each) for each in result.shown],
        "identity": result.identity,
        "domain": result.domain,
        "kept_at": result.kept_at,
    }


def _answer_to(answer: Answer) -> dict[str, Written]:
    return {
        "parts": [_part_to(part) for part in answer.parts],
        "status": answer.status,
        "suggestions": list(answer.suggestions),
        "errors": list(answer.errors),
        "conversation_id": answer.conversation_id,
        "message_id": answer.message_id,
        "in_progress": answer.in_progress,
        "cancelled": answer.cancelled,
        "doubt": answer.doubt,
        "incomplete": answer.incomplete,
        "data_refreshed_at": answer.data_refreshed_at,
    }


def _part_to(part: Prose | Visualization) -> dict[str, Written]:
    if isinstance(part, Prose):
        return {"prose": part.text, "kind": part.kind.value}
    return {"visualization": visualization_to(part)}


def _footer_to(footer: Footer) -> dict[str, Written]:
    return {
        "domain": footer.domain,
        "seconds": footer.seconds,
        "data_refreshed_at": footer.data_refreshed_at,
        "link": footer.link,
        "shared_by": footer.shared_by,
    }


def _shown_to(shown: Shown) -> dict[str, Written]:
    chart = shown.chart
    return {
        "chosen": shown.chosen.value if shown.chosen else None,
        "type": shown.type.value,
        "chart": {"file_id": chart.file_id, "alt_text": chart.alt_text} if chart else None,
        "sql_file": shown.sql_file,
    }


# -- what is too large -----------------------------------------------------------------------------------


def _within(answer: Answer, excess: int) -> Answer:
    """The answer with fewer rows: large tables give what is beyond an equal share, small ones nothing."""
    sizes = {
        number: [len(json.dumps(row)) + 2 for row in _rows(part)]
        for number, part in enumerate(answer.parts)
        if isinstance(part, Visualization)
    }
    room = max(0, sum(map(sum, sizes.values())) - excess)
    parts = list(answer.parts)
    for left, number in zip(
        range(len(sizes), 0, -1), sorted(sizes, key=lambda number: sum(sizes[number])), strict=True
    ):
        kept, used = _fitting(sizes[number], room // left)
        room -= used
        parts[number] = _first_rows(parts[number], kept)
    return replace(answer, parts=tuple(parts))


def _rows(visualization: Visualization) -> Sequence[Written]:
    rows = visualization_to(visualization)["rows"]
    return rows if isinstance(rows, list) else []


def _fitting(sizes: Iterable[int], room: int) -> tuple[int, int]:
    """How many of the first fit, and what they take."""
    count = used = 0
    for size in sizes:
        if used + size > room:
            break
        count, used = count + 1, used + size
    return count, used


def _first_rows(part: Prose | Visualization, count: int) -> Prose | Visualization:
    if isinstance(part, Prose) or count >= len(part.rows):
        return part
    total = max(part.total_rows or 0, len(part.rows))
    # Where nobody knows how many there are, what is left out is not told as the total.
    known = None if part.has_more and part.total_rows is None else total
    return replace(part, rows=part.rows[:count], has_more=True, total_rows=known)


# -- reading ---------------------------------------------------------------------------------------------


def from_json(value: object) -> StoredResult | None:
    """The result, or None where this is none, or one of a later version. Never raises."""
    read = Reader(value)
    if read.whole("v") != _VERSION or not read.text("turn") or not isinstance(value, Mapping):
        return None
    return StoredResult(
        turn=read.text("turn"),
        question=question_from(read.inner("question")),
        answer=_answer_from(read.inner("answer")),
        footer=_footer_from(read.inner("footer")),
        ending=read.text("ending"),
        messages=read.texts("messages"),
        shown=tuple(_shown_from(each) for each in read.inners("shown")),
        identity=read.text("identity") or SERVICE.name,  # there was no other before it was noted
        domain=read.text("domain"),
        kept_at=read.number("kept_at") or 0.0,
    )


def _answer_from(read: Reader) -> Answer:
    parts = (_part_from(each) for each in read.inners("parts"))
    return Answer(
        parts=tuple(part for part in parts if part is not None),
        status=read.text("status"),
        suggestions=read.texts("suggestions"),
        errors=read.texts("errors"),
        conversation_id=read.text("conversation_id"),
        message_id=read.text("message_id"),
        in_progress=read.flag("in_progress"),
        cancelled=read.flag("cancelled"),
        doubt=read.flag("doubt"),
        incomplete=read.flag("incomplete"),
        data_refreshed_at=read.text("data_refreshed_at"),
    )


def _part_from(read: Reader) -> Prose | Visualization | None:
    if read.has("visualization"):
        return visualization_from(read.inner("visualization"))
    if read.has("prose"):
        return Prose(read.text("prose"), read.choice("kind", ProseKind.BODY))
    return None


def _footer_from(read: Reader) -> Footer:
    return Footer(
        domain=read.text("domain"),
        seconds=read.number("seconds"),
        data_refreshed_at=read.text("data_refreshed_at"),
        link=read.text("link"),
        shared_by=read.text("shared_by"),
    )


def _shown_from(read: Reader) -> Shown:
    chart = read.inner("chart")
    image = ChartImage(chart.text("file_id"), chart.text("alt_text")) if chart.text("file_id") else None
    chosen = read.choice("chosen", VisualizationType.UNKNOWN_VISUALIZATION)
    return Shown(
        chosen=None if chosen is VisualizationType.UNKNOWN_VISUALIZATION else chosen,
        type=read.choice("type", VisualizationType.TABLE),
        chart=image,
        sql_file=read.text("sql_file"),
    )
