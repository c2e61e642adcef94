"""Which native blocks a refusal blames."""

from __future__ import annotations

import pytest

from bot.core.render.faults import suspects, unsupported
from bot.errors import SlackRefused
from bot.model import Draft

CHART, TABLE = "data_visualization", "data_table"
BOTH = Draft("x", tuple({"type": kind} for kind in ("markdown", CHART, TABLE)))


def refused(*details: str, code: str = "invalid_blocks") -> SlackRefused:
    """A refusal with Slack's details."""
    return SlackRefused("chat.update", code, details)


@pytest.mark.parametrize(
    ("error", "blamed"),
    [
        (refused("unsupported type: data_table [json-pointer:/blocks/2/type]"), {TABLE}),
        (refused("must be fewer [json-pointer:/blocks/1/chart/series/0/data]"), {CHART}),
        (refused("x [json-pointer:/blocks/1/type]", "y [json-pointer:/blocks/2]"), {CHART, TABLE}),
        (refused("{'pointer': '/blocks/2/caption', 'code': 'missing'}"), {TABLE}),
        (refused(), {CHART, TABLE}),
        (refused("must be shorter [json-pointer:/blocks/0/text]"), {CHART, TABLE}),
        (refused("no such place [json-pointer:/blocks/99999999999/text]"), {CHART, TABLE}),
    ],
)
def test_suspects_are_what_slack_points_at(error: SlackRefused, blamed: set[str]) -> None:
    """Where it points at none of them, all may be at fault."""
    assert suspects(BOTH, error) == blamed


def test_without_native_blocks_there_is_no_suspect() -> None:
    """Then only simpler forms can help."""
    assert suspects(Draft("x", ({"type": "table"},)), refused()) == frozenset()


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (refused("unsupported type: data_table [json-pointer:/blocks/2/type]"), True),
        (refused("block type is not enabled here [json-pointer:/blocks/2]"), True),
        (refused(), True),
        (refused("must be less than 51 characters [json-pointer:/blocks/2/caption]"), False),
        (refused("missing required field: caption [json-pointer:/blocks/2]"), False),
        (refused("unsupported type: x [json-pointer:/blocks/1/type]"), False),
        (refused("failed to match all allowed schemas"), False),
        (refused(code="msg_blocks_too_long"), False),
    ],
)
def test_a_kind_is_unsupported_only_where_no_value_is_at_fault(error: SlackRefused, verdict: bool) -> None:  # noqa: FBT001 - pytest passes it
    """A table that is too long says nothing about tables."""
    assert unsupported(BOTH, error, TABLE) is verdict


def test_a_kind_that_is_not_there_is_not_blamed() -> None:
    """Only what was sent can have been refused."""
    assert not unsupported(Draft("x", ({"type": CHART},)), refused(), TABLE)
