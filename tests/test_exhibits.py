"""Tables, charts and SQL of an answer; each piece fails alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.charts.pool import ChartPool
from bot.core import tables, visuals
from bot.core.render import notices
from bot.errors import ChartFailed, SlackRefused, SlackUnreachable
from bot.exhibits import Exhibits
from bot.model import Answer, ChartSpec, Exhibit, Native, Prose, ThreadKey, Visualization, VisualizationType
from bot.slack.files import Files
from tests.core.wire import PIPELINE, STAGES, wire

PICTURES = Native()
SQL = {"codeStr": "select stage, sum(amount) from deals group by 1", "dialect": "sqlite"}


def bars(title: str = "By stage", **more: object) -> Visualization:
    """A chart of six stages."""
    raw = wire("COLUMN_CHART", STAGES, PIPELINE, ["stage"], ["expected_revenue"], title=title, **more)
    return visuals.read(raw)


def answer(*visualizations: Visualization) -> Answer:
    """An answer with these between its words."""
    parts: list[Prose | Visualization] = [Prose("Here.")]
    for each in visualizations:
        parts += [each, Prose("And.")]
    return Answer(parts=tuple(parts), in_progress=False)


class Drawing(ChartPool):
    """Draws the title; fails for some titles."""

    def __init__(self, *broken: str, error: Exception | None = None) -> None:
        super().__init__(workers=0)
        self.broken = broken
        self.drawn: list[str] = []
        self.error = error or ChartFailed("drawing failed: ValueError")
        self.stuck = False

    async def render(self, spec: ChartSpec) -> bytes:
        """A picture that can be told from others."""
        if spec.title in self.broken:
            raise self.error
        if self.stuck:
            await asyncio.Event().wait()
        self.drawn.append(spec.title)
        return spec.title.encode()


@dataclass(frozen=True, slots=True)
class Upload:
    """What was uploaded."""

    name: str
    data: bytes
    alt_text: str
    place: tuple[str | None, str | None]


@dataclass
class Slack(Files):
    """Takes uploads and gives them names; refuses some kinds of file."""

    refuses: str = "nothing"
    unseen: bool = False
    uploads: list[Upload] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(AsyncWebClient())

    async def upload(
        self,
        name: str,
        data: bytes,
        *,
        title: str,
        alt_text: str = "",
        snippet_type: str | None = None,
        channel: str | None = None,
        thread_ts: str | None = None,
        comment: str = "",
    ) -> str:
        """Keeps the file."""
        assert not comment
        assert title
        assert (snippet_type == "sql") == name.endswith(".sql")
        if name.endswith(self.refuses):
            raise SlackUnreachable("upload: ClientError")
        self.uploads.append(Upload(name, data, alt_text, (channel, thread_ts)))
        return f"F{len(self.uploads)}"

    async def visible(self, file_id: str) -> None:
        """It can be seen at once, or never."""
        assert file_id
        if self.unseen:
            raise SlackRefused("files.info", "file_not_visible")


async def test_a_visualization_becomes_table_chart_and_sql() -> None:
    """The exhibit names the uploaded picture and snippet; the picture has words beside it."""
    slack = Slack()
    (made,) = await Exhibits(Drawing(), slack).of(answer(bars(code=SQL)), native=PICTURES)
    by_name = {upload.name: (f"F{number}", upload) for number, upload in enumerate(slack.uploads, 1)}
    picture, snippet = by_name["By stage.png"], by_name["By stage.sql"]
    assert made.table is not None
    assert made.chart is not None
    assert (made.chart.file_id, made.sql_file) == (picture[0], snippet[0])
    assert "Negotiation" in made.chart.alt_text
    assert picture[1].alt_text == made.chart.alt_text
    assert b"GROUP BY" in snippet[1].data.upper()
    assert made.notes == ()


async def test_exhibits_keep_the_answers_order() -> None:
    """Whatever is ready first, the second visualization stays the second."""
    made = await Exhibits(Drawing(), Slack()).of(
        answer(bars("One"), bars("Two"), bars("Three")), native=PICTURES
    )
    assert [exhibit.title for exhibit in made] == ["One", "Two", "Three"]


async def test_words_alone_make_no_exhibit() -> None:
    """An answer without visualizations uploads nothing."""
    slack = Slack()
    assert await Exhibits(Drawing(), slack).of(answer(), native=PICTURES) == ()
    assert slack.uploads == []


async def test_a_chart_that_fails_costs_only_itself() -> None:
    """Its table and SQL are there, the others are whole, and a sentence says what is missing."""
    drawing = Drawing("One")
    one, two = await Exhibits(drawing, Slack()).of(
        answer(bars("One", code=SQL), bars("Two")), native=PICTURES
    )
    assert (one.chart, one.notes) == (None, (notices.CHART_FAILED,))
    assert one.table is not None
    assert one.sql_file
    assert two.chart is not None
    assert two.notes == ()


async def test_a_drawing_that_takes_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a picture for ever."""
    monkeypatch.setattr("bot.exhibits._CHART_SECONDS", 0.01)
    drawing = Drawing()
    drawing.stuck = True
    (made,) = await Exhibits(drawing, Slack()).of(answer(bars(code=SQL)), native=PICTURES)
    assert (made.chart, made.notes) == (None, (notices.CHART_FAILED,))
    assert made.sql_file


