"""Where there is an answer, something true reaches a person: thousands of hostile answers, any call failing.

``HOSTILE_CASES`` sets how many are tried.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import visuals
from bot.core.finished import Delivered, Reached
from bot.core.render.blocks import Ending
from bot.model import Answer, Code, Prose, ProseKind, Visualization, VisualizationType
from bot.sandbox.slack.errors import ERRORS
from tests.core.wire import wire
from tests.deliveries import desk, finished, placeholder
from tests.fakes import question
from tests.workspace import FILE_HOST, Fault, Weather, Workspace

CASES = int(os.environ.get("HOSTILE_CASES", "2000"))

#: Stands in every answer, at its start, so that it can be found again.
TRUTH = "zebra"

FRAGMENTS = (
    "<!channel> and <!here> and <@U0123456789> and <#C0123456789|general>",
    "@everyone @here @channel",
    "&lt;!channel&gt; &amp;lt;@U1&amp;gt;",
    "[a|b](https://evil.example/a|b>c d) <https://evil.example|https://bank.example>",
    "![x](https://evil.example/pixel.png) https://evil.example/a_(b)",
    "```sql\nselect '<!channel>' -- never closed",
    "~~~~\n```\n<@U1>",
    "| a | b |\n|---|\n| 1 | 2 | 3 |\n| <!here> |",
    "\u202egnp.exe\u202c \u2067مرحبا بالعالم\u2069 שלום",
    "Z̴̡̛̲͓̗̎̓a̵l̶g̷o̸" + "\u0334" * 300,
    "👩‍👩‍👧‍👦" * 40,
    "\x00\x07\ud800 lone \udfff",
    "*" * 90 + "_" * 90 + "`" * 91,
    "[" * 400 + "](" * 400,
    "> " * 60 + "deep",
    "- a\n  - b\n    - c\n" * 20,
    "# H\n" * 30,
    "word " * 700,
    "x" * 5_000,
    '=HYPERLINK("https://evil.example";"a")\n+1\n-1\n@SUM(A1)',
    "<script>alert(1)</script><br><img src=x onerror=y>",
    "NaN Infinity -0 1e999 $x$ \\frac{1}{2} %s {0}",
    "",
    "\n\n \t\n",
)
CELLS = (
    None, "", " ", "0", "-1.5", "NaN", "Infinity", "-Infinity", "1e999", "9007199254740993", "007", "true",
    "null", '"quoted"', '{"a": 1}', "=1+1", "+cmd|' /C calc'!A0", "<!channel>", "<@U1>", "@here", "a|b",
    "`x`", "*b*", "2024-01-31", "2024-02-30T25:00:00", "\u202eabc", "\ud800", "\x00", "😀" * 60,
    "Z" + "\u0334" * 200, "y" * 3_000, "https://evil.example/?q=<!here>", "```", "12 345,67 €", "-0",
)  # fmt: skip
#: What Slack says of a thread or message that is not there; about the question it is believed.
_MISSING = frozenset({"message_not_found", "thread_not_found"})
#: By method, the codes that Slack documents.
CODES = {
    "chat.postMessage": ERRORS["chat.postMessage"],
    "chat.update": ERRORS["chat.update"],
    "chat.postEphemeral": ERRORS["chat.postEphemeral"],
    "chat.delete": ERRORS["chat.delete"],
    "conversations.replies": ERRORS["conversations.replies"] - _MISSING,
    "files.getUploadURLExternal": ERRORS["files.getUploadURLExternal"],
    "files.completeUploadExternal": ERRORS["files.completeUploadExternal"],
    "files.info": ERRORS["files.info"],
}
#: What was seen of Slack and is not documented, or may come one day.
FURTHER = frozenset({
    "an_error_of_tomorrow", "msg_blocks_too_long", "msg_too_long", "invalid_blocks", "ratelimited",
    "file_share_limit_reached", "restricted_action_thread_locked", "streaming_state_conflict",
})  # fmt: skip
METHODS = (*CODES, FILE_HOST)


# -- what is asked for ------------------------------------------------------------------------------------

texts = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=60)), max_size=8).map("\n\n".join)
prose = st.builds(Prose, texts.map(f"{TRUTH}\n\n".__add__), st.sampled_from(ProseKind))
cells = st.one_of(st.sampled_from(CELLS), st.floats(width=32).map(str), st.text(max_size=30))


@st.composite
def visualizations(draw: st.DrawFn) -> Visualization:
    """Any type over any table, some of them ragged."""
    names = [
        f"{number} {draw(st.sampled_from(FRAGMENTS))}"[:200] for number in range(draw(st.integers(0, 5)))
    ]
    columns = [
        (name, draw(st.sampled_from(["DATE_MONTH", "NUMBER_CURRENCY_USD", "x", ""]))) for name in names
    ]
    rows = draw(
        st.lists(st.lists(cells, min_size=len(names), max_size=len(names) + draw(st.booleans())), max_size=12)
    )
    kind = draw(st.sampled_from([*VisualizationType, "NEW_CHART"]))
    title = draw(st.sampled_from(FRAGMENTS))
    raw = wire(str(kind), columns, rows, names[:1], names[1:], title=title, code={"codeStr": title})
    return visuals.read(raw)


parts = st.lists(st.one_of(prose, visualizations()), max_size=4).map(tuple)
answers = st.builds(
    Answer, parts=parts, suggestions=st.lists(st.sampled_from(FRAGMENTS), max_size=4).map(tuple)
)


def faults(method: str) -> st.SearchStrategy[Fault]:
    """Every way in which a call of this method can fail."""
    codes = st.builds(Fault, st.sampled_from(sorted(CODES.get(method, frozenset()) | FURTHER)))
    pointed = st.integers(0, 4).map(
        lambda number: Fault(
            "invalid_blocks", details=(f"must be shorter [json-pointer:/blocks/{number}/text]",)
        )
    )
    silent = st.sampled_from(
        [Fault(status=0), Fault(status=0, done=True), Fault("internal_error", done=True), Fault(status=503),
         Fault("ratelimited", status=429), Fault(status=500, done=True)]
    )  # fmt: skip
    return st.one_of(codes, pointed, silent)


def spells() -> st.SearchStrategy[Mapping[str, tuple[list[Fault], bool]]]:
    """By method: how its first calls fail, and whether the last of these goes on for ever."""
    one = {
        method: st.tuples(st.lists(faults(method), min_size=1, max_size=4), st.booleans())
        for method in METHODS
    }
    return st.fixed_dictionaries({}, optional=one)


def weather(spells: Mapping[str, tuple[list[Fault], bool]]) -> Weather:
    """Calls fail as the spells say."""
    count: defaultdict[str, int] = defaultdict(int)

    def strikes(method: str, _arguments: Mapping[str, object]) -> Fault | None:
        fails, for_ever = spells.get(method, ([], False))
        number = count[method]
        count[method] += 1
        if number < len(fails):
            return fails[number]
        return fails[-1] if for_ever else None

    return strikes


# -- what must hold ---------------------------------------------------------------------------------------


class Errors(logging.Handler):
    """Lines that an operator is woken by."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


