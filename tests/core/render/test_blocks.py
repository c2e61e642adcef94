"""Answers as Slack messages: always inside the limits, in order, with the right controls."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.charts import NAMES
from bot.core.render import blocks, budget, controls
from bot.core.render.blocks import Ending
from bot.model import (
    Answer,
    Block,
    Cell,
    ChartImage,
    ChartKind,
    ChartSpec,
    ColumnKind,
    DisplayFormat,
    Domain,
    Draft,
    Exhibit,
    Footer,
    Native,
    Notice,
    Prose,
    ProseKind,
    Series,
    Table,
    TableColumn,
    Visualization,
    VisualizationType,
)
from tests.core.render.limits import check

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from((
        *("", " ", "<!channel> hi", "<@U123>", "@here", "😀" * 90, "word " * 900, "x" * 4000, "a\x00b"),
        *("*b*`c`", "<" * 3000, "```sql\n" + "select 1;\n" * 1500),
        "| a | b |\n|---|---|\n" + "| <1> | 2 |\n" * 900,
        "para one.\n\npara two.\n\n" * 300,
    )),
)  # fmt: skip
LINKS = st.one_of(st.none(), st.sampled_from(("https://a.b/" + "c" * 900, "javascript:x", "https://a.b", "")))


VALUES = st.sampled_from((None, 1, 1.5, float("nan"), 2**60, True, "x"))
CELLS = st.lists(st.builds(Cell, value=VALUES, text=HOSTILE, hyperlink=LINKS), min_size=1, max_size=4)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Any table, its cells as hostile as cells can be."""
    width, height = draw(st.integers(0, 25)), draw(st.integers(0, 14))
    names = draw(st.lists(HOSTILE, min_size=width, max_size=width))
    columns = tuple(
        TableColumn(ref=str(index), name=name, kind=draw(st.sampled_from(ColumnKind)))
        for index, name in enumerate(names)
    )
    cells = draw(CELLS)
    rows = tuple(tuple(cells[(row + at) % len(cells)] for at in range(width)) for row in range(height))
    return Table(
        title=draw(HOSTILE),
        columns=columns,
        rows=rows,
        measures=(width - 1,) if width else (),
        subtotals=rows[: draw(st.integers(0, 5))],
        has_more=draw(st.booleans()),
        total_rows=draw(st.none() | st.integers(0, 10**7)),
    )


VISUALIZATIONS = st.builds(
    Visualization, id=st.just("v"), title=HOSTILE, type=st.just(VisualizationType.TABLE)
)
PROSE = st.builds(Prose, text=HOSTILE, kind=st.sampled_from(ProseKind))
ANSWERS = st.builds(
    Answer,
    parts=st.lists(PROSE | VISUALIZATIONS, max_size=6).map(tuple),
    status=HOSTILE,
    suggestions=st.lists(HOSTILE, max_size=5).map(tuple),
)


@st.composite
def specs(draw: st.DrawFn) -> ChartSpec:
    """Charts of which many can be drawn natively, up to the largest, and many cannot."""
    labels = st.lists(st.text("abc", min_size=1, max_size=20) | HOSTILE, min_size=1, max_size=20, unique=True)
    categories = draw(labels)
    names = draw(labels)[: draw(st.sampled_from((1, 2, 12)))]
    values = tuple(draw(st.lists(st.floats(-9, 9), min_size=len(categories), max_size=len(categories))))
    return ChartSpec(
        kind=draw(st.sampled_from(ChartKind)),
        title=draw(HOSTILE),
        categories=tuple(categories),
        series=tuple(Series(name, values) for name in names),
        y_label=draw(HOSTILE),
        format=draw(st.sampled_from(DisplayFormat)),
        alt_text=draw(HOSTILE),
    )


