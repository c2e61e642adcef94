"""Pieces of windows."""

from __future__ import annotations

import json

import pytest

from bot.core.render import elements, windows
from bot.sandbox.slack.blockkit import rules
from tests.sandbox.slack.bare import workspace

TEXT = {"type": "plain_text_input", "multiline": True}


def test_a_window_to_look_at_is_closed() -> None:
    """A title that is too long is cut, because Slack would refuse the window."""
    view = windows.modal("A title that is much too long for Slack", [elements.section("Hello")])
    rules.check_view(workspace(), view, viewer="U1")
    title = view["title"]
    assert isinstance(title, dict)
    assert title["text"] == "A title that is much…"
    assert "submit" not in view


def test_a_form_brings_back_what_it_was_given() -> None:
    """With what was entered, by the name of the field."""
    fields = [
        windows.field("words", "Tell us", TEXT, optional=True, hint="As much as you like"),
        windows.field("more", "And more", TEXT),
    ]
    view = windows.form(
        windows.modal("Form", fields), callback="form", private={"turn": "t1"}, submit="Send", close="Skip"
    )
    rules.check_view(workspace(), view, viewer="U1")
    assert view["callback_id"] == "form"
    entry = {"type": "plain_text_input", "value": "Five"}
    submitted = {**view, "state": {"values": {"words": {"words": entry}}}}
    assert windows.private_in(submitted) == {"turn": "t1"}
    assert windows.entered(submitted, "words") == entry
    assert windows.entered(submitted, "more") == {}
    assert [(block["optional"], "hint" in block) for block in fields] == [(True, True), (False, False)]


def test_what_would_not_come_back_whole_is_a_mistake() -> None:
    """Slack keeps 3,000 characters."""
    with pytest.raises(ValueError, match="3000"):
        windows.form(
            windows.modal("Form", []), callback="f", private={"x": "y" * 3_000}, submit="S", close="C"
        )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (None, {}),
        ("", {}),
        ("not json", {}),
        ("[1]", {}),
        (json.dumps({"turn": 5, "at": None}), {"turn": "5", "at": "None"}),
    ],
)
def test_what_comes_back_is_read_as_far_as_it_goes(written: object, read: dict[str, str]) -> None:
    """It has been outside, so anything may be in it; what is read is text."""
    assert windows.private_in({"private_metadata": written}) == read


@pytest.mark.parametrize(
    "view", [{}, {"state": None}, {"state": {"values": []}}, {"state": {"values": {"x": 1}}}]
)
def test_nothing_is_entered_in_a_view_of_another_shape(view: dict[str, object]) -> None:
    """That is empty, never an error."""
    assert windows.entered(view, "x") == {}
    assert windows.inner(view, "state") == (view.get("state") or {})
