from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.core import tables, visuals
from bot.model import ColumnKind, DisplayFormat, Table
from tests.core.wire import table, wire


def _texts(column: int, columns: object, rows: object) -> list[str]:
    return [row[column].text for row in table(columns, rows).rows]  # type: ignore[arg-type]  # shapes of wire()


def _one(form: str, *cells: object) -> list[str]:
    return _texts(0, [("x", form)], [[cell] for cell in cells])


def test_cells_of_all_three_dressings_are_typed() -> None:
    """JSON-encoded text, bare numbers and formatted amounts are understood, the last shown as sent."""
    made = table(
        [("service", ""), ("cost", ""), ("revenue", "")],
        [['"EC2"', "3875727", "$20,000"], ['"S3"', "12", "$5"]],
    )
    assert [column.kind for column in made.columns] == [ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.NUMBER]
    assert [cell.value for cell in made.rows[0]] == ["EC2", 3875727, 20000]
    assert [cell.text for cell in made.rows[0]] == ["EC2", "3,875,727", "$20,000"]
    assert made.columns[2].format is DisplayFormat.NUMBER_CURRENCY_USD


def test_nulls_and_blanks_read_as_a_dash() -> None:
    """Slack refuses empty cells, so an absent value has a text."""
    made = table([("a", "")], [[None], [""], ['""'], ["null"], ["  "]])
    assert [(row[0].value, row[0].text) for row in made.rows] == [(None, "–")] * 5


def test_rows_are_as_wide_as_the_columns() -> None:
    """Short rows are padded, long ones cut."""
    made = table([("a", ""), ("b", "")], [["1"], ["1", "2", "3"], []])
    assert [[cell.text for cell in row] for row in made.rows] == [["1", "–"], ["1", "2"], ["–", "–"]]


def test_cells_without_columns_still_stand_in_a_table() -> None:
    """Columns that the tenant does not describe are numbered."""
    made = tables.build(visuals.read({"data": [[{"value": "x"}], [{"value": "y"}, {"value": "1"}]]}))
    assert [column.name for column in made.columns] == ["Column 1", "Column 2"]
    assert made.rows[1][1].value == 1


def test_columns_stand_in_the_tenants_order() -> None:
    """``columnOrder`` names columns by unique_ref, alias or name; the others follow."""
    raw = wire("TABLE", [("a", ""), ("b", ""), ("c", ""), ("d", "")], [["1", "2", "3", "4"]])
    raw["columns"] = [
        {"name": "a"},
        {"name": "b", "alias": "Bee"},
        {"name": "c", "uniqueRef": "t.c"},
        {"name": "d"},
    ]
    raw |= {"columnOrder": ["t.c", "Bee", "gone"], "measures": ["b"], "dimensions": ["t.c"]}
    made = tables.build(visuals.read(raw))
    assert [column.name for column in made.columns] == ["C", "Bee", "A", "D"]
    assert [column.ref for column in made.columns] == ["t.c", "Bee", "a", "d"]
    assert [cell.text for cell in made.rows[0]] == ["3", "2", "1", "4"]
    assert (made.dimensions, made.measures) == ((0,), (1,))


def test_measure_groups_stand_in_for_measures_and_formats() -> None:
    """A group names measures, and the format of those columns that have none."""
    raw = wire("TABLE", [("stage", ""), ("sum", "")], [["a", "1000"]])
    raw["measureGroups"] = [{"label": "g", "measures": ["sum"], "format": "NUMBER_CURRENCY_USD"}]
    made = tables.build(visuals.read(raw))
    assert made.measures == (1,)
    assert made.rows[0][1].text == "$1,000"


def test_amounts_of_a_column_are_shown_alike() -> None:
    """Cents appear in all cells or in none."""
    assert _one("NUMBER_CURRENCY_USD", "1234.5", "20000") == ["$1,234.50", "$20,000.00"]
    assert _one("NUMBER_CURRENCY_USD", "-1234", "20000") == ["-$1,234", "$20,000"]
    assert _one("NUMBER_DECIMAL", "1.5", "0.30000000000000004") == ["1.50", "0.30"]
    assert _one("NUMBER_INTEGER", "1234567", "12") == ["1,234,567", "12"]
    assert _one("DURATION_HOURS", "1.5", "1200") == ["1.5 h", "1,200.0 h"]


def test_exact_numbers_stay_exact() -> None:
    """Integers beyond 2^53 and decimals keep every digit in their value."""
    made = table([("n", ""), ("d", "")], [["9007199254740993", "0.1"]])
    assert [cell.value for cell in made.rows[0]] == [9007199254740993, Decimal("0.1")]
    assert made.rows[0][0].text == "9,007,199,254,740,993"


def test_ids_and_years_are_not_counted() -> None:
    """Whole numbers that name something are read without separators, and leading zeros stay."""
    assert _one("", "007", "012") == ["007", "012"]
    assert _texts(0, [("year", ""), ("n", "")], [["2026", "2026"]]) == ["2026"]
    assert _texts(0, [("account_id", "")], [["12345"]]) == ["12345"]
    assert _texts(1, [("year", ""), ("n", "")], [["2026", "2026"]]) == ["2,026"]


