"""Untrusted Markdown in, harmless Markdown out."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.render import markdown
from bot.core.render.text import WORD_JOINER

HOSTILE = st.lists(
    st.sampled_from(
        (
            *(
                "<!channel>",
                "<@U123>",
                "<#C1|x>",
                "<http://evil.example|bank>",
                "@here",
                "@Everyone",
                "`",
                "``",
                "```",
            ),
            *(
                "\n",
                "\n\n",
                "[a](",
                "javascript:x",
                ")",
                "]",
                "![i](http://a.b/c.png)",
                "> ",
                "<",
                ">",
                "&lt;!here&gt;",
            ),
            *("word ", "\\", "**", "~~~", "|", "[x]: ", "https://a.b", " "),
        )
    ),
    max_size=40,
).map("".join)

#: What Slack would act on: a token, or a broadcast.
LIVE = re.compile(r"<[!@#]|<https?:|@(?:here|channel|everyone)\b", re.IGNORECASE)


@given(text=HOSTILE)
@example("[x]: @here")
def test_nothing_live_survives(text: str) -> None:
    """However Markdown is mixed, no mention, broadcast or Slack link comes out alive."""
    assert not LIVE.search(markdown.safe(text))
    assert not LIVE.search(markdown.plain(text, 4000))
    assert "](javascript:" not in markdown.safe(text)


@given(text=HOSTILE)
def test_safe_is_stable(text: str) -> None:
    """Making a text safe a second time finds nothing live to change."""
    assert not LIVE.search(markdown.safe(markdown.safe(text)))


@given(text=HOSTILE, limit=st.integers(20, 200))
def test_plain_keeps_its_bytes(text: str, limit: int) -> None:
    """The top-level text keeps its limit in bytes."""
    assert len(markdown.plain(text * 5, limit).encode()) <= limit


@given(text=HOSTILE)
def test_settled_never_fails(text: str) -> None:
    """Any prefix of any text can be settled."""
    assert isinstance(markdown.settled(text), str)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and a list\n- one", "**bold** and a list\n- one"),
        ("a < b & c > d", "a &lt; b & c &gt; d"),
        ("> quoted\n>> twice", "> quoted\n>> twice"),
        ("[docs](https://a.b/c?d=1&e=2)", "[docs](https://a.b/c?d=1&e=2)"),
        ("[x](https://a.b/w_(y)) end", "[x](https://a.b/w_(y)) end"),
        ('[x](https://a.b "title")', "[x](https://a.b)"),
        ("[x](javascript:alert(1))", "x"),
        ("[Total?](#ask)", "Total?"),
        ("![chart](https://a.b/c.png)", "[chart](https://a.b/c.png)"),
        ("![chart](data:image/png;base64,AA)", "chart"),
        ("[![i](http://a.b/i.png)](https://a.b)", "[i](https://a.b)"),
        ("<https://a.b/c>", "https://a.b/c"),
        ("<https://a.b|label>", "[label](https://a.b)"),
        ("[x]: javascript:alert(1)", r"\[x]: javascript:alert(1)"),
        ("one<br>two", "one two"),
        ("<!channel> hi <@U1>", "&lt;!channel&gt; hi &lt;@U1&gt;"),
        ("ping @here", f"ping @{WORD_JOINER}here"),
        ("mail@hereford.example", "mail@hereford.example"),
        ("`a < b` and <b>", "`a < b` and &lt;b&gt;"),
        ("```sql\nselect 1 < 2\n```", "```sql\nselect 1 < 2\n```"),
        ("```\n<!channel>\n```", f"```\n<{WORD_JOINER}!channel>\n```"),
    ],
)
def test_safe(written: str, shown: str) -> None:
    """Markdown keeps its look and loses its power."""
    assert markdown.safe(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("done.", "done."),
        ("some **bol", "some **bol**"),
        ("some **", "some"),
        ("see [the do", "see "),
        ("see [the docs](https://a", "see "),
        ("code `sel", "code `sel`"),
        ("Table:\n\n| a | b |", "Table:\n\n"),
        ("Table:\n\n| a | b |\n|---|--", "Table:\n\n"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("```sql\nselect **", "```sql\nselect **"),
    ],
)
def test_settled(written: str, shown: str) -> None:
    """What is half open in a running answer is closed or held back."""
    assert markdown.settled(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("## Result\n\n**Sales** grew", "*Result*\n\n*Sales* grew"),
        ("- one\n* two", "• one\n• two"),
        ("[docs](https://a.b) & <b>", "docs &amp; &lt;b&gt;"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a · b\n1 · 2"),
        ("```sql\nselect 1\n```", "```select 1```"),
        ("&lt;!channel&gt;", "&lt;!channel&gt;"),
        ("**" + "word " * 9, "**word word…"),
    ],
)
def test_plain(written: str, shown: str) -> None:
    """The top-level text reads well without Markdown."""
    assert markdown.plain(written, 22 if written.startswith("**w") else 4000) == shown
