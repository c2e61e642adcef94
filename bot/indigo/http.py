"""GraphQL over HTTP to Indigo.ai: one request and its answer, or what went wrong."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from pydantic import SecretStr

from bot.core.values import clean
from bot.errors import (
    ConfigurationError,
    IndigoError,
    IndigoFailed,
    IndigoLimited,
    IndigoMisbehaved,
    IndigoNotAsked,
    IndigoRefused,
    IndigoUnreachable,
)

#: The longest answer that is read, in bytes.
_MAX_BODY = 64 * 1024 * 1024
#: Seconds to wait after a 429 that does not say how long.
_USUAL_WAIT = 5.0
#: A longer wait is a slip, and would hold a bot for good.
_LONGEST_WAIT = 24 * 3600.0
_REASON_CHARS, _MOST_REASONS = 300, 5
#: With these nothing has been sent.
_BEFORE = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_HIDDEN = "(hidden)"
_TOKEN = re.compile(r"\bpat-[\w-]+")
_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]+(?:\.[\w-]+)*")
# What is said of a token at HTTP 200, too; that a deed is not allowed is another matter.
_UNAUTHORIZED = re.compile(
    r"unauthori[sz]ed|unauthenticated|not authenticated|(?:invalid|expired|revoked)\b.{0,20}\btoken",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a request.

    Attributes:
        data: what was asked for; it has holes where there are reasons, too.
        reasons: Indigo's own words for what went wrong, untrusted.
    """

    data: Mapping[str, object]
    reasons: tuple[str, ...] = ()

    def whole(self) -> Mapping[str, object]:
        """The data without a hole; raises IndigoFailed, and what ``there`` raises."""
        data = self.there()
        if self.reasons:
            raise IndigoFailed(*self.reasons)
        return data

    def there(self) -> Mapping[str, object]:
        """The data, with holes or without; where errors are all there is, IndigoFailed or IndigoRefused."""
        if self.reasons and all(value is None for value in self.data.values()):
            raise _fault(self.reasons)
        return self.data


