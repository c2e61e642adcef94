"""The way to a Redis server: a start that waits a little, calls that end in time, and what would be lost.

A call ends within ``_PATIENCE`` seconds, whatever happens to the server or between here and there.
Connections are made anew by themselves.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError
from redis.exceptions import ConnectionError as ConnectionBroken

from bot.errors import ConfigurationError, StoreFailed

_T = TypeVar("_T")

_log = logging.getLogger("bot.store")

#: Calls at once; more would only wait at the server, which takes one after the other, and a crowd of new
#: connections can be too much for its patience. The library's other pool fails where it is full.
_CONNECTIONS = 8
#: Seconds for a call in all, with its wait for a connection, and for each answer of the server within it.
_PATIENCE, _ANSWER = 3.0, 2.0
#: Seconds that the start waits for a server that still reads its data, and between two looks.
LOADING, _LOOK = 20.0, 0.2


async def connected(url: str, patience: float) -> Redis:
    """A client whose server answers; close it.

    Waits up to ``patience`` seconds for a server that still reads its data. Raises ConfigurationError.
    """
    try:
        client = Redis.from_pool(_pool(url))
    except ValueError as error:
        raise ConfigurationError("STORE_URL: must be redis://host:port/number") from error
    try:
        await _answer(client, patience)
        await _tell_what_is_lost(client)
    except BaseException:
        await client.aclose()
        raise
    return client


def _pool(url: str) -> BlockingConnectionPool:
    """Connections that repeat nothing by themselves; ValueError where the address is none.

    By protocol 3 the library listens for messages of the server between two calls, and so takes a connection
    that was closed meanwhile for a good one (``ConnectionPool.ensure_connection``).
    """
    return BlockingConnectionPool.from_url(
        url,
        protocol=2,
        decode_responses=True,
        health_check_interval=30,
        max_connections=_CONNECTIONS,
        timeout=_PATIENCE,
        socket_timeout=_ANSWER,
        socket_connect_timeout=_ANSWER,
        retry=Retry(NoBackoff(), 0),
    )


async def _answer(client: Redis, patience: float) -> None:
    """Returns when the server answers; ConfigurationError where it does not."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        try:
            await client.ping()
        except BusyLoadingError as error:
            if loop.time() >= until:
                sentence = "STORE_URL: Redis still reads its data from the disk; start again when it is done"
                raise ConfigurationError(sentence) from error
            await asyncio.sleep(_LOOK)
        except (RedisError, OSError) as error:
            raise ConfigurationError(f"STORE_URL: Redis does not answer ({type(error).__name__})") from error
        else:
            return


async def _tell_what_is_lost(client: Redis) -> None:
    """Says in the log what the server would lose (redis.io/docs/latest/operate/oss_and_stack/management)."""
    try:
        appendonly, save, policy = [
            await _configured(client, name) for name in ("appendonly", "save", "maxmemory-policy")
        ]
    except (RedisError, OSError) as error:
        _log.info(
            "It is not known whether Redis at STORE_URL writes to disk (CONFIG GET: %s); it has to, with"
            " appendonly yes and maxmemory-policy noeviction",
            type(error).__name__,
        )
        return
    if appendonly == "no":
        _log.warning(
            "Redis at STORE_URL %s (appendonly no): answers in progress are lost when it restarts",
            "writes to disk only now and then" if save else "does not write to disk",
        )
    if policy not in {"", "noeviction"}:
        _log.warning(
            "Redis at STORE_URL throws values away when its memory is full (maxmemory-policy %s):"
            " set noeviction",
            policy,
        )


async def _configured(client: Redis, name: str) -> str:
    """One at a time: several at once need Redis 7."""
    found = await client.config_get(name)
    return str(found.get(name) or "")


async def asked(call: Callable[[], Awaitable[_T]]) -> _T:
    """Makes a call; StoreFailed where there is no good answer in time."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await call()
    except (RedisError, OSError, UnicodeDecodeError) as error:
        raise StoreFailed(type(error).__name__) from error


async def surely(call: Callable[[], Awaitable[_T]]) -> _T:
    """Makes a call that does the same the second time; once more where the connection broke."""

    async def again() -> _T:
        try:
            return await call()
        except (AuthenticationError, BusyLoadingError):
            raise
        except ConnectionBroken:
            return await call()

    return await asked(again)