EXHIBITS = st.builds(
    Exhibit,
    title=HOSTILE,
    table=st.none() | tables(),
    spec=st.none() | specs(),
    chart=st.none() | st.builds(ChartImage, file_id=st.just("F0123456789"), alt_text=HOSTILE),
    sql_file=st.sampled_from(("", "F9876543210")),
    notes=st.lists(HOSTILE, max_size=12).map(tuple),
    type=st.sampled_from(VisualizationType),
    types=st.sampled_from(((), tuple(NAMES)[:12])),
    has_sql=st.booleans(),
    kept=st.booleans(),
)
FOOTERS = st.builds(
    Footer,
    domain=HOSTILE,
    seconds=st.none() | st.just(2.5),
    data_refreshed_at=HOSTILE,
    link=LINKS.map(str),
    shared_by=st.just(""),
)
NOTICES = st.none() | st.builds(Notice, text=st.just("It failed. Try again."), retry=st.booleans())


@settings(max_examples=60, deadline=None)
@given(answer=ANSWERS)
def test_running_answer_keeps_every_limit(answer: Answer) -> None:
    """Whatever a model writes, a running answer fits, and only its last message has Stop."""
    drafts = blocks.running(answer, turn="t1", seconds=12.3)
    for draft in drafts:
        check(draft)
    assert [blocks.STOP_ACTION in action_ids(draft) for draft in drafts] == [False] * (len(drafts) - 1) + [
        True
    ]


@settings(max_examples=60, deadline=None)
@given(
    answer=ANSWERS,
    exhibits=st.lists(EXHIBITS, max_size=4),
    footer=FOOTERS,
    notice=NOTICES,
    native=st.builds(Native, charts=st.booleans(), tables=st.booleans()),
    question=HOSTILE,
    extras=st.tuples(st.booleans(), st.booleans()),
)
def test_finished_answer_keeps_every_limit(
    answer: Answer,
    exhibits: list[Exhibit],
    footer: Footer,
    notice: Notice | None,
    native: Native,
    question: str,
    extras: tuple[bool, bool],
) -> None:
    """Whatever tables hold, a finished answer fits, keeps all its files and cannot be stopped any more."""
    for ending in Ending:
        drafts = blocks.finished(
            answer,
            turn="t1",
            asker="U1",
            question=question,
            ending=ending,
            exhibits=exhibits,
            footer=footer,
            notice=notice,
            native=native,
            exports=extras[0],
            share=extras[1],
        )
        assert 1 <= len(drafts) <= budget.MOST_MESSAGES
        assert not any(draft.overflows for draft in drafts[:-1])
        for draft in drafts:
            check(draft)
            assert blocks.STOP_ACTION not in action_ids(draft)
            assert extras[0] or controls.CSV_ACTION not in action_ids(draft)
        files = [exhibit.sql_file for exhibit in exhibits if exhibit.sql_file]
        assert [file_id for draft in drafts for file_id in draft.file_ids] == files


@settings(max_examples=40, deadline=None)
@given(text=st.lists(HOSTILE, max_size=12).map("\n\n".join), data=st.data())
def test_messages_stay_as_they_are_while_the_answer_grows(text: str, data: st.DataObject) -> None:
    """All messages of a running answer but the last are the same whatever is said later."""
    end = data.draw(st.integers(0, len(text)))
    before = blocks.running(Answer(parts=(Prose(text[:end]),)), turn="t1", seconds=1)
    after = blocks.running(Answer(parts=(Prose(text),)), turn="t1", seconds=2)
    assert before[:-1] == after[: len(before) - 1]


def action_ids(draft: Draft) -> list[object]:
    """The controls of a message."""
    rows = [block["elements"] for block in draft.blocks if "actions" in str(block["type"])]
    return [element["action_id"] for row in rows for element in row]  # type: ignore[attr-defined]  # JSON


def kinds(draft: Draft) -> list[object]:
    """The kinds of a message's blocks, in order."""
    return [block["type"] for block in draft.blocks]


def small_table(rows: int = 2, total: int | None = None) -> Table:
    """Regions and revenue."""
    columns = (
        TableColumn("r", "region", ColumnKind.TEXT),
        TableColumn("v", "revenue", ColumnKind.NUMBER),
    )
    cells = tuple((Cell("EMEA", "EMEA"), Cell(1.5, "1.50")) for _ in range(rows))
    return Table("Revenue", columns, cells, dimensions=(0,), measures=(1,), total_rows=total)


