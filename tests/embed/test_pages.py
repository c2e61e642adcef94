"""The pages, as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.embed import pages
from bot.embed.pages import Host

EVIL = "\"><script>alert(1)</script>'&"


class Parsed(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data

    def by_id(self, name: str) -> dict[str, str | None]:
        return next(attributes for _, attributes in self.found if attributes.get("id") == name)


def page(word: str = "word") -> str:
    return pages.host(Host(word, word, word, word, word, word))


@pytest.mark.parametrize(
    "name",
    ["bar", "who", "reload", "sign-out", "stage", "notice", "notice-text", "notice-ref", "again", "sign-in"],
)
def test_the_script_finds_what_it_knows(name: str) -> None:
    """Each element that the module's docstring lists is there, and the script knows it by that id."""
    assert Parsed(page()).by_id(name) is not None
    assert f"``#{name}``" in (pages.__doc__ or "")


@given(st.text(min_size=1))
def test_no_word_becomes_markup(word: str) -> None:
    """Whatever an address, a path or a sentence holds, the elements are the same."""
    usual = [tag for tag, _ in Parsed(page()).found]
    assert [tag for tag, _ in Parsed(page(word + EVIL)).found] == usual
    told = pages.notice("A sentence.", ref="r", path="/p", sign_in="Sign in")
    evil = pages.notice(word + EVIL, ref=EVIL, path=EVIL, sign_in=EVIL)
    assert [tag for tag, _ in Parsed(evil).found] == [tag for tag, _ in Parsed(told).found]


@pytest.mark.parametrize("text", [page(), pages.notice("A sentence.", ref="r", path="/p", sign_in="Sign in")])
def test_nothing_is_inline(text: str) -> None:
    """The policy forbids it: no handler, no style, no script without a file."""
    for tag, attributes in Parsed(text).found:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert tag != "style"
        assert tag != "script" or attributes["src"] == pages.SCRIPT


def test_a_failure_is_a_sentence_with_its_reference() -> None:
    """And a way to sign in, back to where one was, where that may help."""
    told = Parsed(pages.notice("It broke.", ref="ref-1", path="/embed/chat/a?messageid=b", sign_in="Sign in"))
    assert "It broke." in told.said
    assert "Ref ref-1" in told.said
    assert told.by_id("sign-in")["href"] == "/embed/sign-in?next=%2Fembed%2Fchat%2Fa%3Fmessageid%3Db"
    assert "hidden" not in told.by_id("notice")
    assert 'id="sign-in"' not in pages.notice("It broke.")


def test_the_pages_are_for_phones_too() -> None:
    """They open from Slack there, and in the dark."""
    assert 'name="viewport" content="width=device-width' in page()
    assert re.search(r'name="color-scheme" content="light dark"', page())
