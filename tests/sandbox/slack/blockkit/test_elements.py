from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.slack.blockkit import elements
from bot.sandbox.slack.blockkit.checks import Check
from bot.sandbox.slack.blockkit.report import Report

Json = dict[str, Any]


def found(check: Check, value: object) -> list[str]:
    """What a check says about a value."""
    report = Report("message")
    check(value, "", report)
    return [str(problem) for problem in report.problems]


def plain(text: str) -> Json:
    """Plain text."""
    return {"type": "plain_text", "text": text}


OPTION = {"text": plain("A"), "value": "a"}
BUTTON = {"type": "button", "text": plain("Go"), "action_id": "a"}
SELECT = {"type": "static_select", "action_id": "s", "options": [OPTION]}


def test_a_row_of_elements() -> None:
    """Buttons and menus stand side by side, each with its own action id."""
    assert found(elements.ACTIONS, [BUTTON, SELECT]) == []
    assert found(elements.ACTIONS, [BUTTON, BUTTON]) == [
        "action_id already exists [json-pointer:/1/action_id]"
    ]
    assert found(elements.ACTIONS, []) == ["no fewer than 1 items allowed [json-pointer:]"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"value": "x" * 2001}, "must be less than 2001 characters [json-pointer:/0/value]"),
        ({"text": plain("x" * 76)}, "must be less than 76 characters [json-pointer:/0/text/text]"),
        ({"style": "default"}, "must be one of: primary, danger [json-pointer:/0/style]"),
        ({"url": ""}, "must be more than 0 characters [json-pointer:/0/url]"),
        ({"onclick": "x"}, "invalid additional property: onclick [json-pointer:/0]"),
    ],
)
def test_limits_of_a_button(change: Json, problem: str) -> None:
    """As Slack's reference states them."""
    assert found(elements.ACTIONS, [BUTTON | change]) == [problem]


def test_a_menu_has_options_or_groups() -> None:
    """Not both, and not none."""
    group = {"label": plain("G"), "options": [OPTION]}
    bare = {"type": "static_select", "action_id": "s"}
    assert found(elements.ACTIONS, [bare | {"option_groups": [group]}]) == []
    assert "missing required field" in found(elements.ACTIONS, [bare])[0]
    assert "only one of these" in found(elements.ACTIONS, [SELECT | {"option_groups": [group]}])[0]


def test_what_is_chosen_at_first_is_an_option() -> None:
    """A select that begins with something else is refused; options may stand in groups."""
    other = {"text": plain("b"), "value": "b"}
    assert found(elements.ACCESSORY, SELECT | {"initial_option": OPTION}) == []
    assert found(elements.ACCESSORY, SELECT | {"initial_option": other}) == [
        "must match one of the options [json-pointer:/initial_option]"
    ]
    groups = [{"label": plain("g"), "options": [OPTION]}]
    grouped = {"type": "static_select", "action_id": "s", "option_groups": groups, "initial_option": OPTION}
    assert found(elements.ACCESSORY, grouped) == []


def test_an_overflow_menu_has_two_options_at_least() -> None:
    """With one, a button would do."""
    assert found(elements.ACTIONS, [{"type": "overflow", "options": [OPTION]}]) == [
        "no fewer than 2 items allowed [json-pointer:/0/options]"
    ]


def test_an_image_has_one_source_and_words() -> None:
    """A file of Slack's or an address; the file is noted, to be looked at with the workspace."""
    report = Report("message")
    image = {"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}}
    elements.IMAGE(image, "/x", report)
    assert (report.problems, report.files) == ([], [("/x/slack_file", "F1")])
    assert "only one" in found(elements.IMAGE, image | {"image_url": "https://example.com/a.png"})[0]
    assert "missing" in found(elements.IMAGE, {"type": "image", "alt_text": "x"})[0]
    assert found(elements.IMAGE, image | {"slack_file": {"id": "F1", "url": "https://x"}}) != []


def test_rich_text_nests_as_documented() -> None:
    """Lists hold sections, code says its language, and a style is a set of flags."""
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "hi", "style": {"bold": True}},
            {"type": "user", "user_id": "U1"},
            {"type": "link", "url": "https://example.com"},
            {"type": "emoji", "name": "eyes"},
        ],
    }
    bullets = {"type": "rich_text_list", "style": "bullet", "elements": [section]}
    code = {
        "type": "rich_text_preformatted",
        "language": "sql",
        "elements": [{"type": "text", "text": "SELECT 1"}],
    }
    assert found(elements.RICH_TEXT, {"type": "rich_text", "elements": [section, bullets, code]}) == []
    for wrong in ({"type": "rich_text_list", "style": "dots", "elements": [section]}, {"type": "paragraph"}):
        assert found(elements.RICH_TEXT, {"type": "rich_text", "elements": [wrong]}) != []


def test_menus_are_no_inputs_of_every_kind() -> None:
    """An overflow menu cannot be filled in; a text field stands in inputs only."""
    overflow = {"type": "overflow", "options": [OPTION, OPTION]}
    field = {"type": "plain_text_input", "action_id": "t"}
    assert found(elements.ACTIONS, [overflow]) == []
    assert "unsupported type: overflow" in found(elements.INPUTS, overflow)[0]
    assert found(elements.INPUTS, field) == []
    assert "unsupported type: plain_text_input" in found(elements.ACTIONS, [field])[0]


@pytest.mark.parametrize("kind", ["multi_static_select", "checkboxes"])
def test_what_is_chosen_at_first_is_among_the_options(kind: str) -> None:
    """Each of several, word for word; none at all is left out and not an empty list."""
    field = {"type": kind, "action_id": "f", "options": [OPTION]}
    other = OPTION | {"value": "b"}
    assert found(elements.INPUTS, field) == []
    assert found(elements.INPUTS, field | {"initial_options": [OPTION]}) == []
    assert found(elements.INPUTS, field | {"initial_options": [OPTION, other]}) == [
        "must match one of the options [json-pointer:/initial_options/1]"
    ]
    assert found(elements.INPUTS, field | {"initial_options": []}) == [
        "no fewer than 1 items allowed [json-pointer:/initial_options]"
    ]


def test_a_radio_button_is_one_of_its_options() -> None:
    """As in a menu."""
    field = {"type": "radio_buttons", "action_id": "f", "options": [OPTION]}
    assert found(elements.INPUTS, field | {"initial_option": OPTION}) == []
    assert found(elements.INPUTS, field | {"initial_option": OPTION | {"value": "b"}}) == [
        "must match one of the options [json-pointer:/initial_option]"
    ]
