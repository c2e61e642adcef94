"""An answer as Slack messages: the placeholder, the running answer, the finished one.

Every builder is a pure function from values to ``Draft``; blocks are plain dicts, because the SDK's models do
not know all kinds. Block ids are left out, so that Slack gives fresh ones with every edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from bot.core.render import budget, elements, notices
from bot.core.render.layout import Pages
from bot.core.render.tables import table_block
from bot.core.render.text import emphasized, escape, line, shorten_bytes, units
from bot.model import Answer, Block, Domain, Draft, Exhibit, Footer, Notice, Prose, ProseKind, Visualization

STOP_ACTION = "wisdom_stop"
RETRY_ACTION = "wisdom_retry"
ASK_ACTION = "wisdom_ask"

_SUGGESTIONS = 3
_TITLE_CHARS = 150
_STATUS_CHARS = 120
#: Edits notify nobody, so while an answer runs its top-level text is kept short and cheap.
_RUNNING_TEXT_BYTES = 300


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

    All messages but the last stay as they are while the answer grows.
    """
    status = line(answer.status, _STATUS_CHARS) or (notices.WRITING if answer.parts else notices.THINKING)
    pages = Pages()
    for number, part in enumerate(answer.parts):
        if isinstance(part, Visualization):
            pages.add(elements.context(_announced(part)))
        else:
            pages.prose(_voiced(part), running=number == len(answer.parts) - 1)
    pages.add(elements.context(f"{status} · {seconds:.0f} s"), _stop(turn))
    return pages.drafts(fallback=escape(status), text_bytes=_RUNNING_TEXT_BYTES)


# -- the end ---------------------------------------------------------------------------------------------


def finished(  # noqa: PLR0913  # keywords only; each says something else about the same end
    answer: Answer,
    *,
    turn: str,
    ending: Ending,
    exhibits: Sequence[Exhibit],
    footer: Footer,
    notice: Notice | None = None,
) -> tuple[Draft, ...]:
    """The answer as it stays: text, charts and tables in order, notes, suggestions, footer.

    ``exhibits`` are the answer's visualizations in order. A draft's ``file_ids`` (the SQL) can be attached
    only by an edit, not by a post.
    """
    pages = Pages()
    shown = list(exhibits)
    for number, part in enumerate(answer.parts):
        if isinstance(part, Prose):
            cut_off = ending is not Ending.DONE and number == len(answer.parts) - 1
            pages.prose(_broken_off(part) if cut_off else _voiced(part))
        elif shown:
            _exhibit(pages, shown.pop(0), answer)
        else:
            pages.add(elements.context(_announced(part)))
    for exhibit in shown:
        _exhibit(pages, exhibit, answer)
    _closing(pages, answer, turn=turn, ending=ending, notice=notice)
    if last := _footer(footer):
        pages.add(last)
    return pages.drafts(fallback=_fallback(ending, notice))


def told(notice: Notice, *, turn: str | None) -> Draft:
    """A message that only says what happened; with Retry where that helps and a turn can be asked again."""
    blocks = [elements.section(notice.text)]
    if notice.retry and turn:
        blocks.append(_retry(turn))
    return Draft(text=shorten_bytes(notice.text, budget.TEXT_BYTES), blocks=tuple(blocks))


def help_text(examples: Sequence[str] = ()) -> Draft:
    """How to ask, with example questions where there are any."""
    return told(notices.how_to_ask(examples), turn=None)


def domain_list(known: Sequence[Domain], *, current: str = "") -> Draft:
    """The domains that can be asked; ``current`` is the id of the one that this channel asks."""
    return told(notices.domains(known, current=current), turn=None)


def asked(user: str, text: str) -> Draft:
    """The root message for a question that has none: who asks, and what."""
    return told(notices.asked(user, text), turn=None)


# -- pieces ----------------------------------------------------------------------------------------------


def _voiced(prose: Prose) -> str:
    """Prose as Markdown; insights and errors stand out as quotations."""
    mark = {ProseKind.INSIGHT: "💡 ", ProseKind.ERROR: "⚠️ "}.get(prose.kind)
    if mark is None:
        return prose.text
    return "> " + mark + prose.text.strip("\n").removeprefix("- ").replace("\n", "\n> ")


def _broken_off(prose: Prose) -> str:
    """Prose that ends in the middle of a sentence says so."""
    text = _voiced(prose).rstrip()
    return text if not text or text[-1] in ".!?:…|`" else f"{text} …"


