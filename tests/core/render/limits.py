"""Every limit of Slack that a message must keep, in one place: what the builders make is held against it.

The numbers are written out a second time, and the sandbox's own rules are asked as well, so that three
readings of Slack's reference have to agree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.core.render import expansion
from bot.core.render.text import units
from bot.model import Block, Draft
from bot.sandbox.slack.blockkit import rules

LIVE = re.compile(r"<[!@#](?!date\^)|@(?:here|channel|everyone)\b", re.IGNORECASE)
#: Members that a person can see or hear.
SHOWN = {"text", "alt_text", "url", "title", "caption", "label", "name", "x_label", "y_label"}


def check(draft: Draft) -> None:
    """Fail where Slack would refuse the message, cut it, or notify somebody."""
    assert draft.text.strip()
    assert len(draft.text.encode()) <= 4000
    assert not LIVE.search(draft.text)
    check_blocks(draft.blocks)


def check_blocks(blocks: Sequence[Block]) -> None:
    """The same for the blocks of a message."""
    assert 1 <= len(blocks) <= 50
    for block in blocks:
        _CHECKS[str(block["type"])](block)
    kinds = [block["type"] for block in blocks]
    markdown = [str(block["text"]) for block in blocks if block["type"] == "markdown"]
    assert sum(map(units, markdown)) <= 12_000
    assert len(blocks) - len(markdown) + sum(map(expansion.count, markdown)) <= 50
    assert sum(units(text) for block in blocks for text in shown(block)) <= 9_500
    assert kinds.count("table") <= 1
    assert kinds.count("data_visualization") <= 2
    rows = [block["rows"] for block in blocks if "rows" in block]
    assert sum(units(text) for text in shown(rows)) <= 10_000
    assert not any(LIVE.search(text) for block in blocks for text in shown(block))
    assert rules.problems(blocks, surface="message") == ()
    assert rules.content_size(list(blocks)) <= rules.MESSAGE_CONTENT


def shown(value: object) -> Iterator[str]:
    """Every string of a block that a person can see or hear."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in SHOWN:
                    yield inner
            elif key == "categories":
                yield from items(inner)
            else:
                yield from shown(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from shown(inner)


def items(value: object) -> list[str]:
    """A list of strings."""
    assert isinstance(value, list)
    assert all(isinstance(each, str) for each in value)
    return value


def objects(value: object, low: int, high: int) -> list[Block]:
    """A list of ``low`` to ``high`` objects."""
    assert isinstance(value, list)
    assert low <= len(value) <= high
    assert all(isinstance(each, Mapping) for each in value)
    return value


def _string(value: object, low: int, high: int) -> str:
    assert isinstance(value, str)
    assert low <= units(value) <= high
    assert value.encode() is not None
    return value


def _text(value: object, limit: int, *kinds: str) -> None:
    assert isinstance(value, Mapping)
    assert value["type"] in kinds
    _string(value["text"], 1, limit)
    if value["type"] == "mrkdwn":
        assert value["verbatim"] is True
    else:
        assert value["emoji"] is False


def _section(block: Block) -> None:
    _text(block["text"], 3000, "mrkdwn")


def _context(block: Block) -> None:
    for element in objects(block["elements"], 1, 10):
        _text(element, 3000, "mrkdwn", "plain_text")


def _actions(block: Block) -> None:
    elements = objects(block["elements"], 1, 25)
    assert len({element["action_id"] for element in elements}) == len(elements)
    for element in elements:
        _string(element["action_id"], 1, 255)
        if element["type"] == "button":
            _button(element)
        else:
            _menu(element)


def _button(element: Block) -> None:
    assert element["type"] == "button"
    _text(element["text"], 75, "plain_text")
    _string(element["value"], 1, 2000)


def _menu(element: Block) -> None:
    high = {"static_select": 100, "overflow": 5}[str(element["type"])]
    options = objects(element["options"], 1 if element["type"] == "static_select" else 2, high)
    for option in options:
        _text(option["text"], 75, "plain_text")
        _string(option["value"], 1, 150)
    assert len({str(option["value"]) for option in options}) == len(options)
    assert element.get("initial_option", options[0]) in options
    if "placeholder" in element:
        _text(element["placeholder"], 150, "plain_text")


def _context_actions(block: Block) -> None:
    for element in objects(block["elements"], 1, 5):
        if element["type"] == "icon_button":
            assert element["icon"] == "trash"
            _text(element["text"], 75, "plain_text")
            _string(element["value"], 1, 2000)
            assert items(element["visible_to_user_ids"])
        else:
            assert element["type"] == "feedback_buttons"
            for name in ("positive_button", "negative_button"):
                choice = element[name]
                assert isinstance(choice, Mapping)
                _text(choice["text"], 75, "plain_text")
                _string(choice["value"], 1, 2000)


def _image(block: Block) -> None:
    _string(block["alt_text"], 1, 2000)
    assert "title" not in block


def _markdown(block: Block) -> None:
    _string(block["text"], 1, 12_000)


def _table(block: Block) -> None:
    settings = objects(block["column_settings"], 1, 20)
    _rows(block["rows"], 100, len(settings))


def _data_table(block: Block) -> None:
    _string(block["caption"], 1, 150)
    rows = block["rows"]
    assert isinstance(rows, list)
    _rows(rows, 101, len(rows[0]))
    assert all(cell["type"] == "raw_text" for cell in rows[0])
    size, header = block["page_size"], block["row_header_column_index"]
    assert isinstance(size, int)
    assert isinstance(header, int)
    assert 1 <= size <= 100
    assert 0 <= header < len(rows[0])
    for column in zip(*rows[1:], strict=True):
        assert len({cell["type"] == "raw_number" for cell in column}) == 1


def _rows(rows: object, high: int, width: int) -> None:
    assert isinstance(rows, list)
    assert 2 <= len(rows) <= high
    assert 1 <= width <= 20
    for row in rows:
        for cell in objects(row, width, width):
            assert list(shown(cell))
            assert all(text for text in shown(cell))
            if cell["type"] == "raw_number":
                _number(cell["value"])


def _data_visualization(block: Block) -> None:
    _string(block["title"], 1, 50)
    chart = block["chart"]
    assert isinstance(chart, Mapping)
    if chart["type"] == "pie":
        segments = objects(chart["segments"], 1, 12)
        assert all(_number(segment["value"]) > 0 for segment in segments)
        labels = [_string(segment["label"], 1, 20) for segment in segments]
        assert len(set(labels)) == len(labels)
    else:
        assert chart["type"] in {"bar", "area", "line"}
        _axis_chart(chart)


def _axis_chart(chart: Block) -> None:
    axes = chart["axis_config"]
    assert isinstance(axes, Mapping)
    for name in ("x_label", "y_label"):
        _string(axes.get(name, "x"), 1, 50)
    categories = items(axes["categories"])
    assert 1 <= len(set(categories)) == len(categories) <= 20
    assert all(_string(category, 1, 20) for category in categories)
    series = objects(chart["series"], 1, 12)
    assert len({_string(each["name"], 1, 20) for each in series}) == len(series)
    for each in series:
        points = objects(each["data"], 1, 20)
        assert [point["label"] for point in points] == categories
        assert all(math.isfinite(_number(point["value"])) for point in points)


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    assert not isinstance(value, bool)
    assert abs(value) < 1e300
    return value


_CHECKS = {
    "actions": _actions,
    "context": _context,
    "context_actions": _context_actions,
    "data_table": _data_table,
    "data_visualization": _data_visualization,
    "image": _image,
    "markdown": _markdown,
    "section": _section,
    "table": _table,
}
