"""What a message says: its content, a JSON tree of no published type, as parts that can be shown.

Users' content is ``{type, text, hidden, …}``, its text as it was typed. The assistant's nests messages in
messages, each with a type and its data, texts as HTML. Types that are not known are told by their name, and
whatever text they hold; trees that are too deep or too large are cut, and that is told, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.core.indigo import html

Kind = Literal["text", "image", "video", "link", "buttons", "unknown", "cut"]

#: Deeper or larger than anything that an assistant would say.
_DEEPEST = 40
_MOST_PARTS = 500
_MOST_CHARS = 200_000
_MOST_NODES = 20_000

_NOTHING: Mapping[str, object] = {}
_ADDRESSES = ("url", "href", "link", "src", "image", "video")
_TITLES = ("text", "title", "caption", "label", "name", "alt")
_LINKS = frozenset({"link", "url"})
_NESTED = ("messages", "message")
#: Where a node has nothing else, it says nothing.
_FRAME = frozenset({*_NESTED, "input"})
#: Types of what users say.
_SAID = frozenset({"", "text", "payload"})
#: Neither shown nor told: these say nothing.
_SILENT = frozenset({"typing", "wait", "delay"})


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message.

    Attributes:
        text: plain text; of an unknown kind what it is called, and its own text behind it.
        address: of a link, image or video; untrusted.
        options: what the buttons say.
        hidden: not shown in a dialogue.
    """

    kind: Kind
    text: str = ""
    address: str = ""
    options: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def plain(self) -> str:
        """As plain text."""
        if self.kind == "text":
            return self.text
        if self.kind == "link":
            if self.text and self.address and self.text != self.address:
                return f"{self.text} ({self.address})"
            return self.text or self.address or "[link]"
        if self.kind == "buttons":
            return " ".join(f"[{option}]" for option in self.options)
        named = {"image": "image", "video": "video", "cut": "…"}.get(self.kind)
        return f"[{' '.join(filter(None, (named, self.text, self.address)))}]"


def parts(content: object) -> tuple[Part, ...]:
    """The parts in their order; none where the content is empty."""
    return tuple(_Walk().all(content))


def plain(content: object, *, hidden: bool = False) -> str:
    """The parts as plain text, one on each line; with ``hidden`` also those that are not shown."""
    return "\n".join(part.plain for part in parts(content) if part.plain and (hidden or not part.hidden))


def is_hidden(content: object) -> bool:
    """The whole message is not to be shown."""
    return _mapping(content).get("hidden") is True


