"""The verdict about blocks: Slack's error for the first kind of rule that is broken."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.sandbox.slack import payloads, wire
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.workspace import Workspace

from .checks import Check, anything, array, boolean, plain, shape, string, typed
from .layouts import SURFACES, block
from .report import Problem, Report, Surface

__all__ = ["Problem", "Surface", "check", "check_view", "content_size", "named", "named_view", "problems"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000

#: Slack does not publish the sum it allows. This is the simplest one that agrees with what was observed:
#: 11,341 characters in 45 blocks and about 13,200 in few blocks refused, 9,597 in 50 blocks accepted.
MESSAGE_CONTENT = 13_000
CONTENT_PER_BLOCK = 50

_SHOWN = frozenset(
    {
        "text",
        "title",
        "alt_text",
        "caption",
        "label",
        "name",
        "description",
        "subtitle",
        "body",
        "subtext",
        "hint",
    }
)
_VIEW_MEMBERS: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_MODAL = shape(
    {"title": plain(24), "blocks": anything},
    {
        **_VIEW_MEMBERS,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_VIEW = typed({"modal": _MODAL, "home": shape({"blocks": anything}, _VIEW_MEMBERS)})


def problems(blocks: Sequence[object], *, surface: Surface) -> tuple[Problem, ...]:
    """Every rule of form that ``blocks`` break."""
    return tuple(_examine(blocks, surface).problems)


def check(workspace: Workspace, blocks: Sequence[wire.JsonObject], *, viewer: str) -> None:
    """Check the blocks of a message; ``viewer`` is who posts it and must be able to see its files.

    Raises:
        Refused: ``invalid_blocks`` with pointers and messages, or ``msg_blocks_too_long``.
    """
    if workspace.options.enforce_limits:
        report = _examine(blocks, "message")
        _look_at_files(workspace, report, viewer)
        if report.problems:
            raise _invalid("invalid_blocks", report)
        if content_size(blocks) > MESSAGE_CONTENT:
            raise Refused("msg_blocks_too_long")
    refused = workspace.faults.refuse_blocks
    for index, each in enumerate(blocks):
        if (kind := wire.text(each, "type")) in refused:
            report = Report("message", [Problem(f"/blocks/{index}/type", f"unsupported type: {kind}")])
            raise _invalid("invalid_blocks", report)


def check_view(workspace: Workspace, content: wire.JsonObject, *, viewer: str) -> None:
    """Check a modal or a Home tab.

    Raises:
        Refused: ``invalid_arguments`` with pointers and messages, or ``view_too_large``.
    """
    if not workspace.options.enforce_limits:
        return
    if len(json.dumps(content)) > VIEW_BYTES:
        raise Refused("view_too_large")
    surface: Surface = "modal" if wire.text(content, "type") == "modal" else "home"
    report = _examine(wire.array(content, "blocks"), surface)
    _VIEW(content, "/view", report)
    kinds = [wire.text(each, "type") for each in wire.objects(content, "blocks")]
    if surface == "modal" and "input" in kinds and "submit" not in content:
        report.add("/view", "missing required field: submit")
    _look_at_files(workspace, report, viewer)
    if report.problems:
        raise _invalid("invalid_arguments", report)


def content_size(blocks: object, *, share: int = CONTENT_PER_BLOCK) -> int:
    """What blocks weigh against the undocumented sum: shown characters and a share for every block.

    A cell of a table is no block, whatever stands in it.
    """
    if wire.is_object(blocks):
        own = sum(len(value) for key, value in blocks.items() if key in _SHOWN and isinstance(value, str))
        return own + sum(
            content_size(value, share=0 if key == "rows" else share) for key, value in blocks.items()
        )
    if not wire.is_array(blocks):
        return 0
    return sum(content_size(item, share=share) + (share if _is_block(item) else 0) for item in blocks)


def named(workspace: Workspace, blocks: Sequence[wire.JsonObject]) -> tuple[wire.JsonObject, ...]:
    """The blocks with an id for each that has none, as Slack stores them; a markdown block gets none."""
    return tuple(
        each
        if wire.text(each, "block_id") or wire.text(each, "type") == "markdown"
        else {**each, "block_id": workspace.ids.secret(5)}
        for each in blocks
    )


def named_view(workspace: Workspace, content: wire.JsonObject) -> wire.JsonObject:
    """A view with ids for its blocks."""
    return {**content, "blocks": named(workspace, wire.objects(content, "blocks"))}


def _is_block(value: object) -> bool:
    return wire.is_object(value) and ("block_id" in value or wire.text(value, "type") in _BLOCK_TYPES)


_BLOCK_TYPES = frozenset(kind for kinds in SURFACES.values() for kind in kinds) - {"image"}


def _examine(blocks: Sequence[object], surface: Surface) -> Report:
    report = Report(surface)
    high = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    array(block, 0, high)(blocks, "/blocks", report)
    if len(blocks) <= high < len(blocks) + report.expanded:
        report.add("/blocks", f"no more than {high} items allowed")
    return report


def _look_at_files(workspace: Workspace, report: Report, viewer: str) -> None:
    """A ``slack_file`` must be an image that Slack has processed and that the poster may see."""
    for pointer, file_id in report.files:
        file = workspace.files.get(file_id)
        usable = (
            file is not None
            and workspace.is_usable(file)
            and workspace.can_open(viewer, file)
            and payloads.mimetype(file) in payloads.IMAGE_TYPES
        )
        if not usable:
            report.add(pointer, "invalid slack file")


def _invalid(code: str, report: Report) -> Refused:
    """Slack names each problem twice: bare in ``errors``, marked as an error in the metadata."""
    found = [str(problem) for problem in report.problems]
    details = {"errors": found, "response_metadata": {"messages": [f"[ERROR] {each}" for each in found]}}
    return Refused(code, details=details)
