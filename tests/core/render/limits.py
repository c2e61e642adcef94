"""Every limit of Slack that a message must keep, in one place: what the builders make is held against it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.core.render.text import units
from bot.model import Block, Draft

LIVE = re.compile(r"<[!@#](?!date\^)|@(?:here|channel|everyone)\b", re.IGNORECASE)
KINDS = {"section", "context", "actions", "image", "markdown", "table"}


def check(draft: Draft) -> None:
    """Fail where Slack would refuse the message, cut it, or notify somebody."""
    assert draft.text.strip()
    assert len(draft.text.encode()) <= 4000
    assert not LIVE.search(draft.text)
    assert 1 <= len(draft.blocks) <= 50
    for block in draft.blocks:
        assert block["type"] in KINDS
        _CHECKS[str(block["type"])](block)
    markdown = [str(block["text"]) for block in draft.blocks if block["type"] == "markdown"]
    assert sum(map(units, markdown)) <= 12_000
    assert sum(units(text) for block in draft.blocks for text in shown(block)) <= 9_500
    assert sum(block["type"] == "table" for block in draft.blocks) <= 1
    assert sum(block["type"] == "actions" for block in draft.blocks) <= 3


def shown(value: object) -> Iterator[str]:
    """Every string of a block that a person can see or hear."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in {"text", "alt_text", "url"}:
                    yield inner
            else:
                yield from shown(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from shown(inner)


def _text(value: object, kind: str, limit: int) -> None:
    assert isinstance(value, Mapping)
    assert value["type"] == kind
    text = str(value["text"])
    assert 1 <= units(text) <= limit
    assert text.encode()
    if kind == "mrkdwn":
        assert value["verbatim"] is True
        assert not LIVE.search(text)
    else:
        assert value["emoji"] is False


def _section(block: Block) -> None:
    _text(block["text"], "mrkdwn", 3000)


def _context(block: Block) -> None:
    elements = block["elements"]
    assert isinstance(elements, list)
    assert 1 <= len(elements) <= 10
    for element in elements:
        _text(element, element["type"], 3000)


def _actions(block: Block) -> None:
    elements = block["elements"]
    assert isinstance(elements, list)
    assert 1 <= len(elements) <= 25
    assert len({element["action_id"] for element in elements}) == len(elements)
    for element in elements:
        _text(element["text"], "plain_text", 75)
        assert 1 <= units(element["value"]) <= 2000
        assert len(element["action_id"]) <= 255


def _image(block: Block) -> None:
    assert 1 <= units(str(block["alt_text"])) <= 2000
    if "title" in block:
        _text(block["title"], "plain_text", 2000)


def _markdown(block: Block) -> None:
    text = str(block["text"])
    assert 1 <= units(text) <= 12_000
    assert not LIVE.search(text)


def _table(block: Block) -> None:
    rows, settings = block["rows"], block["column_settings"]
    assert isinstance(rows, list)
    assert isinstance(settings, list)
    assert 2 <= len(rows) <= 100
    assert {len(row) for row in rows} == {len(settings)}
    assert 1 <= len(settings) <= 20
    cells = [cell for row in rows for cell in row]
    assert all(text for cell in cells for text in shown(cell))
    assert all(list(shown(cell)) for cell in cells)
    assert sum(units(text) for cell in cells for text in shown(cell)) <= 10_000


_CHECKS = {
    "section": _section,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "markdown": _markdown,
    "table": _table,
}
