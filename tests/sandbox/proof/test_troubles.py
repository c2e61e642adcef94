"""The list of troubles."""

from __future__ import annotations

from bot.sandbox.proof.troubles import Expected, Side, expectations, troubles
from bot.sandbox.slack.methods import METHODS
from bot.sandbox.tenant.faults import Fault


def test_every_fault_of_the_tenant_is_tried() -> None:
    """A new one is in the matrix at once."""
    assert {each.name for each in troubles() if each.side is Side.TENANT} == {fault.value for fault in Fault}


def test_names_are_told_apart() -> None:
    """Each can be tried alone by its name."""
    names = [(each.side, each.name) for each in troubles()]
    assert len(set(names)) == len(names)


def test_the_calls_exist() -> None:
    """What is made to fail is a method of the workspace, or the upload itself."""
    methods = {each.name.partition(": ")[0] for each in troubles() if ": " in each.name}
    assert methods <= {*METHODS, "upload"}


def test_what_cannot_be_said_is_the_exception() -> None:
    """Only where a place is closed to the app nothing is expected there."""
    unsayable = [each for each in troubles() if each.expected is Expected.UNSAYABLE]
    assert all(each.side is Side.WORKSPACE and each.later is not None for each in unsayable)
    assert 0 < len(unsayable) < 4


def test_each_expectation_is_a_row() -> None:
    """The table for the documents has all of them."""
    assert expectations().count("\n") == len(troubles()) + 1
