"""Everything that the matrix of faults switches on, and what is expected of the bot then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.proof.stage import Stage
from bot.sandbox.slack.options import Failure
from bot.sandbox.tenant.faults import Fault, Manner


class Side(StrEnum):
    """Who is in trouble."""

    TENANT = "WisdomAI"
    WORKSPACE = "Slack"


class Expected(StrEnum):
    """What becomes of the questions."""

    ANSWERED = "all are answered"
    REASON = "answered, or a sentence says why not"
    #: Slack lets nothing be said in the place any more.
    UNSAYABLE = "nothing can be said there any more; the bot goes on elsewhere"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble.

    Attributes:
        strike: switches it on before anything is asked.
        struck: how often it has struck by now; None where it is no matter of counting.
        later: what happens as soon as the first answer has begun.
        pictures: charts are uploaded as pictures; Slack's own are not used.
    """

    name: str
    side: Side
    expected: Expected
    strike: Callable[[Stage], None] = field(repr=False)
    struck: Callable[[Stage], int] | None = field(default=None, repr=False)
    later: Callable[[Stage], Awaitable[None]] | None = field(default=None, repr=False)
    pictures: bool = False


#: How often each strikes: more than one of the questions, and not all that a bot may try.
_TIMES = 2
_MANNERS: Mapping[Fault, Manner] = {
    Fault.SLOW_ACK: {"seconds": 0.6},
    Fault.GAP: {"after": 3},
    Fault.DISORDER: {"after": 3},
    Fault.LATE: {"after": 3},
    Fault.DROPPED: {"after": 4},
    Fault.CRASH: {"after": 4},
    Fault.EXPIRED: {"after": 4},
    Fault.CLOSED: {"after": 4},
    Fault.CANCELLED: {"after": 3},
    Fault.SILENT: {"after": 2},
}
#: The faults of the tenant after which not everything can be answered.
_UNANSWERABLE = frozenset({
    Fault.CANCELLED,
    Fault.CRASH,
    Fault.ERROR_STRINGS,
    Fault.GRAPHQL_ERROR,
    Fault.HTTP_500,
    Fault.KEY_REFUSED,
    Fault.SEND_REFUSED,
    Fault.SILENT,
})  # fmt: skip
_PASSING = (Failure.RATE_LIMITED, Failure.SERVER_ERROR, Failure.DROPPED, Failure.UNANSWERED)
_WORDS: Mapping[Failure, str] = {
    Failure.RATE_LIMITED: "429",
    Failure.SERVER_ERROR: "500",
    Failure.DROPPED: "connection lost before",
    Failure.UNANSWERED: "connection lost after success",
}
_WRITES = ("chat.postMessage", "chat.update")
_READS = ("users.info", "conversations.info")
_UPLOADS = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info")


def troubles() -> tuple[Trouble, ...]:
    """All of them, the tenant's first."""
    return (*map(_of_tenant, Fault), *_of_calls(), *_refusals(), *_of_places(), *_of_content())


def _of_tenant(fault: Fault) -> Trouble:
    def strike(scene: Stage) -> None:
        scene.here.tenant.faults.switch(fault, times=_TIMES, **_MANNERS.get(fault, {}))
        if fault is Fault.KEY_REFUSED:  # a key is shown when a token is wanted
            scene.here.tenant.faults.switch(Fault.UNAUTHORIZED, times=_TIMES)

    def struck(scene: Stage) -> int:
        return _TIMES - scene.here.tenant.faults.left(fault)

    expected = Expected.REASON if fault in _UNANSWERABLE else Expected.ANSWERED
    return Trouble(fault.value, Side.TENANT, expected, strike, struck)


def _failing(
    method: str, error: str, *, words: str, expected: Expected = Expected.ANSWERED, pictures: bool = False
) -> Trouble:
    def strike(scene: Stage) -> None:
        scene.here.slack.workspace.faults.fail_next(method, error, times=_TIMES, retry_after=1)

    def struck(scene: Stage) -> int:
        return _TIMES - scene.here.slack.workspace.faults.left(method)

    return Trouble(f"{method}: {words}", Side.WORKSPACE, expected, strike, struck, pictures=pictures)


def _of_calls() -> list[Trouble]:
    """What passes, at every call that an answer needs."""
    writes = [_failing(method, error, words=_WORDS[error]) for method in _WRITES for error in _PASSING]
    reads = [_failing(method, error, words=_WORDS[error]) for method in _READS for error in _PASSING[:3]]
    uploads = [
        _failing(method, error, words=_WORDS[error], pictures=True)
        for method in _UPLOADS
        for error in _PASSING
    ]
    return [*writes, *reads, *uploads]


def _refusals() -> list[Trouble]:
    """What Slack says no with, at the post of the first message."""
    codes = ("not_in_channel", "is_archived", "channel_not_found", "token_revoked", "restricted_action")
    return [_failing("chat.postMessage", code, words=code, expected=Expected.REASON) for code in codes]


def _of_places() -> list[Trouble]:
    """What people do to a place while an answer runs there."""

    async def delete(scene: Stage) -> None:
        workspace = scene.here.slack.workspace
        for post in scene.watch.running()[:1]:
            if message := workspace.message(post.channel, post.ts):
                workspace.delete(message)

    async def archive(scene: Stage) -> None:
        channel = scene.here.slack.workspace.channel(scene.here.slack.workspace.channels["sales"])
        if channel is not None:
            channel.is_archived = True

    async def leave(scene: Stage) -> None:
        workspace = scene.here.slack.workspace
        workspace.remove_member(workspace.channels["sales"], workspace.bot_user_id)

    return [
        Trouble("its message is deleted", Side.WORKSPACE, Expected.REASON, _nothing, later=delete),
        Trouble("the channel is archived", Side.WORKSPACE, Expected.UNSAYABLE, _nothing, later=archive),
        Trouble(
            "the app is removed from the channel", Side.WORKSPACE, Expected.UNSAYABLE, _nothing, later=leave
        ),
    ]


def _of_content() -> list[Trouble]:
    """What Slack does not show."""

    def invisible(scene: Stage) -> None:
        scene.here.slack.workspace.faults.uploads_never_visible = True

    def refused(scene: Stage) -> None:
        kinds = frozenset({"data_visualization", "data_table"})
        scene.here.slack.workspace.faults.refuse_blocks = kinds

    return [
        Trouble("uploads never become visible", Side.WORKSPACE, Expected.ANSWERED, invisible, pictures=True),
        Trouble("data blocks are refused", Side.WORKSPACE, Expected.ANSWERED, refused),
    ]


def _nothing(_: Stage) -> None:
    """It begins with what happens later."""


def expectations() -> str:
    """The table of docs/reliability.md."""
    lines = ["| Who | What goes wrong | What is expected |", "|---|---|---|"]
    lines += [f"| {each.side} | {each.name} | {each.expected} |" for each in troubles()]
    return "\n".join(lines)
