"""GraphQL over HTTP: the only door to httpx.

The tenant tells errors at HTTP 200 (``errors`` beside ``data``); 401, 400 and 500 exist as well. Errors of
httpx become errors of ours here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from bot.errors import (
    AnswerFailed,
    AnswerTooLarge,
    KeyRefused,
    PeerMisbehaved,
    TenantError,
    TenantUnreachable,
)
from bot.wisdom import faults

# The most specific class that fits decides.
_FOREIGN: Mapping[type[Exception], type[TenantError]] = {
    httpx.InvalidURL: TenantUnreachable,
    httpx.HTTPError: TenantUnreachable,
    httpx.DecodingError: PeerMisbehaved,
    httpx.TooManyRedirects: PeerMisbehaved,
    httpx.RemoteProtocolError: TenantUnreachable,  # mostly: the server hung up instead of answering
    httpx.StreamError: PeerMisbehaved,
    httpx.CookieConflict: PeerMisbehaved,
}


_AWAY = frozenset({httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT})
#: What can only happen before a request is sent.
_BEFORE = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

#: Makes one error of ours of the tenant's.
Fault = Callable[[faults.Errors], TenantError]


@contextmanager
def own_errors() -> Iterator[None]:
    """Maps every error of httpx to one of ours, keeping it as the cause."""
    try:
        yield
    except tuple(_FOREIGN) as error:
        kind = next(_FOREIGN[base] for base in type(error).__mro__ if base in _FOREIGN)
        # Only the class is named: the text may hold the address, and with it whatever is in that.
        raise kind(f"HTTP: {type(error).__name__}") from error


def unsent(error: TenantError) -> bool:
    """Whether the request that failed so surely never went out."""
    return isinstance(error.__cause__, _BEFORE)


def unanswered(error: TenantError) -> bool:
    """Whether the request went out, and the tenant may be at work on it still."""
    return isinstance(error.__cause__, httpx.ReadTimeout)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


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
        self._closed = False
        self._served: datetime | None = None

    @property
    def served(self) -> datetime | None:
        """The tenant's time at its last answer, to the second; None where it does not tell (``Date``)."""
        return self._served

    async def run(
        self,
        document: str,
        *,
        operation: str,
        variables: Mapping[str, object],
        token: str | None,
        fault: Fault = faults.from_errors,
    ) -> Mapping[str, object]:
        """Runs a query or mutation and returns ``data``; with errors beside it, they are raised.

        ``token`` goes into the header, where there is one, and is not repeated in an error. Raises KeyRefused
        (401, 403), TenantUnreachable, AnswerTooLarge, PeerMisbehaved, and for the tenant's own errors what
        ``fault`` makes of them.
        """
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if self._closed:  # httpx would raise an error that is none of its own
            raise TenantUnreachable("the client is closed")
        body = {"query": document, "variables": variables, "operationName": operation}
        with own_errors():
            async with self._client.stream("POST", self._url, json=body, headers=headers) as response:
                answer = _Answer(response.status_code, await self._body(response))
                self._served = _date(response.headers.get("Date", ""))
        return _read(answer, lambda errors: fault(faults.hidden(errors, (token or "",))))

    async def close(self) -> None:
        """Closes the pool of connections; from now on nothing is asked."""
        self._closed = True
        await self._client.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._max_body:
                raise AnswerTooLarge(self._max_body / 2**20)
        return bytes(body)


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None


def _read(answer: _Answer, fault: Fault) -> Mapping[str, object]:
    if answer.status == httpx.codes.UNAUTHORIZED:
        raise KeyRefused(f"HTTP {answer.status}")
    result = _parse(answer.body)
    # Common servers answer 400 to a document that does not fit, and 500 to a failed resolver, with errors.
    errors = _errors(result)
    error = fault(errors) if errors else None
    # What stands in front of a tenant that is away may say so as a GraphQL error.
    if answer.status in _AWAY and type(error) in {AnswerFailed, type(None)}:
        raise TenantUnreachable(f"HTTP {answer.status}")
    # A gateway says 403 of a token, too; where the tenant itself speaks of a permission, it is none.
    if answer.status == httpx.codes.FORBIDDEN and not _tells(error, errors):
        raise KeyRefused(f"HTTP {answer.status}")
    if error is not None:
        raise error
    if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise TenantUnreachable(f"HTTP {answer.status}")
    data = result.get("data") if result is not None else None
    if answer.status != httpx.codes.OK or not isinstance(data, dict):
        raise PeerMisbehaved(f"HTTP {answer.status} without a GraphQL result")
    return data


def _tells(error: TenantError | None, errors: list[Mapping[str, object]]) -> bool:
    """Whether the errors beside a status say more than the status does."""
    return error is not None and (type(error) is not AnswerFailed or faults.permission(errors, codes=False))


def _errors(result: Mapping[str, object] | None) -> list[Mapping[str, object]]:
    """What went wrong; an entry that is no error still says that something did."""
    errors = result.get("errors") if result is not None else None
    return [error if isinstance(error, dict) else {} for error in errors] if isinstance(errors, list) else []


def _parse(body: bytes) -> Mapping[str, object] | None:
    try:
        result: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return result if isinstance(result, dict) else None
