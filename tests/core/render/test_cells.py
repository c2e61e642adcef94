"""What every table in a message is made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import cells
from bot.core.render.cells import Form, Grid
from bot.model import Cell, ColumnKind, Table, TableColumn
from tests.core.render import limits

COLUMNS = tuple(
    TableColumn(name, name.title(), ColumnKind.TEXT if name == "region" else ColumnKind.NUMBER)
    for name in ("region", "revenue", "deals")
)


def grid_of(rows: int, length: int, *, url: str = "") -> object:
    """What writes a table of one column whose cells are ``length`` long."""

    def make(form: Form) -> Grid:
        cell = Cell(None, "x" * length, url or None)
        return [[cells.text("h", form)], *([cells.written(cell, form, host="")] for _ in range(rows))]

    return make


@given(rows=st.integers(1, 30), length=st.integers(1, 200), room=st.integers(0, 6000), linked=st.booleans())
def test_a_table_keeps_to_its_room(rows: int, length: int, room: int, *, linked: bool) -> None:
    """It is inside its room wherever a header and a row of the shortest cells are."""
    make = grid_of(rows, length, url="https://a.b/" + "c" * 60 if linked else "")
    grid = cells.fitted(make, room)  # type: ignore[arg-type]  # what the helper gives
    assert len(grid) >= 2
    assert cells.chars(grid) <= max(room, 11)
    need = cells.need(make)  # type: ignore[arg-type]  # what the helper gives
    assert need.least <= min(need.most, cells.LEAST_CHARS)
    if room >= need.least:
        assert len(grid) >= min(rows, cells.FEWEST_ROWS) + 1
    if room >= need.most:
        assert len(grid) == rows + 1


def test_links_go_before_rows_and_rows_before_words() -> None:
    """Each form gives up what is missed least."""
    make = grid_of(10, 80, url="https://a.b/" + "c" * 100)
    forms = [cells.fitted(make, room) for room in (3000, 1000, 350, 150)]  # type: ignore[arg-type]
    assert [("url" in str(grid), len(grid) - 1) for grid in forms] == [
        (True, 10),
        (False, 10),
        (False, 4),
        (False, 3),
    ]
    assert len(str(forms[3][1][0]["text"])) == 40


def test_a_whole_table_keeps_its_rows() -> None:
    """A page shortens cells rather than to leave out a row."""
    grid = cells.whole(grid_of(25, 300), 700)  # type: ignore[arg-type]  # what the helper gives
    assert (len(grid), cells.chars(grid)) == (26, 1 + 25 * 20)


def test_no_cell_is_empty_and_none_is_a_mention() -> None:
    """Blank cells read as absent; what looks like a token is made powerless without being changed visibly."""
    assert cells.text(" \u202e\n", Form())["text"] == "–"
    assert "<!" not in str(cells.text("<!channel> @here", Form()))
    assert "<@" not in str(cells.written(Cell(None, "<@U1>", "https://a.b"), Form(), host=""))


def test_addresses_are_of_the_web() -> None:
    """Other schemes, and addresses that Slack would refuse, are no links."""
    for url in (
        "javascript:x",
        "https://a.b/" + "c" * 3000,
        "https://a b",
        "",
        "https://bank.example@evil.example/",
        f"https://{'a' * 61}.b",
    ):
        assert cells.written(Cell("x", "x", url), Form(), host="") == cells.text("x", Form())


def linked(*cells_: tuple[str, str]) -> list[list[Cell]]:
    """Rows of one cell each: what it says, and the host that it leads to."""
    return [[Cell(said, said, f"https://{host}/1" if host else None)] for said, host in cells_]


def links(rows: list[list[Cell]]) -> tuple[list[str], str]:
    """What the cells say, and what is said beneath the table."""
    host = cells.only_host(rows)
    grid = [[cells.written(cell, Form(), host=host) for cell in row] for row in rows]
    said = [text for row in grid for cell in row for text in limits.shown(cell) if "://" not in text]
    return said, cells.leads(grid)


def test_links_say_where_they_lead() -> None:
    """Beneath the table where it is one host for all, else each for itself where its label does not."""
    one = linked(("Acme", "crm.example"), ("Bolt", "crm.example"), ("No link", ""))
    assert links(one) == (["Acme", "Bolt", "No link"], "Links lead to crm.example")
    two = linked(("Acme", "crm.example"), ("evil.example", "evil.example"))
    assert links(two) == (["Acme (crm.example)", "evil.example"], "")
    assert links(linked(("crm.example", "crm.example"))) == (["crm.example"], "")
    assert links(linked(("No link", ""))) == (["No link"], "")


def test_a_label_that_names_another_host_is_no_link() -> None:
    """Beside the host it would still be what the eye falls on."""
    bank = Cell("bank.example", "bank.example", "https://evil.example/1")
    assert cells.written(bank, Form(), host="evil.example") == cells.text("bank.example", Form())


def test_what_is_left_out_is_counted() -> None:
    """Rows by the total where it is known, columns where some are missing, nothing where all is shown."""
    table = Table("T", COLUMNS, tuple((Cell("a", "a"),) * 3 for _ in range(4)))
    assert not cells.left_out(table, 4, 3)
    assert cells.left_out(table, 2, 3) == "First 2 of 4 rows"
    more = Table("T", COLUMNS, table.rows, has_more=True)
    assert cells.left_out(more, 4, 2) == "First 4 rows, there are more, 2 of 3 columns"
    counted = Table("T", COLUMNS, table.rows, has_more=True, total_rows=2310)
    assert cells.left_out(counted, 4, 3) == "First 4 of 2,310 rows"


def test_totals_are_said() -> None:
    """One number is said alone, several with their names, both after the words of the row."""
    empty, total = Cell(None, "–"), Cell(12, "12")
    rows = ((empty, Cell(1.5, "$1.50"), empty), (Cell("EMEA", "EMEA"), Cell(1, "$1"), total), (empty,) * 3)
    assert cells.totals(Table("T", COLUMNS, (), subtotals=rows)) == (
        "Total: $1.50",
        "EMEA: Revenue $1, Deals 12",
    )
