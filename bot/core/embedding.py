"""The pages that WisdomAI lets others embed, and where each stands at a tenant.

The present forms are ``/embed/search``, ``/embed/dashboards``, ``/embed/dashboards/{id}`` and
``/embed/chat/{id}`` with an optional ``messageid``; older tenants have others (``/chat/embed/{id}``). A token
is no part of these addresses: the page in the browser adds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_ID = "{id}"
_PATH = re.compile(r"/(?!/)[A-Za-z0-9\-._~/{}?=&%]*")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
#: The longest path of ours that one is led back to after signing in.
_PATH_CHARS = 500


class Kind(StrEnum):
    """What can be embedded."""

    SEARCH = "search"
    DASHBOARDS = "dashboards"
    DASHBOARD = "dashboard"
    CHAT = "chat"


#: Where each stands at WisdomAI, unless it is set otherwise; pages of ours have the same paths.
PATHS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.SEARCH: "/embed/search",
        Kind.DASHBOARDS: "/embed/dashboards",
        Kind.DASHBOARD: "/embed/dashboards/{id}",
        Kind.CHAT: "/embed/chat/{id}",
    }
)
_WITH_ID = frozenset({Kind.DASHBOARD, Kind.CHAT})


def check_paths(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The pairs as they are; ValueError with a sentence for one that names no page, or no path of it."""
    for name, path in pairs:
        if name not in set(Kind):
            raise ValueError(f"knows no {name}, only {', '.join(Kind)}")
        if not _PATH.fullmatch(path) or re.search(r"[{}]", path.replace(_ID, "")):
            raise ValueError(f"{name} must be a path, such as {PATHS[Kind(name)]}")
        if (path.count(_ID) == 1) is not (Kind(name) in _WITH_ID):
            wanted = "needs {id} once" if Kind(name) in _WITH_ID else "has no {id}"
            raise ValueError(f"{name} {wanted}, such as {PATHS[Kind(name)]}")
        if "token" in dict(parse_qsl(urlsplit(path).query, keep_blank_values=True)):
            raise ValueError(f"{name} holds no token: the page adds it")
    return tuple(pairs)


def frame(
    wisdom: str, kind: Kind, paths: Sequence[tuple[str, str]], *, target: str = "", message: str = ""
) -> str:
    """The address of a page at WisdomAI, without a token.

    Args:
        wisdom: WisdomAI's origin.
        kind: which page.
        paths: what has passed ``check_paths``; goes before ``PATHS``.
        target: id of the dashboard or the conversation.
        message: id of a message in the conversation.
    """
    form = dict(paths).get(kind.value, PATHS[kind])
    address = wisdom + form.replace(_ID, _encoded(target))
    if not message:
        return address
    return f"{address}{'&' if '?' in form else '?'}{urlencode({'messageid': message})}"


def page(own: str, conversation: str, message: str = "") -> str:
    """The address of our page for a conversation; empty where the conversation is not known."""
    if not is_name(conversation):
        return ""
    query = f"?{urlencode({'messageid': message})}" if message else ""
    return f"{own}{PATHS[Kind.CHAT].replace(_ID, _encoded(conversation))}{query}"


def is_name(target: str) -> bool:
    """Whether it can stand in an address as a name: dots alone lead up, even where they are encoded."""
    return target.strip(".") != ""


def way_back(path: str) -> str:
    """The path if it is one of our own pages, else that of the search: nobody is led anywhere else.

    Browsers take two slashes, or a slash and a backslash, for the begin of another host, and drop tabs and
    newlines before they look.
    """
    if len(path) > _PATH_CHARS or _UNSEEN.search(path) or not path.isascii():
        return PATHS[Kind.SEARCH]
    parts = urlsplit(path)
    known = any(
        re.fullmatch(re.escape(form).replace(re.escape(_ID), "[^/]+"), parts.path) for form in PATHS.values()
    )
    own = not parts.scheme and not parts.netloc and not parts.fragment
    names = all(is_name(unquote(segment)) for segment in parts.path.split("/")[1:])
    return path if known and own and names else PATHS[Kind.SEARCH]


def _encoded(value: str) -> str:
    return quote(value, safe="", errors="replace")
