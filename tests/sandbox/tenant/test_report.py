"""The long answer."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.reply import Filter, Operator, Text, Visual
from bot.sandbox.tenant.report import Source, report
from bot.sandbox.tenant.sales import sales


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    """The tables of 1 June 2025."""
    made = Tables(date(2025, 6, 1))
    yield made
    made.close()


def test_a_chapter_has_a_section_for_each_value(tables: Tables) -> None:
    """Every stage has its heading and its numbers."""
    steps = list(report(Source(sales(), tables.run), ["stage"], ()))
    text = "".join(step.markdown for step in steps if isinstance(step, Text))
    for name, total in tables.run("SELECT stage, SUM(amount) FROM opportunities GROUP BY 1"):
        assert f"### {name}\n" in text
        assert f"- Total amount: **${total:,.0f}**" in text
    assert isinstance(steps[-1], Visual)


def test_a_report_without_sql(tables: Tables) -> None:
    """Who may not read SQL gets the same report without the query; the result carries it all the same."""
    full, without = (list(report(Source(sales(), tables.run, (), sql), [], ())) for sql in (True, False))
    texts = ["".join(step.markdown for step in each if isinstance(step, Text)) for each in (full, without)]
    assert "```sql" not in texts[1]
    assert texts[0].startswith(texts[1])
    assert without[-1] == full[-1]


def test_a_report_about_nothing_is_short(tables: Tables) -> None:
    """Where no record matches, the report says so and ends."""
    nowhere = Filter("region", Operator.IN, ("Atlantis",), "in Atlantis")
    steps = list(report(Source(sales(), tables.run), [], (nowhere,)))
    assert [step.markdown for step in steps if isinstance(step, Text)][
        -1
    ] == "No deals match: in Atlantis.\n\n"
