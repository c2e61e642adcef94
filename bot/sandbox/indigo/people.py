"""The people who work in a workspace, made up from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

_FIRST = 1_734_638_990
_NAMES = (
    "giulia rossi", "marco bianchi", "sofia romano", "luca ferrari", "chiara esposito", "matteo ricci",
    "anna conti", "paolo greco", "elena marino", "davide gallo", "sara bruno", "andrea costa",
    "marta fontana", "simone rizzo", "laura moretti", "fabio barbieri",
)  # fmt: skip
#: The roles that everybody has, in the first places, and one that somebody made.
_LABELS = ("Owner", "Admin", "Editor", "Manager", "Operator", "Viewer", "Customer care night shift")
_LATER = ("Operator", "Operator", "Viewer", "Editor", "admin")


@dataclass(frozen=True, slots=True)
class Member:
    """One person with one role; ``id`` is beyond what 32 bits hold for some."""

    id: int
    email: str
    label: str


def members(count: int, *, seed: int) -> tuple[Member, ...]:
    """So many people; the first seven have a role of each kind."""
    chance = random.Random(f"{seed}:members")  # noqa: S311 - made-up people, not a secret
    made = []
    for number in range(count):
        name = _NAMES[number % len(_NAMES)].replace(" ", ".")
        address = f"{name}{number // len(_NAMES) or ''}@example.com"
        label = _LABELS[number] if number < len(_LABELS) else chance.choice(_LATER)
        made.append(Member(_FIRST + number * 180_000_017, address, label))
    return tuple(made)
