import pytest

from bot.sandbox.slack.options import Failure, Fault, Faults, SlackOptions


def test_a_workspace_is_as_strict_as_slack_unless_told_otherwise() -> None:
    """Whoever changes nothing gets limits, scopes, retries and late files."""
    options = SlackOptions()
    assert options.enforce_tiers
    assert options.enforce_scopes
    assert options.enforce_limits
    assert options.retries
    assert options.file_visibility_delay > 0
    assert options.ack_seconds == 3.0


def test_failures_are_used_up_in_order() -> None:
    """Each planned failure strikes one call of its method, and then everything works."""
    faults = Faults()
    faults.fail_next("chat.update", Failure.RATE_LIMITED, times=2, retry_after=7)
    faults.fail_next("chat.update", "is_archived")
    assert faults.take("chat.postMessage") is None
    assert (faults.left("chat.update"), faults.left("chat.postMessage")) == (3, 0)
    taken = [faults.take("chat.update") for _ in range(4)]
    assert taken == [Fault("ratelimited", 7), Fault("ratelimited", 7), Fault("is_archived", 1), None]
    assert faults.left("chat.update") == 0


def test_options_do_not_change_under_way() -> None:
    """Another strictness is another workspace."""
    with pytest.raises(AttributeError):
        SlackOptions().retries = False  # type: ignore[misc]  # that is the point
