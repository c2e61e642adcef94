"""Which fields of an answer are asked for: all that are of use, or fewer where the tenant knows fewer.

A document that names one unknown field is refused as a whole. So the tenant's schema is read once and the
document cut to it; a tenant that does not show its schema gets the full document, and if it refuses that, the
document of the Wisdom API specification, word for word.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeGuard

from bot.errors import KeyRefused, TenantError, TenantUnreachable
from bot.wisdom import documents
from bot.wisdom.contact import FirstContact

Mode = Literal["auto", "full", "seed"]
#: Fields by type, and for each the name of the type it leads to ("" for a leaf).
Schema = Mapping[str, Mapping[str, str]]

_ROOT = "ChatMessageDiff"
_TOPIC = "fields of an answer"
_COMPOSITE = frozenset({"OBJECT", "INTERFACE", "UNION"})
_TOKEN = re.compile(r"\w+|[{}]")


class Selection:
    """The document for ``chat`` that the tenant takes; remembered once it is known.

    Args:
        mode: ``auto`` finds out, ``full`` and ``seed`` insist.
    """

    def __init__(self, mode: Mode, *, contact: FirstContact) -> None:
        self._mode = mode
        self._contact = contact
        self._document = documents.load("chat_seed") if mode == "seed" else None
        self._lock = asyncio.Lock()

    async def document(self, introspect: Callable[[], Awaitable[Mapping[str, object]]]) -> str:
        """The document to send; ``introspect`` runs ``introspect.graphql`` and returns its data."""
        async with self._lock:
            if self._document is not None:
                return self._document
            full = documents.load("chat")
            if self._mode == "full":
                self._document = full
                return full
            try:
                schema = read_schema(await introspect())
            except (TenantUnreachable, KeyRefused):
                return full  # says nothing about the schema: to be asked again
            except TenantError:
                self._contact.note(_TOPIC, "all, the tenant does not show its schema")
                self._document = full
                return full
            self._document, missing = prune(full, schema)
            self._contact.note(_TOPIC, f"all but {', '.join(missing)}" if missing else "all")
            return self._document

    def refused(self, document: str) -> bool:
        """The tenant does not take ``document``; whether there is another to try."""
        if self._mode != "auto":
            return False
        seed = documents.load("chat_seed")
        if document == seed:
            return False
        self._document = seed
        self._contact.note(_TOPIC, "those of the API specification, the tenant refused more")
        return True


def read_schema(data: Mapping[str, object]) -> Schema:
    """The types of an introspection answer; those that the tenant does not have are left out."""
    return {
        name: _fields(described["fields"]) for name, described in data.items() if _is_described(described)
    }


def prune(document: str, schema: Schema) -> tuple[str, tuple[str, ...]]:
    """The document without the fields that the schema lacks, and the paths of those.

    Types that the schema does not describe are left as they are.
    """
    start = document.index("{", document.rindex(")"))
    tree, _ = _parse(_TOKEN.findall(document[start:]), 1)
    missing: list[str] = []
    kept = _keep(tree, _ROOT, schema, "", missing)
    return document[:start] + _render(kept) + "\n}\n", tuple(missing)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    fields: tuple[_Field, ...] = ()


def _parse(tokens: list[str], at: int) -> tuple[tuple[_Field, ...], int]:
    """The fields from ``at`` to the closing brace, and the place behind it."""
    fields: list[_Field] = []
    while tokens[at] != "}":
        name, at = tokens[at], at + 1
        inner: tuple[_Field, ...] = ()
        if tokens[at] == "{":
            inner, at = _parse(tokens, at + 1)
        fields.append(_Field(name, inner))
    return tuple(fields), at + 1


def _keep(
    fields: tuple[_Field, ...], kind: str, schema: Schema, path: str, missing: list[str]
) -> tuple[_Field, ...]:
    known = schema.get(kind)
    if known is None:
        return fields
    kept: list[_Field] = []
    for field in fields:
        here = f"{path}{field.name}"
        leads_to = known.get(field.name)
        inner = _keep(field.fields, leads_to, schema, f"{here}.", missing) if leads_to else ()
        if leads_to is None or bool(leads_to) != bool(field.fields) or bool(inner) != bool(field.fields):
            missing.append(here)
        else:
            kept.append(_Field(field.name, inner))
    return tuple(kept)


def _render(fields: tuple[_Field, ...]) -> str:
    inner = " ".join(field.name + (f" {_render(field.fields)}" if field.fields else "") for field in fields)
    return f"{{ {inner} }}"


def _is_described(value: object) -> TypeGuard[Mapping[str, list[object]]]:
    return isinstance(value, dict) and isinstance(value.get("fields"), list)


def _fields(raw: list[object]) -> Mapping[str, str]:
    return {str(field.get("name")): _target(field.get("type")) for field in raw if isinstance(field, dict)}


def _target(kind: object) -> str:
    while isinstance(kind, dict) and isinstance(kind.get("ofType"), dict):
        kind = kind["ofType"]
    if not isinstance(kind, dict) or kind.get("kind") not in _COMPOSITE:
        return ""
    return str(kind.get("name"))
