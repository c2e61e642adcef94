"""Where a conversation stands in WisdomAI's own application."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import links

URL = "https://acme.wisdom.ai"


@pytest.mark.parametrize(
    ("template", "link"),
    [
        ("{url}/chat/{conversation}", "https://acme.wisdom.ai/chat/c-1"),
        ("{url}/c/{conversation}#{message}", "https://acme.wisdom.ai/c/c-1#m-1"),
        ("https://bi.example/x?c={conversation}", "https://bi.example/x?c=c-1"),
        ("", ""),
    ],
)
def test_a_template_is_filled_in(template: str, link: str) -> None:
    """The setting says what the address looks like; empty, there is none."""
    made = links.conversation_link(links.check(template), url=URL, conversation="c-1", message="m-1")
    assert made == link


def test_what_is_not_known_makes_no_link() -> None:
    """A link that leads nowhere is worse than none."""
    assert not links.conversation_link("{url}/chat/{conversation}", url=URL, conversation="")
    assert not links.conversation_link("{url}/{conversation}/{message}", url=URL, conversation="c-1")


@given(st.text(min_size=1))
def test_an_id_stays_in_its_place(conversation: str) -> None:
    """Whatever the tenant calls a conversation, the link leads to the tenant's own host and path."""
    made = links.conversation_link("{url}/chat/{conversation}", url=URL, conversation=conversation)
    parts = urlsplit(made)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "acme.wisdom.ai", "", "")
    assert unquote(parts.path.removeprefix("/chat/")) == conversation
    assert not set(made) & set("<>| \n")


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{url}/{chat}", "{chat} is not known"),
        ("{url.__class__}", "is not known"),
        ("{url}/{}", "{} is not known"),
        ("{url}/{conversation", "brace"),
        ("javascript:alert({conversation})", "web address"),
        ("chat/{conversation}", "web address"),
        ("{url}/a b", "web address"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused(template: str, reason: str) -> None:
    """An admin reads what is wrong with it."""
    with pytest.raises(ValueError, match=reason):
        links.check(template)