def _announced(visualization: Visualization) -> str:
    title = line(visualization.title, _TITLE_CHARS) or "Result"
    count = visualization.total_rows if visualization.total_rows is not None else len(visualization.rows)
    return f"{title} ({'1 row' if count == 1 else f'{count:,} rows'})"


def _exhibit(pages: Pages, exhibit: Exhibit, answer: Answer) -> None:
    """Chart, then the first rows, then what is to be said about them; kept together in one message."""
    if _said_already(exhibit, answer):
        pages.attach(exhibit.sql_file)
        return
    title = line(exhibit.title, _TITLE_CHARS)
    blocks: list[Block] = []
    said = list(exhibit.notes)
    if exhibit.chart:
        blocks.append(elements.image(exhibit.chart))
    elif title:
        blocks.append(elements.section(f"*{emphasized(title)}*"))
    if exhibit.table and exhibit.table.columns and exhibit.table.rows:
        block, left_out = table_block(exhibit.table)
        blocks.append(block)
        said = [left_out, *said]
    elif exhibit.table:
        said = ["No rows.", *said]
    if any(said):
        blocks.append(elements.context(*said))
    spoken = exhibit.chart.alt_text if exhibit.chart else title
    pages.add(*(blocks or [elements.context("Result")]), spoken=escape(spoken), file_id=exhibit.sql_file)


def _said_already(exhibit: Exhibit, answer: Answer) -> bool:
    """A table of one value that stands in the prose would only say it twice."""
    table = exhibit.table
    if table is None or exhibit.notes or (len(table.rows), len(table.columns)) != (1, 1):
        return False
    value = table.rows[0][0].text
    return any(isinstance(part, Prose) and value in part.text for part in answer.parts)


def _closing(pages: Pages, answer: Answer, *, turn: str, ending: Ending, notice: Notice | None) -> None:
    if ending is Ending.STOPPED:
        pages.add(elements.context(notices.STOPPED))
    elif pages.empty and not notice:
        pages.add(elements.context(notices.NO_ANSWER if ending is Ending.DONE else notices.INTERRUPTED))
    if answer.incomplete and ending is Ending.DONE:
        pages.add(elements.context(notices.INCOMPLETE))
    if notice:
        pages.add(elements.section(notice.text))
        if notice.retry:
            pages.add(_retry(turn))
    if ending is Ending.DONE and (asks := _asks(answer.suggestions)):
        pages.add(asks)


def _fallback(ending: Ending, notice: Notice | None) -> str:
    if notice:
        return shorten_bytes(notice.text, budget.TEXT_BYTES)
    return {Ending.DONE: "Answer", Ending.STOPPED: notices.STOPPED}.get(ending, notices.INTERRUPTED)


def _footer(footer: Footer) -> Block | None:
    seconds = "" if footer.seconds is None else _duration(footer.seconds)
    parts = (escape(line(footer.domain, _TITLE_CHARS)), seconds, _data_age(footer.data_refreshed_at))
    text = " · ".join(part for part in parts if part)
    return elements.small_print(text) if text else None


def _duration(seconds: float) -> str:
    return "under 1 s" if seconds < 1 else f"{seconds:.0f} s"


def _data_age(refreshed_at: str) -> str:
    """When the data was loaded, in the reader's own time zone where Slack can tell it."""
    if not refreshed_at.strip():
        return ""
    try:
        moment = datetime.fromisoformat(refreshed_at.strip())
    except ValueError:
        return "data as of " + escape(line(refreshed_at, 40))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    written = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"data as of <!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{written}>"


def _stop(turn: str) -> Block:
    return elements.actions([elements.button("Stop", STOP_ACTION, turn)])


def _retry(turn: str) -> Block:
    return elements.actions([elements.button("Retry", RETRY_ACTION, turn, style="primary")])


def _asks(questions: Sequence[str]) -> Block | None:
    """Questions as buttons; one that is too long for a button's value is left out, since it would be cut."""
    fitting = [
        question
        for question in questions
        if question.strip() and units(question) <= budget.BUTTON_VALUE_CHARS
    ]
    buttons = [
        elements.button(question, f"{ASK_ACTION}:{number}", question)
        for number, question in enumerate(fitting[:_SUGGESTIONS])
    ]
    return elements.actions(buttons) if buttons else None
