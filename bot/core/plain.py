"""Free-form JSON of the tenant as plain, bounded values: data that nothing here runs or follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.core.values import clean

#: Characters of JSON text, or of all texts and values together: no chart needs more.
LARGEST = 1_000_000
#: How deep values may lie in each other.
DEEPEST = 60

_LARGEST_NUMBER = 10**300


def mapping(raw: object) -> Mapping[str, object] | None:
    """A JSON object, as sent or as the JSON text of one; None for anything else, and for what is too much.

    The result is made of dict, list, str, bool, int, float and None only. Numbers are finite (NaN and
    infinities become None), texts hold no lone surrogates.
    """
    if isinstance(raw, str):
        raw = _parsed(raw)
    if not isinstance(raw, Mapping) or not raw:
        return None
    try:
        return _Copy().mapping(raw, 1)
    except _TooMuchError:
        return None


def _parsed(text: str) -> object:
    if len(text) > LARGEST:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


class _TooMuchError(Exception):
    """The value is larger or deeper than any chart."""


class _Copy:
    """Copies a value and counts what it weighs."""

    def __init__(self) -> None:
        self._weight = 0

    def mapping(self, raw: Mapping[object, object], depth: int) -> Mapping[str, object]:
        self._count(1, depth)
        return {self._text(str(key), depth): self._value(value, depth) for key, value in raw.items()}

    def _value(self, raw: object, depth: int) -> object:
        if isinstance(raw, str):
            return self._text(raw, depth)
        if isinstance(raw, Mapping):
            return self.mapping(raw, depth + 1)
        self._count(1, depth)
        if isinstance(raw, Sequence) and not isinstance(raw, bytes):
            return [self._value(item, depth + 1) for item in raw]
        if isinstance(raw, bool):
            return raw
        # Beyond this a float is infinite, and an integer has thousands of digits.
        return raw if isinstance(raw, int | float) and abs(raw) < _LARGEST_NUMBER else None

    def _text(self, raw: str, depth: int) -> str:
        self._count(len(raw) + 1, depth)
        return clean(raw)

    def _count(self, weight: int, depth: int) -> None:
        self._weight += weight
        if self._weight > LARGEST or depth > DEEPEST:
            raise _TooMuchError
