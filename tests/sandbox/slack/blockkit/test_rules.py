from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack import manifest
from bot.sandbox.slack.blockkit import rules
from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.workspace import Workspace

Block = dict[str, object]


def plain(text: str) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def raw(text: str) -> Block:
    """A text cell."""
    return {"type": "raw_text", "text": text}


def section(text: str) -> Block:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(number: int = 0, **more: object) -> Block:
    """A button."""
    return {"type": "button", "action_id": f"a{number}", "text": plain("Go"), **more}


def actions(*elements: Block) -> Block:
    """A row of elements."""
    return {"type": "actions", "elements": list(elements)}


def table(rows: list[list[Block]]) -> Block:
    """A table."""
    return {"type": "table", "rows": rows}


def line(points: list[str], categories: list[str], **more: object) -> Block:
    """A line chart with one series."""
    series = [{"name": "s", "data": [{"label": label, "value": 1} for label in points]}]
    chart = {"type": "line", "series": series, "axis_config": {"categories": categories}}
    return {"type": "data_visualization", "title": "t", "chart": chart, **more}


def pie(value: float) -> Block:
    """A pie of one segment."""
    chart = {"type": "pie", "segments": [{"label": "a", "value": value}]}
    return {"type": "data_visualization", "title": "t", "chart": chart}


def data_table(rows: list[list[Block]], **more: object) -> Block:
    """A data table."""
    return {"type": "data_table", "caption": "c", "rows": rows, **more}


def found(*blocks: object, surface: rules.Surface = "message") -> list[str]:
    """The problems in a message's blocks, as Slack words them."""
    return [str(problem) for problem in rules.problems(blocks, surface=surface)]


GOOD: list[Block] = [
    section("*hi*"),
    {"type": "section", "fields": [plain("a")], "accessory": button(), "expand": True},
    {"type": "header", "text": plain("Title")},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}, plain("y")]},
    actions(button(1, value="v", style="danger"), button(2, url="https://example.com")),
    actions({"type": "static_select", "action_id": "s", "options": [{"text": plain("a"), "value": "a"}]}),
    {"type": "image", "alt_text": "a", "image_url": "https://example.com/a.png"},
    {"type": "markdown", "text": "**hi**"},
    table([[raw("a"), {"type": "raw_number", "value": 1, "text": "1"}]]),
    {"type": "table", "column_settings": [None, {"align": "right"}], "rows": [[raw("a"), raw("b")]]},
    data_table([[raw("h")], [{"type": "raw_number", "value": 1.5}]], page_size=10),
    line(["Jan"], ["Jan"]),
    pie(1),
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_preformatted",
                "language": "sql",
                "border": 0,
                "elements": [{"type": "text", "text": "SELECT 1"}],
            }
        ],
    },
    {"type": "container", "title": plain("SQL"), "is_collapsible": True, "child_blocks": [section("x")]},
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain("Good"), "value": "1"},
                "negative_button": {"text": plain("Bad"), "value": "0"},
            }
        ],
    },
    {"type": "plan", "title": "p", "tasks": [{"type": "task_card", "task_id": "1", "title": "t"}]},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_what_slack_takes(block: Block) -> None:
    """Blocks as Slack's reference shows them are taken."""
    assert found(block) == []


