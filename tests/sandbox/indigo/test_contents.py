"""Contents in the forms that the vendor shows, and in others."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from bot.sandbox.indigo import contents
from bot.sandbox.indigo.phrases import ENGLISH, ITALIAN


def types(content: object) -> Iterator[str]:
    """Every ``type`` in a tree."""
    if isinstance(content, dict):
        if isinstance(kind := content.get("type"), str):
            yield kind
        for value in content.values():
            yield from types(value)
    elif isinstance(content, list):
        for value in content:
            yield from types(value)


def test_a_user_writes_flat() -> None:
    """The form of the documentation's sample."""
    assert contents.said("OK GRAZIE", "642981ee", 1680181239415) == {
        "type": "text",
        "text": "OK GRAZIE",
        "sender": "642981ee",
        "hidden": False,
        "timestamp": 1680181239415,
    }


def test_what_nobody_saw_is_hidden() -> None:
    """The beginning of a chat, and what the page knows; a pressed button is not."""
    assert contents.init("s", 1)["hidden"]
    assert contents.init("s", 1)["payload"] == "init"
    assert contents.profile("s", 1, ITALIAN)["hidden"]
    assert not contents.pressed("Fatture", "s", 1)["hidden"]


def test_the_assistant_nests_its_html() -> None:
    """Texts lie two levels deep and are paragraphs of HTML, with their signs escaped."""
    chance = random.Random(5)  # noqa: S311 - no secret
    answer = json.loads(json.dumps(contents.answered("2 < 3 & “yes”", ENGLISH, chance)))
    first = answer["messages"][0]["messages"][0]
    assert first == {"type": "text", "data": {"text": '<p class="slate-p">2 &lt; 3 &amp; “yes”</p>'}}


def test_every_form_comes_up() -> None:
    """Among many answers there are all kinds of parts, also such as nobody announced."""
    chance = random.Random(5)  # noqa: S311 - no secret
    found = {kind for _ in range(400) for kind in types(contents.answered("Sì", ITALIAN, chance))}
    found |= set(types(contents.greeting(ITALIAN)))
    assert found == {
        "text", "buttons", "button", "image", "link", "url", "video", "carousel", "map_widget", "handover",
    }  # fmt: skip
