"""What one reader alone sees: windows (modals) with the SQL and for feedback, and the pages of the data.

Views are plain dicts as ``views.open`` takes them. Limits: docs.slack.dev/reference/views/modal-views.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.core.render import budget, elements, tables
from bot.core.render.controls import PAGE_ACTION
from bot.core.render.text import clean, emphasized, line, lines, shorten, units
from bot.core.render.windows import TITLE_CHARS, entered, field, form, inner, modal
from bot.model import Block, Draft, Notice, Table

#: ``callback_id`` of the feedback window.
FEEDBACK_VIEW = "wisdom_feedback_reason"

#: What can be wrong with an answer: what is stored, and what the reader chooses from.
REASONS: Mapping[str, str] = {
    "numbers": "Wrong numbers",
    "data": "Wrong data or filter",
    "question": "Not what I asked",
    "form": "Hard to read",
    "other": "Something else",
}

_REASON, _WORDS = "reason", "words"
_HEADING_CHARS = 150
_INPUT_CHARS = 3_000
_PIECE_CHARS = 3_000
_MOST_PIECES = 90
#: Of JSON; Slack refuses a view of more than 250 kB.
_VIEW_CHARS = 200_000

_DIALECTS = {
    "athena": "Athena",
    "bigquery": "BigQuery",
    "clickhouse": "ClickHouse",
    "databricks": "Databricks",
    "duckdb": "DuckDB",
    "mssql": "SQL Server",
    "mysql": "MySQL",
    "oracle": "Oracle",
    "postgres": "PostgreSQL",
    "postgresql": "PostgreSQL",
    "presto": "Presto",
    "redshift": "Redshift",
    "snowflake": "Snowflake",
    "spark": "Spark",
    "sqlite": "SQLite",
    "sqlserver": "SQL Server",
    "trino": "Trino",
    "tsql": "SQL Server",
}


class Reason(NamedTuple):
    """What a reader says in the feedback window: one of ``REASONS`` or empty, and words of their own."""

    reason: str
    words: str


# -- SQL -------------------------------------------------------------------------------------------------


def sql_view(title: str, text: str, *, dialect: str = "", attached: bool = False) -> Block:
    """The code behind a visualization, whole where Slack takes it; ``attached``: a file has it too."""
    heading = emphasized(line(title, _HEADING_CHARS))
    blocks: list[Block] = [elements.section(f"*{heading}*")] if heading else []
    room = _VIEW_CHARS
    for piece in _pieces(clean(text).strip("\n") or "–"):
        block = _preformatted(piece)
        room -= len(json.dumps(block))
        if room < 0 or len(blocks) > _MOST_PIECES:
            where = " The .sql file on the answer has all of it." if attached else ""
            blocks.append(elements.context(f"It goes on, but Slack shows no more in a window.{where}"))
            break
        blocks.append(block)
    return modal(sql_title(dialect), blocks)


def sql_title(dialect: str = "") -> str:
    """The window's title, with the dialect where it is known: ``SQL · SQLite``."""
    named = line(_DIALECTS.get(dialect.strip().lower(), dialect), TITLE_CHARS)
    return shorten(f"SQL · {named}", TITLE_CHARS) if named and named.upper() != "SQL" else "SQL"


def loading_view(title: str) -> Block:
    """Stands in a window while what it is for is looked up."""
    return modal(title, [elements.context("Loading…")])


def told_view(title: str, notice: Notice) -> Block:
    """A window that only says what happened."""
    return modal(title, [elements.section(notice.text)])


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that end at the end of a line where they can; without the line feed at the end."""
    piece = ""
    for each in lines(text):
        rest = each
        if piece and units(piece) + units(rest) > _PIECE_CHARS:
            yield piece.removesuffix("\n")
            piece = ""
        while units(rest) > _PIECE_CHARS:
            # Half of the limit is safe whatever the characters are.
            yield rest[: _PIECE_CHARS // 2]
            rest = rest[_PIECE_CHARS // 2 :]
        piece += rest
    if piece:
        yield piece.removesuffix("\n")


def _preformatted(text: str) -> Block:
    shown = {"type": "text", "text": text or " "}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "language": "sql", "elements": [shown]}],
    }


# -- feedback --------------------------------------------------------------------------------------------


def feedback_view(private: Mapping[str, str]) -> Block:
    """Asks what was wrong; ``private`` comes back with what is sent, and is short."""
    options = [{"text": elements.plain(text), "value": value} for value, text in REASONS.items()]
    view = modal(
        "What was wrong?",
        [
            field(_REASON, "What was wrong?", {"type": "radio_buttons", "options": options}),
            field(
                _WORDS,
                "Tell us more",
                {"type": "plain_text_input", "multiline": True, "max_length": _INPUT_CHARS},
                optional=True,
            ),
            elements.context(
                "Your feedback is already counted. What you add here helps to find the mistake."
            ),
        ],
    )
    return form(view, callback=FEEDBACK_VIEW, private=private, submit="Send", close="Skip")


def reason_in(view: Mapping[str, object]) -> Reason:
    """What was sent from the feedback window (``view`` as in ``view_submission``); untrusted words, cut."""
    option = inner(entered(view, _REASON), "selected_option")
    chosen = str(option.get("value") or "")
    words = str(entered(view, _WORDS).get("value") or "")
    return Reason(chosen if chosen in REASONS else "", clean(words)[:_INPUT_CHARS].strip())


# -- data ------------------------------------------------------------------------------------------------


def data_page(value: str, table: Table, page: int, *, native: bool) -> Draft:
    """One page of a table's rows, with buttons to the ones before and after it.

    ``value`` is ``<turn>:<index>``; ``page`` counts from 0.
    """
    shown, pages = tables.data_page(table, page, native=native)
    now = min(max(page, 0), pages - 1)
    title = line(table.title, _HEADING_CHARS)
    # A native table says its title itself.
    titled = any(block["type"] == "data_table" for block in shown)
    blocks: list[Block] = [elements.section(f"*{emphasized(title)}*")] if title and not titled else []
    blocks += shown
    turns: list[Block] = []
    if now > 0:
        turns.append(_page_button("Previous", value, now - 1))
    if now < pages - 1:
        turns.append(_page_button("Next", value, now + 1))
    if turns:
        blocks.append(elements.actions(turns))
    said = f"The data, page {now + 1} of {pages}" if pages > 1 else "The data"
    return Draft(text=shorten(said, budget.SECTION_CHARS), blocks=tuple(blocks))


def _page_button(text: str, value: str, page: int) -> Block:
    return elements.button(text, f"{PAGE_ACTION}:{page}", f"{value}:{page}")
