"""Calls to Slack's Web API, and the one place where their failures become errors of this project.

Retries of the SDK are switched off here: it repeats a call after a lost connection, which for
``chat.postMessage`` can post twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import (
    MessageGone,
    NotInChannel,
    SlackError,
    SlackLimited,
    SlackRefused,
    SlackUnreachable,
    TokenRefused,
)

Sleep = Callable[[float], Awaitable[None]]
_T = TypeVar("_T")

# What the codes mean, by how much each takes down. From the lists of errors of the methods used here
# (docs.slack.dev/reference/methods/chat.postMessage and its neighbours). What is not named here is a matter
# of the one payload, for which a simpler one may do.
_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Slack's own trouble: part of the call may have been carried out.
_TROUBLE = frozenset({
    "external_channel_migrating",
    "fatal_error",
    "file_update_failed",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "update_failed",
})  # fmt: skip
_TOKEN = frozenset({
    "accesslimited",
    "account_inactive",
    "app_access_restricted",
    "enterprise_is_restricted",
    "invalid_auth",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
})  # fmt: skip
_NO_ACCESS = frozenset({
    "cannot_reply_to_message",
    "channel_is_archived",
    "channel_is_limited_access",
    "channel_not_found",
    "ekm_access_denied",
    "invalid_channel",
    "is_archived",
    "messages_tab_disabled",
    "method_not_supported_for_channel_type",
    "not_in_channel",
    "posting_to_channel_denied",
    "team_not_found",
    "user_not_found",
    "user_not_in_channel",
})  # fmt: skip
#: ``restricted_action_read_only_channel``, ``…_thread_locked`` and their like.
_RESTRICTED = "restricted_action"
_GONE = frozenset({
    "cant_update_message",
    "edit_window_closed",
    "is_inactive",
    "message_not_found",
    "streaming_state_conflict",
    "thread_not_found",
})  # fmt: skip

_OK = 200
_TOO_MANY = 429
_SERVER_ERROR = 500
#: How often a limited call is repeated before it counts as unanswered, and for how many seconds at most.
TRIES = 10
PATIENCE = 180.0
#: Pauses before a call that changes nothing twice is made again when Slack does not answer.
PAUSES = (0.5, 1.0)


class NotCarriedOut(SlackUnreachable):
    """The call was surely not carried out; it may be made again without a look."""


class NotConnected(NotCarriedOut):
    """No connection was made."""


class Calls:
    """The Web API over the app's client; every failure is one of ``bot.errors``.

    The given client is left as it is; the calls go through a copy that never repeats by itself.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = copy(client)
        self._client.retry_handlers = []

    async def granted(self) -> tuple[Mapping[str, object], frozenset[str]]:
        """``auth.test``: who the token is, and its scopes as Slack tells them; none where it does not."""
        response = await self._response("auth.test", params={})
        scopes = next(
            (value for name, value in response.headers.items() if name.lower() == "x-oauth-scopes"), ""
        )
        named = str(scopes[0] if isinstance(scopes, list) and scopes else scopes or "")
        return _object(response.data), frozenset(filter(None, (each.strip() for each in named.split(","))))

    async def write(self, method: str, arguments: Mapping[str, object]) -> Mapping[str, object]:
        """Call a method that takes JSON, such as the ``chat.*`` ones; the answer's body."""
        return await self._call(method, json=dict(arguments))

    async def read(self, method: str, arguments: Mapping[str, object]) -> Mapping[str, object]:
        """Call a method that takes no JSON, such as the ``files.*`` ones; the answer's body."""
        return await self._call(method, params=dict(arguments))

    async def upload(self, url: str, data: bytes) -> None:
        """Post a file's bytes to the address that Slack gave for them; the address is a secret."""
        session = self._client.session
        try:
            if session is not None and not session.closed:
                await self._post(session, url, data)
                return
            timeout = aiohttp.ClientTimeout(total=self._client.timeout)
            async with aiohttp.ClientSession(timeout=timeout) as own:
                await self._post(own, url, data)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unreachable("upload", error) from error

    async def _post(self, session: aiohttp.ClientSession, url: str, data: bytes) -> None:
        proxy, ssl = self._client.proxy, self._client.ssl
        async with session.post(url, data=data, proxy=proxy, ssl=True if ssl is None else ssl) as response:
            if response.status != _OK:
                raise _failed("upload", response.status, response.headers, {})

    async def _call(
        self, method: str, *, json: dict[str, object] | None = None, params: dict[str, object] | None = None
    ) -> Mapping[str, object]:
        return _object((await self._response(method, json=json, params=params)).data)

    async def _response(
        self, method: str, *, json: dict[str, object] | None = None, params: dict[str, object] | None = None
    ) -> AsyncSlackResponse:
        try:
            return await self._client.api_call(method, json=json, params=params)
        except SlackApiError as error:
            raise _refused(method, error) from error
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            raise _unreachable(method, error) from error
        except (AttributeError, ValueError) as error:
            # The SDK stumbles like this over an answer that is not the JSON object it expects.
            raise SlackUnreachable(f"{method}: the answer is not one of Slack's") from error