class Http:
    """POSTs GraphQL requests to one URL. Close it.

    Args:
        url: the GraphQL endpoint.
        token: a personal access token.
        timeout: for connecting, and for each read, in seconds.
        now: the present, for a ``Retry-After`` that is a date.

    Attributes:
        requests: how many were sent.
    """

    def __init__(self, url: str, token: SecretStr, *, timeout: float, now: Callable[[], datetime]) -> None:
        self._url = url
        self._token = token
        secret = token.get_secret_value()
        if not secret.isascii() or not secret.isprintable() or " " in secret:
            raise ConfigurationError("INDIGO_TOKEN holds characters that no token has; copy it once more")
        self._client = httpx.AsyncClient(timeout=timeout)
        self._now = now
        self._closed = False
        self.requests = 0

    async def post(
        self, document: str, variables: Mapping[str, object], operation: str | None = None
    ) -> Result:
        """Sends a request, once.

        Raises:
            IndigoLimited: 429, which was not carried out.
            IndigoNotAsked: nothing was done.
            IndigoUnreachable: no answer; what was asked for may have been done.
            IndigoRefused: 401 or 403, or errors that say as much.
            IndigoFailed: errors and no data; or variables that are no JSON.
            IndigoMisbehaved: no GraphQL answer, or too long a one.
        """
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {self._token.get_secret_value()}",
            "Content-Type": "application/json",
        }
        body = _written(document, variables, operation)
        if self._closed:  # httpx would raise an error that is none of its own
            raise IndigoNotAsked("the client is closed")
        self.requests += 1
        with _own_errors():
            async with self._client.stream("POST", self._url, content=body, headers=headers) as response:
                told = await _body(response)
        self._check(response, told)
        # A page of messages may be large, and the event loop has other things to do.
        return self._result(response.status_code, _mapping(await asyncio.to_thread(_parsed, told)))

    async def close(self) -> None:
        """Closes the connections; from now on nothing is asked."""
        self._closed = True
        await self._client.aclose()

    def _check(self, response: httpx.Response, told: bytes) -> None:
        """Raises what the status says."""
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise IndigoLimited(self._wait(response.headers.get("Retry-After", ""), told))
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise IndigoRefused(f"HTTP {status}")
        if status == httpx.codes.SERVICE_UNAVAILABLE and "Retry-After" in response.headers:
            raise IndigoLimited(self._wait(response.headers["Retry-After"], told))
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise IndigoUnreachable(f"HTTP {status}")

    def _wait(self, header: str, told: bytes) -> float:
        """Seconds: by the header in seconds or as a date (RFC 9110, 10.2.3), else by the body."""
        if header.strip().isdecimal():
            return min(float(header), _LONGEST_WAIT)
        with suppress(ValueError, OverflowError):
            until = parsedate_to_datetime(header)
            ahead = (until.replace(tzinfo=until.tzinfo or UTC) - self._now()).total_seconds()
            return min(max(0.0, ahead), _LONGEST_WAIT)
        with suppress(IndigoError):
            seconds = _mapping(_parsed(told)).get("retry_after")
            if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0:
                return float(min(seconds, _LONGEST_WAIT))
        return _USUAL_WAIT

    def _result(self, status: int, answer: Mapping[str, object]) -> Result:
        reasons, data = self._reasons(answer.get("errors")), answer.get("data")
        if isinstance(data, Mapping):
            return Result(data, reasons)
        if reasons:
            raise _fault(reasons)
        raise IndigoMisbehaved(f"HTTP {status} without a GraphQL answer")

    def _reasons(self, errors: object) -> tuple[str, ...]:
        """Indigo's own words, cut short; what is no error still says that there was one."""
        if not errors:
            return ()
        each = errors if isinstance(errors, list) else [errors]
        return tuple(self._reason(_mapping(error).get("message")) for error in each[:_MOST_REASONS])

    def _reason(self, message: object) -> str:
        """Without a token, ours or another, and without e-mail addresses: it goes into logs."""
        said = clean(str(message or "no reason given")[: 4 * _REASON_CHARS])
        if token := self._token.get_secret_value():
            said = said.replace(token, _HIDDEN)
        return _ADDRESS.sub(_HIDDEN, _TOKEN.sub(_HIDDEN, said))[:_REASON_CHARS]


@contextmanager
def _own_errors() -> Iterator[None]:
    """Errors of httpx become ours; only their class is named, because a text may hold the address."""
    try:
        yield
    except _BEFORE as error:
        raise IndigoNotAsked(f"HTTP: {type(error).__name__}") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise IndigoUnreachable(f"HTTP: {type(error).__name__}") from error


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MAX_BODY:
            raise IndigoMisbehaved(f"an answer is longer than {_MAX_BODY} bytes")
    return bytes(body)


def _written(document: str, variables: Mapping[str, object], operation: str | None) -> bytes:
    """The body of a request; raises IndigoFailed where the variables hold what JSON does not have."""
    body: dict[str, object] = {"query": document, "variables": variables}
    if operation is not None:
        body["operationName"] = operation
    try:
        return json.dumps(body, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise IndigoFailed("the variables cannot be written as JSON") from error


def _parsed(told: bytes) -> object:
    """JSON, or None for what is none, such as a page of HTML.

    Raises:
        IndigoUnreachable: it breaks off: it got lost on the way.
        IndigoMisbehaved: it is deeper than Python reads.
    """
    try:
        parsed: object = json.loads(told, parse_float=_finite, parse_constant=_nothing)
    except RecursionError as error:
        raise IndigoMisbehaved("the answer is too deep to be read") from error
    except ValueError as error:
        if told.lstrip().startswith(b"{"):
            raise IndigoUnreachable("the answer breaks off") from error
        return None
    return parsed


def _fault(reasons: tuple[str, ...]) -> IndigoError:
    refused = any(map(_UNAUTHORIZED.search, reasons))
    return IndigoRefused("; ".join(reasons)) if refused else IndigoFailed(*reasons)


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _nothing(_: str) -> None:
    """In the place of NaN and infinity, which JSON does not have."""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
