"""Answers that one person alone reads, and what they can do with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import blocks, controls
from bot.core.render.blocks import Ending
from bot.model import (
    Answer,
    Block,
    Cell,
    ColumnKind,
    Domain,
    Draft,
    Exhibit,
    Footer,
    Native,
    Prose,
    Table,
    TableColumn,
    Visualization,
    VisualizationType,
)
from tests.core.render.limits import check, shown
from tests.core.render.test_blocks import SPEC, action_ids, kinds, small_table

ANSWER = Answer(parts=(Prose("Here."), Visualization("v", "Revenue", VisualizationType.COLUMN_CHART)))
TYPES = (VisualizationType.COLUMN_CHART, VisualizationType.TABLE)
KEPT = Exhibit("Revenue", small_table(), spec=SPEC, types=TYPES, has_sql=True, kept=True)


def finished(
    *,
    ending: Ending = Ending.DONE,
    footer: Footer = Footer(),  # noqa: B008  # frozen
    exports: bool = True,
    share: bool = False,
) -> Draft:
    """The only message of an answer with one result."""
    (draft,) = blocks.finished(
        ANSWER,
        turn="t1",
        asker="U1",
        question="q",
        ending=ending,
        exhibits=(KEPT,),
        footer=footer,
        exports=exports,
        share=share,
    )
    return draft


def words(shown_blocks: tuple[Block, ...]) -> str:
    return "\n".join(shown(list(shown_blocks)))


@pytest.mark.parametrize(
    ("ending", "offered"), [(Ending.DONE, True), (Ending.STOPPED, True), (Ending.FAILED, False)]
)
def test_a_private_answer_can_be_shared(ending: Ending, *, offered: bool) -> None:
    """Where there is an answer; the button stands in no other one."""
    assert (controls.SHARE_ACTION in action_ids(finished(ending=ending, share=True))) is offered
    assert controls.SHARE_ACTION not in action_ids(finished(ending=ending))
    check(finished(ending=ending, share=True))


@pytest.mark.parametrize("exports", [True, False])
def test_where_nothing_is_exported_there_is_no_button_for_it(*, exports: bool) -> None:
    """Everything else stays."""
    draft = finished(exports=exports)
    check(draft)
    found = action_ids(draft)
    assert (controls.CSV_ACTION in found) is exports
    assert {controls.DATA_ACTION, controls.SQL_ACTION, controls.CHART_ACTION} <= set(found)


def test_a_shared_answer_says_who_shared_it() -> None:
    """The footer names them; nobody else is named there."""
    assert "shared by <@U7>" in words(finished(footer=Footer("Sales", shared_by="U7")).blocks)
    assert "shared by" not in words(finished(footer=Footer("Sales")).blocks)


# -- one result ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("native", [Native(), Native(charts=True, tables=True)])
@pytest.mark.parametrize("exports", [True, False])
def test_one_result_stands_by_itself(native: Native, *, exports: bool) -> None:
    """With its controls, which lead to what stands in the thread, and without anything of an answer."""
    draft = blocks.one_result(KEPT, turn="t1", index=3, native=native, exports=exports)
    check(draft)
    assert action_ids(draft) == [
        controls.DATA_ACTION,
        controls.SQL_ACTION,
        *[controls.CSV_ACTION] * exports,
        controls.CHART_ACTION,
    ]
    values = [element["value"] for element in draft.blocks[-1]["elements"] if "value" in element]  # type: ignore[attr-defined]  # JSON
    assert set(values) == {"t1:3"}
    assert ("data_visualization" in kinds(draft)) is native.charts


_TEXTS = st.text(max_size=90) | st.sampled_from(["", " ", "<!channel>", "x" * 5_000])
_TABLES = st.builds(
    lambda title, rows, width: Table(
        title,
        tuple(TableColumn(str(each), f"Column {each}", ColumnKind.TEXT) for each in range(width)),
        tuple(tuple(Cell(text, text) for _ in range(width)) for text in rows),
    ),
    _TEXTS,
    st.lists(_TEXTS, max_size=40),
    st.integers(1, 25),
)


@given(
    st.builds(
        Exhibit,
        _TEXTS,
        st.none() | _TABLES,
        notes=st.lists(_TEXTS, max_size=3).map(tuple),
        types=st.sampled_from([(), TYPES]),
        has_sql=st.booleans(),
        kept=st.booleans(),
    ),
    st.booleans(),
)
def test_any_result_makes_a_message_that_slack_takes(exhibit: Exhibit, native: bool) -> None:  # noqa: FBT001  # a column
    """Whatever stands in it, nothing is refused and nobody is notified."""
    check(blocks.one_result(exhibit, turn="t1", index=0, native=Native(native, native), exports=True))


# -- around it -------------------------------------------------------------------------------------------


def test_the_asker_chooses_the_data() -> None:
    """One control for each domain, under a sentence that says what for."""
    draft = blocks.which_domain([Domain("d-1", "Sales"), Domain("d-2", "Weather")], turn="t1")
    check(draft)
    assert kinds(draft) == ["section", "actions"]
    assert action_ids(draft) == [f"{controls.DOMAIN_ACTION}:0", f"{controls.DOMAIN_ACTION}:1"]
    assert "Which data" in draft.text


@given(st.text(max_size=5_000))
def test_what_was_asked_in_private_is_a_message(text: str) -> None:
    """However long it is, and whatever is in it: only the channel is linked."""
    draft = blocks.asked_privately("C1", text)
    assert draft.text.startswith("You asked in <#C1>:")
    assert len(draft.text.encode()) <= 4_000
    tame = tuple({**block, "text": _without_channel(block["text"])} for block in draft.blocks)
    check(Draft(draft.text.replace("<#C1>", "#C1"), tame))


def _without_channel(text: object) -> Block:
    assert isinstance(text, dict)
    return {**text, "text": text["text"].replace("<#C1>", "#C1")}


def test_the_help_says_whose_rights_count() -> None:
    """Where one account asks for everybody, everybody can read that."""
    assert "not with your own" in blocks.help_text(service=True).text
    assert "not with your own" not in blocks.help_text().text
