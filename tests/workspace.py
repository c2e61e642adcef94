"""A Slack workspace in memory: the app's client itself answers, by Slack's rules, and fails as it is told.

No sockets and no real time, so that a test can go through thousands of deliveries.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self, cast

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.render.text import units
from bot.model import Block
from bot.sandbox.slack.blockkit.rules import MESSAGE_CONTENT, content_size, problems
from tests.core.render.limits import LIVE

UPDATE_TEXT_BYTES = 4_000
POST_TEXT_CHARS = 40_000
FILE_HOST = "upload"
APP = "UAPP"


@dataclass(frozen=True, slots=True)
class Fault:
    """How a call fails.

    Attributes:
        code: Slack's error code, or empty where there is no answer from Slack.
        status: of the HTTP answer; 0 where the connection breaks instead.
        done: the call is carried out all the same.
    """

    code: str = ""
    status: int = 200
    done: bool = False
    details: tuple[str, ...] = ()


#: A call's arguments to the way in which it fails, or None.
Weather = Callable[[str, Mapping[str, object]], Fault | None]


@dataclass(slots=True)
class Message:
    """A message that stands in a thread, or is seen by one person alone (``user``)."""

    channel: str
    text: str
    blocks: list[Block]
    thread_ts: str = ""
    user: str = ""
    file_ids: tuple[str, ...] = ()
    by_app: bool = True
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class File:
    """An upload; ``shared`` is the thread that it stands in."""

    name: str
    data: bytes = b""
    complete: bool = False
    shared: tuple[str, str] | None = None
    comment: str = ""


@dataclass(slots=True)
class State:
    """All that the workspace knows; a client may be copied, this is not."""

    weather: Weather
    messages: dict[str, Message] = field(default_factory=dict)
    private: list[Message] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    calls: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    refused: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    refused_kinds: frozenset[str] = frozenset()
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))


class Refused(Exception):
    """The workspace's own verdict; ``details`` are pointers and messages."""

    def __init__(self, code: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Workspace(AsyncWebClient):
    """The client of an app in a workspace of its own.

    Args:
        weather: which calls fail, and how; None lets all of them be.
    """

    def __init__(self, weather: Weather | None = None) -> None:
        super().__init__(token="xoxb-test", session=cast("aiohttp.ClientSession", _Session(self)))
        self.state = State(weather or (lambda _method, _arguments: None))

    def question(self, ts: str = "10.1", channel: str = "C1") -> None:
        """Somebody asks."""
        self.state.messages[ts] = Message(channel, "Revenue?", [], by_app=False)

    def thread(self) -> list[Message]:
        """What the app said where everybody can read it."""
        return [each for each in self.state.messages.values() if each.by_app]

    def shared(self) -> list[File]:
        """Files that stand in a thread."""
        return [each for each in self.state.files.values() if each.shared]

    async def api_call(  # type: ignore[override]  # the arguments that this project uses
        self,
        api_method: str,
        *,
        json: dict[str, object] | None = None,
        params: dict[str, object] | None = None,
    ) -> AsyncSlackResponse:
        """Answers as Slack does."""
        arguments = json if json is not None else params or {}
        self.state.calls.append((api_method, arguments))
        self.state.broken += [f"{api_method}: {each}" for each in _broken_rules(api_method, arguments)]
        fault = self.state.weather(api_method, arguments)
        if fault is not None:
            self.state.failed.append(api_method)
            if fault.done:
                self._surely(api_method, arguments)
            raise self._error(api_method, fault)
        try:
            body = self._carry_out(api_method, arguments)
        except Refused as error:
            self.state.refused.append((api_method, error.code, arguments))
            raise self._error(api_method, Fault(error.code, details=error.details)) from None
        return self._answer(api_method, {"ok": True, **body})

    def _surely(self, method: str, arguments: Mapping[str, object]) -> None:
        try:
            self._carry_out(method, arguments)
        except Refused as error:
            self.state.refused.append((method, error.code, arguments))

    def _error(self, method: str, fault: Fault) -> Exception:
        if not fault.status:
            return aiohttp.ServerDisconnectedError()
        messages = {"response_metadata": {"messages": list(fault.details)}} if fault.details else {}
        body = {"ok": False, "error": fault.code, **messages} if fault.code else {}
        headers = {"Retry-After": "3"} if fault.status == 429 else {}
        answer = self._answer(method, body, fault.status, headers)
        return SlackApiError("refused", answer)  # type: ignore[no-untyped-call]

    def _answer(
        self, method: str, body: dict[str, object], status: int = 200, headers: dict[str, str] | None = None
    ) -> AsyncSlackResponse:
        return AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=method,
            req_args={},
            data=body,
            headers=headers or {},
            status_code=status,
        )

    # -- the methods -------------------------------------------------------------------------------------

    def _carry_out(self, method: str, arguments: Mapping[str, object]) -> dict[str, object]:
        return {
            "auth.test": self._who,
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._whisper,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "files.getUploadURLExternal": self._place,
            "files.completeUploadExternal": self._complete,
            "files.info": self._info,
        }[method](json.loads(json.dumps(arguments)))

    def _who(self, _arguments: dict[str, object]) -> dict[str, object]:
        return {"user_id": APP}

    def _post(self, arguments: dict[str, object]) -> dict[str, object]:
        message = self._said(arguments)
        if message.channel.startswith("U"):
            message.user = message.channel
            self.state.private.append(message)
            return {"ts": f"{len(self.state.private)}.9", "channel": f"D{message.channel}"}
        ts = f"{next(self.state.numbers)}.5"
        self.state.messages[ts] = message
        return {"ts": ts}

    def _whisper(self, arguments: dict[str, object]) -> dict[str, object]:
        message = self._said(arguments)
        message.user = str(arguments["user"])
        self.state.private.append(message)
        return {"message_ts": "1.1"}

    def _update(self, arguments: dict[str, object]) -> dict[str, object]:
        message = self.state.messages.get(str(arguments["ts"]))
        if message is None:
            raise Refused("message_not_found")
        if len(str(arguments["text"]).encode()) > UPDATE_TEXT_BYTES:
            raise Refused("msg_too_long")
        edited = self._said(arguments)
        file_ids = str(arguments.get("file_ids") or "")
        if file_ids:
            message.file_ids = tuple(file_ids.split(","))
            if not all(each in self.state.files for each in message.file_ids):
                raise Refused("file_not_found")
        message.text, message.blocks = edited.text, edited.blocks
        return {}

    def _delete(self, arguments: dict[str, object]) -> dict[str, object]:
        ts, private = str(arguments["ts"]), str(arguments["channel"]).startswith("D")
        if private:
            self.state.private[int(ts.partition(".")[0]) - 1] = Message("", "", [])
        elif self.state.messages.pop(ts, None) is None:
            raise Refused("message_not_found")
        return {}

    def _replies(self, arguments: dict[str, object]) -> dict[str, object]:
        root, messages = str(arguments["ts"]), self.state.messages
        if root not in messages:
            raise Refused("thread_not_found")
        oldest, latest = float(str(arguments["oldest"])), float(str(arguments.get("latest", "inf")))
        replies = [ts for ts, each in messages.items() if each.thread_ts == root]
        found = [root, *(ts for ts in replies if oldest <= float(ts) <= latest)]
        files = [each for each in self.state.files.values() if each.shared and each.shared[1] == root]
        shares = [{"ts": "1000.7", "user": APP, "files": [{"name": each.name}]} for each in files]
        return {"messages": [*(_told(ts, messages[ts]) for ts in found), *shares]}

    def _history(self, arguments: dict[str, object]) -> dict[str, object]:
        """Direct messages only."""
        person = str(arguments["channel"]).removeprefix("D")
        said = enumerate(self.state.private, start=1)
        return {"messages": [_told(f"{n}.9", each) for n, each in said if each.channel == person]}

    def _place(self, arguments: dict[str, object]) -> dict[str, object]:
        if not arguments["length"]:
            raise Refused("missing_argument")
        file_id = f"F{next(self.state.numbers):08d}"
        self.state.files[file_id] = File(str(arguments["filename"]))
        return {"file_id": file_id, "upload_url": file_id}

    def _complete(self, arguments: dict[str, object]) -> dict[str, object]:
        entries = cast("list[dict[str, str]]", arguments["files"])
        for entry in entries:
            file = self.state.files[entry["id"]]
            if file.complete or not file.data:
                raise Refused("file_not_found")
            file.complete = True
            file.comment = str(arguments.get("initial_comment") or "")
            if "channel_id" in arguments:
                file.shared = (str(arguments["channel_id"]), str(arguments.get("thread_ts") or ""))
        return {"files": []}

    def _info(self, arguments: dict[str, object]) -> dict[str, object]:
        file = self.state.files.get(str(arguments["file"]))
        if file is None or not file.complete:
            raise Refused("file_not_found")
        return {"file": {"mimetype": "image/png"}}

    def _said(self, arguments: dict[str, object]) -> Message:
        """The message that a call brings, if it keeps the rules."""
        text, shown = str(arguments["text"]), cast("list[Block]", arguments["blocks"])
        if not text:
            raise Refused("no_text")
        if units(text) > POST_TEXT_CHARS:
            raise Refused("msg_too_long")
        if found := [*problems(shown, surface="message"), *self._unwelcome(shown)]:
            raise Refused("invalid_blocks", tuple(map(str, found)))
        if content_size(shown) > MESSAGE_CONTENT:
            raise Refused("msg_blocks_too_long")
        thread_ts = str(arguments.get("thread_ts") or "")
        metadata = cast("Mapping[str, object]", arguments.get("metadata") or {})
        return Message(str(arguments["channel"]), text, shown, thread_ts, metadata=metadata)

    def _unwelcome(self, shown: list[Block]) -> Iterator[str]:
        """Blocks that this workspace does not take, although they keep the rules."""
        for number, block in enumerate(shown):
            if block["type"] in self.state.refused_kinds:
                yield f"unsupported type: {block['type']} [json-pointer:/blocks/{number}/type]"
            if block["type"] == "image" and not self._visible(block["slack_file"]):
                yield f"invalid slack file [json-pointer:/blocks/{number}/slack_file]"

    def _visible(self, place: object) -> bool:
        file = self.state.files.get(str(place["id"])) if isinstance(place, Mapping) else None
        return file is not None and file.complete


