"""Who is in the workspace and which channels it has, before anything happens in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .model import ChannelKind, Standing

#: Stands for the app's bot among the members of a room.
BOT = "bot"


@dataclass(frozen=True, slots=True)
class Person:
    """One person; ``email`` is empty where nobody is told it."""

    real_name: str
    email: str
    color: str
    standing: Standing = Standing.MEMBER
    deactivated: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """One channel: who is in it, its maker first, and whether it is shared with the other organisation."""

    kind: ChannelKind
    members: tuple[str, ...]
    shared: bool = False


_EVERYBODY = ("ada", "grace", "linus", "vera", "barbara", "niels", "dorothy", "emmy")

PEOPLE: Mapping[str, Person] = MappingProxyType(
    {
        "ada": Person("Ada Lovelace", "ada@example.com", "7c3aed", Standing.ADMIN),
        "grace": Person("Grace Hopper", "grace@example.com", "0f766e"),
        "linus": Person("Linus Pauling", "linus@example.com", "b45309"),
        "vera": Person("Vera Rubin", "vera@example.com", "1d4ed8"),
        "barbara": Person("Barbara McClintock", "barbara@example.com", "15803d"),
        "niels": Person("Niels Bohr", "niels@example.com", "be185d"),
        "dorothy": Person("Dorothy Hodgkin", "dorothy@example.com", "9f1239"),
        "emmy": Person("Emmy Noether", "", "0e7490"),
        "gertrude": Person("Gertrude Elion", "gertrude@example.com", "854d0e", Standing.GUEST),
        "otto": Person("Otto Hahn", "otto@partner.example", "475569", Standing.OUTSIDER),
        "emilie": Person("Emilie du Chatelet", "emilie@example.com", "57534e", deactivated=True),
    }
)
ROOMS: Mapping[str, Room] = MappingProxyType(
    {
        "sales": Room(ChannelKind.PUBLIC, (*_EVERYBODY, "gertrude", BOT)),
        "weather": Room(ChannelKind.PUBLIC, (*_EVERYBODY, BOT)),
        "random": Room(ChannelKind.PUBLIC, _EVERYBODY),
        "board": Room(ChannelKind.PRIVATE, ("ada", "linus", "vera", BOT)),
        "partners": Room(ChannelKind.PUBLIC, ("ada", "grace", "otto", "gertrude", BOT), shared=True),
    }
)
