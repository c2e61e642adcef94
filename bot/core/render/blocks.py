"""An answer as Slack messages: the placeholder, the running answer, the finished one.

Every builder is a pure function from values to ``Draft``; blocks are plain dicts, because the SDK's models do
not know all kinds. Block ids are left out, so that Slack gives fresh ones with every edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.core.render import budget, controls, elements, notices
from bot.core.render.controls import ASK_ACTION, RETRY_ACTION, STOP_ACTION
from bot.core.render.layout import Grid, Pages, content
from bot.core.render.native import chart_block
from bot.core.render.text import emphasized, escape, line, shorten_bytes, units, web_address
from bot.core.render.whole import voiced, whole
from bot.model import Answer, Block, Domain, Draft, Exhibit, Footer, Native, Notice, Prose, Visualization

__all__ = [
    "ASK_ACTION",
    "RETRY_ACTION",
    "STOP_ACTION",
    "Ending",
    "asked",
    "asked_privately",
    "domain_list",
    "finished",
    "help_text",
    "running",
    "told",
    "waiting",
    "which_domain",
    "whole",
]

_TITLE_CHARS = 150
_STATUS_CHARS = 120
#: Edits notify nobody, so while an answer runs its top-level text is kept short and cheap.
_RUNNING_TEXT_BYTES = 300
#: Suggested questions that take more than this together are left out, so that a message holds its end.
_CONTROLS_CHARS = 4_000
_LINK_CHARS = 2_000

_MORE_FOLLOWS = "… more follows at the end."
_REST_IN_FILE = "The rest of this answer is in the attached file."
_TABLE_IN_FILE = "The table is in the attached file."


class Ending(StrEnum):
    """How an answer came to its end."""

    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


# -- while it runs ---------------------------------------------------------------------------------------


def waiting(*, turn: str, ahead: int) -> Draft:
    """The placeholder, posted at once; ``ahead`` is the number of questions before it in the thread."""
    status = notices.queued(ahead) if ahead else notices.THINKING
    return Draft(text=status, blocks=(elements.context(status), _stop(turn)))


def running(answer: Answer, *, turn: str, seconds: float) -> tuple[Draft, ...]:
    """The answer so far, in as many messages as it needs; what is happening and Stop stand in the last one.

    All messages but the last stay as they are while the answer grows. What does not fit into the most
    messages that an answer may have is announced there.
    """
    status = line(answer.status, _STATUS_CHARS) or (notices.WRITING if answer.parts else notices.THINKING)
    pages = Pages()
    for number, part in enumerate(answer.parts):
        if isinstance(part, Visualization):
            pages.add(elements.context(_announced(part)))
        else:
            pages.prose(voiced(part), running=number == len(answer.parts) - 1)
    return pages.drafts(
        elements.context(f"{status} · {seconds:.0f} s"),
        _stop(turn),
        rest=_MORE_FOLLOWS,
        fallback=escape(status),
        text_bytes=_RUNNING_TEXT_BYTES,
    )


# -- the end ---------------------------------------------------------------------------------------------


def finished(  # noqa: PLR0913  # keywords only; each says something else about the same end
    answer: Answer,
    *,
    turn: str,
    asker: str,
    question: str,
    ending: Ending,
    exhibits: Sequence[Exhibit],
    footer: Footer,
    notice: Notice | None = None,
    native: Native = Native(),  # noqa: B008  # frozen
    exports: bool = True,
    share: bool = False,
) -> tuple[Draft, ...]:
    """The answer as it stays: text, charts and tables in order, notes, controls, feedback, footer.

    ``exhibits`` are the answer's visualizations in order; ``asker``, a Slack user id, alone sees Delete;
    ``question`` is what "Ask again" asks; ``native`` says which of Slack's data blocks may be used;
    ``exports`` and ``share`` whether those controls are there. At most ``budget.MOST_MESSAGES`` messages:
    where the answer is longer, the last one says that the rest is in a file, and its ``overflows`` asks for
    that file (``whole``). A table gives way before any prose does. A draft's ``file_ids`` (the SQL) can be
    attached only by an edit, not by a post.
    """
    pages = _laid_out(_Body(answer, exhibits, turn, ending, native, exports))
    closing = list(_closing(pages, answer, turn=turn, ending=ending, notice=notice))
    if ending is Ending.DONE:
        closing += _answer_controls(turn, answer.suggestions, question)
        closing += [controls.feedback(turn, asker=asker)] if asker else []
    closing += [controls.share(turn)] if share and ending is not Ending.FAILED else []
    closing += _footer(footer)
    told = shorten_bytes(notice.text, budget.TEXT_BYTES) if notice else ""
    return pages.drafts(*closing, rest=_REST_IN_FILE, fallback=_fallback(ending), told=told)


def one_result(exhibit: Exhibit, *, turn: str, index: int, native: Native, exports: bool) -> Draft:
    """One result by itself, with its controls, for somebody who wants to see it another way."""
    pages = Pages()
    body = _Body(Answer(), (exhibit,), turn, Ending.DONE, native, exports)
    body.show(pages, index, exhibit, fits=True)
    return pages.drafts(rest=_REST_IN_FILE, fallback=line(exhibit.title, _TITLE_CHARS) or "Result")[0]


def told(notice: Notice, *, turn: str | None) -> Draft:
    """A message that only says what happened; with Retry where that helps and a turn can be asked again."""
    blocks = [elements.section(notice.text)]
    if notice.retry and turn:
        blocks.append(_retry(turn))
    return Draft(text=shorten_bytes(notice.text, budget.TEXT_BYTES), blocks=tuple(blocks))


def help_text(examples: Sequence[str] = (), *, service: bool = False) -> Draft:
    """How to ask, with example questions where there are any; ``service``: all ask with the same rights."""
    return told(notices.how_to_ask(examples, service=service), turn=None)


def domain_list(known: Sequence[Domain], *, current: Sequence[str] = ()) -> Draft:
    """The domains that can be asked; ``current`` are the ids of those that this channel asks."""
    return told(notices.domains(known, current=current), turn=None)


def which_domain(domains: Sequence[Domain], *, turn: str) -> Draft:
    """Asks the asker which data the question is about."""
    notice = notices.which_domain()
    return Draft(notice.text, (elements.section(notice.text), controls.domain_choice(turn, domains)))


def asked_privately(channel: str, text: str) -> Draft:
    """The message that a private answer answers: what was asked, and where."""
    return told(notices.asked_privately(channel, text), turn=None)


def asked(user: str, text: str) -> Draft:
    """The root message for a question that has none: who asks, and what."""
    return told(notices.asked(user, text), turn=None)


# -- pieces ----------------------------------------------------------------------------------------------


def _broken_off(prose: Prose) -> str:
    """Prose that ends in the middle of a sentence says so."""
    text = voiced(prose).rstrip()
    return text if not text or text[-1] in ".!?:…|`" else f"{text} …"


def _announced(visualization: Visualization) -> str:
    title = line(visualization.title, _TITLE_CHARS) or "Result"
    count = visualization.total_rows if visualization.total_rows is not None else len(visualization.rows)
    return f"{title} ({'1 row' if count == 1 else f'{count:,} rows'})"


@dataclass(frozen=True, slots=True)
class _Body:
    """What an answer says and shows, without its end."""

    answer: Answer
    exhibits: Sequence[Exhibit]
    turn: str
    ending: Ending
    native: Native
    exports: bool

    def pages(self, tables: int) -> Pages:
        """The body laid out, with as many of its tables, the first ones."""
        pages = Pages()
        left = list(enumerate(self.exhibits))
        for number, part in enumerate(self.answer.parts):
            if isinstance(part, Prose):
                cut_off = self.ending is not Ending.DONE and number == len(self.answer.parts) - 1
                pages.prose(_broken_off(part) if cut_off else voiced(part))
            elif left:
                tables -= self.show(pages, *left.pop(0), fits=tables > 0)
            else:
                pages.add(elements.context(_announced(part)))
        for index, exhibit in left:
            tables -= self.show(pages, index, exhibit, fits=tables > 0)
        return pages

    def show(self, pages: Pages, index: int, exhibit: Exhibit, *, fits: bool) -> int:
        """Chart, then the first rows, then what is to be said about them, then what can be done with them.

        They are kept together in one message where possible. Gives how many tables were among them.
        """
        if _said_already(exhibit, self.answer):
            pages.add(*self._controls(index, exhibit), file_id=exhibit.sql_file)
            return 0
        title = line(exhibit.title, _TITLE_CHARS)
        chart = self._chart(exhibit)
        parts: list[Block | Grid] = [chart] if chart else []
        if not chart and title and not (self.native.tables and _has_rows(exhibit) and fits):
            parts.append(elements.section(f"*{emphasized(title)}*"))
        if _has_rows(exhibit) and fits and exhibit.table:
            parts.append(Grid.of(exhibit.table, native=self.native.tables, notes=exhibit.notes))
        elif said := list(filter(None, (_instead(exhibit), *exhibit.notes))):
            parts.append(elements.context(*said))
        if _has_rows(exhibit) and not fits:
            pages.leave_out()
        parts += self._controls(index, exhibit)
        pages.add(
            *(parts or [elements.context("Result")]),
            spoken=_spoken(exhibit) if chart else title,
            file_id=exhibit.sql_file,
        )
        return int(_has_rows(exhibit))

    def _chart(self, exhibit: Exhibit) -> Block | None:
        native = chart_block(exhibit.spec) if self.native.charts and exhibit.spec else None
        return native or (elements.image(exhibit.chart) if exhibit.chart else None)

    def _controls(self, index: int, exhibit: Exhibit) -> list[Block]:
        if self.ending is Ending.FAILED:
            return []
        block = controls.exhibit_controls(self.turn, index, exhibit, exports=self.exports)
        return [block] if block else []


def _laid_out(body: _Body) -> Pages:
    """The body, with as many of its tables as leave all of the prose in its messages."""
    every = sum(map(_has_rows, body.exhibits))
    whole_body = body.pages(every)
    if not every or not whole_body.too_long:
        return whole_body
    best = body.pages(0)
    for tables in range(1, 1 if best.too_long else every):
        more = body.pages(tables)
        if more.too_long:
            break
        best = more
    return best


def _has_rows(exhibit: Exhibit) -> bool:
    return exhibit.table is not None and bool(exhibit.table.columns and exhibit.table.rows)


def _instead(exhibit: Exhibit) -> str:
    """What is said where no table stands."""
    if exhibit.table is None:
        return ""
    return _TABLE_IN_FILE if _has_rows(exhibit) else "No rows."


def _spoken(exhibit: Exhibit) -> str:
    """What a screen reader says of the chart; a native one has no text of its own for that."""
    drawn = exhibit.chart or exhibit.spec
    return (drawn.alt_text if drawn else "") or exhibit.title


def _said_already(exhibit: Exhibit, answer: Answer) -> bool:
    """A table of one value that stands in the prose would only say it twice."""
    table = exhibit.table
    if table is None or exhibit.notes or (len(table.rows), len(table.columns)) != (1, 1):
        return False
    cell = table.rows[0][0]
    return cell.value is not None and any(
        isinstance(part, Prose) and _says(part.text, cell.text) for part in answer.parts
    )


def _says(text: str, value: str) -> bool:
    """The text has the very value: there is a 3 in "3 deals", but none in 2023, 3.5 or 3%."""
    apart = rf"(?<![^\W_])(?<![$€£])(?<!\d[.,]){re.escape(value)}(?![^\W_]|%|[.,]\d)"
    return value in text and re.search(apart, text) is not None


def _closing(
    pages: Pages, answer: Answer, *, turn: str, ending: Ending, notice: Notice | None
) -> Iterator[Block]:
    """How the answer ended, where that needs a word."""
    if ending is Ending.STOPPED:
        yield elements.context(notices.STOPPED)
    elif pages.empty and not notice:
        yield elements.context(notices.NO_ANSWER if ending is Ending.DONE else notices.INTERRUPTED)
    if answer.incomplete and ending is Ending.DONE:
        yield elements.context(notices.INCOMPLETE)
    if notice:
        yield elements.section(notice.text)
    if notice.retry if notice else ending is not Ending.DONE:
        yield _retry(turn)


def _answer_controls(turn: str, suggestions: Sequence[str], question: str) -> Iterator[Block]:
    """Suggestions and "Ask again"; the last suggestions are left out where they would crowd the message."""
    for count in range(len(suggestions), -1, -1):
        block = controls.answer_controls(turn, suggestions[:count], question=question, done=True)
        if block is None or content(block) <= _CONTROLS_CHARS:
            yield from [block] if block else []
            return


def _fallback(ending: Ending) -> str:
    return {Ending.DONE: "Answer", Ending.STOPPED: notices.STOPPED}.get(ending, notices.INTERRUPTED)


def _footer(footer: Footer) -> Iterator[Block]:
    seconds = "" if footer.seconds is None else _duration(footer.seconds)
    domain = escape(line(footer.domain, _TITLE_CHARS))
    shared = f"shared by <@{footer.shared_by}>" if footer.shared_by else ""
    parts = (domain, seconds, _data_age(footer.data_refreshed_at), shared, _link(footer.link))
    if text := " · ".join(part for part in parts if part):
        yield elements.small_print(text)


def _link(url: str) -> str:
    """The conversation in WisdomAI's own application."""
    address = web_address(url).replace("&", "&amp;").replace("@", "%40")
    return f"<{address}|Open in WisdomAI>" if address and units(address) <= _LINK_CHARS else ""


def _duration(seconds: float) -> str:
    return "under 1 s" if seconds < 1 else f"{seconds:.0f} s"


def _data_age(refreshed_at: str) -> str:
    """When the data was loaded, in the reader's own time zone where Slack can tell it."""
    if not refreshed_at.strip():
        return ""
    try:
        moment = datetime.fromisoformat(refreshed_at.strip())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # overflow: the first or last hours of the calendar
        return "data as of " + escape(line(refreshed_at, 40))
    written = moment.strftime("%Y-%m-%d %H:%M UTC")
    return f"data as of <!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{written}>"


def _stop(turn: str) -> Block:
    return elements.actions([elements.button("Stop", STOP_ACTION, turn)])


def _retry(turn: str) -> Block:
    return elements.actions([elements.button("Retry", RETRY_ACTION, turn, style="primary")])
