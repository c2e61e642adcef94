"""Dialogs with the analyst: what was asked, and what plain SQL says the answer is."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.followups import split
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.gallery import SHOWN
from bot.sandbox.tenant.reply import (
    Filter,
    GeneratingQuery,
    Intent,
    Operator,
    Progress,
    Reply,
    Text,
    Thinking,
    Visual,
)
from tests.sandbox.tenant.dialogs import JOINED, SALES_DIALOGS, WEATHER_DIALOGS

TODAY = date(2025, 6, 1)


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """An analyst of 1 June 2025."""
    made = Analyst(TODAY)
    yield made
    made.close()


def dialog(analyst: Analyst, domain: str, *questions: str) -> Reply:
    """The reply to the last of several questions of one conversation."""
    reply = Reply((), None)
    for question in questions:
        reply = analyst.answer(domain, question, reply.intent)
    return reply


def visual(reply: Reply) -> Mapping[str, object]:
    """The one visualization of a reply."""
    (found,) = (step.visualization for step in reply.steps if isinstance(step, Visual))
    return found


def rows(reply: Reply) -> list[tuple[object, ...]]:
    """The rows of the visualization, as values."""
    data = visual(reply)["data"]
    assert isinstance(data, list)
    return [tuple(json.loads(cell["value"]) for cell in row) for row in data]


def prose(reply: Reply) -> str:
    """The answer's Markdown."""
    return "".join(step.markdown for step in reply.steps if isinstance(step, Text))


@pytest.mark.parametrize(("questions", "sql"), SALES_DIALOGS)
def test_sales_answers_are_right(analyst: Analyst, questions: tuple[str, ...], sql: str) -> None:
    """The rows of the answer are those of an independent query."""
    found = rows(dialog(analyst, SALES, *questions))
    assert sorted(map(repr, map(_plain, found))) == sorted(map(repr, map(_plain, analyst.run(sql))))


@pytest.mark.parametrize(("questions", "sql"), WEATHER_DIALOGS)
def test_weather_answers_are_right(analyst: Analyst, questions: tuple[str, ...], sql: str) -> None:
    """The rows of the answer are those of an independent query."""
    found = rows(dialog(analyst, WEATHER, *questions))
    assert sorted(map(repr, map(_plain, found))) == sorted(map(repr, map(_plain, analyst.run(sql))))


