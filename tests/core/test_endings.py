from __future__ import annotations

import pytest

from bot.core.endings import BOTH, CLOSES, ENDINGS, LEGACY, TRANSPORT, Outcome, of_code


@pytest.mark.parametrize(
    ("code", "outcome"), [(code, each.outcome) for each in CLOSES for code in each.codes]
)
def test_a_code_of_the_table(code: int, outcome: Outcome) -> None:
    """Each code leads to what its row says."""
    assert of_code(code) is outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (1004, Outcome.MISBEHAVED),
        (1015, Outcome.MISBEHAVED),
        (1999, Outcome.MISBEHAVED),
        (2000, Outcome.RECONNECT),
        (3008, Outcome.RECONNECT),
        (4999, Outcome.RECONNECT),
    ],
)
def test_a_code_that_nobody_knows(code: int, outcome: Outcome) -> None:
    """One of the standard's is an error, one of the server's own is worth another try."""
    assert of_code(code) is outcome


def test_no_code_stands_twice() -> None:
    """A code has one row, and a row is about one thing."""
    codes = [code for each in CLOSES for code in each.codes]
    assert len(codes) == len(set(codes))
    assert len({(each.subprotocol, each.comes) for each in ENDINGS}) == len(ENDINGS)
    assert {each.subprotocol for each in ENDINGS} == {BOTH, TRANSPORT, LEGACY}