@pytest.mark.parametrize(
    "slack", [Slack(refuses=".png"), Slack(unseen=True)], ids=["refused", "never visible"]
)
async def test_a_picture_that_slack_does_not_show_is_left_out(slack: Slack) -> None:
    """A message with it would be refused; so it goes without, and says so."""
    (made,) = await Exhibits(Drawing(), slack).of(answer(bars(code=SQL)), native=PICTURES)
    assert (made.chart, made.notes) == (None, (notices.CHART_FAILED,))
    assert made.sql_file


async def test_sql_that_cannot_be_uploaded_is_told() -> None:
    """The chart stands, and a sentence says that the SQL is missing."""
    (made,) = await Exhibits(Drawing(), Slack(refuses=".sql")).of(answer(bars(code=SQL)), native=PICTURES)
    assert made.chart is not None
    assert (made.sql_file, made.notes) == ("", (notices.SQL_FAILED,))


async def test_where_there_is_no_sql_nothing_is_said_of_it() -> None:
    """A tenant that keeps the code to itself is no failure."""
    (made,) = await Exhibits(Drawing(), Slack()).of(answer(bars()), native=PICTURES)
    assert (made.sql_file, made.notes) == ("", ())


async def test_what_no_chart_shows_is_a_table() -> None:
    """A visualization without a picture has no note of a failure."""
    slack = Slack()
    table = visuals.read(wire("TABLE", STAGES, PIPELINE, title="All"))
    (made,) = await Exhibits(Drawing(), slack).of(answer(table), native=PICTURES)
    assert made.chart is None
    assert made.table is not None
    assert slack.uploads == []


async def test_a_visualization_without_columns_has_no_table() -> None:
    """There is nothing to show, and nothing breaks."""
    (made,) = await Exhibits(Drawing(), Slack()).of(answer(visuals.read({"title": "Empty"})), native=PICTURES)
    assert (made.title, made.table, made.chart) == ("Empty", None, None)


async def test_more_than_eight_are_told_about() -> None:
    """A thread has room for eight; the others are named with what to do."""
    slack = Slack()
    made = await Exhibits(Drawing(), slack).of(
        answer(*(bars(f"No. {number}") for number in range(10))), native=PICTURES
    )
    assert [exhibit.title for exhibit in made] == [f"No. {number}" for number in range(10)]
    assert [exhibit.notes for exhibit in made[8:]] == [(notices.NOT_SHOWN,)] * 2
    assert len(slack.uploads) == 8


async def test_what_slack_draws_itself_is_not_drawn() -> None:
    """A chart that fits Slack's own block gets no picture; its plan is there."""
    drawing, slack = Drawing(), Slack()
    (made,) = await Exhibits(drawing, slack).of(answer(bars(code=SQL)), native=Native(charts=True))
    assert made.spec is not None
    assert (made.chart, drawing.drawn) == (None, [])
    assert [upload.name for upload in slack.uploads] == ["By stage.sql"]


async def test_what_slack_cannot_draw_gets_a_picture() -> None:
    """A scatter chart is none of Slack's own kinds."""
    raw = wire("SCATTER_CHART", [("a", ""), ("b", "")], [["1", "2"], ["3", "5"], ["4", "4"]], [], ["a", "b"])
    (made,) = await Exhibits(Drawing(), Slack()).of(
        answer(visuals.read({**raw, "title": "Points"})), native=Native(charts=True)
    )
    assert made.chart is not None


async def test_an_exhibit_says_what_can_be_done_with_it() -> None:
    """The types that fit, the one that is shown, whether there is code, and whether its data are kept."""
    (made,) = await Exhibits(Drawing(), Slack()).of(answer(bars(code=SQL)), native=PICTURES, kept=True)
    assert made.type in made.types
    assert made.types[-1] is VisualizationType.TABLE
    assert (made.has_sql, made.kept) == (True, True)


