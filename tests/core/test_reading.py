from __future__ import annotations

from typing import Any

import pytest

from bot.core.reading import Reader, Status, all_text, shown_text, visualization_ids
from bot.model import Op, Prose, ProseKind, Visualization


def insert(what: object, **attributes: object) -> Op:
    """An insert with attributes."""
    return {"insert": what, "attributes": attributes}


def chart(name: str, title: str = "Revenue") -> Op:
    """A visualization."""
    return insert({"visualization": {"id": name, "title": title}})


def read(*ops: Op) -> list[Any]:
    """The parts: texts of bodies, titles of visualizations, and other prose with its kind."""
    shown: list[Any] = []
    for part in Reader().read([ops]):
        if isinstance(part, Visualization):
            shown.append(f"<{part.title}>")
        else:
            shown.append(part.text if part.kind is ProseKind.BODY else (part.kind.value, part.text))
    return shown


CASES: dict[str, tuple[list[Op], list[Any]]] = {
    "neighbours are one prose": ([insert("a", containerId="1"), insert("b")], ["ab"]),
    "visualizations part the prose": (
        [insert("a\n"), chart("v1"), insert("\nb")],
        ["a", "<Revenue>", "b"],
    ),
    "blank prose is no part": ([chart("v1"), insert(" \n"), chart("v2")], ["<Revenue>", "<Revenue>"]),
    "a visualization comes again": (
        [insert("a"), chart("v1", "Old"), insert("b"), chart("v1", "New"), insert("c")],
        ["a", "<New>", "bc"],
    ),
    "visualizations without id are each their own": ([chart(""), chart("")], ["<Revenue>", "<Revenue>"]),
    "kinds": (
        [insert("a"), insert("b", subtext=True), insert("c", isInsight=True), insert("d", error=True)],
        ["a", ("subtext", "b"), ("insight", "c"), ("error", "d")],
    ),
    "hidden": (
        [
            insert("p", progress=True),
            insert("t", thinking=True),
            insert("q", generatingQuery="SELECT 1"),
            insert("m", isDomainModelingSuggestion=True),
            insert("i", reportAttributes={"intermediateStep": True}),
            insert({"visualization": {"id": "v1"}}, reportAttributes={"intermediateStep": True}),
            insert("a", progress=False),
        ],
        ["a"],
    ),
    "text cut in two by something hidden": (
        [insert("Reven"), insert("p", progress=True), insert("ue")],
        ["Revenue"],
    ),
    "paragraphs on both sides of something hidden": (
        [insert("Intro."), insert("p", progress=True), insert("Revenue")],
        ["Intro.\n\nRevenue"],
    ),
    "bold": ([insert("a "), insert("b", bold=True), insert(" c")], ["a **b** c"]),
    "bold with space around it": ([insert("a"), insert(" b ", bold=True), insert("c")], ["a **b** c"]),
    "bold in pieces": ([insert("b", bold=True, streamId="1"), insert("c", bold=True)], ["**bc**"]),
    "bold over lines": ([insert("a\n\nb", bold=True)], ["**a**\n\n**b**"]),
    "bold that is bold already": ([insert("**a** b", bold=True)], ["**a** b"]),
    "bold space": ([insert("a"), insert(" ", bold=True), insert("b")], ["a b"]),
    "code in a line": ([insert("see "), insert("x = 1", code=True), insert(".")], ["see `x = 1`."]),
    "code with ticks": ([insert("a`b", code=True)], ["``a`b``"]),
    "code with ticks at its edge": ([insert("`a", code=True)], ["`` `a ``"]),
    "code over lines": (
        [insert("a"), insert("x\ny\n", code=True), insert("b")],
        ["a\n\n```\nx\ny\n```\n\nb"],
    ),
    "code in a dialect": (
        [insert("SELECT 1", code=True, sqlDialect="BIGQUERY")],
        ["```bigquery\nSELECT 1\n```"],
    ),
    "code in no known dialect": ([insert("SELECT 1", code=True, sqlDialect="a b`")], ["`SELECT 1`"]),
    "code with a fence": ([insert("```\nx\n```", code=True)], ["````\n```\nx\n```\n````"]),
    "code that is bold": ([insert("x", code=True, bold=True)], ["`x`"]),
    "lines that end": ([insert("a", endline=1), insert("b\n", endline=2), insert("c")], ["a\nb\nc"]),
    "a report's title": (
        [insert("a"), insert("Q1\nreport", reportAttributes={"reportTitle": True}), insert("b")],
        ["a\n\n## Q1 report\n\nb"],
    ),
    "a section": ([insert("a"), insert({"section": {"title": "T", "content": "c"}})], ["a\n\n## T\n\nc"]),
    "a text artifact": (
        [insert("a"), insert({"textArtifact": {"content": "c"}}), insert("b")],
        ["a\n\nc\n\nb"],
    ),
    "a text among other things": ([insert({"text": "a", "section": {"content": "c"}})], ["a\n\nc"]),
    "what is unknown": ([insert({"toolCalls": [1]}), insert({}), insert({"section": 3})], []),
}


@pytest.mark.parametrize(("ops", "expected"), CASES.values(), ids=CASES.keys())
def test_ops_become_parts(ops: list[Op], expected: list[Any]) -> None:
    """Each attribute and embed is shown as what it means."""
    assert read(*ops) == expected


def test_documents_are_paragraphs() -> None:
    """Prose of two documents is one part, in two paragraphs."""
    assert Reader().read([[insert("a")], [], [insert("b")]]) == (Prose("a\n\nb"),)


def test_a_visualization_is_read_once() -> None:
    """As long as the embed is the same object, the visualization is the same too."""
    reader, op = Reader(), chart("v1")
    [first] = reader.read([[op]])
    [second] = reader.read([[insert("a"), op]])[1:]
    assert second is first
    [third] = reader.read([[chart("v1")]])
    assert third is not first


STATUSES: dict[str, tuple[list[Op], str]] = {
    "nothing": ([insert("a")], ""),
    "thinking": ([insert("a", thinking=True)], "Thinking…"),
    "progress before thinking": ([insert("Looking", progress=True), insert("a", thinking=True)], "Looking"),
    "the newest line": ([insert("Looking", progress=True), insert("Running", progress=True)], "Running"),
    "the newest line of one text": ([insert("Looking\nRunning\n", progress=True)], "Running"),
    "a line in pieces": (
        [insert("Running", progress=True), insert(" the query", progress=True)],
        "Running the query",
    ),
    "a query": (
        [insert("Looking", progress=True), insert("SELECT", generatingQuery="x")],
        "Writing the query…",
    ),
    "an empty line": ([insert("Looking", progress=True), insert("\n", progress=True)], "Looking"),
    "a workstream": ([insert({"aiWorkstream": {"status": "Planning"}})], "Planning"),
    "a workstream without words": ([insert({"aiWorkstream": {"status": 3}})], ""),
}


@pytest.mark.parametrize(("ops", "expected"), STATUSES.values(), ids=STATUSES.keys())
def test_status(ops: list[Op], expected: str) -> None:
    """The status is the newest line, whether the ops come at once or one by one."""
    assert Status().after(ops).text == expected
    status = Status()
    for op in ops:
        status = status.after([op])
    assert status.text == expected


def test_what_ops_hold() -> None:
    """Texts with and without what is not shown, and the ids of visualizations."""
    ops = [
        insert("p", progress=True),
        insert("a"),
        chart("v1"),
        chart(""),
        insert({"text": "b"}),
        {"retain": 3},
    ]
    assert all_text(ops) == "pab"
    assert shown_text(ops) == "ab"
    assert visualization_ids(ops) == {"v1"}
