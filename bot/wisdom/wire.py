"""``ChatMessageDiff`` and ``ChatMessage`` as JSON → ``AnswerDiff``.

It is lenient, because the published schema is a lower bound. Fields of other types than expected count as
missing; unknown ones are ignored. GraphQL sends every selected field, null where it is not set, so nulls say
nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

from bot.core.values import clean
from bot.model import AnswerDiff, Op

#: Which embed counts where an insert holds several (it has length 1, so it can only be one).
_FOREMOST = ("visualization", "textArtifact", "section", "aiWorkstream")
#: Stands for an embed of which nothing was selected: it has no content, but it has its length of 1.
UNKNOWN_EMBED = "unknown"


def read_diff(raw: Mapping[str, object]) -> AnswerDiff:
    """One event of the ``chat`` subscription."""
    body = raw.get("bodyDiff")
    ops = body.get("ops") if isinstance(body, dict) else None
    index = raw.get("diffIndex")
    return AnswerDiff(
        conversation_id=_text(raw.get("conversationId")) or "",
        message_id=_text(raw.get("messageId")),
        ops=tuple(_ops(ops)),
        index=index if _is_int(index) else None,
        in_progress=raw.get("inProgress") is not False,
        errors=tuple(
            clean(item) for item in _list(raw.get("errorStrings")) if isinstance(item, str) and item
        ),
        cancelled=bool(raw.get("cancelledAt")),
        domain_id=_text(raw.get("domainId")),
        data_refreshed_at=_text(raw.get("dataRefreshedAt")),
    )


def read_message(raw: Mapping[str, object], *, conversation: str = "") -> AnswerDiff:
    """A ``ChatMessage``: its whole body, as the last diff of an answer."""
    whole = {
        **raw,
        "bodyDiff": raw.get("body"),
        "conversationId": conversation or raw.get("conversationId"),
        "messageId": raw.get("messageId") or raw.get("id"),
        "diffIndex": None,
        "inProgress": False,
    }
    return replace(read_diff(whole), whole=True)


def _ops(raw: object) -> Iterator[Op]:
    for item in _list(raw):
        if isinstance(item, dict) and (op := _op(item)) is not None:
            attributes = _set_fields(item.get("attributes"))
            yield {**op, "attributes": attributes} if attributes else op


def _op(raw: Mapping[str, object]) -> Op | None:
    insert = raw.get("insert")
    if isinstance(insert, str):
        return {"insert": insert} if insert else None
    if isinstance(insert, dict):
        return _insert(insert)
    for kind in ("retain", "delete"):
        if _is_int(count := raw.get(kind)) and count > 0:
            return {kind: count}
    return None


def _insert(raw: Mapping[str, object]) -> Op | None:
    # Text stays as it came: a pair of surrogates may be cut between two diffs, and only the document that
    # joins them can tell.
    text = raw.get("text")
    embeds = _set_fields({key: value for key, value in raw.items() if key != "text"})
    for name in (*_FOREMOST, *embeds):
        if name in embeds:
            return {"insert": {name: embeds[name]}}
    if isinstance(text, str):
        return {"insert": text} if text else None
    return {"insert": {UNKNOWN_EMBED: {}}}


def _set_fields(raw: object) -> Mapping[str, object]:
    if not isinstance(raw, dict):
        return {}
    return {str(key): _clean(value) for key, value in raw.items() if value is not None}


def _clean(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return value


def _text(value: object) -> str | None:
    return clean(value) if isinstance(value, str) else None


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
