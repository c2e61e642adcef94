from __future__ import annotations

import logging
from datetime import date

import pytest

from bot.wisdom.standing import Standing


@pytest.fixture
def standing(caplog: pytest.LogCaptureFixture) -> Standing:
    caplog.set_level(logging.DEBUG, "bot.wisdom")
    return Standing()


def test_a_refused_key_is_told_once(standing: Standing, caplog: pytest.LogCaptureFixture) -> None:
    """However many questions fail, the operator reads one error, which says what to do."""
    for reason in ("Unauthorized", "HTTP 401"):
        standing.refused("sign-in", reason)
    sentence = (
        "WisdomAI refuses WISDOM_ACCESS_KEY: it is wrong, expired or revoked. Make a new one in WisdomAI "
        "under Settings > API Keys, then restart. (Unauthorized)"
    )
    assert caplog.record_tuples == [
        (
            "bot.wisdom",
            logging.ERROR,
            sentence,
        )
    ]


def test_a_key_that_works_again_is_told_once(standing: Standing, caplog: pytest.LogCaptureFixture) -> None:
    """Good news comes after bad news only, and a new refusal is news again."""
    standing.taken("sign-in")
    standing.refused("sign-in", "Unauthorized")
    standing.taken("sign-in")
    standing.taken("sign-in")
    standing.refused("sign-in", "Unauthorized")
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO", "ERROR"]
    assert caplog.messages[1] == "WisdomAI takes WISDOM_ACCESS_KEY again."


def test_one_way_that_works_does_not_hide_another_that_fails(
    standing: Standing, caplog: pytest.LogCaptureFixture
) -> None:
    """Sign-ins that fail between questions that work are one state, and not a new one every time."""
    for _ in range(3):
        standing.refused("impersonation", "Unauthorized")
        standing.refused("sign-in", "Unauthorized")
        standing.taken("questions")
        standing.taken("sign-in")
    assert len(caplog.records) == 1
    standing.taken("impersonation")
    assert len(caplog.records) == 2


def test_a_key_that_may_not_act_for_others_is_told_once(
    standing: Standing, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator reads both ways out, and once that it works."""
    standing.for_others()
    standing.alone("not allowed")
    standing.alone("not allowed")
    standing.for_others()
    standing.for_others()
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert '"Allow impersonation"' in caplog.messages[0]
    assert "WISDOM_IDENTITY=service" in caplog.messages[0]


def test_the_end_of_a_key_is_told_once(standing: Standing, caplog: pytest.LogCaptureFixture) -> None:
    """A warning names the day."""
    standing.ends(date(2026, 12, 3))
    standing.ends(date(2026, 12, 3))
    (record,) = caplog.records
    assert (record.levelname, "2026-12-03" in record.message) == ("WARNING", True)