def visualization(title: str = "Revenue") -> Visualization:
    """A visualization as it came in."""
    return Visualization(id="v1", title=title, type=VisualizationType.BAR_CHART)


FOOTER = Footer(domain="Sales", seconds=12.4, data_refreshed_at="2026-11-20T06:00:00Z")


def ends(
    answer: Answer,
    *exhibits: Exhibit,
    ending: Ending = Ending.DONE,
    notice: Notice | None = None,
    native: Native = Native(),  # noqa: B008  # frozen
    footer: Footer = FOOTER,
) -> tuple[Draft, ...]:
    """The messages of a finished answer to a question that cannot be asked again."""
    drafts = blocks.finished(
        answer,
        turn="t1",
        asker="",
        question="",
        ending=ending,
        exhibits=exhibits,
        footer=footer,
        notice=notice,
        native=native,
    )
    for draft in drafts:
        check(draft)
    return drafts


def end(
    answer: Answer,
    *exhibits: Exhibit,
    ending: Ending = Ending.DONE,
    notice: Notice | None = None,
    native: Native = Native(),  # noqa: B008  # frozen
) -> Draft:
    """The only message of such an answer."""
    (draft,) = ends(answer, *exhibits, ending=ending, notice=notice, native=native)
    return draft


def test_waiting_says_what_happens() -> None:
    """The placeholder can be stopped, and says how many questions come first."""
    draft = blocks.waiting(turn="t1", ahead=2)
    check(draft)
    assert draft.text == "Waiting for 2 questions before this one in the thread."
    assert action_ids(draft) == [blocks.STOP_ACTION]
    assert blocks.waiting(turn="t1", ahead=0).text == "Thinking…"


def test_running_shows_text_status_and_stop() -> None:
    """A running answer shows the text so far, then what is happening and for how long."""
    answer = Answer(parts=(Prose("Revenue **gre"), visualization()), status="Running the query")
    (draft,) = blocks.running(answer, turn="t1", seconds=12.3)
    assert kinds(draft) == ["markdown", "context", "context", "actions"]
    assert context_text(draft.blocks[1]) == "Revenue (0 rows)"
    assert context_text(draft.blocks[2]) == "Running the query · 12 s"


def test_half_open_text_is_closed_while_it_streams() -> None:
    """Bold that is still being written is closed in the draft."""
    (draft,) = blocks.running(Answer(parts=(Prose("Revenue **gre"),)), turn="t1", seconds=1)
    assert draft.blocks[0]["text"] == "Revenue **gre**"


def test_finished_answer_in_reading_order() -> None:
    """Text, chart, table, what is left out, text, suggestions, footer: in the order of the answer."""
    answer = Answer(
        parts=(Prose("Here it is."), visualization(), Prose("It grew.")), suggestions=("And by region?",)
    )
    exhibit = Exhibit(
        title="Revenue",
        table=small_table(rows=12, total=2310),
        chart=ChartImage("F1", "Revenue grew from 1 to 2."),
        sql_file="F2",
        notes=("Drawn as columns.",),
    )
    draft = end(answer, exhibit)
    assert kinds(draft) == ["markdown", "image", "table", "context", "markdown", "actions", "context"]
    assert context_text(draft.blocks[3]) == "First 10 of 2,310 rows Drawn as columns."
    assert draft.file_ids == ("F2",)
    assert draft.text == "Here it is.\n\nRevenue grew from 1 to 2.\n\nIt grew."
    assert action_ids(draft) == [f"{blocks.ASK_ACTION}:0"]


def test_a_single_value_is_not_said_twice() -> None:
    """A table of one value that stands in the prose is left out, its SQL is not; another value stays."""
    one = Table("Total", (TableColumn("t", "Total", ColumnKind.NUMBER),), ((Cell(107, "$107"),),))
    exhibit = Exhibit("Total", table=one, sql_file="F1")
    said = end(Answer(parts=(Prose("The total is **$107**."), visualization())), exhibit)
    assert (kinds(said), said.file_ids) == (["markdown", "context"], ("F1",))
    unsaid = end(Answer(parts=(Prose("Here is the total."), visualization())), exhibit)
    assert kinds(unsaid) == ["markdown", "section", "table", "context"]


