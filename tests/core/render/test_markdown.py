"""Untrusted Markdown in, harmless Markdown out."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core.render import budget, markdown, pieces
from bot.core.render.text import WORD_JOINER, units
from tests.core.render import limits

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
            *("word ", "<br>", "\\", "**", "~~~", "|", "[x]: ", "https://a.b", " "),
        )
    ),
    max_size=40,
).map("".join)

#: What people write around words, of which nothing hides a word as an address would.
MARKUP = st.sampled_from(
    (
        *(
            "*",
            "**",
            "_",
            "~~ ",
            "` ",
            "`` ",
            "[",
            "]",
            "![",
            "<",
            "<b>",
            "</i>",
            "<br>",
            "&",
            "&lt;",
            "&#42;",
            "\\",
        ),
        *("\n", "\n\n", "\n> ", "\n> > ", "\n- ", "\n  - ", "\n2. ", "\n# ", "\n    ", "\n\t", " | ", "|"),
        *("\n---\n", "\n```\n", "\n~~~\n", "\n| a | b |\n|---|---|\n| ", "\n===\n", "[x]: ", "@", "😀"),
        *("\x00", "\u202e", "\ud800"),
    )
)

#: What Slack would act on: a token, or a broadcast.
LIVE = re.compile(rf"{limits.LIVE.pattern}|<https?:", re.IGNORECASE)


def _dead(text: str) -> bool:
    """Nothing Slack would act on; and another reader finds no image, reference, or link but to the web."""
    references: dict[str, object] = {}
    tokens = (
        MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).parse(text, references)
    )
    runs = [run for token in tokens for run in token.children or ()]
    links = [str(run.attrs["href"]) for run in runs if run.type == "link_open"]
    return not (
        LIVE.search(text)
        or references.get("references")
        or "image" in {run.type for run in runs}
        or any(not re.match("https?://|mailto:", link, re.IGNORECASE) for link in links)
    )


def _in_order(words: list[str], text: str) -> bool:
    position = 0
    for word in words:
        position = text.find(word, position) + len(word)
        if position < len(word):
            return False
    return True


@given(text=HOSTILE)
@example("[x]: @here")
@example("[x]: http://a.b\n\n[x]")
@example("[``x]: ``")
@example("!![](x)[a](https://a.b)")
@example("][(javascript:x)](y)")
@example("<https://a.b/[x](javascript:y)>")
def test_nothing_live_survives(text: str) -> None:
    """However Markdown is mixed, no mention, broadcast, image or Slack link comes out alive."""
    assert _dead(markdown.safe(text))
    assert _dead(markdown.safe(markdown.settled(text)))
    assert not LIVE.search(markdown.plain(text, 4000))
    assert not any(LIVE.search(section) for section in markdown.sections(text))


@given(text=HOSTILE)
def test_safe_is_stable(text: str) -> None:
    """Making a text safe a second time finds nothing live to change."""
    assert _dead(markdown.safe(markdown.safe(text)))


@given(markup=st.lists(MARKUP, max_size=30))
def test_words_are_kept(markup: list[str]) -> None:
    """Every word is there in its order, in each of the forms."""
    words = [f"w{number}w" for number in range(len(markup))]
    text = "".join(word + mark for word, mark in zip(words, markup, strict=True))
    assert _in_order(words, markdown.safe(text))
    assert _in_order(words, markdown.plain(text, 4000))
    assert _in_order(words, " ".join(markdown.sections(text)))


@given(text=HOSTILE, times=st.integers(1, 4))
def test_safe_keeps_its_length(text: str, times: int) -> None:
    """Made safe, a text is as long as planning expects at most; what closes its code block comes on top."""
    behind = len("\n" + "`" * 20)
    assert units(markdown.safe(text * times)) <= pieces.weight(text * times) + behind


@given(text=HOSTILE)
def test_code_is_closed(text: str) -> None:
    """No form leaves a code block open, and none opens one that the next line does not know of."""
    marker = ""
    for line in markdown.safe(text).split("\n"):
        if marker and markdown.closes_fence(line.lstrip("> "), marker):
            marker = ""
        else:
            marker = marker or markdown.fence_marker(line)
    assert not marker
    for form in (markdown.plain(text, 100), *markdown.sections(text)):
        assert form.count("```") % 2 == 0


@given(text=HOSTILE, limit=st.integers(0, 200))
def test_plain_keeps_its_bytes(text: str, limit: int) -> None:
    """The top-level text keeps its limit in bytes, and is cut in no escaped character."""
    plain = markdown.plain(text * 5, limit)
    assert len(plain.encode()) <= limit
    assert plain.count("&") == len(re.findall("&(?:amp|lt|gt);", plain))


@given(text=HOSTILE, times=st.integers(1, 300))
@settings(max_examples=25)
def test_sections_fit(text: str, times: int) -> None:
    """Every section keeps its limit and says something."""
    for section in markdown.sections(text * times):
        assert section.strip()
        assert units(section) <= budget.SECTION_CHARS


def test_sections_say_everything() -> None:
    """A long answer comes in order, its code in code, its table in lines, nothing left out."""
    words = [f"w{number}w" for number in range(2000)]
    code = "\n".join(words[1000:])
    sections = markdown.sections(f"# {words[0]}\n\n{' & '.join(words[1:1000])}\n\n```sql\n{code}\n```")
    assert len(sections) > 5
    assert _in_order(words, " ".join(sections))
    assert sections[-1].startswith("```w")
    assert sections[-1].endswith("w1999w```")


@given(text=HOSTILE)
def test_settled_never_fails(text: str) -> None:
    """Any prefix of any text can be settled, and grows by no more than what closes it."""
    assert len(markdown.settled(text)) <= len(text) + 9


@pytest.mark.parametrize(
    "text",
    [
        *(
            "[",
            "![",
            "<",
            "`",
            "*a ",
            "_*",
            "**a ",
            "~~a ",
            "> ",
            "- ",
            "|",
            "&",
            "\\",
            "](",
            "[a](",
            "<http:",
            "# ",
        ),
        *(
            "-\t",
            "\n",
            "[a](<",
            '[a](b "',
            "> a\n",
            "- a\n",
            "1. a\n",
            "|a|b\n-|-\n",
            "```\n",
            "*_~~`[!<&\\",
            "@here ",
        ),
        *("e\u0301\u0302\u0303", "\u202e\u2066", "\x00", "\ud800", "😀", "x", "[!["),
        *(
            "`" * 7 + "a",
            "> " * 20 + "a\n" * 4000,
            "|a" * 70 + "\n" + "|-" * 70 + "\n" + "x\n" * 200 + "y" * 8000,
        ),
    ],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    """The most that a message holds is read in a moment, whatever it is made of."""
    text = (text * budget.PROSE_CHARS)[: budget.PROSE_CHARS]
    start = time.process_time()
    assert isinstance(markdown.safe(text), str)
    assert isinstance(markdown.settled(text), str)
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and a list\n- one", "**bold** and a list\n- one"),
        ("a < b & c > d", "a &lt; b & c &gt; d"),
        ("> quoted\n>> twice", "> quoted\n>> twice"),
        ("[docs](https://a.b/c?d=1&e=2)", "[docs (a.b)](https://a.b/c?d=1&e=2)"),
        ("[x](https://a.b/w_(y)) end", "[x (a.b)](https://a.b/w_(y)) end"),
        ('[x](https://a.b "title")', "[x (a.b)](https://a.b)"),
        ("[x](javascript:alert(1))", "x"),
        ("[Total?](#ask)", "Total?"),
        ("![chart](https://a.b/c.png)", "chart"),
        ("![chart](data:image/png;base64,AA)", "chart"),
        ("[![i](http://a.b/i.png)](https://a.b)", "[i (a.b)](https://a.b)"),
        ("<https://a.b/c>", "https://a.b/c"),
        ("<https://a.b|label>", "label (https://a.b)"),
        ("[x]: javascript:alert(1)", r"\[x]: javascript:alert(1)"),
        ("one<br>two", "one\ntwo"),
        ("```sql\nselect 1", "```sql\nselect 1\n```"),
        ("# A\ntext\n\n---\n\n- [x] b", "# A\ntext\n\n---\n\n- [x] b"),
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
        ("```\na\n\nb\n```\nsome **bol", "```\na\n\nb\n```\nsome **bol**"),
        ("**bold*", "**bold**"),
        ("**all *of", "**all *of***"),
        ("a `b ** c` **d", "a `b ** c` **d**"),
        ("`a ** [b", "`a ** [b`"),
        ("see **[the do", "see"),
        ("see [x](https://a.b/w_(y", "see "),
        ("see <https://a.b|the do", "see "),
        ("2 * 3 and snake_case", "2 * 3 and snake_case"),
        ("text\n-", "text\n"),
        ("- one\n- ", "- one\n"),
        ("- one\n- [x", "- one\n"),
        ("text\n\n##", "text\n\n"),
        ("It was\n42", "It was\n42"),
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
        ("| a | b |\n|---|---|\n| 1 | 2 |", "```a  b\n-  -\n1  2```"),
        ("```sql\nselect 1\n```", "```select 1```"),
        ("&lt;!channel&gt;", "&lt;!channel&gt;"),
        ("**" + "word " * 9, "**word word…"),
    ],
)
def test_plain(written: str, shown: str) -> None:
    """The top-level text reads well without Markdown."""
    assert markdown.plain(written, 22 if written.startswith("**w") else 4000) == shown