def _plain(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(float(value) if isinstance(value, int | float) else value for value in row)


@pytest.mark.parametrize(
    ("domain", "questions", "kind"),
    [
        (SALES, ("amount by stage",), "COLUMN_CHART"),
        (SALES, ("expected revenue from each opportunity",), "BAR_CHART"),
        (SALES, ("amount by month",), "LINE_CHART"),
        (SALES, ("share of amount by region",), "PIE_CHART"),
        (SALES, ("amount by region", "as a pie chart"), "PIE_CHART"),
        (SALES, ("amount by month", "draw it as an area chart"), "AREA_CHART"),
        (SALES, ("amount by stage as a funnel",), "FUNNEL_CHART"),
        (SALES, ("amount by region and stage as a stacked bar chart",), "STACKED_BAR_CHART"),
        (SALES, ("list open deals",), "TABLE"),
        (SALES, ("how many deals",), "TABLE"),
        (SALES, ("amount by region as a table",), "TABLE"),
        (WEATHER, ("scatter of temp max against wind",), "SCATTER_CHART"),
    ],
)
def test_the_chart_fits(analyst: Analyst, domain: str, questions: tuple[str, ...], kind: str) -> None:
    """The chart is the one asked for, or the one that suits the data."""
    assert visual(dialog(analyst, domain, *questions))["type"] == kind


def test_rankings_are_ordered_and_cut(analyst: Analyst) -> None:
    """A top five gives five rows, the highest first."""
    found = rows(dialog(analyst, SALES, "top 5 deals by expected revenue"))
    best = analyst.run("SELECT name FROM opportunities ORDER BY expected_revenue DESC, name LIMIT 5")
    assert [row[0] for row in found] == [row[0] for row in best]


def test_the_biggest_one_is_one(analyst: Analyst) -> None:
    """A superlative about one thing gives one row, and the prose names it."""
    reply = dialog(analyst, WEATHER, "What was the hottest day?")
    assert [row[0] for row in rows(reply)] == ["2014-08-11"]
    assert "**11 August 2014** with 35.6 °C" in prose(reply)


def test_numbers_in_the_prose_are_computed(analyst: Analyst) -> None:
    """The headline and the extremes say what the rows say."""
    reply = dialog(analyst, SALES, "total amount by region")
    total = analyst.run("SELECT SUM(amount) FROM opportunities")[0][0]
    regions = f"SELECT region, SUM(amount) FROM {JOINED} GROUP BY 1 ORDER BY 2 DESC"  # noqa: S608 -- our own
    name, most = analyst.run(regions)[0]
    assert f"**${total:,.0f}**" in prose(reply)
    assert f"Highest **{name} with ${most:,.0f}**" in prose(reply)


def test_an_answer_comes_in_steps(analyst: Analyst) -> None:
    """First what is happening, then the query, the finding, the picture and what to ask next."""
    kinds = [type(step) for step in dialog(analyst, SALES, "amount by region").steps]
    assert kinds == [Progress, Thinking, GeneratingQuery, Progress, Text, Text, Visual, Text]


def test_the_sql_shown_is_the_sql_that_ran(analyst: Analyst) -> None:
    """Running the shown statement gives the shown rows."""
    reply = dialog(analyst, SALES, "amount by owner in EMEA last year")
    code = visual(reply)["code"]
    assert isinstance(code, dict)
    assert code["dialect"] == "sqlite"
    assert [_plain(row) for row in analyst.run(code["codeStr"])] == [_plain(row) for row in rows(reply)]
    assert code["codeStr"] in prose(
        dialog(analyst, SALES, "amount by owner in EMEA last year", "and the SQL?")
    )


@pytest.mark.parametrize("domain", [SALES, WEATHER])
def test_every_example_and_every_suggestion_is_answered(analyst: Analyst, domain: str) -> None:
    """What the analyst offers, it can answer; and it offers two or three each time."""
    for example in analyst.examples(domain):
        reply = analyst.answer(domain, example, None)
        _, offered = split(prose(reply))
        assert 2 <= len(offered) <= 3, example
        for question in offered:
            assert "I cannot" not in prose(analyst.answer(domain, question, reply.intent)), (
                example,
                question,
            )
            assert "I left out" not in prose(analyst.answer(domain, question, reply.intent)), (
                example,
                question,
            )


@pytest.mark.parametrize("text", ["What can I ask?", "help", "hello", "what can you do"])
def test_help_offers_ten_questions(analyst: Analyst, text: str) -> None:
    """Who asks what can be asked gets ten links."""
    reply = dialog(analyst, SALES, text)
    assert split(prose(reply))[1] == analyst.examples(SALES)
    assert len(analyst.examples(SALES)) == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("churn rate by region", "“churn”"),
        ("deals in Narnia", "“narnia”"),
        ("What is the weather tomorrow?", "“weather”"),
        ("xyzzy", "“xyzzy”"),
        ("", "I cannot find a question"),
        ("???", "I cannot find a question"),
    ],
)
def test_what_cannot_be_answered_is_said(analyst: Analyst, text: str, said: str) -> None:
    """No number is made up; the reply names what it does not know, and offers questions."""
    reply = dialog(analyst, SALES, text)
    assert said in prose(reply)
    assert not any(isinstance(step, Visual) for step in reply.steps)
    assert 2 <= len(split(prose(reply))[1]) <= 3


def test_a_misunderstanding_does_not_lose_the_thread(analyst: Analyst) -> None:
    """After a question without an answer, the conversation goes on from the one before."""
    reply = dialog(analyst, SALES, "amount by region", "xyzzy", "only won deals")
    assert "won" in str(visual(reply)["title"])


def test_guesses_are_said(analyst: Analyst) -> None:
    """A corrected slip and an unused word are told to the person."""
    text = prose(dialog(analyst, SALES, "expceted revenue by region zzz"))
    assert "I read “expceted” as “expected”." in text
    assert "I left out “zzz”" in text


def test_nothing_found_is_said(analyst: Analyst) -> None:
    """An empty result is a sentence, not an empty chart."""
    reply = dialog(analyst, SALES, "list won deals closing next year")
    assert "No deals match: won, closing next year." in prose(reply)
    assert not any(isinstance(step, Visual) for step in reply.steps)


def test_old_data_has_its_own_present(analyst: Analyst) -> None:
    """Relative times in data of the past are counted from its end, and the answer says so."""
    assert "The data ends on 31 December 2015" in prose(dialog(analyst, WEATHER, "precipitation last month"))