@pytest.mark.parametrize(
    ("prose", "said"),
    [
        ("There are 3.", True),
        ("_3_ deals.", True),
        ("Since 2023 it fell.", False),
        ("About 3.5 of them.", False),
        ("It is 1,3 or 3%.", False),
        ("That is $3.", False),
    ],
)
def test_only_the_very_value_is_said_already(prose: str, said: bool) -> None:  # noqa: FBT001 - pytest passes it
    """Its digits in another number do not cost the table."""
    one = Table("Deals", (TableColumn("n", "Deals", ColumnKind.NUMBER),), ((Cell(3, "3"),),))
    draft = end(Answer(parts=(Prose(prose), visualization())), Exhibit("Deals", table=one))
    assert ("table" not in kinds(draft)) is said


def test_no_value_is_no_word_of_the_prose() -> None:
    """The dash of an absent value stands in many a sentence."""
    none = Table("Deals", (TableColumn("n", "Deals", ColumnKind.NUMBER),), ((Cell(None, "–"),),))
    draft = end(Answer(parts=(Prose("Nothing – sorry."), visualization())), Exhibit("Deals", table=none))
    assert "table" in kinds(draft)


def test_what_happens_fits_how_far_it_is() -> None:
    """Without a word of the tenant about it, an answer with text is being written."""
    (draft,) = blocks.running(Answer(parts=(Prose("Revenue"),)), turn="t1", seconds=3)
    assert context_text(draft.blocks[1]) == "Writing… · 3 s"


def test_a_gap_is_said_of_an_answer_that_claims_to_be_whole() -> None:
    """One that was stopped or failed says that already."""
    gappy = Answer(parts=(Prose("Revenue grew."),), incomplete=True)
    assert "may be missing" in context_text(end(gappy).blocks[1])
    stopped = end(gappy, ending=Ending.STOPPED)
    assert [context_text(block) for block in stopped.blocks[1:2]] == ["Stopped by the asker."]


def test_a_sentence_that_was_cut_off_says_so() -> None:
    """Where an answer broke off in a sentence, an ellipsis stands; a whole sentence has none."""
    cut = end(Answer(parts=(Prose("Revenue grew over 160 deals, across 3"),)), ending=Ending.STOPPED)
    assert cut.blocks[0]["text"] == "Revenue grew over 160 deals, across 3 …"
    whole = end(Answer(parts=(Prose("Revenue grew."),)), ending=Ending.STOPPED)
    assert whole.blocks[0]["text"] == "Revenue grew."


def test_footer_tells_domain_duration_and_age() -> None:
    """The last line says what was asked, how long it took, and how old the data is in the reader's zone."""
    draft = end(Answer(parts=(Prose("Yes."),)))
    said = context_text(draft.blocks[-1])
    assert said.startswith("Sales · 12 s · data as of <!date^1795154400^")
    assert said.endswith("|2026-11-20 06:00 UTC>")


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"])
def test_an_age_at_the_end_of_the_calendar_is_shown_as_sent(moment: str) -> None:
    """There is no such moment in UTC, and the answer is shown all the same."""
    (draft,) = ends(Answer(parts=(Prose("Yes."),)), footer=Footer(data_refreshed_at=moment))
    assert context_text(draft.blocks[-1]) == f"data as of {moment}"


def test_stopped_answer_keeps_what_was_said() -> None:
    """A stopped answer shows its text, says who stopped it, and can be tried again; no more is offered."""
    answer = Answer(parts=(Prose("So far."),), suggestions=("More?",))
    draft = end(answer, ending=Ending.STOPPED)
    assert kinds(draft) == ["markdown", "context", "actions", "context"]
    assert context_text(draft.blocks[1]) == "Stopped by the asker."
    assert action_ids(draft) == [blocks.RETRY_ACTION]


