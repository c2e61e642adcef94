"""GraphQL over HTTP: the only door to httpx.

The tenant tells errors at HTTP 200 (``errors`` beside ``data``); 401, 400 and 500 exist as well. Errors of
httpx become errors of ours here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from bot.errors import KeyRefused, PeerMisbehaved, TenantError, TenantUnreachable
from bot.wisdom import faults

# The most specific class that fits decides.
_FOREIGN: Mapping[type[Exception], type[TenantError]] = {
    httpx.InvalidURL: TenantUnreachable,
    httpx.HTTPError: TenantUnreachable,
    httpx.DecodingError: PeerMisbehaved,
    httpx.TooManyRedirects: PeerMisbehaved,
    httpx.RemoteProtocolError: PeerMisbehaved,
    httpx.StreamError: PeerMisbehaved,
    httpx.CookieConflict: PeerMisbehaved,
}


@contextmanager
def own_errors() -> Iterator[None]:
    """Maps every error of httpx to one of ours, keeping it as the cause."""
    try:
        yield
    except tuple(_FOREIGN) as error:
        kind = next(_FOREIGN[base] for base in type(error).__mro__ if base in _FOREIGN)
        # Only the class is named: the text may hold the address, and with it whatever is in that.
        raise kind(f"HTTP: {type(error).__name__}") from error


class Http:
    """POSTs GraphQL operations to one URL.

    Args:
        url: the GraphQL endpoint.
        max_body: the longest answer that is read, in bytes.
        timeout: for connecting, and for each read, in seconds.
    """

    def __init__(self, url: str, *, max_body: int, timeout: float = 20.0) -> None:
        self._url = url
        self._max_body = max_body
        self._client = httpx.AsyncClient(timeout=timeout)

    async def run(
        self, document: str, *, operation: str, variables: Mapping[str, object], token: str | None
    ) -> Mapping[str, object]:
        """Runs a query or mutation and returns ``data``; with errors beside it, they are raised.

        Raises KeyRefused (401, "Unauthorized" at 200), TenantUnreachable, AnswerFailed, PeerMisbehaved.
        """
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = {"query": document, "variables": variables, "operationName": operation}
        with own_errors():
            async with self._client.stream("POST", self._url, json=body, headers=headers) as response:
                return _read(response.status_code, await self._body(response))

    async def close(self) -> None:
        """Closes the pool of connections."""
        await self._client.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._max_body:
                raise PeerMisbehaved(f"an answer of more than {self._max_body} bytes")
        return bytes(body)


def _read(status: int, body: bytes) -> Mapping[str, object]:
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise KeyRefused(f"HTTP {status}")
    result = _parse(body)
    # Common servers answer 400 to a document that does not fit, and 500 to a failed resolver, with errors.
    errors = result.get("errors") if result is not None else None
    if isinstance(errors, list) and errors:
        raise faults.from_errors(error for error in errors if isinstance(error, dict))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise TenantUnreachable(f"HTTP {status}")
    data = result.get("data") if result is not None else None
    if status != httpx.codes.OK or not isinstance(data, dict):
        raise PeerMisbehaved(f"HTTP {status} without a GraphQL result")
    return data


def _parse(body: bytes) -> Mapping[str, object] | None:
    try:
        result: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return result if isinstance(result, dict) else None
