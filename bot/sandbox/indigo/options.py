"""What a local Indigo platform is like: how much it holds, and the ways in which real ones may differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Paging = Literal["documented", "relay"]
PageInfo = Literal["full", "documented"]


@dataclass(frozen=True, slots=True)
class IndigoOptions:
    """How much there is and how it is served; the defaults are what the documentation shows.

    Attributes:
        chats: how many there are in production; the environment ``TEST`` holds a twentieth of them.
        messages: how many a chat has on average, about; one in a hundred is much longer, a few have one only.
        seed: makes other dialogues, numbers and people.
        arriving: a new chat begins with every so many requests for chats; 0 begins none.
        latency: seconds that each call takes at least.
        largest_page: asked for more, a page has this many items.
        paging: how messages are paged. ``documented``: newest first, and onwards to older ones with
            ``before`` and ``endCursor``. ``relay``: as Relay means it, the page in order of time, and
            onwards with ``before`` and ``startCursor``.
        page_info: ``documented`` serves no more of it than ``endCursor`` and ``hasNextPage``.
        order: of chats where none is asked for.
        introspection: False refuses ``__schema`` and ``__type``.
        token: what clients show; empty makes a new one for each server.
        project: the id of the workspace.
        members: how many people work in it.
    """

    chats: int = 1_200
    messages: int = 10
    seed: int = 1
    arriving: int = 0
    latency: float = 0.0
    largest_page: int = 100
    paging: Paging = "documented"
    page_info: PageInfo = "full"
    order: Literal["ASC", "DESC"] = "ASC"
    introspection: bool = True
    token: str = ""
    project: str = "39"
    members: int = 23