async def obeying(
    call: Callable[[], Awaitable[_T]], sleep: Sleep = asyncio.sleep, *, patience: float = PATIENCE
) -> _T:
    """The result of the call, which is made again whenever Slack says to wait; other errors are raised.

    Raises NotCarriedOut where Slack says so ten times in a row, or for more than ``patience`` seconds in all.
    """
    waited = 0.0
    for _ in range(TRIES):
        try:
            return await call()
        except SlackLimited as error:
            waited += error.retry_after
            if waited > patience:
                raise NotCarriedOut(f"{error}, which is too long") from error
            await sleep(error.retry_after)
    raise NotCarriedOut(f"limited {TRIES} times in a row")


async def repeating(
    call: Callable[[], Awaitable[_T]], sleep: Sleep = asyncio.sleep, *, patience: float = PATIENCE
) -> _T:
    """As ``obeying``; what is not answered is called again a few times: for calls that do no harm twice."""
    for pause in PAUSES:
        try:
            return await obeying(call, sleep, patience=patience)
        except SlackUnreachable as error:
            if isinstance(error, NotCarriedOut) and not isinstance(error, NotConnected):
                raise
            await sleep(pause)
    return await obeying(call, sleep, patience=patience)


def _refused(method: str, error: SlackApiError) -> SlackError:
    response = error.response
    # Where the body could not be read, the SDK hands over aiohttp's response instead of its own.
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    return _failed(method, status, response.headers or {}, _object(getattr(response, "data", {})))


def _failed(
    method: str, status: int, headers: Mapping[str, object], body: Mapping[str, object]
) -> SlackError:
    code = str(body.get("error") or "")
    if status == _TOO_MANY or code in _LIMITED:
        return SlackLimited(method, _seconds(headers))
    if status >= _SERVER_ERROR or code in _TROUBLE or not code:
        return SlackUnreachable(f"{method}: HTTP {status} {code}".rstrip())
    return _kind(code)(method, code, _details(body))


def _kind(code: str) -> type[SlackRefused]:
    if code in _TOKEN:
        return TokenRefused
    if code in _NO_ACCESS or code.startswith(_RESTRICTED):
        return NotInChannel
    return MessageGone if code in _GONE else SlackRefused


def _unreachable(method: str, error: Exception) -> SlackUnreachable:
    kind = type(error).__name__
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        return NotConnected(f"{method}: {kind}")
    return SlackUnreachable(f"{method}: {kind}")


def _seconds(headers: Mapping[str, object]) -> float:
    """``Retry-After``; a second where Slack forgets it. The SDK may hand a header over as a list."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    if isinstance(value, list):
        value = value[0] if value else ""
    try:
        return max(1.0, float(str(value)))
    except ValueError:
        return 1.0


def _details(body: Mapping[str, object]) -> tuple[str, ...]:
    """What Slack adds to an error code, as short strings for the log."""
    messages = _object(body.get("response_metadata")).get("messages")
    found = [*_list(messages), *_list(body.get("errors"))]
    return tuple(str(entry)[:300] for entry in found[:10])


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
