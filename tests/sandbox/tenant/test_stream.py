"""How the body of an answer grows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.tenant.options import Mode, StatusStyle, TenantOptions, Unit
from bot.sandbox.tenant.reply import Failure, GeneratingQuery, Progress, Step, Text, Thinking, Visual
from bot.sandbox.tenant.stream import Script, length
from tests.sandbox.tenant.stand import STEPS, VISUALIZATION, folded, units

EMOJI = "a😀b"


def played(options: TenantOptions, steps: Sequence[Step]) -> tuple[list[dict[str, object]], Script]:
    """The changes of a whole answer as diffs, and the script after the end."""
    script = Script(options, container="card")
    changes = [change.ops for step in steps for change in script.play(step)]
    return [{"bodyDiff": {"ops": ops}} for ops in (*changes, script.finish())], script


@pytest.mark.parametrize("unit", ["utf16", "codepoint"])
@pytest.mark.parametrize("status", ["deleted", "kept", "trailing"])
def test_increments_fold_to_the_body(unit: Unit, status: StatusStyle) -> None:
    """Folded in their unit, the increments make the body, whatever becomes of status operations."""
    diffs, script = played(TenantOptions(unit=unit, status=status, chunk=5), STEPS)
    assert folded(diffs, unit) == units(script.body, unit)


@given(
    steps=st.lists(
        st.one_of(
            st.builds(Progress, st.text()),
            st.builds(Thinking, st.text()),
            st.builds(GeneratingQuery, st.text(), st.just("SQL")),
            st.builds(Text, st.text()),
            st.just(Visual(VISUALIZATION)),
        ),
        max_size=8,
    ),
    unit=st.sampled_from(["utf16", "codepoint"]),
    status=st.sampled_from(["deleted", "kept", "trailing"]),
    chunk=st.integers(1, 9),
)
def test_any_answer_folds(steps: list[Step], unit: Unit, status: StatusStyle, chunk: int) -> None:
    """The same for any steps."""
    diffs, script = played(TenantOptions(unit=unit, status=status, chunk=chunk), steps)
    assert folded(diffs, unit) == units(script.body, unit)


@pytest.mark.parametrize("status", ["deleted", "trailing"])
def test_status_is_gone_at_the_end(status: StatusStyle) -> None:
    """What is removed on the way leaves the answer alone."""
    diffs, script = played(TenantOptions(status=status), STEPS)
    texts = "".join(op["insert"].get("text", "▦") for op in script.body)  # type: ignore[attr-defined]
    assert texts == (
        "Let me fetch a table 📊 for the expected revenue of each opportunity.▦"
        "Company A 🏆 leads with **$20,000**.\n\n[Total across all?](#ask)"
    )
    assert any("delete" in op for diff in diffs for op in diff["bodyDiff"]["ops"])  # type: ignore[index]


def test_status_that_is_kept_is_told_by_its_attributes() -> None:
    """Progress, thinking and the query stay in the body and carry their marks."""
    _, script = played(TenantOptions(status="kept"), STEPS)
    marks = [set(op["attributes"]) - {"containerId", "streamId"} for op in script.body]  # type: ignore[call-overload]
    assert marks == [
        {"progress", "endline"},
        {"thinking"},
        set(),
        {"generatingQuery", "sqlDialect"},
        {"tool"},
        {"progress", "endline"},
        {"isInsight"},
        set(),
    ]


def _text(text: str) -> dict[str, object]:
    return {"insert": {"text": text}}


def test_trailing_status_has_text_inserted_before_it() -> None:
    """The status line stays last: text goes to where the text so far ends."""
    script = Script(TenantOptions(status="trailing", chunk=2), container="card")
    steps: tuple[Step, ...] = (Progress("busy"), Text("abcd"))
    changes = [change.ops for step in steps for change in script.play(step)]
    assert changes[1] == (
        {**_text("ab"), "attributes": changes[1][0]["attributes"]},
        changes[0][0],
        {"delete": 4},
    )
    assert [op.get("retain") for op in changes[2]] == [2, None]
    assert [op["insert"] for op in script.body] == [{"text": "abcd"}, {"text": "busy"}]


def test_retain_is_the_current_length_in_the_unit() -> None:
    """An emoji counts two UTF-16 units and one code point; the first diff has nothing to retain."""
    for unit, retained in (("utf16", 4), ("codepoint", 3)):
        diffs, _ = played(TenantOptions(unit=unit), [Text(EMOJI), Text("c")])  # type: ignore[arg-type]
        ops = [diff["bodyDiff"]["ops"] for diff in diffs]  # type: ignore[index]
        assert "insert" in ops[0][0]
        assert ops[1][0] == {"retain": retained}


def test_length() -> None:
    """Text counts in its unit, an embed counts 1."""
    assert length({"insert": {"text": EMOJI}}, "utf16") == 4
    assert length({"insert": {"text": EMOJI}}, "codepoint") == 3
    assert length({"insert": {"visualization": {}}}, "utf16") == 1


def test_snapshots_hold_the_whole_body() -> None:
    """Every diff is the body so far, inserts only, and the last one is the answer."""
    mode: Mode = "snapshots"
    diffs, script = played(TenantOptions(mode=mode), STEPS)
    assert all("insert" in op for diff in diffs for op in diff["bodyDiff"]["ops"])  # type: ignore[index]
    assert diffs[-1]["bodyDiff"]["ops"] == script.body  # type: ignore[index]


def test_texts_of_one_stream_merge() -> None:
    """A text that came in many chunks is one operation of the body."""
    _, script = played(TenantOptions(chunk=1), [Text("one by one")])
    assert [op["insert"] for op in script.body] == [{"text": "one by one"}]


def test_a_failure_goes_into_the_errors() -> None:
    """A failed step is told at the end, not in the text."""
    _, script = played(TenantOptions(), [Text("So far so good."), Failure("No such table")])
    assert script.errors == ("No such table",)
    assert len(script.body) == 1


def test_flat_data() -> None:
    """The older tenants send rows one after the other in one list of cells."""
    _, script = played(TenantOptions(flat=True), [Visual(VISUALIZATION)])
    cells = script.body[0]["insert"]["visualization"]["data"]  # type: ignore[index]
    assert [cell["value"] for cell in cells] == ['"Company A"', "20000", '"Company B"', "1500.5"]


def test_the_pace_counts_what_is_written() -> None:
    """A change costs as many characters as it writes, a visualization forty."""
    script = Script(TenantOptions(chunk=4), container="card")
    assert [change.characters for change in script.play(Text("abcdef"))] == [4, 2]
    assert [change.characters for change in script.play(Visual(VISUALIZATION))] == [40]
