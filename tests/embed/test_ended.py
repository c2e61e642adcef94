"""What is not used again."""

from __future__ import annotations

from pathlib import Path

from bot.embed.ended import Ended
from bot.embed.seals import Session, SignIn
from bot.embed.visitor import Visitor
from bot.store.sqlite import SqliteStore
from tests.fakes import Clock

SIGN_IN = SignIn("state-1", "nonce-1", "verifier-1", "/embed/search")


async def test_an_ended_session_is_over_for_as_long_as_its_cookie_is_good(tmp_path: Path) -> None:
    """Afterwards the cookie is dead by itself, and nothing is kept."""
    clock = Clock()
    store = await SqliteStore.open(tmp_path / "store.sqlite", clock=clock)
    ended, one = Ended(store), Session("s-1", Visitor("sub"), shown="", until=1500.0)
    other = Session("s-2", Visitor("sub"), shown="", until=1500.0)
    assert not await ended.over(one)
    await ended.end(one, now=clock())
    clock.now = 1499.0
    assert (await ended.over(one), await ended.over(other)) == (True, False)
    clock.now = 1501.0
    assert await store.scan("embed_ended") == []
    await store.close()


async def test_a_sign_in_comes_back_once(tmp_path: Path) -> None:
    """Whoever repeats the address is not let in by it."""
    store = await SqliteStore.open(tmp_path / "store.sqlite")
    assert await Ended(store).first_time(SIGN_IN)
    assert not await Ended(store).first_time(SIGN_IN)
    await store.close()