def test_long_lists_are_cut(analyst: Analyst) -> None:
    """At most a thousand rows are sent, and the answer says how many there are."""
    found = visual(dialog(analyst, WEATHER, "list all days"))
    assert (len(rows(dialog(analyst, WEATHER, "list all days"))), found["hasMore"], found["totalRows"]) == (
        1000,
        True,
        1461,
    )


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        (SALES, "Write a report on the pipeline"),
        (SALES, "describe every stage in detail"),
        (WEATHER, "write a report on the weather"),
    ],
)
def test_a_report_is_long(analyst: Analyst, domain: str, text: str) -> None:
    """A report has headings, a table and code, and more text than fits one message."""
    report = prose(dialog(analyst, domain, text))
    assert 4_000 <= len(report) <= 15_000
    assert all(mark in report for mark in ("# Report", "\n## ", "\n### ", "\n| --- ", "```sql\n"))


def test_a_scope_always_holds(analyst: Analyst) -> None:
    """The rows that a person may not see are in no answer, whatever they ask."""
    scope = (Filter("region", Operator.IN, ("EMEA",), "in EMEA"),)
    reply = analyst.answer(SALES, "how many deals", None, scope=scope)
    assert rows(reply) == analyst.run(f"SELECT COUNT(*) FROM {JOINED} WHERE region = 'EMEA'")  # noqa: S608 -- our own
    report = prose(analyst.answer(SALES, "write a report", None, scope=scope))
    assert "APAC" not in report


EMEA = (Filter("region", Operator.IN, ("EMEA",), "in EMEA"),)
NOT_EMEA = f"SELECT o.id FROM {JOINED} WHERE region <> 'EMEA'"  # noqa: S608 -- our own
SALES_QUESTIONS = sorted(
    {(shown.question,) for shown in SHOWN if shown.domain == SALES}
    | {questions for questions, _ in SALES_DIALOGS}
    | {
        (question,)
        for question in (
            "help",
            "write a report",
            "describe every region in detail",
            "forecast expected revenue for the next 6 months",
            "amount by region and stage with totals",
            "deals for Hoshino Retail",
            "deals for hosino",
            "sales in asia",
            "how many deals did we win in the US",
        )
    }
)


@pytest.fixture(scope="module")
def emea_only() -> Iterator[Analyst]:
    """An analyst of the same day whose tables hold no other deals than those of EMEA."""
    made = Analyst(TODAY)
    connection = made._tables._connection
    connection.execute("PRAGMA query_only = OFF")
    connection.execute(f"DELETE FROM opportunities WHERE id IN ({NOT_EMEA})")  # noqa: S608 -- our own
    connection.commit()
    yield made
    made.close()


@pytest.mark.parametrize("questions", SALES_QUESTIONS)
def test_rows_out_of_scope_might_as_well_not_be_there(
    analyst: Analyst, emea_only: Analyst, questions: tuple[str, ...]
) -> None:
    """Words, numbers, names and pictures are those of a tenant without these rows; only the SQL differs."""
    limited = intent = None
    for question in questions:
        limited = analyst.answer(SALES, question, intent, scope=EMEA)
        alone = emea_only.answer(SALES, question, intent)
        assert _without_sql(limited) == _without_sql(alone)
        intent = limited.intent
    assert limited is not None


def _without_sql(reply: Reply) -> list[object]:
    """What a reply says and shows."""
    texts = [
        re.sub(r"```sql\n.*?```", "", step.markdown, flags=re.DOTALL)
        for step in reply.steps
        if isinstance(step, Text)
    ]
    pictures = [
        {
            **step.visualization,
            "id": "",
            "code": "",
            "subtotals": str(step.visualization["subtotals"]).replace(str(step.visualization["id"]), ""),
        }
        for step in reply.steps
        if isinstance(step, Visual)
    ]
    return [*texts, *pictures]


def test_the_sql_shows_the_scope(analyst: Analyst) -> None:
    """Whoever reads the query sees by which rule it was restricted, in every place where it is told."""
    reply = analyst.answer(SALES, "amount by stage", None, scope=EMEA)
    rule = "WHERE a.region = 'EMEA'"
    assert rule in str(visual(reply)["code"])
    assert any(rule in step.text for step in reply.steps if isinstance(step, GeneratingQuery))
    assert rule in prose(analyst.answer(SALES, "show me the sql", reply.intent, scope=EMEA))
    assert rule in prose(analyst.answer(SALES, "write a report", None, scope=EMEA))


