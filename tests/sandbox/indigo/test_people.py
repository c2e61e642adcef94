"""The people of a workspace."""

from __future__ import annotations

from bot.sandbox.indigo.people import members


def test_there_is_a_role_of_each_kind() -> None:
    """The documented six, one that somebody made, and one in lower case as in the documentation."""
    labels = {member.label for member in members(23, seed=1)}
    assert labels >= {
        "Owner",
        "Admin",
        "Editor",
        "Manager",
        "Operator",
        "Viewer",
        "Customer care night shift",
    }
    assert "admin" in {member.label for member in members(60, seed=1)}


def test_nobody_is_there_twice() -> None:
    """Ids rise, beyond what 32 bits hold; addresses are one to a person."""
    made = members(60, seed=1)
    ids = [member.id for member in made]
    assert ids == sorted(set(ids))
    assert ids[0] < 2**31 < ids[-1]
    assert len({member.email for member in made}) == 60


def test_the_seed_decides() -> None:
    """The same people each time, others with another seed."""
    assert members(40, seed=1) == members(40, seed=1) != members(40, seed=2)