def _told(ts: str, message: Message) -> dict[str, object]:
    """A message as Slack shows it."""
    told: dict[str, object] = {"ts": ts, "user": APP if message.by_app else "U1", "blocks": message.blocks}
    return told | ({"metadata": message.metadata} if message.metadata else {})


def _broken_rules(method: str, arguments: Mapping[str, object]) -> Iterator[str]:
    """What Slack would never take, or what we never want, in a call's arguments."""
    if method not in {"chat.postMessage", "chat.postEphemeral", "chat.update"}:
        return
    text, shown = str(arguments["text"]), cast("list[Block]", arguments["blocks"])
    if not 1 <= len(text.encode()) <= UPDATE_TEXT_BYTES:
        yield f"a text of {len(text.encode())} bytes"
    yield from map(str, problems(shown, surface="message"))
    if content_size(shown) > MESSAGE_CONTENT:
        yield "blocks that are too long together"
    if method == "chat.postMessage" and (arguments["unfurl_links"] or arguments["unfurl_media"]):
        yield "links with previews"
    yield from (f"a live {found}" for found in map(LIVE.search, (text, *_marked_up(shown))) if found)


def _marked_up(value: object) -> Iterator[str]:
    """Every text that Slack reads as markup."""
    if isinstance(value, Mapping):
        if value.get("type") in {"mrkdwn", "markdown"}:
            yield str(value["text"])
        yield from _marked_up(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _marked_up(each)


class _Session:
    """Where the bytes of a file go."""

    closed = False

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def post(self, url: str, *, data: bytes, **_more: object) -> _Reply:
        """Takes a file."""
        state = self._workspace.state
        fault = state.weather(FILE_HOST, {"url": url})
        if fault is not None:
            state.failed.append(FILE_HOST)
            return _Reply(fault.status)
        state.files[url].data = data
        return _Reply(200)


class _Reply:
    """An answer of the host of files; status 0 is none."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.headers = {"Retry-After": "2"}

    async def __aenter__(self) -> Self:
        if not self.status:
            raise aiohttp.ServerDisconnectedError
        return self

    async def __aexit__(self, *_error: object) -> None:
        return None
