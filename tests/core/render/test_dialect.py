"""Markdown written anew for Slack's ``markdown`` blocks."""

import pytest

from bot.core.render import dialect, document
from bot.core.render.text import WORD_JOINER


def _rewritten(text: str) -> str:
    (passage,) = document.passages(text)
    return dialect.rewritten(passage)


@pytest.mark.parametrize(
    "text",
    [
        "# One\n",
        "### Three with **bold**",
        "a *b* _c_ **d** __e__ ~~f~~ `g`",
        "***both***",
        "- a\n- b\n  - c\n    more\n- d",
        "- a\n\n  second paragraph\n\n- b",
        "1. a\n2. b\n   - c",
        "- [ ] open\n- [x] done",
        "> a\n> b\n>\n> c\n>> d",
        "> - a\n>   - b",
        "- > a\n  > b",
        "```sql\nselect 1\n\n  from x\n```",
        "1. run\n   ```sql\n   select 1\n   ```",
        "| a | b |\n|---|--:|\n| 1 | `x` |\n| 3 | |",
        "| a\\|b |\n|:-:|\n| `c\\|d` |",
        "---",
        "``a`b``",
        "`` `a ``",
        "a \\* b \\[c\\] \\`",
        "snake_case and 2 * 3 * 4",
        "&amp;lt; &lt;b&gt;",
    ],
)
def test_what_is_well_written_stays(text: str) -> None:
    """Markdown as people write it comes out as it went in."""
    assert _rewritten(text) == text.rstrip("\n")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Title\n===", "# Title"),
        ("* a\n* b\n\t* c", "- a\n- b\n  - c"),
        ("1) a", "1. a"),
        ("-   a\n    lazy", "- a\n  lazy"),
        ("> a\nlazy one", "> a\n> lazy one"),
        ("~~~sql\nx\n~~~", "```sql\nx\n```"),
        ("~~~\n```\n~~~", "~~~\n```\n~~~"),
        ("```sql title=<!channel>\nx\n```", "```sql\nx\n```"),
        ("a | b | c\n---|---|---\n1 | 2", "|a|b|c|\n|-|-|-|\n|1|2||"),
        ("| a |\n|---|\n| one <br> two |", "| a |\n|---|\n| one two |"),
        ("costs \\$5\\, or so", "costs $5, or so"),
        ("&#42;a&#42; &copy;", "\\*a\\* ©"),
        ("&#8238;x", "x"),
        ("one<br><br>two", "one\ntwo"),
        ("one<br>```\ntwo", f"one\n{WORD_JOINER}```\ntwo"),
        ("&bsol;| x", f"\\\\{WORD_JOINER}| x"),
        ("a\\\nb", "a\nb"),
        ("[a\\]b](https://a.b)", "[a\\]b (a.b)](https://a.b)"),
        ("[**a** `b`](https://a.b)", "[**a** `b` (a.b)](https://a.b)"),
        ("[a](<https://a.b/c d(e>)", "[a (a.b)](https://a.b/c%20d%28e)"),
        ("[https://bank.example](https://evil.example)", "https://bank.example (https://evil.example)"),
        ("[](https://a.b)", "https://a.b"),
        ("<https://a.b/[x](javascript:y)>", "https://a.b/%5Bx%5D(javascript:y)"),
        ("<a@b.example>", "a@b.example"),
        ("<foo:`*b*`>", "foo:\\`\\*b\\*\\`"),
        ("<https://a.b|`c*>", "\\`c\\* (https://a.b)"),
        ("![**a** chart](x.png)", "**a** chart"),
        ("a ![](x.png) b", "a  b"),
        ("][(javascript:x)](y)", f"]{WORD_JOINER}(javascript:x)"),
        ("!![](x)[a](https://a.b)", f"!{WORD_JOINER}[a (a.b)](https://a.b)"),
        ("[see a.b](https://a.b/c)", "[see a.b](https://a.b/c)"),
        ("[wiki](https://" + "a" * 61 + ".b/c)", "wiki (https://" + "a" * 61 + ".b/c)"),
        ("[wiki](https://a_b.c)", "wiki (https://a_b.c)"),
        ("[bank](https://b\u0430nk.example)", "[bank (xn--bnk-6cd.example)](https://b\u0430nk.example)"),
        ("https://bank.example@evil.example/", f"https:{WORD_JOINER}//bank.example@evil.example/"),
        ("[a](java script:x)", f"[a]{WORD_JOINER}(java script:x)"),
        ("@&#104;ere", f"@{WORD_JOINER}here"),
        ("`<@U1>`", f"`<{WORD_JOINER}@U1>`"),
    ],
)
def test_the_rest_is_brought_into_form(written: str, shown: str) -> None:
    """Other ways of writing the same are made one, and what would be live is not."""
    assert _rewritten(written) == shown


def test_what_cannot_be_read_is_shown_as_written() -> None:
    """Where reading would lose words, the source stands there, with nothing live in it."""
    assert _rewritten("| a |\n|---|\n| <@U1> | [x](y) |") == (
        f"| a |\n|---|\n| &lt;@U1&gt; | [x]{WORD_JOINER}(y) |"
    )
    assert _rewritten("> " * 30 + "```") == "&gt; " * 30 + "'''"
