from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sql import file_name, pretty
from bot.model import Code


def _said(text: str) -> str:
    return "".join(text.split())


def test_sql_is_laid_out() -> None:
    """Clauses begin their own lines, and nothing but whitespace has changed."""
    sql = (
        "select stage, sum(amount) as total from opportunities "
        "where region = 'EMEA' group by 1 order by 2 desc"
    )
    laid_out = pretty(Code(sql))
    assert laid_out.splitlines() == [
        "select stage,",
        "       sum(amount) as total",
        "from opportunities",
        "where region = 'EMEA'",
        "group by 1",
        "order by 2 desc",
    ]
    assert laid_out.endswith("\n")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a\n  b' -- why\n, \"Order Date\" FROM `p.d.T` /* c\n  d */ WHERE y = {{ x }} AND z = %(z)s",
        "not sql at all ((",
        "SELECT $1::date; SELECT 2",
        "from t | where x > 1 | summarize count() by y",
    ],
)
def test_the_meaning_is_never_touched(sql: str) -> None:
    """Strings, comments, quoted names and templates stay as they ran."""
    assert _said(pretty(Code(sql))) == _said(sql)
    for part in ("'a\n  b'", "/* c\n  d */", "-- why\n"):
        assert (part in sql) == (part in pretty(Code(sql)))


@pytest.mark.parametrize("sql", ["SELECT 1" + ", 1" * 8_000, "SELECT " + "x" * 60_000, "(" * 500 + ")" * 500])
def test_what_is_too_much_is_shown_as_it_ran(sql: str) -> None:
    """Too many tokens, too much text or too deep nesting: the raw text."""
    assert pretty(Code(sql)) == sql + "\n"


@given(st.text(max_size=200))
def test_any_text_goes_through(text: str) -> None:
    """Layout never raises and never says anything else."""
    assert _said(pretty(Code(text))) == _said(text)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Revenue by stage", "Revenue by stage.sql"),
        ("../../etc/passwd\n", "etc passwd.sql"),
        ("Umsatz / Jahr: 収益?", "Umsatz Jahr 収益.sql"),
        ("🔥", "query.sql"),
        ("", "query.sql"),
        ("x" * 300, "x" * 60 + ".sql"),
    ],
)
def test_file_names_are_safe(title: str, name: str) -> None:
    """A title becomes a name without separators, dots or line breaks."""
    assert file_name(title) == name
