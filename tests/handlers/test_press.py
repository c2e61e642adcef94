"""Presses, as Slack sends them."""

from __future__ import annotations

import pytest

from handlers.press import Press, Target, inner, team, user
from tests.handlers.conftest import press


def test_a_button_in_a_thread_is_read() -> None:
    """Who, where, what and when."""
    read = Press(press("t1:0", user="U2"))
    assert (read.user, read.team, read.channel, read.value) == ("U2", "T1", "C1", "t1:0")
    assert (read.at, read.message_ts, read.thread_ts, read.trigger_id) == ("50.1", "20.1", "10.1", "trigger")
    assert read.whisper_ts == "10.1"


def test_a_choice_from_a_menu_is_read() -> None:
    """Its value is the option's."""
    action = {"action_id": "a", "selected_option": {"value": "t1:0:PIE_CHART"}, "action_ts": "50.1"}
    read = Press(press("", actions=[action]))
    assert read.value == "t1:0:PIE_CHART"


def test_a_message_for_one_reader_has_no_body() -> None:
    """Slack says of it only where it stands."""
    body = press("t1:0:1")
    del body["message"]
    assert (Press(body).message_ts, Press(body).thread_ts) == ("20.1", "10.1")


def test_a_message_outside_of_threads_is_its_own_root() -> None:
    """A thread would begin below it."""
    body = press("v", message={"ts": "20.1"}, container={"channel_id": "C1"})
    assert Press(body).thread_ts == "20.1"
    assert Press(body).whisper_ts is None, "in a thread without replies Slack shows nobody anything"


def test_an_organisation_wide_app_is_told_the_persons_workspace() -> None:
    """Slack then sends no team."""
    body = press("v", team=None)
    assert (team(body), user(body)) == ("T1", "U1")


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("t1:0", Target("t1", 0)),
        ("t1:12:3", Target("t1", 12, "3")),
        ("t1:0:PIE_CHART", Target("t1", 0, "PIE_CHART")),
        ("t1", None),
        ("t1:", None),
        ("t1:-1", None),
        ("t1:x", None),
        (":0", None),
        ("t1:²", None),
    ],
)
def test_a_value_names_a_visualization(value: str, target: Target | None) -> None:
    """Of a turn, by its number; anything else names none."""
    assert Press(press(value)).target() == target


def test_what_is_no_object_is_an_empty_one() -> None:
    """Payloads leave members out, or send null."""
    assert inner({"a": {"b": 1}, "c": None}, "a") == {"b": 1}
    assert inner({"c": None}, "c") == inner({}, "d") == {}
