"""The errors, and that each has a sentence for a person."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Iterator

import pytest

from bot import errors
from bot.core.render import notices

_MADE = {
    errors.AccessDenied: errors.AccessDenied(errors.Denial.GUEST),
    errors.LimitReached: errors.LimitReached(errors.Limit.PERSON_A_MINUTE, 10, 4.0),
    errors.AnswerTooLarge: errors.AnswerTooLarge(64.0),
    errors.DomainUnknown: errors.DomainUnknown("finance"),
    errors.AnswerFailed: errors.AnswerFailed("no rows", "too slow"),
    errors.TenantSilent: errors.TenantSilent(90),
    errors.SlackLimited: errors.SlackLimited("chat.update", 30),
    errors.IndigoLimited: errors.IndigoLimited(9),
    errors.IndigoFailed: errors.IndigoFailed("not_found", "too slow"),
    errors.SlackRefused: errors.SlackRefused("chat.update", "invalid_blocks", ("must be shorter",)),
    errors.NotInChannel: errors.NotInChannel("chat.postMessage", "not_in_channel"),
    errors.MessageGone: errors.MessageGone("chat.update", "message_not_found"),
    errors.TokenRefused: errors.TokenRefused("chat.update", "token_revoked"),
}


def every() -> Iterator[errors.BotError]:
    """One error of each kind."""
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.BotError):
            yield _MADE.get(kind) or kind("xoxb-0123456789 of 10.0.0.1")


@pytest.mark.parametrize("error", list(every()), ids=lambda error: type(error).__name__)
def test_every_error_has_a_sentence_for_a_person(error: errors.BotError) -> None:
    """What a person reads has the reference, and nothing that was meant for the log."""
    text = notices.for_error(error, ref="ref-1").text
    plain_no = isinstance(error, errors.AccessDenied | errors.LimitReached)
    assert ("`ref-1`" in text) is not plain_no
    assert "0123456789" not in text
    assert type(error).__name__ not in text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (errors.DomainUnknown("finance"), "unknown domain 'finance'"),
        (errors.DomainUnknown(), "no domain is chosen"),
        (errors.AnswerFailed("no rows", "too slow"), "no rows; too slow"),
        (errors.AnswerFailed(), "no reason given"),
        (errors.TenantSilent(90.0), "nothing heard for 90 s"),
        (errors.SlackLimited("chat.update", 30), "chat.update is limited for 30 s"),
        (errors.AccessDenied(errors.Denial.NO_CONSENT), "no_consent"),
        (errors.LimitReached(errors.Limit.CHARACTERS, 4_000), "characters: at most 4000"),
        (errors.AnswerTooLarge(64.0), "an answer of more than 64 MiB"),
        (errors.AnswerTooLarge(0.5), "an answer of more than 0.5 MiB"),
        (
            errors.SlackRefused("chat.update", "invalid_blocks", ("must be shorter",)),
            "chat.update: invalid_blocks must be shorter",
        ),
    ],
)
def test_the_log_reads_what_happened(error: errors.BotError, text: str) -> None:
    """The text of an error is one line."""
    assert str(error) == text


@pytest.mark.parametrize(
    ("kind", "above"),
    [
        (errors.StoreInUse, errors.ConfigurationError),
        (errors.TenantUnreachable, errors.TenantError),
        (errors.DomainUnknown, errors.TenantError),
        (errors.ImpersonationRefused, errors.KeyRefused),
        (errors.PersonUnknown, errors.PersonRefused),
        (errors.PersonDeactivated, errors.PersonRefused),
        (errors.AskingRefused, errors.PersonRefused),
        (errors.PersonRefused, errors.TenantError),
        (errors.AnswerTooLarge, errors.TenantError),
        (errors.MessageGone, errors.SlackRefused),
        (errors.NotInChannel, errors.SlackError),
        (errors.ChartFailed, errors.BotError),
    ],
)
def test_errors_are_caught_by_what_they_take_down(kind: type[Exception], above: type[Exception]) -> None:
    """Whoever gives up a turn, a call or the process catches all of that size."""
    assert issubclass(kind, above)
    assert issubclass(kind, errors.BotError)


@pytest.mark.parametrize("kind", [errors.AccessDenied, errors.LimitReached, errors.PersonRefused])
def test_a_no_to_one_person_takes_nothing_down(kind: type[Exception]) -> None:
    """Nobody takes it for a broken tenant, a wrong key or a failing Slack."""
    assert not issubclass(kind, (errors.KeyRefused, errors.SlackError, errors.ConfigurationError))


def test_an_error_of_many_values_comes_back_from_a_copy() -> None:
    """A chart worker, or a log, may carry errors to another process."""
    for error in every():
        copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - made in the line itself
        assert (type(copied), str(copied), vars(copied)) == (type(error), str(error), vars(error))


def test_the_tree_in_the_text_is_whole() -> None:
    """The module's description names every error."""
    described = errors.__doc__ or ""
    assert [type(error).__name__ for error in every() if type(error).__name__ not in described] == []
