"""Rows as nobody wants them: names, notes and numbers that break careless tables and messages."""

from __future__ import annotations

from bot.model import DisplayFormat, Domain
from bot.sandbox.tenant.domains import SALES, Field, Role, Subject
from bot.sandbox.tenant.reply import Aggregate, Metric, Sort

_LONG = "A name that does not know when to end, and goes on and on " * 4
#: id, name, note, amount, digits.
ODDITIES = (
    (1, "<!channel> everybody", "<!here> <@U00000000> <#C00000000>", 1234.5, "9007199254740993"),
    (2, '=HYPERLINK("https://evil.example","Click")', "+1+1", -1234.5, "00012345"),
    (3, "🚀 Rocket & <Sons> 👩‍👩‍👧‍👦", "@SUM(A1:A9)", 0.0, "123456789012345678901234567890"),
    (4, "שלום עולם", "مرحبا بالعالم", None, "0"),
    (5, "株式会社サンプル", "测试 – 한국어", 1e-9, "-42"),
    (6, _LONG[:200], '|pipes|, "quotes" and\nlines\ttabs', 9.99e15, "1e5"),
    (7, "", "", 0.1, "007"),
    (8, "Z͑ͫ̓a̴̵l̷g̸o̶ t̶e̷x̸t̵", "\u202egnirts desrever\u202c", -0.0, "3.14159265358979323846"),
    (
        9,
        "*bold* _italic_ ~gone~ `code` ```fence",
        "[link](https://example.com/a|b) <https://example.com|x>",
        1.0,
        "1",
    ),
    (10, "null", None, 12.0, "NaN"),
    (11, "O'Brien; DROP TABLE oddities;--", "$x$ and $$y$$", 1_000_000_000.0, "Infinity"),
    (12, " leading and trailing ", "\u200bzero\u200bwidth\ufeff", 42.0, "+7"),
)


def oddities() -> Subject:
    """The rows as a subject of the sales domain; nobody asks for it by its words, a command lists it."""
    return Subject(
        domain=Domain(SALES, "Sales pipeline", "Rows with names that are hard to show."),
        source="oddities AS o",
        joins=(),
        noun="oddity",
        nouns="oddities",
        noun_words=(),
        row="name",
        time="",
        fields=_fields(),
        values=(),
        measures=(),
        metric=Metric("amount", Aggregate.SUM),
        ranking=Metric("amount", Aggregate.SUM),
        worth=None,
        columns=("number", "name", "note", "amount", "digits"),
        listing=Sort("number", descending=False),
        chapters=(),
        examples=(),
    )


def _fields() -> tuple[Field, ...]:
    money, unknown = DisplayFormat.NUMBER_CURRENCY_USD, DisplayFormat.DISPLAY_FORMAT_UNKNOWN
    rows = (
        ("name", "Name", Role.DIMENSION, "o.name", unknown, "VARCHAR"),
        ("note", "Note", Role.DIMENSION, "o.note", unknown, "VARCHAR"),
        ("digits", "Digits", Role.DIMENSION, "o.big", unknown, "VARCHAR"),
        ("amount", "Amount", Role.MEASURE, "o.amount", money, "DOUBLE"),
        ("number", "Number", Role.DIMENSION, "o.id", DisplayFormat.NUMBER_INTEGER, "INT64"),
    )
    return tuple(
        Field(key, label, role, sql, (), "oddities", format=display, data_type=kind)
        for key, label, role, sql, display, kind in rows
    )
