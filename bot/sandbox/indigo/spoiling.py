"""What faults make of an answer that is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from itertools import cycle
from typing import Any, Final, cast

from bot.sandbox.indigo.faults import Fault, Struck

#: An object of an answer; what stands under its keys is anything that JSON has.
Wire = MutableMapping[str, Any]

#: Times that are none, or not in the documented form.
_TIMES: Final = (
    None, "", "yesterday", "2026-02-30T25:61:00", "0000-00-00T00:00:00", 1680181239415,
    "2026-01-31T10:00:00+02:00", "2026-01-31T10:00:00.123456", "99999-01-01T00:00:00",
)  # fmt: skip
_IDS: Final = {"id", "conversationId"}
#: Stands in a text where nothing that Python can write goes.
_MARK = "\ue000deep\ue000"


def spoil(answer: Wire, struck: Struck) -> None:
    """Change the answer in place as the faults say that strike it."""
    for fault, change in _CHANGES.items():
        if fault in struck:
            change(answer, struck)


def written(answer: Mapping[str, object], struck: Struck) -> bytes:
    """The answer as JSON, with what is too deep to be made otherwise."""
    text = json.dumps(answer, ensure_ascii=False)
    if deep := struck.get(Fault.DEEP):
        text = text.replace(f'"{_MARK}"', "[" * deep.size + "]" * deep.size)
    return text.encode()


def _connections(answer: Wire) -> Iterator[tuple[str, Wire]]:
    for name, value in (answer.get("data") or {}).items():
        if isinstance(value, dict) and "edges" in value:
            yield name, value


def _nodes(answer: Wire) -> Iterator[Wire]:
    for _, connection in _connections(answer):
        yield from (edge["node"] for edge in connection["edges"] if edge and edge.get("node"))


def _partial(answer: Wire, _: Struck) -> None:
    for name, connection in _connections(answer):
        if not connection["edges"]:
            continue
        connection["edges"][0]["node"] = None
        error = {"message": "Something went wrong", "path": [name, "edges", 0, "node"], "locations": []}
        answer.setdefault("errors", []).append(error)


def _null_nodes(answer: Wire, _: Struck) -> None:
    for _name, connection in _connections(answer):
        edges = connection["edges"]
        for place in range(1, len(edges), 3):
            edges[place]["node"] = None
        if edges:
            edges[-1] = None


def _int_ids(answer: Wire, _: Struck) -> None:
    for node in _nodes(answer):
        for part in filter(None, (node, node.get("sender"), node.get("user"))):
            for key in part.keys() & _IDS:
                part[key] = int(part[key])


def _no_total(answer: Wire, _: Struck) -> None:
    for _name, connection in _connections(answer):
        connection.pop("totalCount", None)


def _users_key(answer: Wire, _: Struck) -> None:
    data = answer.get("data") or {}
    for name, connection in tuple(_connections(answer)):
        data["users"] = connection
        if name != "users":
            del data[name]


def _times(answer: Wire, _: Struck) -> None:
    for node, value in zip(_nodes(answer), cycle(_TIMES), strict=False):
        for key in ("insertedAt", "read"):
            if key in node:
                node[key] = value


def _deep(answer: Wire, _: Struck) -> None:
    for node in _nodes(answer):
        if "content" in node:
            node["content"] = {"messages": _MARK}
            return


def _huge(answer: Wire, struck: Struck) -> None:
    size = armed.size if (armed := struck.get(Fault.HUGE)) else 0
    for node in _nodes(answer):
        if "content" in node:
            node["content"] = {"type": "text", "text": "x" * size, "hidden": False}
            return


#: In this order: what makes holes comes last.
_CHANGES: Final = cast(
    "Mapping[Fault, Callable[[Wire, Struck], None]]",
    {
        Fault.INT_IDS: _int_ids,
        Fault.TIMES: _times,
        Fault.HUGE: _huge,
        Fault.DEEP: _deep,
        Fault.NO_TOTAL: _no_total,
        Fault.NULL_NODES: _null_nodes,
        Fault.PARTIAL: _partial,
        Fault.USERS_KEY: _users_key,
    },
)