def test_failed_answer_offers_retry() -> None:
    """A failed answer shows its text, the sentence with the reference, and Retry for this turn."""
    notice = Notice("WisdomAI could not answer this.\nRef `abc123`", retry=True)
    draft = end(Answer(parts=(Prose("So far."),)), ending=Ending.FAILED, notice=notice)
    assert kinds(draft) == ["markdown", "section", "actions", "context"]
    assert action_ids(draft) == [blocks.RETRY_ACTION]
    assert draft.text == "So far.\n\nWisdomAI could not answer this.\nRef `abc123`"
    hopeless = end(Answer(parts=(Prose("So far."),)), ending=Ending.FAILED, notice=Notice("Ask your admin."))
    assert action_ids(hopeless) == []


def test_empty_answer_says_so() -> None:
    """An answer without anything in it is not an empty message."""
    draft = end(Answer())
    assert context_text(draft.blocks[0]).startswith("WisdomAI gave an empty answer.")


def test_long_answer_goes_on_in_further_messages() -> None:
    """A long text fills several messages, and the footer stands in the last."""
    answer = Answer(parts=(Prose("A sentence about revenue.\n\n" * 800),))
    drafts = ends(answer)
    assert len(drafts) > 1
    assert [kinds(draft)[-1] for draft in drafts] == ["markdown"] * (len(drafts) - 1) + ["context"]


def test_second_table_gets_its_own_message() -> None:
    """Two tables do not stand in one message, and their order is kept."""
    answer = Answer(parts=(visualization("A"), visualization("B")))
    exhibits = (Exhibit("A", table=small_table()), Exhibit("B", table=small_table()))
    drafts = ends(answer, *exhibits, footer=Footer())
    assert [kinds(draft) for draft in drafts] == [["section", "table"], ["section", "table"]]


def test_overlong_suggestion_is_left_out() -> None:
    """A suggestion that does not fit into a button is not offered: a cut question would be another one."""
    answer = Answer(parts=(Prose("Yes."),), suggestions=("q" * 2001, "w " * 60))
    (row,) = [block for block in end(answer).blocks if block["type"] == "actions"]
    buttons = row["elements"]
    assert isinstance(buttons, list)
    assert [button["value"] for button in buttons] == ["w " * 60]
    assert len(buttons[0]["text"]["text"]) <= 75


def test_insights_stand_out() -> None:
    """An insight is a quotation with a mark."""
    draft = end(Answer(parts=(Prose("Sales\ngrew.", ProseKind.INSIGHT),)))
    assert draft.blocks[0]["text"] == "> 💡 Sales\n> grew."


def test_told_offers_retry_only_with_a_turn() -> None:
    """Retry needs a turn that can be asked again."""
    notice = Notice("It failed.", retry=True)
    assert action_ids(blocks.told(notice, turn="t1")) == [blocks.RETRY_ACTION]
    assert action_ids(blocks.told(notice, turn=None)) == []


def test_help_domains_and_asked_are_messages() -> None:
    """What the bot says about itself keeps the limits, however long names are."""
    known = [Domain(str(n), "*Sales* <!channel>" * 9, "about " * 90) for n in range(60)]
    for draft in (
        blocks.help_text(("What is <@U1> up to?", "x" * 900)),
        blocks.domain_list(known, current=("3", "4")),
        blocks.domain_list(()),
    ):
        check(draft)
    assert "<@U1> asks:\n&gt;" not in blocks.asked("U1", "a\nb").text
    assert blocks.asked("U1", "a\nb <!here>").text == "<@U1> asks:\n> a\n> b &lt;!here&gt;"


def context_text(block: Block) -> str:
    """What small print says."""
    elements = block["elements"]
    assert isinstance(elements, list)
    return " ".join(element["text"] for element in elements)


# -- charts, tables and controls of the new kind ---------------------------------------------------------