BAD: list[tuple[Block, str]] = [
    ({"type": "marquee"}, "unsupported type: marquee [json-pointer:/blocks/0/type]"),
    ({"type": "alert", "text": plain("x")}, "unsupported type: alert [json-pointer:/blocks/0/type]"),
    ({"type": "divider", "colour": "red"}, "invalid additional property: colour [json-pointer:/blocks/0]"),
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "section"}, "missing required field: text or fields [json-pointer:/blocks/0]"),
    (
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    (actions(*map(button, range(26))), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    (actions(button(), button()), "action_id already exists [json-pointer:/blocks/0/elements/1/action_id]"),
    (
        actions(button(value="x" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        actions({"type": "button", "text": plain("x" * 76)}),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        {"type": "image", "image_url": "https://example.com/a.png"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    ({"type": "markdown", "text": ""}, "must be more than 0 characters [json-pointer:/blocks/0/text]"),
    (table([[raw("")]]), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"),
    (
        table([[raw("a")], [raw("a"), raw("b")]]),
        "all rows must have the same number of cells [json-pointer:/blocks/0/rows/1]",
    ),
    (table([[raw("a")]] * 101), "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    (table([[raw("a")] * 21]), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    (
        table([[raw("a" * 6000)], [raw("a" * 4001)]]),
        "tables must have no more than 10000 characters in all [json-pointer:/blocks/0/rows]",
    ),
    (data_table([[raw("h")]]), "no fewer than 2 items allowed [json-pointer:/blocks/0/rows]"),
    (
        {"type": "data_table", "rows": [[raw("h")], [raw("1")]]},
        "missing required field: caption [json-pointer:/blocks/0]",
    ),
    (
        line(["Jan"], ["Jan", "Feb"]),
        "must contain exactly one data point for every category [json-pointer:/blocks/0/chart/series/0/data]",
    ),
    (
        line(["Jan"], ["Jan"], title="x" * 51),
        "must be less than 51 characters [json-pointer:/blocks/0/title]",
    ),
    (pie(0), "must be more than 0 [json-pointer:/blocks/0/chart/segments/0/value]"),
    (
        {"type": "container", "title": plain("x"), "child_blocks": [{"type": "markdown", "text": "x"}]},
        "unsupported type: markdown [json-pointer:/blocks/0/child_blocks/0/type]",
    ),
]


@pytest.mark.parametrize(("block", "problem"), BAD)
def test_what_slack_refuses(block: Block, problem: str) -> None:
    """A broken rule is named with a pointer to where it is broken."""
    assert problem in found(block)


def test_rules_over_the_whole_message() -> None:
    """Markdown is summed, charts are counted, block ids are unique, and there are 50 blocks."""
    markdown = {"type": "markdown", "text": "x" * 6001}
    assert "12000 characters in all" in found(markdown, markdown)[0]
    assert "no more than 2 data_visualization" in found(pie(1), pie(1), pie(1))[0]
    named = {"type": "divider", "block_id": "one"}
    assert found(named, named) == ["block_id one already exists [json-pointer:/blocks/1/block_id]"]
    assert found(*[{"type": "divider"}] * 51) == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_markdown_counts_as_what_slack_makes_of_it() -> None:
    """Fifty paragraphs fill a message; one block more is refused."""
    markdown = {"type": "markdown", "text": "word\n\n" * 50}
    assert found(markdown) == []
    assert found(markdown, {"type": "divider"}) == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_surfaces_differ() -> None:
    """Markdown and tables stand in messages only, alerts in modals only."""
    assert found({"type": "alert", "text": plain("x")}, surface="modal") == []
    assert found({"type": "markdown", "text": "x"}, surface="modal") != []


def test_sum_of_content_agrees_with_what_was_observed() -> None:
    """11,341 characters in 45 blocks are too much, 9,597 in 50 and one markdown block of 12,000 are not."""
    observed = [(11_341, 45, True), (13_200, 5, True), (9_597, 50, False), (12_000, 1, False)]
    for characters, count, refused in observed:
        blocks = [{"type": "markdown", "text": "x" * (characters // count)}] * count
        assert (rules.content_size(blocks) > rules.MESSAGE_CONTENT) is refused


@pytest.fixture
def workspace() -> Workspace:
    """A workspace without a server."""
    return Workspace(manifest=manifest.load(), options=SlackOptions(), clock=ManualClock())


def test_refusal_names_every_problem_twice(workspace: Workspace) -> None:
    """invalid_blocks carries the problems in errors and in the response's metadata."""
    with pytest.raises(Refused) as caught:
        rules.check(workspace, [section("")], viewer=workspace.bot.id)
    problem = "must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    assert caught.value.body() == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [problem],
        "response_metadata": {"messages": [f"[ERROR] {problem}"]},
    }


def test_too_much_content_has_its_own_name(workspace: Workspace) -> None:
    """Well-formed blocks that are too much in all are msg_blocks_too_long."""
    with pytest.raises(Refused, match="msg_blocks_too_long"):
        rules.check(workspace, [section("x" * 2990)] * 5, viewer=workspace.bot.id)


def test_block_types_can_be_refused(workspace: Workspace) -> None:
    """A workspace without native charts can be imitated."""
    workspace.faults.refuse_blocks = frozenset({"data_visualization"})
    with pytest.raises(Refused, match="invalid_blocks"):
        rules.check(workspace, [pie(1)], viewer=workspace.bot.id)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from(GOOD), st.text(max_size=8), _JSON, _JSON)
def test_junk_is_a_problem_and_never_a_crash(good: Block, key: str, junk: object, more: object) -> None:
    """Whatever stands in a block, it is checked and not choked on."""
    rules.problems([junk], surface="message")
    rules.problems([{**good, key: junk, "elements": more, "rows": junk, "chart": more}], surface="message")
    rules.content_size([junk, more])
