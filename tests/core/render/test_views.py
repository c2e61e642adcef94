"""What one reader alone sees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import controls, views, windows
from bot.core.render.text import units
from bot.model import Block, Cell, ColumnKind, Notice, Table, TableColumn
from bot.sandbox.slack.blockkit import rules
from tests.core.render import limits
from tests.sandbox.slack.bare import workspace


def checked(view: Block) -> Block:
    """The view, which the sandbox takes as Slack would."""
    rules.check_view(workspace(), view, viewer="U1")
    return view


def code(view: Block) -> str:
    """What stands in the SQL blocks, one line after the other."""
    return "\n".join(_code(view["blocks"]))


def _code(blocks: object) -> Iterator[str]:
    assert isinstance(blocks, list)
    for block in blocks:
        if block["type"] == "rich_text":
            (shown,) = block["elements"]
            assert shown["language"] == "sql"
            yield shown["elements"][0]["text"]


def said(view: Block) -> str:
    return json.dumps(view["blocks"], ensure_ascii=False)


def table(rows: int, columns: int = 2, text: str = "value") -> Table:
    return Table(
        "Deals <by> stage",
        tuple(TableColumn(f"c{each}", f"Column {each}", ColumnKind.TEXT) for each in range(columns)),
        tuple(tuple(Cell(text, text) for _ in range(columns)) for _ in range(rows)),
    )


# -- SQL -------------------------------------------------------------------------------------------------


def test_the_sql_stands_in_a_window_whole() -> None:
    """Its title names the dialect, its heading the visualization."""
    view = checked(views.sql_view("Deals <by> stage", "SELECT 1\n\nFROM t\n", dialect="sqlite"))
    title = view["title"]
    assert isinstance(title, dict)
    assert title["text"] == "SQL · SQLite"
    assert code(view) == "SELECT 1\n\nFROM t"
    assert "Deals &lt;by&gt; stage" in said(view)


@pytest.mark.parametrize(
    ("dialect", "title"),
    [
        ("", "SQL"),
        ("SQL", "SQL"),
        (" BigQuery ", "SQL · BigQuery"),
        ("tsql", "SQL · SQL Server"),
        ("a dialect of a long name", "SQL · a dialect of a…"),
    ],
)
def test_the_dialect_is_named_as_people_write_it(dialect: str, title: str) -> None:
    """One that is not known is named as the tenant does, as far as it fits."""
    assert views.sql_title(dialect) == title


@given(st.text(st.sampled_from("ab\n \t😀<é"), max_size=300).map(lambda text: text * 40))
def test_no_character_of_the_sql_is_lost_between_pieces(text: str) -> None:
    """Long code is cut into blocks at line ends, or inside a line that is longer than a block."""
    shown = list(_code(checked(views.sql_view("", text))["blocks"]))
    assert "".join(shown).replace("\n", "").strip() == text.replace("\n", "").strip() or not text.strip()
    assert all(units(piece) <= 3_000 for piece in shown)


def test_lines_stay_whole_where_they_can() -> None:
    """Pieces end at the end of a line."""
    lines = [f"SELECT {number:04} -- {'x' * 80}" for number in range(200)]
    view = checked(views.sql_view("", "\n".join(lines)))
    assert code(view).split("\n") == lines


@pytest.mark.parametrize("text", ["SELECT 1;\n" * 100_000, "x" * 1_000_000, "ж" * 300_000])
def test_code_that_no_window_holds_says_where_it_is(text: str) -> None:
    """Slack takes 250 kB; the reader is told that there is more, and where."""
    view = checked(views.sql_view("T", text, attached=True))
    assert "It goes on" in said(view)
    assert ".sql file" in said(view)
    assert ".sql file" not in said(checked(views.sql_view("T", text)))


def test_windows_that_only_say_something() -> None:
    """While it loads, and when there is nothing to show."""
    assert "Loading" in said(checked(views.loading_view("SQL")))
    assert "Gone." in said(checked(views.told_view("SQL", Notice("Gone."))))


# -- feedback --------------------------------------------------------------------------------------------


def test_the_feedback_window_asks_for_a_reason() -> None:
    """It brings back what it was given, and offers a few reasons and room for words."""
    private = {"turn": "t1", "channel": "C1", "thread_ts": "10.1"}
    view = checked(views.feedback_view(private))
    assert view["callback_id"] == views.FEEDBACK_VIEW
    assert windows.private_in(view) == private
    assert "Wrong numbers" in said(view)


def submitted(reason: object, words: object) -> Mapping[str, object]:
    """A view as in ``view_submission``."""
    option = {"type": "radio_buttons", "selected_option": {"value": reason} if reason else None}
    entry = {"type": "plain_text_input", "value": words}
    return {"state": {"values": {"reason": {"reason": option}, "words": {"words": entry}}}}


@pytest.mark.parametrize(
    ("reason", "words", "read"),
    [
        ("numbers", "  Off by one. ", ("numbers", "Off by one.")),
        ("data", None, ("data", "")),
        ("made up", "x", ("", "x")),
        (None, "y" * 5_000, ("", "y" * 3_000)),
    ],
)
def test_a_reason_is_read(reason: object, words: object, read: tuple[str, str]) -> None:
    """One of ours or none, and at most as many words as the window takes."""
    assert views.reason_in(submitted(reason, words)) == read


def test_a_view_of_another_shape_says_nothing() -> None:
    """What cannot be read is empty, never an error."""
    assert views.reason_in({}) == ("", "")


# -- data ------------------------------------------------------------------------------------------------


def turns(draft_blocks: tuple[Block, ...]) -> dict[str, str]:
    """The buttons that turn pages, with their values."""
    last = draft_blocks[-1]
    shown = last["elements"] if last["type"] == "actions" else []
    assert isinstance(shown, list)
    return {each["text"]["text"]: each["value"] for each in shown}


@pytest.mark.parametrize(
    ("page", "buttons"),
    [
        (0, {"Next": "t1:0:1"}),
        (1, {"Previous": "t1:0:0", "Next": "t1:0:2"}),
        (2, {"Previous": "t1:0:1"}),
        (9, {"Previous": "t1:0:1"}),
    ],
)
def test_pages_lead_to_each_other(page: int, buttons: dict[str, str]) -> None:
    """The first has none before it, the last none after it; one beyond is the last."""
    draft = views.data_page("t1:0", table(60), page, native=False)
    assert turns(draft.blocks) == buttons
    assert "60" in said({"blocks": list(draft.blocks)})
    limits.check(draft)


def test_a_single_page_has_nothing_to_turn() -> None:
    """Few rows, or none, stand there without buttons."""
    assert turns(views.data_page("t1:0", table(3), 0, native=False).blocks) == {}
    assert turns(views.data_page("t1:0", table(0), 0, native=False).blocks) == {}


def test_a_page_says_its_title_once() -> None:
    """A native table has the title as its caption, a plain one stands below a heading."""
    plain, native = (views.data_page("t1:0", table(3), 0, native=kind).blocks for kind in (False, True))
    assert [block["type"] for block in plain][:2] == ["section", "table"]
    assert [block["type"] for block in native][:1] == ["data_table"]


def test_the_buttons_of_a_page_are_told_apart() -> None:
    """Two buttons of a block must not share their action id."""
    middle = views.data_page("t1:0", table(60), 1, native=False).blocks[-1]
    shown = middle["elements"]
    assert isinstance(shown, list)
    assert [each["action_id"] for each in shown] == [
        f"{controls.PAGE_ACTION}:0",
        f"{controls.PAGE_ACTION}:2",
    ]


@given(st.text(max_size=200), st.booleans(), st.sampled_from([1, 25, 26]), st.sampled_from([1, 20, 30]))
def test_any_data_make_a_message_that_slack_takes(text: str, native: bool, rows: int, columns: int) -> None:  # noqa: FBT001  # a column
    """Whatever stands in the cells, nothing is refused and nobody is notified."""
    limits.check(views.data_page("t1:0", table(rows, columns, text or "–"), 0, native=native))
