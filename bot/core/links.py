"""Where a conversation stands in WisdomAI's own web application; the form of the address is a setting."""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.core.render.text import web_address

_PLACE = re.compile(r"\{([^{}]*)\}")
_NAMES = ("url", "conversation", "message")


def check(template: str) -> str:
    """The template as it is; ValueError with a sentence where it cannot be used.

    ``{url}``, ``{conversation}`` and ``{message}`` are filled in; an empty template means that there are no
    links.
    """
    for name in _PLACE.findall(template):
        if name not in _NAMES:
            raise ValueError(f"{{{name}}} is not known; {{url}}, {{conversation}} and {{message}} are")
    if re.search(r"[{}]", _PLACE.sub("", template)):
        raise ValueError("has a brace without its other half")
    if template and not web_address(_filled(template, "https://a.example", "c", "m")):
        raise ValueError("must be a web address, such as {url}/chat/{conversation}")
    return template


def conversation_link(template: str, *, url: str, conversation: str, message: str = "") -> str:
    """The address of a conversation; empty where the template is, or where an id that it needs is not known.

    ``template`` has passed ``check``. Ids are percent-encoded, so that they stay in their places.
    """
    known = {"url": url, "conversation": conversation, "message": message}
    if not conversation or not all(known[name] for name in _PLACE.findall(template)):
        return ""
    return web_address(_filled(template, url, _encoded(conversation), _encoded(message)))


def _encoded(value: str) -> str:
    return quote(value, safe="", errors="replace")


def _filled(template: str, url: str, conversation: str, message: str) -> str:
    values = {"url": url.rstrip("/"), "conversation": conversation, "message": message}
    return _PLACE.sub(lambda found: values[found.group(1)], template)
