"""Who may do what in Indigo's workspace, and what changed between two looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.indigo.model import Member


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody whose role is another one now."""

    member: Member
    before: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since the last look.

    Attributes:
        since: when that was, in seconds since 1970.
    """

    since: float
    added: tuple[Member, ...] = ()
    removed: tuple[Member, ...] = ()
    changed: tuple[Changed, ...] = ()

    def __bool__(self) -> bool:
        """There is something new."""
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody, and what is new of them; None where this is the first look."""

    members: tuple[Member, ...]
    changes: Changes | None = None


def changes(before: Sequence[Member], now: Sequence[Member], *, since: float) -> Changes:
    """Who came, who went, and whose role is another one; people are told apart by Indigo's id of them."""
    old, new = ({_who(each): each for each in members} for members in (before, now))
    return Changes(
        since=since,
        added=tuple(each for who, each in new.items() if who not in old),
        removed=tuple(each for who, each in old.items() if who not in new),
        changed=tuple(
            Changed(each, old[who].role)
            for who, each in new.items()
            if who in old and old[who].role != each.role
        ),
    )


def _who(member: Member) -> str:
    return member.user or member.email
