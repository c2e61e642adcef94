"""Controls on an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.core import charts
from bot.core.render import controls
from bot.model import Block, Cell, ColumnKind, Domain, Exhibit, Table, TableColumn, VisualizationType
from bot.sandbox.slack.blockkit import rules
from tests.core.render import limits

COLUMN, LINE, TABLE = (
    VisualizationType.COLUMN_CHART,
    VisualizationType.LINE_CHART,
    VisualizationType.TABLE,
)
ONE = Table("Deals", (TableColumn("n", "n", ColumnKind.NUMBER),), ((Cell(1, "1"),),))
NONE = Table("Deals", (TableColumn("n", "n", ColumnKind.NUMBER),), ())
FULL = Exhibit("Deals", ONE, type=LINE, types=(COLUMN, LINE, TABLE), has_sql=True, kept=True)


def elements(block: Block | None) -> Sequence[Mapping[str, object]]:
    """What stands in a block; nothing where there is none."""
    if block is None:
        return ()
    assert rules.problems([block], surface="message") == ()
    found = block["elements"]
    assert isinstance(found, list)
    return found


def actions(block: Block | None) -> list[str]:
    return [str(each["action_id"]) for each in elements(block)]


def test_a_visualization_with_everything_has_every_control() -> None:
    """Data, SQL and CSV as buttons, the types that fit in a menu with the shown one chosen."""
    shown = elements(controls.exhibit_controls("t1", 2, FULL))
    assert [each["action_id"] for each in shown] == [
        controls.DATA_ACTION,
        controls.SQL_ACTION,
        controls.CSV_ACTION,
        controls.CHART_ACTION,
    ]
    assert {each["value"] for each in shown if each["type"] == "button"} == {"t1:2"}
    menu = shown[-1]
    chosen, options = menu["initial_option"], menu["options"]
    assert isinstance(chosen, dict)
    assert isinstance(options, list)
    assert chosen["value"] == "t1:2:LINE_CHART"
    assert [each["value"] for each in options] == ["t1:2:COLUMN_CHART", "t1:2:LINE_CHART", "t1:2:TABLE"]


def test_only_what_has_something_to_work_with_is_shown() -> None:
    """No data without rows, no SQL without code, no menu without a choice."""
    without_rows = Exhibit("Deals", NONE, has_sql=True, kept=True, types=(TABLE,))
    assert actions(controls.exhibit_controls("t1", 0, without_rows)) == [controls.SQL_ACTION]
    without_code = Exhibit("Deals", ONE, kept=True)
    assert actions(controls.exhibit_controls("t1", 0, without_code)) == [
        controls.DATA_ACTION,
        controls.CSV_ACTION,
    ]
    assert controls.exhibit_controls("t1", 0, Exhibit("Deals", kept=True)) is None


def test_without_exports_nothing_is_taken_out() -> None:
    """Everything else can still be done with it."""
    shown = actions(controls.exhibit_controls("t1", 0, FULL, exports=False))
    assert shown == [controls.DATA_ACTION, controls.SQL_ACTION, controls.CHART_ACTION]
    only_rows = Exhibit("Deals", ONE, kept=True)
    assert actions(controls.exhibit_controls("t1", 0, only_rows, exports=False)) == [controls.DATA_ACTION]


def test_what_is_not_kept_has_no_controls() -> None:
    """A button that could only say that the data are gone is not shown."""
    kept = Exhibit("Deals", ONE, types=(COLUMN, TABLE), has_sql=True)
    assert controls.exhibit_controls("t1", 0, kept) is None


def test_every_type_has_a_name_and_a_value_that_fits() -> None:
    """Whatever a reader may choose is said in a few words, and its value is not cut."""
    every = Exhibit("Deals", ONE, types=tuple(charts.NAMES), type=TABLE, kept=True)
    menu = elements(controls.exhibit_controls("0123456789abcdef", 99, every))[-1]
    options = menu["options"]
    assert isinstance(options, list)
    for option in options:
        assert 1 <= len(option["text"]["text"]) <= 30
        assert len(option["value"]) <= 150


def test_suggestions_are_buttons_and_the_question_can_be_asked_again() -> None:
    """At most three of them; each comes back with its whole text."""
    block = controls.answer_controls("t1", ["a", " ", "b", "c", "d"], question="q", done=True)
    assert [each["value"] for each in elements(block)] == ["a", "b", "c", "q"]
    assert actions(block) == [f"{controls.ASK_ACTION}:{number}" for number in range(4)]


def test_what_is_too_long_for_a_button_is_looked_up_or_left_out() -> None:
    """A cut question would be another question."""
    block = controls.answer_controls("t1", ["x" * 2_001], question="y" * 2_001, done=True)
    (again,) = elements(block)
    assert (again["action_id"], again["value"]) == (controls.AGAIN_ACTION, "t1")


def test_an_answer_without_an_end_is_not_asked_again_here() -> None:
    """It has its own button for that, and may have no controls at all."""
    assert controls.answer_controls("t1", [], question="q", done=False) is None
    assert controls.answer_controls("t1", [], question="", done=True) is None


def test_feedback_is_for_everybody_and_delete_for_the_asker() -> None:
    """Only the asker sees the bin, and it asks before it deletes."""
    thumbs, bin_ = elements(controls.feedback("t1", asker="U1"))
    assert thumbs["action_id"] == controls.FEEDBACK_ACTION
    assert [thumbs[key]["value"] for key in ("positive_button", "negative_button")] == ["t1:up", "t1:down"]  # type: ignore[index]  # JSON
    assert (bin_["visible_to_user_ids"], bin_["value"]) == (["U1"], "t1")
    assert "confirm" in bin_


# -- which data ------------------------------------------------------------------------------------------


def choice(*domains: Domain) -> list[tuple[str, str]]:
    """What can be chosen: what is read, and what comes back."""
    shown = elements(controls.domain_choice("t1", domains))
    options = shown[0]["options"] if shown[0]["type"] == "static_select" else shown
    assert isinstance(options, list | tuple)
    return [(each["text"]["text"], each["value"]) for each in options]


def test_few_domains_are_buttons() -> None:
    """One press chooses."""
    block = controls.domain_choice("t1", [Domain("d|1", "Sales"), Domain("d-2", ""), Domain("d-3", " \n")])
    assert [each["type"] for each in elements(block)] == ["button"] * 3
    assert actions(block) == [f"{controls.DOMAIN_ACTION}:{number}" for number in range(3)]
    assert choice(Domain("d|1", "Sales"), Domain("d-2", ""), Domain("d-3", " \n")) == [
        ("Sales", "t1|d|1"),
        ("d-2", "t1|d-2"),
        ("d-3", "t1|d-3"),
    ]


def test_many_domains_are_a_menu() -> None:
    """As many as Slack takes."""
    block = controls.domain_choice("t1", [Domain(f"d-{number}", f"D{number}") for number in range(120)])
    assert actions(block) == [f"{controls.DOMAIN_ACTION}:menu"]
    assert len(choice(*[Domain(f"d-{number}", "") for number in range(120)])) == 100
    five = controls.domain_choice("t1", [Domain(each, "") for each in "abcde"])
    assert [each["type"] for each in elements(five)] == ["static_select"]


def test_what_would_come_back_cut_cannot_be_chosen() -> None:
    """Nor can what has no id, and what is there twice is there once."""
    domains = (Domain("x" * 150, "Long"), Domain("", "None"), Domain("d-1", "One"), Domain("d-1", "Uno"))
    assert [value for _, value in choice(*domains)] == ["t1|d-1"]


@given(
    st.lists(
        st.builds(Domain, st.text(min_size=1, max_size=40), st.text(max_size=90)), min_size=1, max_size=8
    )
)
def test_any_domains_make_a_choice_that_slack_takes(domains: list[Domain]) -> None:
    """Whatever they are called, each of them can be chosen."""
    block = controls.domain_choice("t1", domains)
    limits.check_blocks([block])
    assert {value for _, value in choice(*domains)} == {f"t1|{each.id}" for each in domains}


def test_sharing_is_one_press() -> None:
    """It brings back the turn."""
    (button,) = elements(controls.share("t1"))
    assert (button["action_id"], button["value"]) == (controls.SHARE_ACTION, "t1")


@given(st.lists(st.text(max_size=100), max_size=5), st.text(max_size=100))
def test_any_question_makes_controls_that_slack_takes(suggestions: list[str], question: str) -> None:
    """Whatever people and the tenant write, nothing is refused and nobody is notified."""
    block = controls.answer_controls("t1", suggestions, question=question, done=True)
    if block is not None:
        limits.check_blocks([block])
