"""An answer for who must not see SQL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import rights
from bot.core.render import blocks
from bot.core.rights import HIDDEN
from bot.model import Answer, Code, Prose, ProseKind, Visualization, VisualizationType
from tests.core.render import limits
from tests.core.stored_values import answers

SECRET = "expected_revenue"
QUERIES = (
    "SELECT expected_revenue FROM deals",
    "select\n  expected_revenue\nfrom deals",
    "WITH big AS (\n  SELECT expected_revenue FROM deals\n)\nSELECT * FROM big",
    "-- what is expected_revenue?\n/* of expected_revenue */ SELECT 1",
    "(SELECT expected_revenue FROM deals) UNION (SELECT 1)",
    "EXPLAIN SELECT expected_revenue FROM deals",
    "CREATE TEMP TABLE t AS SELECT expected_revenue FROM deals",
)


def shown(markdown: str, *, in_progress: bool = False) -> str:
    """The text as it is shown."""
    answer = rights.without_sql(Answer((Prose(markdown),), in_progress=in_progress))
    (part,) = answer.parts
    assert isinstance(part, Prose)
    return part.text


# -- what is hidden --------------------------------------------------------------------------------------


def test_results_have_no_code() -> None:
    """Their rows and everything else about them stay."""
    chart = Visualization("v", "Deals", VisualizationType.BAR_CHART, code=Code("SELECT 1", "sqlite"))
    answer = Answer((Prose("Five."), chart), suggestions=("More?",), conversation_id="c")
    text, seen = rights.without_sql(answer).parts
    assert text == Prose("Five.")
    assert isinstance(seen, Visualization)
    assert (seen.code, seen.title, seen.type) == (None, "Deals", VisualizationType.BAR_CHART)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    ("before", "opening", "closing", "line"),
    [
        ("", "```sql", "```", ""),
        ("", "```SQL title", "```", ""),
        ("", "~~~sqlite", "~~~", ""),
        ("", "~~~ sql ~~~", "~~~", ""),
        ("", "```", "```", ""),
        ("", "````text", "````", ""),
        ("", "``` python", "```", ""),
        ("", "> ```sql", "> ```", "> "),
        ("", "> > ```", "> > ```", "> > "),
        ("", "- ```sql", "  ```", "  "),
        ("1. First:\n", "   ```", "   ```", "   "),
    ],
)
def test_a_fenced_query_is_hidden(query: str, before: str, opening: str, closing: str, line: str) -> None:
    """Named or not, in a quotation or a list; the text around it stays, and says that something is hidden."""
    inside = "\n".join(f"{line}{each}" for each in query.split("\n"))
    text = shown(f"Here:\n{before}{opening}\n{inside}\n{closing}\nFive deals.")
    assert SECRET not in text
    assert HIDDEN in text
    assert text.startswith("Here:\n")
    assert text.endswith("\nFive deals.")


@pytest.mark.parametrize("name", ["sql", "SQL", "tsql", "postgresql", "BigQuery", "snowflake", "duckdb"])
def test_a_block_that_is_named_so_is_hidden_whatever_it_begins_with(name: str) -> None:
    """Dialects have their own ways to write a query."""
    query = "FROM deals\n|> AGGREGATE SUM(expected_revenue)"
    assert shown(f"```{name}\n{query}\n```") == f"{HIDDEN}\n"
    assert shown(f"```{name}\n{query}", in_progress=True) == f"{HIDDEN}\n"


@pytest.mark.parametrize(
    "markdown",
    [
        "I ran `SELECT expected_revenue FROM deals` for this.",
        "I ran ```sql SELECT expected_revenue FROM deals``` for this.",
        "I ran ```SELECT expected_revenue FROM deals``` for this.",
        "I ran `` SELECT `expected_revenue` FROM deals `` for this.",
        "I ran `SELECT\nexpected_revenue` for this.",
        "I ran: ```sql\nSELECT expected_revenue FROM deals\n```\nThat is it.",
        "I ran: ```sql\nSELECT `expected_revenue` FROM deals",
        "A stray ``` first.\n\n```sql\nSELECT expected_revenue\n```\n",
        "A stray ` first, then `` SELECT expected_revenue FROM deals ``.",
        "```SELECT expected_revenue\nFROM deals\n```",
        "I ran `SELECT expected_revenue FROM de",
        "`" * 30 + "sql\nSELECT expected_revenue\n" + "`" * 30,
    ],
)
def test_a_query_in_the_midst_of_text_is_hidden(markdown: str) -> None:
    """Models do not always put it where Markdown wants it."""
    for in_progress in (False, True):
        text = shown(markdown, in_progress=in_progress)
        assert SECRET not in text
        assert HIDDEN in text


def test_backticks_inside_a_query_do_not_end_it() -> None:
    """A block ends where Markdown ends it."""
    markdown = "```sql\nSELECT '```' AS ticks,\n```` AS more,\n  expected_revenue ```\n```\nFive deals."
    assert shown(markdown.replace("````", "x```")) == f"{HIDDEN}\nFive deals."


def test_errors_are_looked_at_as_well() -> None:
    """A database quotes what it did not understand."""
    answer = Answer((Prose("Failed:\n```\nSELECT expected_revenue\n```", ProseKind.ERROR),))
    (part,) = rights.without_sql(answer).parts
    assert part == Prose(f"Failed:\n{HIDDEN}\n", ProseKind.ERROR)


# -- what stays ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markdown",
    [
        "Five deals.\n\n- one\n- two\n",
        "```python\nwith open(path) as file:\n    print(file)\n```\n",
        "```\nWith kind regards\n```\n",
        '```json\n{"select": 1}\n```\n',
        "```\nname,amount\nselection,5\n```",
        "```mermaid\ngraph TD\n```",
        "The column `select` and `with`, and `a b`.",
        "A stray ` tick with more text.",
        "A stray ``` of three with more text.",
        "> quoted\n> `code`\n",
        "Two blocks:\n```\na\n```\n~~~\nb\n~~~\n",
        "```\nnever closed, explain that",
    ],
)
def test_what_is_no_query_stays_as_it_is(markdown: str) -> None:
    """Other code is shown to the letter."""
    assert shown(markdown) == markdown


def test_text_without_code_is_not_touched() -> None:
    """Words are the tenant's, which writes them for this person's role."""
    said = Answer((Prose("Select a region, or ask with other words."),))
    assert rights.without_sql(said) == said


# -- while it is written ---------------------------------------------------------------------------------


def test_a_block_waits_until_it_is_known_what_it_is() -> None:
    """Nothing of a query flashes up before its first word is whole; what is something else appears then."""
    assert [shown(text, in_progress=True) for text in ("Here:\n``", "Here:\n```", "Here:\n```\nsel")] == [
        "Here:\n``",
        "Here:\n",
        "Here:\n",
    ]
    assert shown("Here:\n```\nself", in_progress=True) == "Here:\n```\nself"
    assert shown("Here:\n```python\nwith open(", in_progress=True) == "Here:\n"
    assert shown("Here:\n```python\nwith open(") == "Here:\n```python\nwith open("


@pytest.mark.parametrize("opening", ["```sql", "```", "~~~", "> ```", "- ```", "```text"])
@pytest.mark.parametrize("query", QUERIES)
def test_no_state_of_a_growing_answer_shows_a_query(opening: str, query: str) -> None:
    """Wherever the stream stands, not even a word of it is there."""
    whole = f"Here:\n{opening}\n{query}\n"
    for end in range(len(whole) + 1):
        text = shown(whole[:end], in_progress=True).lower()
        assert SECRET not in text
        assert "select" not in text.replace(HIDDEN.lower(), "")


_BEFORE = st.lists(
    st.sampled_from([
        "Five deals.", "", "- item", "> quoted", "`code`", "a ` stray", "a ``` stray", "with care",
        "```python\nx = 1\n```", "~~~\na\n~~~", "> ```\n> b\n> ```", "```sql\nSELECT 1\n```",
    ]),
    max_size=6,
)  # fmt: skip


@given(_BEFORE, st.sampled_from(QUERIES), st.sampled_from(["```", "~~~", "````"]), st.data())
def test_a_fenced_query_never_survives(
    before: list[str], query: str, fence: str, data: st.DataObject
) -> None:
    """Whatever stands before it, and however much of it has arrived."""
    name = data.draw(st.sampled_from(["", "sql", " bigquery x", "text"]))
    whole = "\n".join([*before, f"{fence}{name}", query, fence, "That is it."])
    assert SECRET not in shown(whole)
    assert shown(whole).endswith("That is it.")
    end = data.draw(st.integers(0, len(whole)))
    assert SECRET not in shown(whole[:end], in_progress=True)


@given(st.text(st.sampled_from("`~>ab \n-s"), max_size=80))
def test_text_without_a_query_loses_nothing(markdown: str) -> None:
    """However strange its fences are, an answer that has ended says all that it said."""
    assert shown(markdown) == markdown


@given(st.text(st.sampled_from("`~> \n-selctwihx("), max_size=60), st.booleans())
def test_no_other_text_appears(markdown: str, in_progress: bool) -> None:  # noqa: FBT001  # a column
    """What is shown is what was written, in its order, without what is hidden."""
    text, left = shown(markdown, in_progress=in_progress).replace(HIDDEN, ""), iter(markdown)
    assert [char for char in text.replace("\n", "") if char not in left] == []


@given(answers)
def test_any_answer_comes_out_whole(answer: Answer) -> None:
    """As many parts as before, no code, and nothing else is changed about it."""
    without = rights.without_sql(answer)
    assert len(without.parts) == len(answer.parts)
    assert all(part.code is None for part in without.parts if isinstance(part, Visualization))
    assert (without.suggestions, without.errors) == (answer.suggestions, answer.errors)


def test_an_answer_of_which_nothing_is_left_can_be_shown() -> None:
    """While a block waits, the message is one that Slack takes."""
    answer = rights.without_sql(Answer((Prose("```sql"), Prose("```\nsel"))))
    for draft in blocks.running(answer, turn="t1", seconds=1.0):
        limits.check(draft)
