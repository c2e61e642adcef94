"""Building blocks of checks: each is a function of a value, its JSON pointer and the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.sandbox.slack import wire

from .report import Report

Check = Callable[[object, str, Report], None]

#: Beyond this a number of JSON is no number to a JavaScript reader.
_LARGEST = 1.7e308


def anything(value: object, pointer: str, report: Report) -> None:
    """No rule."""


def string(high: int, low: int = 0) -> Check:
    """A string of ``low`` to ``high`` characters."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(pointer, "must be a string")
        elif len(value) < low:
            report.add(pointer, f"must be more than {low - 1} characters")
        elif len(value) > high:
            report.add(pointer, f"must be less than {high + 1} characters")

    return check


def boolean(value: object, pointer: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add(pointer, "must be a boolean")


def integer(low: int, high: int) -> Check:
    """A whole number within bounds."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            report.add(pointer, f"must be an integer from {low} to {high}")

    return check


def number(value: object, pointer: str, report: Report) -> None:
    """A finite number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not -_LARGEST <= value <= _LARGEST:
        report.add(pointer, "must be a number")


def one_of(*allowed: str) -> Check:
    """One of some words."""

    def check(value: object, pointer: str, report: Report) -> None:
        if value not in allowed:
            report.add(pointer, f"must be one of: {', '.join(allowed)}")

    return check


def array(item: Check, low: int, high: int) -> Check:
    """An array of ``low`` to ``high`` items."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not wire.is_array(value):
            report.add(pointer, "must be an array")
            return
        if len(value) < low:
            report.add(pointer, f"no fewer than {low} items allowed")
        if len(value) > high:
            report.add(pointer, f"no more than {high} items allowed")
        for index, each in enumerate(value):
            item(each, f"{pointer}/{index}", report)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these members and no others; ``type`` is looked at elsewhere."""
    members = {**required, **(optional or {}), "type": anything}

    def check(value: object, pointer: str, report: Report) -> None:
        if not wire.is_object(value):
            report.add(pointer, "must be an object")
            return
        for name in required:
            if name not in value:
                report.add(pointer, f"missing required field: {name}")
        for name, member in value.items():
            if name not in members:
                report.add(pointer, f"invalid additional property: {name}")
            else:
                members[name](member, f"{pointer}/{name}", report)

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object whose ``type`` chooses the check."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not wire.is_object(value):
            report.add(pointer, "must be an object")
            return
        kind = value.get("type")
        if not isinstance(kind, str):
            report.add(pointer, "missing required field: type")
        elif kind not in kinds:
            report.add(f"{pointer}/type", f"unsupported type: {kind}")
        else:
            kinds[kind](value, pointer, report)

    return check


def both(first: Check, second: Check) -> Check:
    """Two checks of the same value."""

    def check(value: object, pointer: str, report: Report) -> None:
        first(value, pointer, report)
        second(value, pointer, report)

    return check


def either(*names: str, exactly: bool = False) -> Check:
    """At least (or exactly) one of some members is there."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not wire.is_object(value):
            return
        given = [name for name in names if value.get(name) is not None]
        if not given:
            report.add(pointer, f"missing required field: {' or '.join(names)}")
        elif exactly and len(given) > 1:
            report.add(pointer, f"only one of these is allowed: {', '.join(names)}")

    return check


def text_object(high: int, *kinds: str) -> Check:
    """A text object of ``plain_text`` or ``mrkdwn`` with 1 to ``high`` characters."""
    allowed = kinds or ("plain_text", "mrkdwn")
    members = {
        "plain_text": shape({"text": string(high, 1)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(high, 1)}, {"verbatim": boolean}),
    }
    return typed({kind: members[kind] for kind in allowed})


def plain(high: int) -> Check:
    """A ``plain_text`` object."""
    return text_object(high, "plain_text")


def unique(name: str, message: str) -> Check:
    """In an array of objects, no two with the same ``name``."""

    def check(value: object, pointer: str, report: Report) -> None:
        seen: set[str] = set()
        items = value if wire.is_array(value) else ()
        for index, item in enumerate(items):
            label = wire.text(item, name) if wire.is_object(item) else ""
            if label and label in seen:
                report.add(f"{pointer}/{index}/{name}", message)
            seen.add(label)

    return check
