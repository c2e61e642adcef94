"""The tenant's values in the shapes of its schema (camelCase; graphql-core picks what was selected)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.model import Domain
from bot.sandbox.tenant.conversations import Conversation, Message, WireOp
from bot.sandbox.tenant.people import User

Wire = dict[str, object]


def moment(at: datetime | None) -> str | None:
    """A ``DateTime``: ISO 8601."""
    return at.isoformat() if at else None


def user(person: User) -> Wire:
    """A ``User``, with its roles in every shape that the schema's variations may select."""
    found: Wire = {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "profilePicture": "",
        "creationTimestamp": "2025-01-01T00:00:00+00:00",
        "userAttributes": [
            {"key": each.key, "value": each.value, "source": each.source} for each in person.attributes
        ],
        "isScimManaged": False,
    }
    found["roleAssignments"] = [
        {"role": {"id": role.id, "name": role.name}, "roleId": role.id, "scopes": [], "user": found}
        for role in person.roles
    ]
    return found


def domain(each: Domain) -> Wire:
    """A ``ZSheet`` of type DOMAIN."""
    return {
        "id": each.id,
        "name": each.name,
        "description": each.description,
        "type": "DOMAIN",
        "version": 1,
        "codegenConfig": {},
        "hiddenSourceIds": [],
        "isUserCSVDomain": False,
        "isUserCSVTable": False,
        "knowledge": [],
        "vizConfig": {"alwaysUseCompactNumberFormat": False, "openShowDataPanelByDefault": False},
    }


def conversation(each: Conversation, about: Domain | None) -> Wire:
    """A ``ChatConversation``."""
    return {
        "id": each.id,
        "domain": domain(about) if about else None,
        "isPinned": False,
        "latestMessageTimestamp": moment(each.updated_at),
        "summary": each.summary,
        "type": "CHAT",
        "user": user(each.owner),
    }


def message(each: Message, about: Domain | None) -> Wire:
    """A ``ChatMessage`` with its whole body."""
    return {
        **_common(each),
        "id": each.id,
        "body": {"ops": each.body},
        "domain": domain(about) if about else None,
        "edited": False,
        "user": user(each.user),
    }


def diff(each: Message, ops: Sequence[WireOp], *, index: int, in_progress: bool) -> Wire:
    """A ``ChatMessageDiff`` of an answer, as things stand now."""
    return {**_common(each), "bodyDiff": {"ops": ops}, "diffIndex": index, "inProgress": in_progress}


def _common(each: Message) -> Wire:
    return {
        "conversationId": each.conversation_id,
        "messageId": each.id,
        "sender": each.sender.value,
        "domainId": each.domain_id,
        "userId": each.user.id,
        "createdAt": moment(each.created_at),
        "updatedAt": moment(each.updated_at),
        "dataRefreshedAt": moment(each.data_refreshed_at),
        "cancelledAt": moment(each.cancelled_at),
        "errorStrings": list(each.errors) or None,
        "verifiedCodeUsage": "VERIFIED_CODE_USAGE_NOT_USED",
    }
