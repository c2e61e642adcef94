"""Newest first: which value of ``SortType`` asks for it, and whether a page came so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

_NEWEST = re.compile(r"desc(?!ri)|newest|latest|recent", re.IGNORECASE)
_TIME = re.compile(r"insert|creat|date|time|start|began|updat|_at(?:_|$)", re.IGNORECASE)


def newest(data: Mapping[str, object]) -> str:
    """The value that looks like newest first, of an answer to ``sort_type.graphql``; empty without one."""
    kind = data.get("__type")
    values = kind.get("enumValues") if isinstance(kind, Mapping) else None
    found = [name for name in _names(values) if _NEWEST.search(name)]
    return min(found, key=_rank, default="")


def newest_first(times: Sequence[datetime | None]) -> bool:
    """Whether these times, of items in their order, never rise; what has no time tells nothing."""
    known = [time for time in times if time is not None]
    return all(before >= after for before, after in pairwise(known))


def _rank(name: str) -> int:
    """The plain word first, then orders by a time, then any other."""
    if name.upper() in {"DESC", "DESCENDING"}:
        return 0
    return 1 if _TIME.search(name) else 2


def _names(values: object) -> Iterable[str]:
    given = values if isinstance(values, list) else []
    found = (value.get("name") for value in given if isinstance(value, Mapping))
    return [name for name in found if isinstance(name, str)]
