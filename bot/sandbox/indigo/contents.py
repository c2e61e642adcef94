"""What stands in ``content``: trees in the forms that the vendor shows, and in some that nobody announced.

A user's message is ``{type, text, sender, hidden, timestamp}``. An assistant's nests: ``messages`` of
``messages``, each with a type and its data, texts as HTML.
"""

from __future__ import annotations

import html
import random
from collections.abc import Mapping
from typing import Final

from bot.sandbox.indigo.phrases import Language

Content = Mapping[str, object]

_HOST = "https://shop.example"

#: Feedback as it is assumed to look: nothing is published. The last ones stand for what nobody expects.
GOOD: Final[tuple[object, ...]] = ("👍", "positive", {"value": "up"})
BAD: Final[tuple[object, ...]] = ("👎", "negative", {"value": "down", "comment": "non ha capito"})
STRANGE: Final[tuple[object, ...]] = ("meh", 3, {"stars": 4}, ["👍", "👎"])


def init(sender: str, timestamp: int) -> Content:
    """What the widget sends when a chat begins; nobody sees it."""
    return {"type": "payload", "payload": "init", "sender": sender, "hidden": True, "timestamp": timestamp}


def profile(sender: str, timestamp: int, language: Language) -> Content:
    """What the page knows of its visitor; nobody sees it."""
    data = {"lang": language.code, "page": f"{_HOST}/{language.code}/help"}
    return {"type": "profile", "data": data, "sender": sender, "hidden": True, "timestamp": timestamp}


def said(text: str, sender: str, timestamp: int) -> Content:
    """What a user typed."""
    return {"type": "text", "text": text, "sender": sender, "hidden": False, "timestamp": timestamp}


def pressed(text: str, sender: str, timestamp: int) -> Content:
    """A button that a user pressed, with its text."""
    payload = f"go:{text.lower().replace(' ', '-')}"
    return {**said(text, sender, timestamp), "type": "payload", "payload": payload}


def greeting(language: Language) -> Content:
    """The assistant's first words, with a button for each topic."""
    return _nested(_text(language.greeting), _buttons(*(topic.name for topic in language.topics)))


def answered(text: str, language: Language, chance: random.Random) -> Content:
    """An answer: mostly text, now and then with something that is none."""
    fate = chance.random()
    if fate < _PLAIN:
        return _nested(_text(text))
    return _nested(_text(text), *_further(language, chance))


#: The share of answers that are nothing but text.
_PLAIN = 0.7


def _further(language: Language, chance: random.Random) -> tuple[Content, ...]:
    number = chance.randrange(1, 400)
    details = f"{_HOST}/{language.code}/p/{number}"
    kinds: tuple[tuple[Content, ...], ...] = (
        (_text(language.more), _buttons("OK", "No")),
        ({"type": "image", "data": {"url": f"{_HOST}/img/{number}.jpg", "caption": language.details}},),
        ({"type": "link", "data": {"url": details, "text": language.details}},),
        ({"type": "url", "data": {"url": details, "title": language.details}},),
        ({"type": "video", "data": {"url": f"{_HOST}/video/{number}.mp4"}},),
        (_carousel(language, number),),
        ({"type": "text", "data": {"text": _listed(language, details)}},),
        ({"type": "map_widget", "data": {"lat": 45.07, "lng": 7.69, "zoom": number % 20}},),
        ({"type": "handover", "data": None}, {"kind": "typing", "ms": number}),
    )
    return chance.choice(kinds)


def _nested(*parts: Content) -> Content:
    return {"messages": [{"input": {"type": "text"}, "messages": list(parts)}]}


def _text(text: str) -> Content:
    return {"type": "text", "data": {"text": f'<p class="slate-p">{html.escape(text, quote=False)}</p>'}}


def _buttons(*texts: str) -> Content:
    made = [{"type": "button", "text": text, "payload": f"go:{text.lower()}"} for text in texts]
    return {"type": "buttons", "data": {"buttons": made}}


def _listed(language: Language, address: str) -> str:
    items = "".join(f'<li class="slate-li">{html.escape(topic.name)}</li>' for topic in language.topics)
    return (
        f'<ul class="slate-ul">{items}</ul><p class="slate-p"><a href="{address}">{language.details}</a></p>'
    )


def _carousel(language: Language, number: int) -> Content:
    cards = [
        {
            "title": topic.name,
            "subtitle": f"{number + place} €",
            "image": f"{_HOST}/img/{number + place}.jpg",
            "buttons": [{"type": "link", "text": language.details, "url": f"{_HOST}/p/{number + place}"}],
        }
        for place, topic in enumerate(language.topics[:3])
    ]
    return {"type": "carousel", "data": {"cards": cards}}
