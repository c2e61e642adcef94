"""A GraphQL request as it comes over HTTP (graphql.org/learn/serving-over-http), for every local server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks to be run, by whatever way it came."""

    query: str
    variables: Mapping[str, object]
    operation_name: str | None


def read(body: bytes) -> Request | None:
    """The request in an HTTP body, or None where there is none."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, Mapping):
        return None
    query, variables, name = (payload.get(key) for key in ("query", "variables", "operationName"))
    if not isinstance(query, str) or not isinstance(variables or {}, Mapping):
        return None
    return Request(query, variables or {}, name if isinstance(name, str) else None)