def test_percentages_are_not_guessed() -> None:
    """Parts of a whole tell their scale; anything else is shown as sent."""
    assert _one("NUMBER_PERCENTAGE", "0.25", "0.25", "0.5") == ["25%", "25%", "50%"]
    assert _one("NUMBER_PERCENTAGE", "25", "25", "50") == ["25%", "25%", "50%"]
    assert _one("NUMBER_PERCENTAGE", "0.12", "0.4") == ["0.12", "0.40"]
    assert _one("NUMBER_PERCENTAGE", "12%", "4.5 %") == ["12%", "4.5 %"]


def test_dates_are_read_and_shown_by_grain() -> None:
    """A format gives the grain; without one, firsts of months are months and times keep their time."""
    assert _one("DATE_MONTH", "2026-03-01", "2026-04-01") == ["Mar 2026", "Apr 2026"]
    assert _one("DATE_QUARTER", "2026-03-01") == ["Q1 2026"]
    assert _one("DATE_YEAR", "2026") == ["2026"]
    assert _one("", "2026-01-01", "2026-02-01", "2026-03-01") == ["Jan 2026", "Feb 2026", "Mar 2026"]
    assert _one("", "2026-01-01", "2026-02-14") == ["Jan 1, 2026", "Feb 14, 2026"]
    assert _one("", "2026-01-01T09:30:00", "2026-02-14T00:00:00") == [
        "Jan 1, 2026 09:30",
        "Feb 14, 2026 00:00",
    ]
    assert _one("DATE_FISCAL_QUARTER", "2026-01-01") == ["2026-01-01"]


def test_date_columns_hold_dates() -> None:
    """A date has a date as value, a time a datetime, and what is no date stays as sent."""
    rows: list[list[object]] = [["2026-01-02", "2026-01-02 03:04"], ["2026-01-03", None], ["soon", None]]
    made = table([("d", "DATE_DATE"), ("t", "")], rows)
    assert [column.kind for column in made.columns] == [ColumnKind.TIME, ColumnKind.TIME]
    assert made.rows[0][0].value == date(2026, 1, 2)
    assert made.rows[0][1].value == datetime.fromisoformat("2026-01-02T03:04")
    assert (made.rows[2][0].value, made.rows[2][0].text) == ("soon", "soon")


def test_the_majority_decides_the_kind() -> None:
    """One odd cell in a column of numbers keeps its text; numbers among names stay text."""
    numbers = table([("n", "")], [["1"], ["2000"], ["n/a"]])
    assert numbers.columns[0].kind is ColumnKind.NUMBER
    assert [row[0].value for row in numbers.rows] == [1, 2000, "n/a"]
    names = table([("n", "")], [["3M"], ["1000"], ["Acme"]])
    assert names.columns[0].kind is ColumnKind.TEXT
    assert [row[0].value for row in names.rows] == ["3M", "1000", "Acme"]


def test_truth_values_read_as_words() -> None:
    """A column of truth values says yes and no."""
    made = table([("won", "")], [["true"], ["false"]])
    assert made.columns[0].kind is ColumnKind.BOOLEAN
    assert [(row[0].value, row[0].text) for row in made.rows] == [(True, "Yes"), (False, "No")]


def test_links_and_counts_are_kept() -> None:
    """A cell keeps its hyperlink; the table knows that there is more."""
    raw = wire("TABLE", [("a", "")], [], hasMore=True, totalRows=120)
    raw["data"] = [[{"value": "x", "hyperlink": "https://example.com/x"}]]
    made = tables.build(visuals.read(raw))
    assert made.rows[0][0].hyperlink == "https://example.com/x"
    assert (made.has_more, made.total_rows) == (True, 120)


def _with_totals(*subtotals: dict[str, object], **more: object) -> Table:
    raw = wire(
        "TABLE",
        [("region", ""), ("stage", ""), ("revenue", "NUMBER_CURRENCY_USD"), ("won", "NUMBER_PERCENTAGE")],
        [["EMEA", "Won", "1000.5", "0.5"], ["EMEA", "Lost", "20", "0.25"], ["APAC", "Won", "7", "0.25"]],
        dimensions=["region", "stage"],
        measures=["revenue", "won"],
        subtotals=list(subtotals),
        **more,
    )
    return tables.build(visuals.read(raw))


def _subtotal(names: list[str], *rows: list[str]) -> dict[str, object]:
    return {
        "columns": [{"name": name, "uniqueRef": f"t.{name}"} for name in names],
        "data": [[{"value": cell} for cell in row] for row in rows],
    }


