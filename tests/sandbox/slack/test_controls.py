from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.sandbox.slack.blockkit.elements import INPUTS
from bot.sandbox.slack.blockkit.report import Report
from bot.sandbox.slack.controls import ENTRIES, complaints, controls, entered, made, merged

Json = dict[str, Any]

A, B = ({"text": {"type": "plain_text", "text": name}, "value": name} for name in "ab")


def block(kind: str, *, optional: bool = False, **element: object) -> Json:
    """An input block."""
    return {
        "type": "input",
        "block_id": kind,
        "optional": optional,
        "label": {"type": "plain_text", "text": kind},
        "element": {"type": kind, "action_id": "v", **element},
    }


def test_every_control_is_found_with_its_block() -> None:
    """In inputs, actions and accessories, however deep."""
    inside = {"type": "section", "block_id": "s", "accessory": {"type": "button", "action_id": "go"}}
    box = {"type": "container", "block_id": "c", "child_blocks": [inside, block("checkboxes")]}
    found = [(block_id, element["type"]) for block_id, element in controls([box])]
    assert found == [("s", "button"), ("checkboxes", "checkboxes")]


@pytest.mark.parametrize(
    ("kind", "initial", "value"),
    [
        ("static_select", {"initial_option": A}, {"selected_option": A}),
        ("radio_buttons", {"initial_option": A}, {"selected_option": A}),
        ("checkboxes", {"initial_options": [A]}, {"selected_options": [A]}),
        ("multi_static_select", {"initial_options": [A, B]}, {"selected_options": [A, B]}),
        ("multi_users_select", {"initial_users": ["U1"]}, {"selected_users": ["U1"]}),
        ("users_select", {"initial_user": "U1"}, {"selected_user": "U1"}),
        ("plain_text_input", {"initial_value": "x"}, {"value": "x"}),
        ("datepicker", {"initial_date": "2026-11-28"}, {"selected_date": "2026-11-28"}),
        ("static_select", {}, {"selected_option": None}),
        ("radio_buttons", {}, {"selected_option": None}),
        ("checkboxes", {}, {"selected_options": []}),
        ("multi_static_select", {}, {"selected_options": []}),
        ("multi_users_select", {}, {"selected_users": []}),
        ("plain_text_input", {}, {"value": None}),
    ],
)
def test_what_nobody_touched_is_what_the_app_set(kind: str, initial: Json, value: Json) -> None:
    """Each kind has its value under Slack's name, and null or no items where there is none."""
    state = entered(controls([block(kind, **initial)]), {})
    assert state == {kind: {"v": {"type": kind, **value}}}


def test_what_was_given_counts() -> None:
    """Also where it takes back what the app set; the kind is the control's own, whatever the page says."""
    shown = tuple(
        controls(
            [
                block("plain_text_input", initial_value="first"),
                block("multi_users_select", initial_users=["U1"]),
                block("checkboxes", initial_options=[A]),
            ]
        )
    )
    given_ = {
        "plain_text_input": {"v": ""},
        "multi_users_select": {"v": {"type": "button", "selected_users": ["U2", "U3"]}},
        "checkboxes": {"v": {"selected_options": []}},
        "gone": {"v": "x"},
    }
    assert entered(shown, given_) == {
        "plain_text_input": {"v": {"type": "plain_text_input", "value": None}},
        "multi_users_select": {"v": {"type": "multi_users_select", "selected_users": ["U2", "U3"]}},
        "checkboxes": {"v": {"type": "checkboxes", "selected_options": []}},
    }


def test_a_choice_is_state_and_a_press_is_not() -> None:
    """Buttons leave no trace in the state."""
    picked = {"type": "static_select", "block_id": "b", "action_id": "v", "selected_option": A, "text": "x"}
    assert made(picked) == {"b": {"v": {"type": "static_select", "selected_option": A}}}
    assert made({"type": "button", "block_id": "b", "action_id": "v", "value": "1"}) == {}


def test_later_values_stand_over_earlier_ones() -> None:
    """Action by action; what a later state does not name stays."""
    assert merged({"b": {"x": 1, "y": 1}}, {"b": {"x": 2}, "c": {"z": 3}}) == {
        "b": {"x": 2, "y": 1},
        "c": {"z": 3},
    }


def test_what_slack_does_not_submit() -> None:
    """A required input that is empty, and more than may be chosen; optional ones may be empty."""
    blocks = [
        block("plain_text_input"),
        block("checkboxes", optional=True),
        block("radio_buttons", initial_option=A),
        block("multi_users_select", initial_users=["U1", "U2"], max_selected_items=1),
        {"type": "divider"},
    ]
    assert complaints(blocks, entered(controls(blocks), {})) == {
        "plain_text_input": "Please fill in this field.",
        "multi_users_select": "Please choose at most 1.",
    }


def test_every_input_has_its_entry() -> None:
    """No kind that may stand in an input block is left without a value."""
    kinds = {*ENTRIES, "plain_text", "button", "overflow"}
    for kind in kinds:
        report = Report("modal")
        INPUTS({"type": kind, "action_id": "v"}, "", report)
        allowed = not any("unsupported type" in str(problem) for problem in report.problems)
        assert allowed is (kind in ENTRIES), kind


@given(
    some.dictionaries(
        some.sampled_from(sorted(ENTRIES)),
        some.dictionaries(
            some.sampled_from(["v", "w"]),
            some.one_of(some.text(), some.none(), some.dictionaries(some.text(), some.text())),
        ),
    )
)
def test_junk_of_a_page_does_no_harm(junk: dict[str, dict[str, object]]) -> None:
    """Whatever is given, exactly the controls that are shown have a value, each under its own name."""
    blocks = [block(kind) for kind in ENTRIES]
    state = entered(controls(blocks), junk)
    assert {kind: set(actions) for kind, actions in state.items()} == {kind: {"v"} for kind in ENTRIES}
    assert all(set(state[kind]["v"]) == {"type", entry.value} for kind, entry in ENTRIES.items())
