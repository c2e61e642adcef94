from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.followups import split

CASES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a list with its introduction": (
        "Revenue grew.\n\n**Suggested follow-ups:**\n- [What drove it?](#ask)\n- [By region?](#ask)\n",
        "Revenue grew.",
        ("What drove it?", "By region?"),
    ),
    "a numbered list in the middle": (
        "Revenue grew.\n\nYou could also ask:\n\n1. [Why?](#ask)\n2. [Where?](#ask)\n\nData is from May.",
        "Revenue grew.\n\nData is from May.",
        ("Why?", "Where?"),
    ),
    "a heading": ("Text\n\n### Follow-up questions\n* [Why?](#ask)", "Text", ("Why?",)),
    "links in a row": ("Text\n\n[Why?](#ask) | [Where?](#ask)", "Text", ("Why?", "Where?")),
    "links in a sentence": ("You could also ask [Why?](#ask), [Where?](#ask) or [When?](#ask).", "", ()),
    "a link within prose": ("It fell [Why?](#ask) in May.", "It fell in May.", ("Why?",)),
    "each question once": ("[Why?](#ask)\n[Where?](#ask)\n[Why?](#ask)", "", ("Why?", "Where?")),
    "a title": ('[Why?](#ask "Ask this")', "", ("Why?",)),
    "a query": ("[Why?](#ask?id=7&x=y)", "", ("Why?",)),
    "upper case": ("[Why?](#ASK)", "", ("Why?",)),
    "angle brackets": ("[Why?](<#ask>)", "", ("Why?",)),
    "markup in the question": (
        "- [**Why** is `a_b` in \\[EMEA\\] low?](#ask)",
        "",
        ("Why is a_b in [EMEA] low?",),
    ),
    "brackets in the question": ("- [Why [EMEA]?](#ask)", "", ("Why [EMEA]?",)),
    "an emoji for a bullet": ("Text\n💡 [Why?](#ask)", "Text", ("Why?",)),
    "bold around the link": ("Text\n- **[Why?](#ask)**", "Text", ("Why?",)),
    "an empty question": ("Text [](#ask)", "Text", ()),
}
CASES["links in a sentence"] = (*CASES["links in a sentence"][:2], ("Why?", "Where?", "When?"))


@pytest.mark.parametrize(("markdown", "prose", "questions"), CASES.values(), ids=CASES.keys())
def test_questions_are_taken_out(markdown: str, prose: str, questions: tuple[str, ...]) -> None:
    """The questions come out in order, and what only served them goes too."""
    assert split(markdown) == (prose, questions)


@pytest.mark.parametrize(
    "markdown",
    [
        "[docs](https://example.com/#ask)",
        "[asking](#asking)",
        "[section](#results)",
        "`[Why?](#ask)`",
        "```\n[Why?](#ask)\n```",
        "~~~md\n- [Why?](#ask)\n~~~\n",
        "```sql\nSELECT '[Why?](#ask)'",
        "\\[Why?](#ask)",
        "You could also ask:\n- nothing",
        "a  b \n\n\n c\n",
        "",
    ],
)
def test_everything_else_stays(markdown: str) -> None:
    """Other links, code and plain text come back exactly as they were."""
    assert split(markdown) == (markdown, ())


def test_a_statement_before_the_list_stays() -> None:
    """A line that says something is kept, also where it is bold and stands right above the questions."""
    prose = "**Revenue rose to 5 M:**"
    assert split(f"{prose}\n- [Why?](#ask)") == (prose, ("Why?",))
    assert split("Revenue rose strongly: [Why?](#ask)")[0] == "Revenue rose strongly:"


def test_code_on_one_line_opens_no_fence() -> None:
    """Three backticks that close on their line do not hide the questions below."""
    assert split("```x```\n[Why?](#ask)") == ("```x```", ("Why?",))


@pytest.mark.parametrize(
    ("arrived", "shown"),
    [
        ("Text\n- [What is the", "Text"),
        ("Text\n- [Why?]", "Text"),
        ("Text\n- [Why?](", "Text"),
        ("Text\n- [Why?](#as", "Text"),
        ('Text\n- [Why?](#ask "ti', "Text"),
        ("Text [Why [EM", "Text "),
        ("Text [docs](htt", "Text [docs](htt"),
        ("Text [docs](#other", "Text [docs](#other"),
        ("Text \\[1, 2", "Text \\[1, 2"),
        ("```\n[Why", "```\n[Why"),
        ("[1, 2\n\nText", "[1, 2\n\nText"),
        ("[" + "x" * 1000, "[" + "x" * 1000),
    ],
)
def test_an_unfinished_link_is_held_back(arrived: str, shown: str) -> None:
    """While the text arrives, what may become a question is not shown; at the end everything is."""
    assert split(arrived, partial=True) == (shown, ())
    assert split(arrived) == (arrived, ())


@settings(deadline=None)
@given(st.integers(0, 200))
def test_no_prefix_flashes(end: int) -> None:
    """However much has arrived, no raw piece of a question's link is to be seen."""
    markdown = (
        "Up [a](https://x.y).\n\n**You could also ask:**\n- [Why up?](#ask)\n2. [Where [EMEA]?](#ask?q=1)\n"
    )
    prose, _ = split(markdown[:end], partial=True)
    assert "[W" not in prose
    assert "#a" not in prose


_words = st.text(st.sampled_from("abc 😀é*_1`\\[]()!"), max_size=12).map(lambda text: f"w{text}w")
_plain_words = st.lists(
    st.sampled_from(["alpha", "b", "[x](https://y.z)", "5.", "`c`"]), min_size=1, max_size=4
)
_links = st.sampled_from(["[Why?](#ask)", "[Where now?](#ASK)", '[So [x]?](#ask?a=1 "t")'])
_bullets = st.sampled_from(["- ", "* ", "1. ", "> ", ""])
_lines = st.one_of(
    _plain_words.map(" ".join),
    st.builds(lambda bullet, link: bullet + link, _bullets, _links),
    st.builds(lambda words, link: f"{' '.join(words)} {link} end", _plain_words, _links),
    st.just(""),
)


@settings(deadline=None)
@given(st.lists(_lines, max_size=8))
def test_no_other_text_is_lost(lines: list[str]) -> None:
    """Whatever is around the questions, every other word stays, in its order."""
    markdown = "\n".join(lines)
    prose, _ = split(markdown)
    expected = markdown
    for link in ("[Why?](#ask)", "[Where now?](#ASK)", '[So [x]?](#ask?a=1 "t")'):
        expected = expected.replace(link, " ")
    bullets = {"-", "*", ">", "1."}
    assert [word for word in prose.split() if word not in bullets] == [
        word for word in expected.split() if word not in bullets
    ]
    assert "#ask" not in prose.lower()


@settings(deadline=None)
@given(st.text(), st.booleans())
def test_any_text_is_read(markdown: str, partial: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    """No text is refused; without questions it comes back, or a beginning of it while it arrives."""
    prose, questions = split(markdown, partial=partial)
    if not questions:
        assert markdown.startswith(prose.rstrip())


@settings(deadline=None)
@given(st.lists(_words, max_size=5))
def test_text_without_questions_is_untouched(words: list[str]) -> None:
    """A text without questions is the same object's text, down to its spaces."""
    markdown = "  ".join(words)
    assert split(markdown) == (markdown, ())