class _Walk:
    """One reading, with what is left of its limits."""

    def __init__(self) -> None:
        self._parts, self._chars, self._nodes = _MOST_PARTS, _MOST_CHARS, _MOST_NODES

    def all(self, content: object) -> Iterator[Part]:
        """Every part, until a limit is reached."""
        for part in self._node(content, 0, hidden=False):
            if self._parts <= 0 or self._chars <= 0:
                yield Part("cut", hidden=part.hidden)
                return
            text = _cut(part.text, self._chars)
            self._parts -= 1
            self._chars -= len(text)
            yield replace(part, text=text)

    def _node(self, node: object, depth: int, *, hidden: bool) -> Iterator[Part]:
        self._nodes -= 1
        if depth > _DEEPEST or self._nodes <= 0:
            if self._nodes >= 0:
                yield Part("cut", hidden=hidden)
        elif isinstance(node, str):
            if text := _html(node) if depth else _cut(node).strip():
                yield Part("text", text, hidden=hidden)
        elif isinstance(node, Mapping):
            yield from self._object(node, depth, hidden=hidden or _hides(node))
        elif isinstance(node, Sequence):
            for each in node:
                if self._nodes < 0:
                    return
                yield from self._node(each, depth + 1, hidden=hidden)
        elif depth == 0 and node is not None:
            yield Part("unknown", "content", hidden=hidden)

    def _object(self, node: Mapping[str, object], depth: int, *, hidden: bool) -> Iterator[Part]:
        kind = _word(node.get("type"))
        if not kind and (nested := [node[name] for name in _NESTED if node.get(name)]):
            for each in filter(None, (node.get("text"), *nested)):
                yield from self._node(each, depth + 1, hidden=hidden)
            return
        data = node.get("data")
        if depth == 0 and kind in _SAID and data is None and (words := _words(node)):
            yield Part("text", words, hidden=hidden)
            return
        data = {"text": data} if isinstance(data, str) else data
        given: Mapping[str, object] = {**node, **data} if isinstance(data, Mapping) else node
        yield from self._typed(kind, given, depth, hidden=hidden)

    def _typed(self, kind: str, given: Mapping[str, object], depth: int, *, hidden: bool) -> Iterator[Part]:
        if kind in {"text", "payload"} and (text := _first(given, ("text", "html_text", "caption"))):
            yield Part("text", text, hidden=hidden)
        elif kind == "text" and isinstance(given.get("text"), str):
            return  # there is a text, and it is empty
        elif kind in {"image", "video"}:
            address = _raw(given, _ADDRESSES)
            yield Part(
                "image" if kind == "image" else "video", _first(given, _TITLES), address, hidden=hidden
            )
        elif kind in _LINKS:
            yield Part("link", _first(given, _TITLES), _raw(given, _ADDRESSES), hidden=hidden)
        elif kind in {"button", "buttons", "quick_replies"}:
            yield from self._buttons(given, hidden=hidden)
        elif kind == "carousel":
            yield Part("unknown", "carousel", hidden=hidden)
            for card in _list(given, "cards", "items")[:_MOST_PARTS]:
                yield from self._card(_mapping(card), depth + 1, hidden=hidden)
        elif kind not in _SILENT or _first(given, _TITLES):
            yield from self._unknown(kind, given, depth, hidden=hidden)

    def _buttons(self, given: Mapping[str, object], *, hidden: bool) -> Iterator[Part]:
        """A button, or several with the words above them."""
        several = _list(given, "buttons", "options", "replies")
        if several and (text := _first(given, ("text", "html_text", "title", "caption"))):
            yield Part("text", text, hidden=hidden)
        options = tuple(filter(None, map(_option, several or [given])))
        yield Part("buttons", options=options[:_MOST_PARTS], hidden=hidden)

    def _card(self, card: Mapping[str, object], depth: int, *, hidden: bool) -> Iterator[Part]:
        words = [_first(card, (name,)) for name in ("title", "subtitle", "text")]
        if text := " – ".join(filter(None, words)):
            yield Part("text", text, hidden=hidden)
        if address := _raw(card, ("image", "image_url", "url")):
            yield Part("image", "", address, hidden=hidden)
        yield from self._node(card.get("buttons") or [], depth + 1, hidden=hidden)

    def _unknown(self, kind: str, given: Mapping[str, object], depth: int, *, hidden: bool) -> Iterator[Part]:
        if kind == "" and (text := _first(given, ("text", "html_text"))):
            yield Part("text", text, hidden=hidden)
            return
        name = kind or _word(given.get("kind"))
        if not name and not given.keys() - _FRAME:
            return
        text = _first(given, _TITLES)
        yield Part("unknown", ": ".join(filter(None, (name or "unknown", text))), hidden=hidden)
        data = given.get("data")
        for nested in (*map(given.get, _NESTED), data if isinstance(data, list) else None):
            yield from self._node(nested or [], depth + 1, hidden=hidden)


def _hides(node: Mapping[str, object]) -> bool:
    return node.get("hidden") is True or _mapping(node.get("data")).get("hidden") is True


def _words(node: Mapping[str, object]) -> str:
    """What a user typed: no HTML, even where it looks like some."""
    words = node.get("text")
    return _cut(words).strip() if isinstance(words, str) else ""


def _html(source: str) -> str:
    return html.text(_cut(source))


def _cut(text: str, most: int = _MOST_CHARS) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _option(button: object) -> str:
    return _html(button) if isinstance(button, str) else _first(_mapping(button), _TITLES)


def _first(given: Mapping[str, object], names: Sequence[str]) -> str:
    """The first of these that is a text, without HTML."""
    found = (_html(text) for name in names if isinstance(text := given.get(name), str))
    return next(filter(None, found), "")


def _raw(given: Mapping[str, object], names: Sequence[str]) -> str:
    """The first address among these, on one line."""
    for name in names:
        value = given.get(name)
        value = _mapping(value).get("url") if isinstance(value, Mapping) else value
        if isinstance(value, str) and value.strip():
            return "".join(value.split())[:2_000]
    return ""


def _list(given: Mapping[str, object], *names: str) -> Sequence[object]:
    return next((value for name in names if isinstance(value := given.get(name), list)), [])


def _word(value: object) -> str:
    return " ".join(value.split())[:60] if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else _NOTHING
