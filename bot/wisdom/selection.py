"""How a question is asked, and for which fields of its answer: all that are of use, or fewer.

There are two flows: the subscription ``chat``, and a conversation that is subscribed to before a message is
sent to it. The second is taken where the tenant has all that it needs; where the schema is not shown, one is
tried, and the other if the tenant does not know the first.

A document that names one unknown field is refused as a whole. So the tenant's schema is read once and the
document cut to it; a tenant that does not show its schema gets the full document, and if it refuses that, the
document of the Wisdom API specification, word for word.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeGuard

from bot.errors import KeyRefused, TenantError, TenantUnreachable
from bot.wisdom import documents
from bot.wisdom.contact import FirstContact

Mode = Literal["auto", "full", "seed"]
Flow = Literal["chat", "conversation"]
FlowMode = Literal["auto", "chat", "conversation"]
#: Fields by type, and for each the name of the type it leads to ("" for a leaf).
Schema = Mapping[str, Mapping[str, str]]

_ROOT = "ChatMessageDiff"
_TOPIC = "fields of an answer"
_FLOW_TOPIC = "way of asking"
_FLOWS: Mapping[Flow, str] = {
    "chat": "the subscription chat",
    "conversation": "a conversation: createConversation, subscribeConversation, sendUserMessage",
}
#: What the tenant must have for a flow, by type.
_NEEDS: Mapping[Flow, Mapping[str, frozenset[str]]] = {
    "chat": {"Subscription": frozenset({"chat"})},
    "conversation": {
        "Mutation": frozenset({"createConversation", "sendUserMessage"}),
        "Subscription": frozenset({"subscribeConversation"}),
    },
}
_OTHER: Mapping[Flow, Flow] = {"chat": "conversation", "conversation": "chat"}
_COMPOSITE = frozenset({"OBJECT", "INTERFACE", "UNION"})
_TOKEN = re.compile(r"\w+|[{}]")


class Selection:
    """The flow and the document for ``chat`` that the tenant takes; remembered once they are known.

    What is asked of a conversation is cut out of the same document.

    Args:
        mode: ``auto`` finds out, ``full`` and ``seed`` insist.
        flow: likewise.
    """

    def __init__(self, mode: Mode, *, contact: FirstContact, flow: FlowMode = "auto") -> None:
        self._mode = mode
        self._contact = contact
        self._fixed = flow != "auto"
        self._flow: Flow = "chat" if flow == "auto" else flow
        self._refused: set[Flow] = set()
        self._document = documents.load("chat_seed") if mode == "seed" else None
        self._lock = asyncio.Lock()

    @property
    def flow(self) -> Flow:
        """The flow to try; known as soon as the document is."""
        return self._flow

    def lacks(self, flow: Flow) -> bool:
        """The tenant does not have what ``flow`` needs; whether to try the other one."""
        self._refused.add(flow)
        if not self._fixed and self._flow == flow and _OTHER[flow] not in self._refused:
            self._choose(_OTHER[flow])
        return self._flow != flow

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
            self._choose_by(schema)
            self._document, missing = prune(full, schema)
            self._contact.note(_TOPIC, f"all but {', '.join(missing)}" if missing else "all")
            return self._document

    def _choose_by(self, schema: Schema) -> None:
        if self._fixed:
            return
        has: list[Flow] = [flow for flow in _OTHER if _serves(schema, flow)]
        self._choose("conversation" if "conversation" in has else "chat")

    def _choose(self, flow: Flow) -> None:
        self._flow = flow
        self._contact.note(_FLOW_TOPIC, _FLOWS[flow])

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


def _serves(schema: Schema, flow: Flow) -> bool:
    return all(names <= set(schema.get(kind, ())) for kind, names in _NEEDS[flow].items())


def about(flow: Flow, reasons: Iterable[str]) -> bool:
    """Whether a document was refused because the tenant does not have what ``flow`` needs."""
    fields = "|".join(name for names in _NEEDS[flow].values() for name in sorted(names))
    return any(re.search(rf"""["'`](?:{fields})["'`]""", reason) for reason in reasons)


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
