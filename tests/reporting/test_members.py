from __future__ import annotations

from bot.core.indigo.model import Member
from bot.reporting.members import Looks
from tests.fakes import Clock, DictStore
from tests.reporting.upstream import Workspace

ANNA, BEN = Member("1", "anna@example.com", "Owner"), Member("2", "ben@example.com", "Admin")


async def test_what_is_new_is_told_to_each_by_itself() -> None:
    """Who looks for the first time hears nothing of changes; who looked before, of those since."""
    indigo, clock = Workspace(), Clock(1000)
    looks = Looks(indigo, DictStore(), "39:PRODUCTION", clock)
    indigo.members = [ANNA, BEN, BEN]
    seen = await looks.look()
    assert seen == (BEN, ANNA)  # by role
    assert (await looks.compared("U1", seen)).changes is None
    await looks.keep("U1", seen)
    indigo.members = [ANNA]
    now = await looks.look()
    changes = (await looks.compared("U1", now)).changes
    assert changes is not None
    assert (changes.removed, changes.since) == ((BEN,), 1000)
    assert (await looks.compared("U2", now)).changes is None