async def deliver(
    workspace: Workspace, answer: Answer, ending: Ending, *, stands: bool = True, asked: bool = True
) -> Delivered:
    """One delivery; the message of the answer may be gone already, and so may the question."""
    if asked:
        workspace.question()
    clear, workspace.state.weather = workspace.state.weather, lambda _method, _arguments: None
    async with desk(workspace) as tools:
        await tools.messages.open(placeholder())
        if not stands:
            workspace.state.messages.pop(tools.messages.ts[0])
        workspace.state.weather = clear
        return await tools.delivery.deliver(tools.messages, finished(answer, ending=ending))


def check(workspace: Workspace, answer: Answer, delivered: Delivered, errors: list[str]) -> None:
    """Something true has reached somebody, and nothing harmful has been sent."""
    state = workspace.state
    assert state.broken == []
    assert [
        code for _, code, said in state.refused if said.get("blocks") == [] and code != "message_not_found"
    ] == []
    said = [message for message in workspace.thread() if message.text != placeholder().text]
    shown = json.dumps([(each.text, each.blocks) for each in said]) + "".join(
        file.data.decode() for file in workspace.shared()
    )
    posts = [str(each.metadata) for each in workspace.thread()]
    assert len(posts) == len(set(posts))  # each has a name of its own, so none stands there twice
    match delivered.reached:
        case Reached.SHOWN | Reached.SIMPLER | Reached.FILE:
            truths = any(isinstance(part, Prose) for part in answer.parts)
            assert shown if not truths else TRUTH in shown
        case Reached.TOLD:
            assert "ref12345" in shown
        case Reached.PRIVATE:
            assert any(each.text for each in state.private)
        case Reached.UNWANTED:
            assert question().ts not in state.messages
        case Reached.LOST:
            assert any("ref12345" in line for line in errors)
            in_vain = set(state.failed) | {method for method, _, _ in state.refused}
            assert {"chat.postEphemeral", "chat.postMessage"} <= in_vain
            assert (
                not answer.parts
                or {FILE_HOST} & in_vain
                or any(each.startswith("files.") for each in in_vain)
            )


def case(
    runner: asyncio.Runner, workspace: Workspace, answer: Answer, ending: Ending, *, stands: bool, asked: bool
) -> Delivered:
    """Delivers and checks."""
    errors = Errors()
    logger = logging.getLogger("bot")
    logger.addHandler(errors)
    logger.propagate = False  # pytest would keep every line of every case
    try:
        delivered = runner.run(deliver(workspace, answer, ending, stands=stands, asked=asked))
    finally:
        logger.propagate = True
        logger.removeHandler(errors)
    check(workspace, answer, delivered, errors.lines)
    assert not [line for line in errors.lines if "mistake of ours" in line]
    return delivered