def test_totals_stand_beneath_their_columns() -> None:
    """A total has a label, its cells are formatted like their columns, and the rest is absent."""
    made = _with_totals(
        _subtotal(["revenue"], ["1027.5"]),
        _subtotal(["region", "revenue", "won"], ["EMEA", "1020.5", "0.75"], ["APAC", "7", "$0.25"]),
    )
    assert [[cell.text for cell in row] for row in made.subtotals] == [
        ["Total", "–", "$1,027.50", "–"],
        ["EMEA", "Subtotal", "$1,020.50", "75%"],
        ["APAC", "Subtotal", "$7.00", "$0.25"],
    ]
    assert made.subtotals[1][2].value == Decimal("1020.5")
    assert len(made.rows) == 3


def test_totals_follow_the_columns() -> None:
    """In the tenant's order of columns, and also where a total does not name its columns at all."""
    moved = _with_totals(_subtotal(["won", "revenue"], ["1", "5"]), columnOrder=["revenue"])
    assert [cell.text for cell in moved.subtotals[0]] == ["$5.00", "Total", "–", "100%"]
    unnamed = _with_totals({"data": [[{"value": cell} for cell in ("Grand total", None, "5", "1")]]})
    assert [cell.text for cell in unnamed.subtotals[0]] == ["Grand total", "–", "$5.00", "100%"]


def test_totals_of_nothing_are_left_out() -> None:
    """A total that names no column of the table, or has no value, is no row."""
    assert _with_totals(_subtotal(["gone"], ["5"]), _subtotal(["revenue"], [""], [])).subtotals == ()


def test_a_total_without_a_place_for_its_label_has_none() -> None:
    """Where every column is a number, no number gives way to a word."""
    raw = wire("TABLE", [("a", ""), ("b", "")], [["1", "2"]], subtotals=[_subtotal(["a"], ["1"])])
    assert [cell.text for cell in tables.build(visuals.read(raw)).subtotals[0]] == ["1", "–"]


def test_measures_are_grouped_by_axis() -> None:
    """A group holds the drawn measures it names; one without any is none."""
    made = _with_totals(
        measureGroups=[
            {"label": "Money", "measures": ["revenue", "stage", "gone"]},
            {"label": "Share", "measures": ["won"], "format": "NUMBER_PERCENTAGE"},
            {"label": "Names", "measures": ["region"]},
        ],
        columnOrder=["won"],
    )
    assert [column.name for column in made.columns] == ["Won", "Region", "Stage", "Revenue"]
    assert made.groups == ((3,), (0,))


def test_references_are_unique_before_they_are_names() -> None:
    """A unique reference wins over an alias, and an alias over a name, whatever stands first."""
    raw = wire("TABLE", [], [["1", "2", "3"]], columnOrder=["x"])
    raw["columns"] = [{"name": "x"}, {"name": "b", "alias": "x"}, {"name": "c", "uniqueRef": "x"}]
    assert [row[0].value for row in tables.build(visuals.read(raw)).rows] == [3]


def test_forecasts_keep_their_range() -> None:
    """The bounds that a cell is sent with stand beside its value."""
    raw = wire("FORECAST_CHART", [("month", ""), ("n", "")], [])
    raw["data"] = [
        [{"value": "2026-01"}, {"value": "10"}],
        [{"value": "2026-02"}, {"value": "12", "forecastRange": {"lowerBound": 9, "upperBound": 15.5}}],
    ]
    made = tables.build(visuals.read(raw))
    assert [(row[1].low, row[1].high) for row in made.rows] == [(None, None), (9.0, 15.5)]


_names = st.sampled_from(["a", "b", "c", ""])
_cells = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.sampled_from(
        ["1", "2.5", '"x"', "$3", "7%", "2026-01-01", "1e999", "NaN", "-0", "1.2M", "3 days", "true"]
    ),
)


@given(
    st.lists(st.tuples(_names, st.sampled_from(DisplayFormat)), max_size=4),
    st.lists(st.lists(_cells, max_size=5), max_size=6),
    st.lists(st.lists(_names, max_size=3), min_size=3, max_size=3),
    st.lists(st.lists(_cells, max_size=4), max_size=3),
)
def test_every_table_is_rectangular(
    columns: list[tuple[str, DisplayFormat]],
    rows: list[list[str | None]],
    refs: list[list[str]],
    totals: list[list[str | None]],
) -> None:
    """Rows and totals have a cell for each column, no text is empty, and indexes point to columns."""
    raw = wire("TABLE", [(name, form) for name, form in columns], rows, dimensions=refs[0], measures=refs[1])
    raw |= {"columnOrder": refs[2], "measureGroups": [{"measures": refs[1]}, {"measures": refs[0]}]}
    raw["subtotals"] = [_subtotal(refs[2], *[["" if c is None else c for c in row] for row in totals])]
    made = tables.build(visuals.read(raw))
    width = len(made.columns)
    assert width == (len(columns) or max(map(len, rows), default=0))
    for row in (*made.rows, *made.subtotals):
        assert len(row) == width
        assert all(cell.text.strip() for cell in row)
    indexes = [*made.dimensions, *made.measures, *(place for group in made.groups for place in group)]
    assert set(indexes) <= set(range(width))
