"""What the embed host says of errors."""

from __future__ import annotations

import pytest

from bot import errors
from bot.embed import notices
from bot.errors import AccessDenied, Denial


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (AccessDenied(Denial.GUEST), 403, "Guests of the workspace"),
        (AccessDenied(Denial.OUTSIDER), 403, "people of this workspace only"),
        (AccessDenied(Denial.DOMAIN), 403, "Ask an admin why"),
        (errors.PersonUnknown("ada@example.com"), 403, "no account with your e-mail address"),
        (errors.PersonDeactivated("ada@example.com"), 403, "switched off"),
        (errors.EmailUnconfirmed("secret"), 403, "not confirmed"),
        (errors.SignInFailed("secret"), 502, "Signing in did not work"),
        (errors.IssuerUnreachable("secret"), 502, "can't be reached right now"),
        (errors.ImpersonationRefused("secret"), 502, "act in your name"),
        (errors.KeyRefused("secret"), 502, "does not accept this app's access key"),
        (errors.TenantUnreachable("secret"), 502, "WisdomAI can't be reached"),
        (errors.SlackUnreachable("secret"), 502, "Slack does not tell"),
        (errors.StoreFailed("secret"), 502, "on our side"),
        (ValueError("secret"), 500, "on our side"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_failure_has_its_sentence(error: Exception, status: int, words: str) -> None:
    """It says what happened and what can be done, and nothing that was meant for the log."""
    said = notices.of(error)
    assert words in said.text
    assert said.status == status
    assert "secret" not in said.text
    assert "ada@" not in said.text
    assert said.ours is not isinstance(error, AccessDenied)


@pytest.mark.parametrize(("seconds", "words"), [(1, "in a second"), (42.0, "in 42 seconds")])
def test_one_is_told_how_long_to_wait(seconds: float, words: str) -> None:
    """Who comes again then is let in."""
    assert words in notices.too_many(seconds)
