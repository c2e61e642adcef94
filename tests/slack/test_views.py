"""Windows."""

from __future__ import annotations

import pytest

from bot.errors import SlackRefused
from bot.slack.views import Opened, TriggerOver, Views
from tests.slack.conftest import Answer, Clock, WebApi, limited, refused

VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "SQL"}, "blocks": []}


async def test_a_window_opens_for_a_press(api: WebApi) -> None:
    """It comes back with what an update needs."""
    api.expect("views.open", Answer({"view": {"id": "V1", "hash": "h1"}}))
    assert await Views(api.client).open("trigger", VIEW) == Opened("V1", "h1")
    assert api.of("views.open") == [{"trigger_id": "trigger", "view": VIEW}]


@pytest.mark.parametrize("code", ["expired_trigger_id", "exchanged_trigger_id", "trigger_expired"])
async def test_a_press_of_long_ago_opens_none(api: WebApi, code: str) -> None:
    """It is told apart from other refusals, because pressing again helps."""
    api.expect("views.open", refused(code))
    with pytest.raises(TriggerOver):
        await Views(api.client).open("trigger", VIEW)


async def test_a_window_that_is_refused_is_an_error(api: WebApi) -> None:
    """So is one whose content Slack does not take."""
    api.expect("views.open", refused("invalid_arguments", "[ERROR] /view/blocks"))
    with pytest.raises(SlackRefused, match="invalid_arguments"):
        await Views(api.client).open("trigger", VIEW)


async def test_a_limit_is_obeyed(api: WebApi, clock: Clock) -> None:
    """The call is made again when Slack says."""
    api.expect("views.open", limited(1), Answer({"view": {"id": "V1", "hash": "h1"}}))
    await Views(api.client, sleep=clock.sleep).open("trigger", VIEW)
    assert clock.slept == [1.0]


async def test_a_window_is_changed(api: WebApi) -> None:
    """Only where it still shows what it did."""
    await Views(api.client).update(Opened("V1", "h1"), VIEW)
    assert api.of("views.update") == [{"view_id": "V1", "hash": "h1", "view": VIEW}]


@pytest.mark.parametrize("code", ["not_found", "hash_conflict"])
async def test_a_window_that_was_closed_is_left_alone(api: WebApi, code: str) -> None:
    """Its reader has gone; there is nobody to be told."""
    api.expect("views.update", refused(code))
    await Views(api.client).update(Opened("V1", "h1"), VIEW)
    api.expect("views.update", refused("invalid_arguments"))
    with pytest.raises(SlackRefused):
        await Views(api.client).update(Opened("V1", "h1"), VIEW)
