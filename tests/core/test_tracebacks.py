"""Exceptions as text."""

from __future__ import annotations

import pytest

from bot.core import tracebacks
from bot.errors import AnswerFailed, BotError, TenantUnreachable

CELL = "Acme pays 1,234 EUR"


def _raise(error: BaseException, cause: BaseException | None = None) -> None:
    raise error from cause


def _raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    with pytest.raises(type(error)) as caught:
        _raise(error, cause)
    return caught.value


def _deep(depth: int) -> None:
    if depth == 0:
        raise ValueError(CELL)
    _deep(depth - 1)


def test_a_foreign_exception_shows_its_kind_and_place() -> None:
    """Neither its message nor the source line, which may quote a value."""
    text = tracebacks.text(_raised(ValueError(f"could not convert {CELL}")), BotError)
    first, *_, place, last = text.splitlines()
    assert first == "Traceback (most recent call last):"
    assert place.startswith(f'  File "{__file__}", line ')
    assert place.endswith(", in _raise")
    assert last == "ValueError"


def test_an_exception_of_ours_shows_its_text() -> None:
    """Its text is written for the log."""
    text = tracebacks.text(_raised(TenantUnreachable("HTTP: ConnectError")), BotError)
    assert text.splitlines()[-1] == "bot.errors.TenantUnreachable: HTTP: ConnectError"


def test_a_cause_is_shown_by_the_same_rule() -> None:
    """Of ``raise ours from foreign`` the text of ours is there, and that of the other is not."""
    text = tracebacks.text(_raised(AnswerFailed("quota"), _raised(KeyError(CELL))), BotError)
    assert CELL not in text
    before, after = text.split("\n\nThe above exception was the direct cause of the following exception:\n\n")
    assert before.endswith("\nKeyError")
    assert after.endswith("\nbot.errors.AnswerFailed: quota")


def test_what_was_being_handled_is_shown_unless_it_is_not_wanted() -> None:
    """A context is shown as Python does, and ``from None`` hides it."""

    def fail(*, plainly: bool) -> None:
        try:
            _raise(KeyError(CELL))
        except KeyError:
            if plainly:
                raise OSError(CELL) from None
            raise OSError(CELL)  # noqa: B904 - the context is what is shown

    def failed(*, plainly: bool) -> BaseException:
        with pytest.raises(OSError, match=CELL) as caught:
            fail(plainly=plainly)
        return caught.value

    text = tracebacks.text(failed(plainly=False), BotError)
    assert "KeyError\n\nDuring handling of the above exception, another exception occurred:\n" in text
    assert text.endswith("OSError")
    assert CELL not in text
    assert "KeyError" not in tracebacks.text(failed(plainly=True), BotError)


def test_the_exceptions_of_a_group_are_shown_by_the_same_rule() -> None:
    """Each is shown below the group, whose own message is left out."""
    inner = [
        _raised(ValueError(CELL)),
        TenantUnreachable("gone"),
        BaseExceptionGroup(CELL, [SystemExit(CELL)]),
    ]
    text = tracebacks.text(_raised(BaseExceptionGroup(CELL, inner)), BotError)
    assert CELL not in text
    assert "\nBaseExceptionGroup\n  1 of 3:\n    Traceback" in text
    assert "\n  2 of 3:\n    bot.errors.TenantUnreachable: gone\n" in text
    assert text.endswith("  3 of 3:\n    BaseExceptionGroup\n      1 of 1:\n        SystemExit")


def test_notes_are_left_out() -> None:
    """What somebody adds to an exception on its way is a text like any other."""
    error = ValueError()
    error.add_note(CELL)
    assert CELL not in tracebacks.text(error)


def test_endless_things_end() -> None:
    """Exceptions that caused each other, hundreds of frames and of exceptions make a text of a few lines."""
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert tracebacks.text(first).splitlines()[-1] == "ValueError"
    many = ExceptionGroup("", [ValueError() for _ in range(1_000)])
    assert len(tracebacks.text(many).splitlines()) < 100
    with pytest.raises(ValueError, match=CELL) as caught:
        _deep(500)
    lines = tracebacks.text(caught.value).splitlines()
    assert lines[11] == "  (452 frames are left out)"
    assert len(lines) == 53


def test_an_exception_in_a_sentence() -> None:
    """A sentence has the text of ours, and the kind of the others."""
    assert tracebacks.told(AnswerFailed("quota"), BotError) == "quota"
    assert (
        tracebacks.told(UnicodeDecodeError("utf-8", CELL.encode(), 0, 1, CELL), BotError)
        == "UnicodeDecodeError"
    )
    assert tracebacks.kind(TenantUnreachable()) == "bot.errors.TenantUnreachable"
