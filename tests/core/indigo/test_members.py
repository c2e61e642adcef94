from __future__ import annotations

from bot.core.indigo.members import Changed, changes
from bot.core.indigo.model import Member

ANNA, BEN = Member("1", "anna@example.com", "Owner"), Member("2", "ben@example.com", "Viewer")


def test_who_came_went_and_changed_is_told() -> None:
    """People are known by Indigo's id of them; another address is the same person."""
    now = [Member("1", "anna@new.example", "Admin"), Member("3", "eva@example.com", "Editor")]
    found = changes([ANNA, BEN], now, since=1.0)
    assert (found.added, found.removed) == ((now[1],), (BEN,))
    assert found.changed == (Changed(now[0], "Owner"),)
    assert found


def test_nothing_new_is_nothing() -> None:
    """The order of the list does not matter."""
    assert not changes([ANNA, BEN], [BEN, ANNA], since=1.0)


def test_who_has_no_id_is_known_by_their_address() -> None:
    """Two people without an id are not one."""
    one, two = Member("", "a@example.com", "Viewer"), Member("", "b@example.com", "Viewer")
    assert changes([one], [one, two], since=0.0).added == (two,)
