"""The process's log."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import json
import logging
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot import logs
from bot.errors import AnswerFailed, TenantUnreachable

_LIBRARIES = ("slack_bolt", "slack_sdk", "httpx", "httpcore", "websockets", "aiohttp", "asyncio")
_TOUCHED = (*_LIBRARIES, "bot", "handlers", "aiohttp.access", "sqlitedict")

CELL = "Acme pays 1,234 EUR"
KEY = "wk-9f8e7d6c"


@pytest.fixture(autouse=True)
def process() -> Iterator[None]:
    """Loggers and hooks are as before when a test is over."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in _TOUCHED}
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    # What is already there belongs to pytest, and must not be closed.
    root.handlers.clear()
    yield
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_text_is_one_line_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    """People read time, level, logger and message."""
    logs.configure("INFO", "text")
    logging.getLogger("bot.app").info("Connected to %s", "Sandbox")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("INFO    bot.app: Connected to Sandbox")


def test_json_is_one_object_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    """Machines read one object a line, whatever stands in the message."""
    logs.configure("INFO", "json")
    logging.getLogger("bot").warning("two\nlines and “quotes”")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert event["message"] == "two\nlines and “quotes”"
    assert (event["level"], event["logger"]) == ("WARNING", "bot")
    assert "at" in event


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_libraries_never_say_all_they_know(capsys: pytest.CaptureFixture[str], level: str) -> None:
    """The libraries' DEBUG lines carry tokens: they stay out even where ours are wanted."""
    logs.configure(level, "text")
    for name in _LIBRARIES:
        logging.getLogger(name).debug("xoxb-secret")
    logging.getLogger("slack_bolt.AsyncApp").debug("xoxb-secret")
    logging.getLogger("bot.slack").debug("ours")
    written = capsys.readouterr().err
    assert "secret" not in written
    assert ("ours" in written) == (level == "DEBUG")


def test_a_higher_level_holds_for_libraries_too(capsys: pytest.CaptureFixture[str]) -> None:
    """With WARNING nobody's INFO is written."""
    logs.configure("WARNING", "text")
    logging.getLogger("websockets").info("connection open")
    logging.getLogger("bot").info("started")
    assert capsys.readouterr().err == ""


def test_bolt_takes_no_debug_level_for_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """A library that copies the level of the root logger does not get to DEBUG by it."""
    logs.configure("DEBUG", "text")
    AsyncApp(signing_secret="s", authorize=_authorize).logger.debug("xoxb-secret")
    assert "secret" not in capsys.readouterr().err


# -- ids -------------------------------------------------------------------------------------------------


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    """The lines of a log in JSON."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


async def test_ids_are_in_every_line_inside(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines inside, also of tasks made inside, carry the ids; lines outside do not, and an inner id wins."""
    logs.configure("INFO", "json")

    async def work(name: str) -> None:
        with logs.bound(turn=name, channel=""):
            await asyncio.sleep(0)
            logging.getLogger("bot").info("works")

    with logs.bound(team="T1", turn="outer"):
        tasks = [asyncio.create_task(work(name)) for name in ("t1", "t2")]
    logging.getLogger("bot").info("outside")
    await asyncio.gather(*tasks)
    outside, *inside = events(capsys)
    assert list(outside) == ["at", "level", "logger", "message"]
    assert [list(each) for each in inside] == [["at", "level", "logger", "message", "team", "turn"]] * 2
    assert [(each["team"], each["turn"]) for each in inside] == [("T1", "t1"), ("T1", "t2")]


def test_ids_are_readable_in_text(capsys: pytest.CaptureFixture[str]) -> None:
    """They stand behind the message."""
    logs.configure("INFO", "text")
    with logs.bound(turn="9b1deb4d", channel="C1", thread="T1:C1:10.1"):
        logging.getLogger("bot").warning("failed")
    assert capsys.readouterr().err.endswith(" bot: failed [channel=C1 thread=T1:C1:10.1 turn=9b1deb4d]\n")


