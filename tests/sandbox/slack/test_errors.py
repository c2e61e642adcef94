from bot.sandbox.slack.errors import Refused


def test_a_refusal_is_ok_false_at_200() -> None:
    """Slack's errors are answers; only a few come with another status or headers."""
    refused = Refused("channel_not_found")
    assert (refused.status, refused.headers, str(refused)) == (200, {}, "channel_not_found")
    assert refused.body() == {"ok": False, "error": "channel_not_found"}


def test_details_stand_in_the_body() -> None:
    """What helps a developer is told beside the code."""
    refused = Refused("missing_scope", status=403, headers={"x": "y"}, details={"needed": "chat:write"})
    assert (refused.status, refused.headers) == (403, {"x": "y"})
    assert refused.body() == {"ok": False, "error": "missing_scope", "needed": "chat:write"}