def test_what_is_offered_fits_the_scope(analyst: Analyst) -> None:
    """Somebody who sees APAC only is not sent to ask about EMEA; whatever they are offered they can ask."""
    scope = (Filter("region", Operator.IN, ("APAC",), "in APAC"),)
    _, offered = split(prose(analyst.answer(SALES, "help", None, scope=scope)))
    assert len(offered) == 9
    for question in offered:
        assert "I cannot" not in prose(analyst.answer(SALES, question, None, scope=scope))


def test_no_row_in_scope(analyst: Analyst) -> None:
    """Where somebody may see no row at all, there are none, and stages still have their names."""
    nowhere = (Filter("region", Operator.IN, ("Atlantis",), "in Atlantis"),)
    assert "There are **0 deals** (won)." in prose(
        analyst.answer(SALES, "how many won deals", None, scope=nowhere)
    )


@pytest.mark.parametrize("question", ["show me the sql", "how did you compute that", "and the SQL?"])
def test_sql_may_be_refused(analyst: Analyst, question: str) -> None:
    """Who may not read it is told so, and the conversation goes on; results still carry the query."""
    first = analyst.answer(SALES, "amount by stage", None, sql=False)
    assert visual(first)["code"]
    reply = analyst.answer(SALES, question, first.intent, sql=False)
    assert "your role does not let you see SQL" in prose(reply)
    assert "SELECT" not in prose(reply)
    assert reply.intent == first.intent
    assert "SELECT" not in prose(analyst.answer(SALES, "write a report", None, sql=False))


IN_CONTEXT = """Earlier questions in this thread, asked by others (context only):
1. Expected revenue by stage
2. And for {region}?

The question to answer: And as a pie chart?"""


def test_a_question_after_those_of_others(analyst: Analyst) -> None:
    """The last one is answered, and it goes on where the others left off."""
    reply = analyst.answer(SALES, IN_CONTEXT.format(region="EMEA"), None)
    alone = dialog(analyst, SALES, "Expected revenue by stage", "And for EMEA?", "And as a pie chart?")
    assert reply == alone
    assert visual(reply)["title"] == "Total expected revenue by stage, in EMEA"
    assert visual(reply)["type"] == "PIE_CHART"


def test_what_others_asked_is_read_with_the_askers_rights(analyst: Analyst) -> None:
    """What they may not see of the others' questions is left out, and the rule holds for the rest."""
    reply = analyst.answer(SALES, IN_CONTEXT.format(region="APAC"), None, scope=EMEA)
    assert visual(reply)["title"] == "Total expected revenue by stage"
    assert "WHERE a.region = 'EMEA'" in str(visual(reply)["code"])
    assert "APAC" not in repr(reply)


def test_an_unknown_domain_is_an_error(analyst: Analyst) -> None:
    """Only the domains that are listed can be asked."""
    with pytest.raises(KeyError):
        analyst.answer("ET_DOMAIN_nowhere", "how many deals", None)
    assert [domain.id for domain in analyst.domains] == [SALES, WEATHER]


def test_a_query_of_another_domain_is_ignored(analyst: Analyst) -> None:
    """A follow-up needs a question about the same domain."""
    reply = analyst.answer(WEATHER, "and by season?", Intent(SALES, dimensions=("region",)))
    assert reply.intent is not None
    assert reply.intent.domain == WEATHER


SOME = """
total average how many count amount revenue by per each region stage owner month year top 5 bottom only
and what about last next quarter deals deal list show in EMEA won lost above below between 50k and 10 not
except compare vs scatter pie chart as a sorted share of the biggest lowest temperature rain wind days
coldest report sql help all across total without filters 2014 may since before closing created , ? ! zzz
it list them also
"""
WORDS = st.sampled_from(SOME.split())


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([SALES, WEATHER]),
    st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=1, max_size=4),
)
def test_no_dialog_breaks_the_analyst(analyst: Analyst, domain: str, questions: list[str]) -> None:
    """Any sequence of its own words gets an answer with something to read in it."""
    assert prose(dialog(analyst, domain, *questions))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([SALES, WEATHER]), st.text())
def test_no_text_breaks_the_analyst(analyst: Analyst, domain: str, text: str) -> None:
    """Any text at all gets an answer."""
    assert prose(dialog(analyst, domain, text))