@pytest.mark.parametrize("text", ["What does Acme pay?", "ada@example.com", "a\nb", "x" * 200])
def test_a_text_is_no_id(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """A question or an address that is bound by mistake does not come out."""
    logs.configure("INFO", "json")
    with logs.bound(turn=text):
        logging.getLogger("bot").info("works")
    assert events(capsys)[0]["turn"] == "…"


def test_ids_take_nothing_elses_place(capsys: pytest.CaptureFixture[str]) -> None:
    """An id with the name of another field is left out."""
    logs.configure("INFO", "json")
    with logs.bound(message="m1", level="l1", error="e1"):
        logging.getLogger("bot").info("works")
    (event,) = events(capsys)
    assert (event["message"], event["level"], "error" in event) == ("works", "INFO", False)


def _raise(error: BaseException, cause: BaseException | None = None) -> None:
    raise error from cause


# -- what a line holds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_message_makes_a_line_of_its_own(capsys: pytest.CaptureFixture[str], style: str) -> None:
    """Line breaks, escape sequences and marks that turn the direction cannot forge an event."""
    logs.configure("INFO", "json" if style == "json" else "text")
    logging.getLogger("bot").info("domain %s", "a\n2026-01-01T00:00:00.000Z\x1b[2K\x85b\u2028c\u202ed")
    written = capsys.readouterr().err
    assert written.count("\n") == len(written.splitlines()) == 1
    assert not set("\x1b\x85\u2028\u202e") & set(written)


def test_the_time_is_utc(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of machines in different zones can be sorted together."""
    logs.configure("INFO", "json")
    record = logging.makeLogRecord({"name": "bot", "levelno": logging.INFO, "msg": "x", "created": 0.25})
    logging.getLogger("bot").handle(record)
    assert events(capsys)[0]["at"] == "1970-01-01T00:00:00.250Z"


@pytest.mark.parametrize("style", ["text", "json"])
def test_an_error_of_ours_keeps_its_text(capsys: pytest.CaptureFixture[str], style: str) -> None:
    """The traceback is part of the event: under ``error``, or on lines below it that begin with blanks."""
    logs.configure("INFO", "json" if style == "json" else "text")
    try:
        _raise(TenantUnreachable("HTTP: ConnectError"), ValueError(CELL))
    except TenantUnreachable:
        logging.getLogger("bot").exception("Turn t1 failed")
    written = capsys.readouterr().err
    if style == "json":
        error = json.loads(written)["error"].splitlines()
    else:
        assert all(line.startswith("    ") for line in written.splitlines()[1:])
        error = [line.removeprefix("    ") for line in written.splitlines()[1:]]
    assert error[0] == "ValueError"
    assert error[-1] == "bot.errors.TenantUnreachable: HTTP: ConnectError"
    assert CELL not in written


def test_a_foreign_error_keeps_its_text_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """As the traceback, as a value of the message, and as the message, it is a kind only."""
    logs.configure("INFO", "text")
    log = logging.getLogger("bot")
    error = ValueError(CELL)
    log.error("Turn %s: %s: %s", "t1", error, AnswerFailed("quota"), exc_info=error)
    log.error("%(why)s", {"why": error})
    log.error(error)
    written = capsys.readouterr().err
    assert "Turn t1: ValueError: quota\n    ValueError\n" in written
    assert written.count("ValueError") == 4
    assert CELL not in written


def test_values_that_do_not_fit_are_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in a log call costs the values of its line; neither they nor the call's source come out."""
    logs.configure("INFO", "text")
    logging.getLogger("bot").info("Turn %d", CELL)
    written = capsys.readouterr().err
    assert "Turn %d (with other values than it has places for)" in written
    assert CELL not in written


class _Awkward:
    def __str__(self) -> str:
        raise RuntimeError(CELL)


def test_a_line_that_cannot_be_made_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """What goes wrong in logging itself is one sentence, without the traceback that Python would print."""
    logs.configure("INFO", "text")
    logging.getLogger("bot.app").info("%s", _Awkward())
    assert capsys.readouterr().err == "A line of the logger bot.app could not be written\n"


@pytest.mark.parametrize("style", ["text", "json"])
def test_secrets_are_taken_out_of_everything(capsys: pytest.CaptureFixture[str], style: str) -> None:
    """Of the message, the ids and the errors, whether they were given or look like one."""
    logs.configure("INFO", "json" if style == "json" else "text", secrets=[SecretStr(KEY)])
    try:
        _raise(TenantUnreachable(f"key {KEY}"), AnswerFailed("no access for ada@example.com"))
    except TenantUnreachable:
        with logs.bound(turn=KEY, user="xoxb-1-2-abc"):
            logging.getLogger("bot").exception('said {"accessToken": "%s"} to %s', "t0", "ada@example.com")
    written = capsys.readouterr().err
    for secret in (KEY, "xoxb", "t0", "ada@"):
        assert secret not in written
    assert written.count("[redacted]") == 6
    if style == "json":
        assert json.loads(written)["message"] == 'said {"accessToken": "[redacted]"} to [redacted]'


# -- what libraries say ----------------------------------------------------------------------------------


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None, team_id="T1", bot_token="xoxb-1-2-abc", bot_id="B1", bot_user_id="U1"
    )


def _mention() -> AsyncBoltRequest:
    event = {"type": "app_mention", "text": CELL, "user": "U2", "channel": "C1", "ts": "1.1"}
    body = {"type": "event_callback", "team_id": "T1", "event": event}
    return AsyncBoltRequest(body=json.dumps(body), mode="socket_mode")


async def test_bolt_tells_that_a_listener_failed_not_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Bolt puts the exception's text into its message; the kind and the frames are left."""
    logs.configure("DEBUG", "json")
    app = AsyncApp(signing_secret="s", authorize=_authorize, process_before_response=True)

    async def listen(event: dict[str, str]) -> None:
        raise ValueError(event["text"])

    app.event("app_mention")(listen)
    await app.async_dispatch(_mention())
    (event,) = events(capsys)
    assert event["message"] == "Failed to run listener function …"
    assert event["kind"] == "ValueError"
    assert event["where"].startswith("async_listener_error_handler.handle:")
    assert event["error"].endswith(".<locals>.listen\nValueError")
    assert CELL not in str(event)


async def test_bolt_shows_no_body(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither of what nobody listens to, nor of a request whose signature is wrong."""
    logs.configure("INFO", "json")
    app = AsyncApp(signing_secret="s", authorize=_authorize)
    await app.async_dispatch(_mention())
    headers: dict[str, str | Sequence[str]] = {
        "x-slack-signature": "v0=abc",
        "x-slack-request-timestamp": "1",
    }
    await app.async_dispatch(AsyncBoltRequest(body=f"text={CELL}", headers=headers))
    unhandled, unsigned = events(capsys)
    assert unhandled["message"] == "Unhandled request …"
    assert unsigned["message"] == "Invalid request signature detected …"
    assert "Acme" not in f"{unhandled}{unsigned}"


@asynccontextmanager
async def _served(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server on loopback that answers everything by the handler; yields its host and port."""
    application = web.Application()
    application.router.add_get("/{path:.*}", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_ticket_stays_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A socket that cannot be opened is told without its address, whose ticket would open it."""
    logs.configure("DEBUG", "json")
    calls: asyncio.Queue[None] = asyncio.Queue()

    async def refuse(_request: web.Request) -> web.Response:
        calls.put_nowait(None)
        return web.Response(status=404)

    async with _served(refuse) as host:
        client = SocketModeClient(app_token="xapp-1-A1-1-abc", ping_interval=0.01)
        client.wss_uri = f"ws://{host}/link?ticket=s3cret"
        connecting = asyncio.create_task(client.connect())  # type: ignore[no-untyped-call]  # slack_sdk has no types here
        async with asyncio.timeout(20):
            await calls.get()
            await calls.get()  # the first attempt was logged before the second one
        connecting.cancel()
        await asyncio.wait([connecting])
        await client.close()  # type: ignore[no-untyped-call]  # slack_sdk has no types here
    event = events(capsys)[0]
    assert event["message"] == "Failed to connect …"
    assert event["kind"] == "aiohttp.client_exceptions.WSServerHandshakeError"
    assert event["where"].startswith("__init__.connect:")
    assert "s3cret" not in str(event)


async def test_a_server_tells_that_it_failed_not_on_what(capsys: pytest.CaptureFixture[str]) -> None:
    """The health pages' own mistakes show their place; requests are not logged one by one."""
    logs.configure("INFO", "json")

    async def fail(request: web.Request) -> web.Response:
        raise ValueError(request.query["cell"])

    async with _served(fail) as host, ClientSession(f"http://{host}") as session:
        response = await session.get("/", params={"cell": CELL})
        assert response.status == 500
    (event,) = events(capsys)
    assert (event["logger"], event["message"]) == ("aiohttp.server", "Error handling request …")
    assert event["error"].endswith("\nValueError")
    assert "Acme" not in str(event)


async def test_a_forgotten_task_tells_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    """Asyncio prints the task with its exception; its kind and its frames are left."""
    logs.configure("INFO", "json")

    async def fail() -> None:
        raise ValueError(CELL)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()
    (event,) = events(capsys)
    assert event["message"] == "Task exception was never retrieved …"
    assert event["error"].endswith("fail\nValueError")
    assert CELL not in str(event)


def test_an_unknown_line_of_a_library_is_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    """What is not known to be harmless shows where it was written, and no word of it."""
    logs.configure("INFO", "text")
    logging.getLogger("newlib.core").warning("%s and %s", CELL, "more")
    (line,) = capsys.readouterr().err.splitlines()
    assert " WARNING newlib.core: … [where=test_logs.test_an_unknown_line_of_a_library_is_withheld:" in line
    assert "Acme" not in line


def test_lines_without_values_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """A known sentence comes out as the library wrote it."""
    logs.configure("INFO", "text")
    logging.getLogger("slack_bolt.AsyncApp").info("⚡️ Bolt app is running!")
    assert capsys.readouterr().err.endswith("INFO    slack_bolt.AsyncApp: ⚡️ Bolt app is running!\n")


def test_known_lines_are_those_of_the_installed_libraries() -> None:
    """Each beginning that is let through stands in the source of a library."""
    sources = ""
    for library in ("slack_bolt", "slack_sdk", "aiohttp", "asyncio", "websockets"):
        found = importlib.util.find_spec(library)
        assert found is not None
        assert found.origin is not None
        sources += "".join(path.read_text() for path in Path(found.origin).parent.rglob("*.py"))
    # asyncio puts the class before this one.
    known = [each.removeprefix("Task ").removeprefix("Future ") for each in logs._KNOWN]
    assert [beginning for beginning in known if beginning not in sources] == []


# -- errors that nobody caught ---------------------------------------------------------------------------


def test_an_error_that_ends_the_process_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Python would print its text and lines of source."""
    logs.configure("INFO", "json")
    sys.excepthook(ValueError, ValueError(CELL), None)
    (event,) = events(capsys)
    assert (event["level"], event["error"]) == ("CRITICAL", "ValueError")


def test_an_error_that_ends_a_thread_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """So does a thread; one that asks for its own end says nothing."""
    logs.configure("INFO", "json")
    for error in (ValueError(CELL), SystemExit(CELL)):
        thread = threading.Thread(target=_raise, args=[error])
        thread.start()
        thread.join()
    (event,) = events(capsys)
    assert event["level"] == "CRITICAL"
    assert event["error"].endswith("ValueError")
    assert CELL not in str(event)


class _Fragile:
    def __del__(self) -> None:
        raise ValueError(CELL)


def test_an_error_that_python_ignores_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """One of a destructor shows whose, by its kind."""
    logs.configure("INFO", "json")
    fragile = _Fragile()
    del fragile
    gc.collect()
    (event,) = events(capsys)
    assert event["message"] == "Exception ignored in function"
    assert event["error"].endswith("__del__\nValueError")
    assert CELL not in str(event)
