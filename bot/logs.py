"""Logging for the process: one line an event, as text or JSON, without anybody's data or secrets.

Whoever logs takes the standard library's loggers. structlog makes lines of their records: it adds the ids
that are bound to the work at hand, and takes out whatever looks like a secret.

What libraries say is another matter: they put exceptions, bodies, tokens and addresses with tickets into
their messages. So a line of theirs shows a beginning that is known to be harmless, where in the library it
was written, and the kind of exception that was being handled. Below INFO they say nothing.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, TextIO

from pydantic import SecretStr
from structlog.contextvars import bound_contextvars, get_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.core import tracebacks
from bot.core.redaction import Redactor
from bot.errors import BotError

_log = logging.getLogger("bot")

#: The loggers of this project, with all below them.
_OURS = ("bot", "handlers")
#: Loggers that say too much of what nobody needs: a line for every request, the steps of an error that is
#: raised as well.
_TALKATIVE = {
    "aiohttp.access": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "sqlitedict": logging.CRITICAL,
}
#: How the libraries' lines begin. What follows may be an exception's text, a payload or an address.
_KNOWN = (
    # slack_bolt
    "⚡️ Bolt app is running!",
    "A global middleware",
    "Failed to authorize with the given token",
    "Failed to run a middleware function",
    "Failed to run an internal function",
    "Failed to run listener function",
    "Invalid request signature detected",
    "Unhandled request",
    "Unsuccessful Bolt execution result",
    "auth.test API call result is unexpectedly None",
    # slack_sdk
    "A new session",
    "Failed to check the current session",
    "Failed to close the old session",
    "Failed to connect",
    "Failed to parse the last_ping_pong_time value",
    "Failed to process a message",
    "Failed to receive or enqueue a message",
    "Failed to retrieve WSS URL",
    "Failed to run a message listener",
    "Failed to run a request listener",
    "Failed to run message listeners",
    "Failed to send a ping message",
    "Rate limited. Retrying in",
    "Received CLOSE event",
    "The aiohttp client session is closed; creating a new one",
    "The current session",
    "The old session",
    "The session",
    # aiohttp
    "Error handling request",
    "Unclosed client session",
    "Unclosed connection",
    "Unclosed connector",
    "Unclosed response",
    "Unhandled exception",
    # asyncio
    "Exception in callback",
    "Executing",
    "Fatal error",
    "Fatal read error",
    "Fatal write error",
    "Future exception was never retrieved",
    "SSL handshake failed",
    "Task exception was never retrieved",
    "Task was destroyed but it is pending!",
    "Unhandled exception in client_connected_cb",
    "socket.send() raised exception.",
    "unhandled exception during asyncio.run() shutdown",
    # websockets
    "connection closed",
    "connection handler failed",
    "connection open",
    "keepalive ping failed",
    "opening handshake failed",
    "parser failed",
    "server closed",
    "server closing",
    "server listening on",
    "unexpected internal error",
)
_REST = "…"

#: What has its place in a line of text; the other fields are ids.
_PLACED = ("at", "level", "logger", "message", "error")
#: What an id is made of; anything else is somebody's text.
_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
#: What would end a line, write over it or turn its direction.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def configure(
    level: str,
    style: Literal["text", "json"],
    *,
    secrets: Iterable[SecretStr] = (),
    ours: type[Exception] = BotError,
) -> None:
    """Sets up the root logger, and what becomes of errors that nobody caught.

    Args:
        level: the least that our own loggers say; libraries say nothing below INFO.
        style: what a line looks like.
        secrets: what must not stand in any line.
        ours: exceptions whose text is written for the log; of others only the kind and the place are shown.
    """
    clean = Redactor(each.get_secret_value() for each in secrets)
    handler = _Handler()
    handler.addFilter(_worth)
    handler.setFormatter(
        ProcessorFormatter(
            processors=_processors(style, clean, ours), use_get_message=False, pass_foreign_args=True
        )
    )
    least = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=max(logging.INFO, least), handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(least)
    for name, quiet in _TALKATIVE.items():
        logging.getLogger(name).setLevel(max(quiet, least))
    sys.excepthook = _ended
    sys.unraisablehook = _ignored
    threading.excepthook = _thread_ended


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """Adds these ids to every line that is logged inside, and in tasks that are made inside.

    Empty ones are left out. They are ids, never texts: what does not look like one is not shown.
    """
    shown = {name: value if _ID.fullmatch(value) else _REST for name, value in ids.items() if value}
    with bound_contextvars(**shown):
        yield


class _Handler(logging.StreamHandler[TextIO]):
    """Standard error; a line that cannot be written is named without its values."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the standard library's
        with suppress(Exception):
            self.stream.write(f"A line of the logger {record.name} could not be written\n")