SPEC = ChartSpec(
    ChartKind.COLUMN,
    "Revenue",
    ("EMEA", "APAC"),
    (Series("2026", (1.0, 2.0)),),
    alt_text="APAC leads with 2.",
)
BOTH = Native(charts=True, tables=True)


def kept(**more: object) -> Exhibit:
    """An exhibit whose data are stored."""
    types = (VisualizationType.COLUMN_CHART, VisualizationType.TABLE)
    members = {"table": small_table(), "spec": SPEC, "types": types, "has_sql": True, "kept": True, **more}
    return Exhibit("Revenue", **members)  # type: ignore[arg-type]  # members of an Exhibit


def test_slacks_own_blocks_where_they_fit() -> None:
    """A native chart and table; what the chart shows is in the text, because it has no words of its own."""
    answer = Answer(parts=(Prose("Here."), visualization()))
    draft = end(answer, kept(), native=BOTH)
    assert kinds(draft) == ["markdown", "data_visualization", "data_table", "actions", "context"]
    assert draft.text == "Here.\n\nAPAC leads with 2."


def test_a_picture_where_the_native_chart_does_not_fit() -> None:
    """Each form stands in for the other, by itself."""
    answer = Answer(parts=(visualization(),))
    picture = ChartImage("F1", "It grew.")
    tall = kept(spec=ChartSpec(ChartKind.SCATTER, "R", (), (), alt_text="No."), chart=picture)
    assert kinds(end(answer, tall, native=BOTH))[:2] == ["image", "data_table"]
    assert kinds(end(answer, kept(chart=picture), native=Native(charts=True)))[:2] == [
        "data_visualization",
        "table",
    ]
    assert kinds(end(answer, kept(chart=picture)))[:2] == ["image", "table"]
    assert kinds(end(answer, kept()))[:2] == ["section", "table"]


def test_totals_and_what_is_left_out_stand_beneath_the_table() -> None:
    """Then the notes, then the controls."""
    table = small_table(rows=12, total=2310)
    draft = end(
        Answer(parts=(visualization(),)), kept(table=table, notes=("Drawn as columns.",)), native=BOTH
    )
    assert kinds(draft)[1:4] == ["data_table", "context", "actions"]
    assert context_text(draft.blocks[2]) == "First 12 of 2,310 rows Drawn as columns."


def test_controls_belong_to_answers_that_are_kept() -> None:
    """On a whole or stopped answer; a failed one has none, and neither has one that is not stored."""
    answer = Answer(parts=(Prose("Here."), visualization()))
    wanted = [controls.DATA_ACTION, controls.SQL_ACTION, controls.CSV_ACTION, controls.CHART_ACTION]
    assert action_ids(end(answer, kept())) == wanted
    assert action_ids(end(answer, kept(), ending=Ending.STOPPED)) == [*wanted, blocks.RETRY_ACTION]
    assert action_ids(end(answer, kept(), ending=Ending.FAILED, notice=Notice("No."))) == []
    assert action_ids(end(answer, kept(kept=False))) == []


def test_a_value_said_in_the_text_keeps_its_controls() -> None:
    """Its table is not shown, but its SQL can be."""
    one = Table("Total", (TableColumn("t", "Total", ColumnKind.NUMBER),), ((Cell(107, "$107"),),))
    exhibit = Exhibit("Total", table=one, has_sql=True, kept=True)
    draft = end(Answer(parts=(Prose("It is $107."), visualization())), exhibit)
    assert kinds(draft) == ["markdown", "actions", "context"]
    assert controls.SQL_ACTION in action_ids(draft)


@pytest.mark.parametrize("ending", Ending)
def test_feedback_and_asking_again_end_a_whole_answer(ending: Ending) -> None:
    """An answer that broke off has neither."""
    (draft,) = blocks.finished(
        Answer(parts=(Prose("Yes."),), suggestions=("And by region?",)),
        turn="t1",
        asker="U1",
        question="Did it grow?",
        ending=ending,
        exhibits=(),
        footer=FOOTER,
    )
    check(draft)
    if ending is Ending.DONE:
        assert kinds(draft) == ["markdown", "actions", "context_actions", "context"]
        assert action_ids(draft) == [
            f"{controls.ASK_ACTION}:0",
            f"{controls.ASK_ACTION}:1",
            controls.FEEDBACK_ACTION,
            controls.DELETE_ACTION,
        ]
    else:
        assert action_ids(draft) == [blocks.RETRY_ACTION]


