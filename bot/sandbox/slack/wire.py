"""Small readers for JSON that came from outside, and the masking of secrets before anything is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeGuard

JsonObject = Mapping[str, object]

_SECRETS = re.compile(r"\b(xox[a-z]-|xapp-)[\w-]+|((?:ticket=|/hooks/|/upload/))[\w-]+")


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Whether ``value`` is a JSON object."""
    return isinstance(value, Mapping)


def is_array(value: object) -> TypeGuard[Sequence[object]]:
    """Whether ``value`` is a JSON array (a string is not)."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def text(payload: JsonObject, key: str, default: str = "") -> str:
    """The string under ``key``; a number is written out, anything else is ``default``."""
    value = payload.get(key)
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return default


def array(payload: JsonObject, key: str) -> Sequence[object]:
    """The array under ``key``, or an empty one."""
    value = payload.get(key)
    return value if is_array(value) else ()


def mapping(payload: JsonObject, key: str) -> JsonObject:
    """The object under ``key``, or an empty one."""
    value = payload.get(key)
    return value if is_object(value) else {}


def objects(payload: JsonObject, key: str) -> tuple[JsonObject, ...]:
    """The objects in the array under ``key``; everything else in it is left out."""
    return tuple(item for item in array(payload, key) if is_object(item))


def masked(value: object) -> object:
    """A copy of ``value`` in which tokens, tickets and one-time addresses are shortened to their kind."""
    if isinstance(value, str):
        return _SECRETS.sub(lambda found: f"{found[1] or found[2]}…", value)
    if is_object(value):
        return {key: masked(item) for key, item in value.items()}
    if is_array(value):
        return [masked(item) for item in value]
    return value