@pytest.mark.timeout(1800)
def test_a_hostile_answer_always_reaches_somebody(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever stands in an answer and whatever Slack says to it: never silent, never live, never broken."""
    reached: defaultdict[str, int] = defaultdict(int)
    started = time.perf_counter()
    with asyncio.Runner() as runner:

        @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            answer=answers,
            ending=st.sampled_from(Ending),
            spells=spells(),
            kinds=st.frozensets(
                st.sampled_from(["data_visualization", "data_table", "table", "markdown", "section"])
            ),
            stands=st.sampled_from([True, True, False]),
            asked=st.sampled_from([True, True, True, False]),
        )
        def try_one(
            answer: Answer,
            ending: Ending,
            spells: Mapping[str, tuple[list[Fault], bool]],
            kinds: frozenset[str],
            *,
            stands: bool,
            asked: bool,
        ) -> None:
            workspace = Workspace(weather(spells))
            workspace.state.refused_kinds = kinds
            delivered = case(runner, workspace, answer, ending, stands=stands, asked=asked)
            reached[delivered.reached] += 1

        try_one()
    seconds = time.perf_counter() - started
    outcomes = ", ".join(f"{count} {kind}" for kind, count in sorted(reached.items()))
    with capsys.disabled():
        sys.stdout.write(f"\n{sum(reached.values())} hostile answers in {seconds:.0f} s: {outcomes}\n")


def visualization(columns: int, rows: int, *, cell: str = "7", kind: str = "TABLE") -> Visualization:
    """A result of that size."""
    names = [f"c{number}" for number in range(columns)]
    data = [[cell] * columns for _ in range(rows)]
    return visuals.read(wire(kind, [(name, "") for name in names], data, names[:1], names[1:], title="Big"))


GIANTS: Mapping[str, tuple[Prose | Visualization, ...]] = {
    "a megabyte of words": (Prose(f"{TRUTH}\n\n" + "word <@U1> " * 95_000),),
    "one line of a megabyte": (Prose(f"{TRUTH}\n\n" + "x" * 1_000_000),),
    "a megabyte of paragraphs": (Prose(f"{TRUTH}\n\n" + "a **b** [c](http://d)\n\n" * 45_000),),
    "a code block of a megabyte": (Prose(f"{TRUTH}\n\n```\n" + "<!channel> line\n" * 62_000),),
    "a Markdown table of a megabyte": (Prose(f"{TRUTH}\n\n|a|b|\n|-|-|\n" + "|1|<@U1>|\n" * 100_000),),
    "500 columns": (Prose(TRUTH), visualization(500, 20)),
    "cells of 100,000 characters": (Prose(TRUTH), visualization(5, 10, cell="<!here>" * 14_300)),
    "empty cells": (Prose(TRUTH), visualization(20, 100, cell="")),
    "twenty results": (Prose(TRUTH), *(visualization(3, 12, kind="PIE_CHART") for _ in range(20))),
    "every fragment, thrice": tuple(Prose(f"{TRUTH} {each}") for each in FRAGMENTS * 3),
}


@pytest.mark.parametrize("name", list(GIANTS))
@pytest.mark.parametrize("refused", [(), ("chat.update",), ("chat.update", "chat.postMessage")], ids=len)
def test_a_giant_reaches_the_thread(name: str, refused: tuple[str, ...]) -> None:
    """As messages with a file for what they do not hold, or where Slack takes none, as a file alone."""
    answer = Answer(parts=GIANTS[name])
    spells = {method: ([Fault("invalid_blocks")], True) for method in refused}
    with asyncio.Runner() as runner:
        delivered = case(runner, Workspace(weather(spells)), answer, Ending.DONE, stands=True, asked=True)
    assert delivered.reached is (Reached.FILE if refused else Reached.SHOWN)


@pytest.mark.parametrize(
    ("method", "code"), [(method, code) for method in CODES for code in sorted(CODES[method] | FURTHER)]
)
def test_no_error_of_any_call_silences_an_answer(method: str, code: str) -> None:
    """Whatever one call says for ever, somebody can read something true in the end."""
    result = visualization(3, 5, kind="SCATTER_CHART")
    answer = Answer(parts=(Prose(TRUTH), replace(result, code=Code("select 1", "sqlite"))))
    workspace = Workspace(weather({method: ([Fault(code)], True)}))
    with asyncio.Runner() as runner:
        delivered = case(runner, workspace, answer, Ending.DONE, stands=True, asked=True)
    assert delivered.reached not in {Reached.LOST, Reached.UNWANTED}


def test_without_errors_nothing_is_refused() -> None:
    """What is planned keeps Slack's rules: no rung is gone down, whatever stands in the answer."""
    with asyncio.Runner() as runner:

        @settings(max_examples=CASES // 10, deadline=None, suppress_health_check=list(HealthCheck))
        @given(answer=answers, ending=st.sampled_from(Ending))
        def try_one(answer: Answer, ending: Ending) -> None:
            workspace = Workspace()
            delivered = case(runner, workspace, answer, ending, stands=True, asked=True)
            assert delivered.reached is Reached.SHOWN
            assert workspace.state.refused == []

        try_one()