def test_the_footer_leads_to_the_conversation() -> None:
    """Where the address is one of the web; it cannot break out of the link."""
    (draft,) = ends(Answer(parts=(Prose("Yes."),)), footer=Footer(link="https://a.b/chat/1?x=1&y=2"))
    assert context_text(draft.blocks[-1]) == "<https://a.b/chat/1?x=1&amp;y=2|Open in WisdomAI>"
    for link in ("javascript:x", "https://a.b|<!channel>", "https://a.b/ c", "https://a.b/" + "c" * 3000):
        (draft,) = ends(Answer(parts=(Prose("Yes."),)), footer=Footer(domain="Sales", link=link))
        assert context_text(draft.blocks[-1]) == "Sales"


def test_too_long_an_answer_asks_for_a_file() -> None:
    """At most six messages; the last one says where the rest is, has the controls, and is marked."""
    drafts = ends(Answer(parts=(Prose("A sentence about revenue.\n\n" * 4000),)))
    assert len(drafts) == budget.MOST_MESSAGES
    assert [draft.overflows for draft in drafts] == [False] * 5 + [True]
    assert context_text(drafts[-1].blocks[-2]) == "The rest of this answer is in the attached file."
    assert blocks.whole(Answer(parts=(Prose("All of it."),)), ()) == "All of it.\n"


def test_tables_give_way_to_prose() -> None:
    """Where a table takes a message that the text needs, the table goes into the file, not the text."""
    long = Prose("A sentence about revenue. " * 280)
    parts = [part for title in "ABCDE" for part in (visualization(title), long)]
    table = small_table(rows=9)
    drafts = ends(Answer(parts=tuple(parts)), *(kept(table=table, spec=None) for _ in "ABCDE"))
    said = "".join(
        str(block["text"]) for draft in drafts for block in draft.blocks if block["type"] == "markdown"
    )
    assert said.count("A sentence about revenue.") == 5 * 280
    assert not drafts[-1].overflows
    crowded = ends(
        Answer(parts=(*parts, long, *(visualization(),) * 3, Prose("The end."))),
        *(kept(table=table, spec=None) for _ in range(8)),
    )
    shown = [kind for draft in crowded for kind in kinds(draft)]
    assert 0 < shown.count("table") < 8
    assert "The end." in str(crowded[-1].blocks)
    assert "The table is in the attached file." in str(crowded[-1].blocks)
    assert crowded[-1].overflows


def test_a_running_answer_shows_its_first_messages() -> None:
    """What does not fit is announced; the messages before stay as they are."""
    text = "A sentence about revenue.\n\n" * 4000
    drafts = blocks.running(Answer(parts=(Prose(text),)), turn="t1", seconds=3)
    assert len(drafts) == budget.MOST_MESSAGES
    assert [context_text(block) for block in drafts[-1].blocks if block["type"] == "context"] == [
        "… more follows at the end.",
        "Writing… · 3 s",
    ]
    longer = blocks.running(Answer(parts=(Prose(text * 2),)), turn="t1", seconds=4)
    assert longer[:-1] == drafts[:-1]


def test_long_suggestions_do_not_crowd_the_end_out() -> None:
    """The last of them are left out, and asking again stays possible."""
    (draft,) = blocks.finished(
        Answer(parts=(Prose("Yes."),), suggestions=tuple(letter * 1900 for letter in "abc")),
        turn="t1",
        asker="U1",
        question="q" * 1900,
        ending=Ending.DONE,
        exhibits=(),
        footer=FOOTER,
    )
    check(draft)
    assert action_ids(draft)[:2] == [f"{controls.ASK_ACTION}:0", f"{controls.ASK_ACTION}:1"]