def _is_ours(logger: str) -> bool:
    return logger.partition(".")[0] in _OURS


def _worth(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO or _is_ours(record.name)


# -- from a record to a line -----------------------------------------------------------------------------


def _processors(style: Literal["text", "json"], redactor: Redactor, ours: type[Exception]) -> list[Processor]:
    def described(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        record: logging.LogRecord = event["_record"]
        line = {
            "at": _moment(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": "",
        }
        bound_now = sorted(get_contextvars().items())
        ids = {name: str(value) for name, value in bound_now if name not in _PLACED}
        if _is_ours(record.name):
            line |= {"message": _said(record.msg, event["positional_args"], ours), **ids}
        else:
            line |= {**_admitted(record), **ids}
        error = event["exc_info"][1] if event.get("exc_info") else None
        return line | ({"error": tracebacks.text(error, ours)} if error else {})

    def cleaned(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {name: redactor.clean(value) for name, value in event.items()}

    return [described, cleaned, _as_json if style == "json" else _as_text]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _said(message: object, values: object, ours: type[Exception]) -> str:
    """A message of our own; a foreign exception among its values is its kind."""

    def plain(value: object) -> object:
        return tracebacks.told(value, ours) if isinstance(value, BaseException) else value

    if isinstance(values, Mapping):
        filled: object = {name: plain(value) for name, value in values.items()}
    else:
        filled = tuple(plain(value) for value in values) if isinstance(values, tuple) else ()
    template = str(plain(message))
    try:
        return template % filled if filled else template
    except (TypeError, ValueError, KeyError):
        return f"{template} (with other values than it has places for)"


def _admitted(record: logging.LogRecord) -> dict[str, str]:
    """What is shown of a library's message."""
    message = str(record.msg) if isinstance(record.msg, str) else ""
    known = next((beginning for beginning in _KNOWN if message.startswith(beginning)), "")
    if known == message and not record.args:
        return {"message": known}
    handled = sys.exc_info()[1]
    return {
        "message": f"{known} {_REST}".lstrip(),
        "where": f"{record.module}.{record.funcName}:{record.lineno}",
        **({"kind": tracebacks.kind(handled)} if handled else {}),
    }


def _as_json(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    text = json.dumps(line, ensure_ascii=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _as_text(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    """Only an event begins at the left: a traceback follows on lines that begin with blanks."""
    ids = {name: value for name, value in line.items() if name not in _PLACED}
    fields = " ".join(f"{name}={_on_one_line(value)}" for name, value in ids.items())
    message = _on_one_line(line["message"])
    text = f"{line['at']} {line['level']:<7} {line['logger']}: {message}" + (f" [{fields}]" if fields else "")
    below = (f"\n    {_on_one_line(each)}" for each in line.get("error", "").splitlines())
    return text + "".join(below)


def _on_one_line(text: str) -> str:
    return _CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


# -- errors that nobody caught ---------------------------------------------------------------------------


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _log.critical("The process ends by an error that nobody expected", exc_info=(kind, error, trace))


def _thread_ended(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None and not isinstance(what.exc_value, SystemExit):
        _log.critical("A thread ended by an error that nobody expected", exc_info=what.exc_value)


def _ignored(what: sys.UnraisableHookArgs) -> None:
    _log.error("Exception ignored in %s", type(what.object).__qualname__, exc_info=what.exc_value)