async def test_a_reader_may_choose_another_type() -> None:
    """The second visualization is drawn as chosen, the first as the tenant says."""
    chosen = (None, VisualizationType.TABLE)
    first, second = await Exhibits(Drawing(), Slack()).of(
        answer(bars("One"), bars("Two")), native=PICTURES, chosen=chosen
    )
    assert first.chart is not None
    assert (second.type, second.spec, second.chart) == (VisualizationType.TABLE, None, None)


async def test_what_is_still_right_is_used_again() -> None:
    """Another chart of one visualization uploads that one picture, and nothing else a second time."""
    drawing, slack = Drawing(), Slack()
    exhibits, asked = Exhibits(drawing, slack), answer(bars("One", code=SQL), bars("Two", code=SQL))
    earlier = await exhibits.of(asked, native=PICTURES)
    drawing.drawn.clear()
    slack.uploads.clear()
    again = await exhibits.of(
        asked, native=PICTURES, chosen=(None, VisualizationType.PIE_CHART), earlier=earlier
    )
    assert drawing.drawn == ["Two"]
    assert [upload.name for upload in slack.uploads] == ["Two.png"]
    assert (again[0].chart, again[0].sql_file) == (earlier[0].chart, earlier[0].sql_file)
    assert again[1].sql_file == earlier[1].sql_file


async def test_a_native_chart_gets_its_picture_when_slack_refuses_it() -> None:
    """The SQL that lies in Slack already is used again."""
    slack = Slack()
    exhibits = Exhibits(Drawing(), slack)
    earlier = await exhibits.of(answer(bars(code=SQL)), native=Native(charts=True))
    (again,) = await exhibits.of(answer(bars(code=SQL)), native=PICTURES, earlier=earlier)
    assert again.chart is not None
    assert [upload.name for upload in slack.uploads] == ["By stage.sql", "By stage.png"]


async def test_a_mistake_of_ours_costs_one_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are whole, and a sentence stands where it would have been."""

    def build(visualization: Visualization) -> object:
        if visualization.title == "One":
            raise ZeroDivisionError
        return real(visualization)

    real = tables.build
    monkeypatch.setattr(tables, "build", build)
    one, two = await Exhibits(Drawing(), Slack()).of(answer(bars("One"), bars("Two")), native=PICTURES)
    assert one == Exhibit("One", notes=(notices.RESULT_FAILED,))
    assert two.chart is not None
    one, two = await Exhibits(Drawing(), Slack()).tables_of(answer(bars("One"), bars("Two")))
    assert one.notes == (notices.RESULT_FAILED,)
    assert two.table is not None


async def test_tables_alone_need_nobody() -> None:
    """Where nobody waits for charts, all tables are there at once."""
    slack = Slack()
    made = await Exhibits(Drawing(), slack).tables_of(answer(bars("One", code=SQL), bars("Two")), kept=True)
    assert [exhibit.table is not None for exhibit in made] == [True, True]
    assert [(exhibit.has_sql, exhibit.kept) for exhibit in made] == [(True, True), (False, True)]
    assert slack.uploads == []


async def test_sql_can_be_shared_in_the_thread() -> None:
    """Where the message cannot carry it, each SQL goes into the thread, and a refusal stops none."""
    slack = Slack()
    thread = ThreadKey("T1", "C1", "1.0")
    await Exhibits(Drawing(), slack).share_sql(
        answer(bars("A", code=SQL), bars("B"), bars("C", code=SQL)), thread, turn="t1"
    )
    assert [(upload.name, upload.place) for upload in slack.uploads] == [
        ("A-t1-1.sql", ("C1", "1.0")),
        ("C-t1-3.sql", ("C1", "1.0")),
    ]
    slack.refuses = ".sql"
    await Exhibits(Drawing(), slack).share_sql(answer(bars("A", code=SQL)), thread, turn="t1")


async def test_sql_that_stands_in_the_thread_is_not_shared_again() -> None:
    """Each file is known by its turn and its number, so that equal titles are told apart."""
    slack = Slack()
    shown = answer(bars("A", code=SQL), bars("A", code=SQL))
    await Exhibits(Drawing(), slack).share_sql(
        shown, ThreadKey("T1", "C1", "1.0"), turn="t1", there={"A-t1-1.sql"}
    )
    assert [upload.name for upload in slack.uploads] == ["A-t1-2.sql"]
