"""Small pieces of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import text

ANY = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" &<>😀\ud83d@")), max_size=300)


@given(value=ANY, limit=st.integers(1, 100))
def test_shortened_text_fits(value: str, limit: int) -> None:
    """A shortened text keeps its limit in UTF-16 units, and is untouched when it fits."""
    short = text.shorten(value, limit)
    assert text.units(short) <= limit
    assert short == value or short.endswith("…")


@given(value=ANY, limit=st.integers(0, 100))
def test_shortened_bytes_fit(value: str, limit: int) -> None:
    """A text shortened to bytes keeps its limit, and no escaped character is cut in half."""
    short = text.shorten_bytes(text.escape(value), limit)
    assert len(short.encode()) <= limit
    bare = short.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "&" not in bare


@given(value=ANY)
def test_escaped_text_has_no_token(value: str) -> None:
    """Nothing that Slack would read as a mention survives, and the result can be sent as UTF-8."""
    escaped = text.escape(value + " <!here> @channel")
    assert "<" not in escaped
    assert "@channel" not in escaped
    assert escaped.encode()


def test_shortens_at_a_word() -> None:
    """The ellipsis stands after a whole word."""
    assert text.shorten("expected revenue by region", 20) == "expected revenue…"


def test_line_joins_what_was_broken() -> None:
    """Untrusted text becomes one line without control characters."""
    assert text.line(" a\r\nb\x00\t c\u202e ", 80) == "a b c"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.com/a?b=1&c=2", True),
        ("HTTP://example.com", True),
        ("javascript:alert(1)", False),
        ("slack://user", False),
        ("https://a b", False),
        ("https://a|b", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_linked(url: str, kept: bool) -> None:  # noqa: FBT001  # a column of the table
    """Only http and https are addresses that may be linked."""
    assert bool(text.web_address(url)) is kept
