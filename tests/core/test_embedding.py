"""The pages that can be embedded, and where they stand."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import embedding
from bot.core.embedding import PATHS, Kind

WISDOM = "https://acme.wisdom.example"
OWN = "https://bi.example"


@pytest.mark.parametrize(
    ("kind", "target", "message", "address"),
    [
        (Kind.SEARCH, "", "", "/embed/search"),
        (Kind.DASHBOARDS, "", "", "/embed/dashboards"),
        (Kind.DASHBOARD, "d 1", "", "/embed/dashboards/d%201"),
        (Kind.CHAT, "c-1", "", "/embed/chat/c-1"),
        (Kind.CHAT, "c-1", "m&1", "/embed/chat/c-1?messageid=m%261"),
    ],
)
def test_each_page_stands_where_the_vendor_says(kind: Kind, target: str, message: str, address: str) -> None:
    """The present forms, with ids that stay in their places."""
    assert embedding.frame(WISDOM, kind, (), target=target, message=message) == WISDOM + address


def test_an_older_tenant_has_other_addresses() -> None:
    """What is set goes before the usual form, of that page alone."""
    paths = embedding.check_paths((("chat", "/chat/embed/{id}?view=1"),))
    assert embedding.frame(WISDOM, Kind.CHAT, paths, target="c-1", message="m") == (
        f"{WISDOM}/chat/embed/c-1?view=1&messageid=m"
    )
    assert embedding.frame(WISDOM, Kind.SEARCH, paths) == f"{WISDOM}/embed/search"


@pytest.mark.parametrize(
    ("pair", "sentence"),
    [
        (("story", "/stories/{id}"), "knows no story"),
        (("search", "https://evil.example"), "must be a path"),
        (("search", "//evil.example"), "must be a path"),
        (("search", "/a#b"), "must be a path"),
        (("chat", "/chat/{conversation}"), "must be a path"),
        (("chat", "/chat"), "needs {id} once"),
        (("chat", "/chat/{id}/{id}"), "needs {id} once"),
        (("search", "/search/{id}"), "has no {id}"),
        (("search", "/search?token=t"), "holds no token"),
    ],
)
def test_a_wrong_path_is_refused_with_a_sentence(pair: tuple[str, str], sentence: str) -> None:
    """An admin reads what is wrong about it."""
    with pytest.raises(ValueError, match=sentence):
        embedding.check_paths((pair,))


@given(st.text(min_size=1), st.text())
@example("..", "")
@example("../../login", "x")
def test_our_link_leads_to_our_page_of_that_conversation(conversation: str, message: str) -> None:
    """Whatever the tenant calls them; a conversation that cannot be named in an address has no link."""
    made = embedding.page(OWN, conversation, message)
    if not embedding.is_name(conversation):
        assert made == ""
        return
    parts = urlsplit(urljoin(OWN, made))
    assert f"{parts.scheme}://{parts.netloc}" == OWN
    head, _, last = parts.path.rpartition("/")
    seen = conversation.encode(errors="replace").decode()
    assert (head, unquote(last)) == ("/embed/chat", seen)
    assert parse_qs(parts.query).get("messageid", [""]) == [message.encode(errors="replace").decode()]


@pytest.mark.parametrize(
    "path", [*(form.replace("{id}", "a-1") for form in PATHS.values()), "/embed/search?x=1"]
)
def test_our_own_pages_are_come_back_to(path: str) -> None:
    """With their query."""
    assert embedding.way_back(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "https://evil.example/embed/search",
        "//evil.example/embed/search",
        "/\\evil.example/embed/search",
        "/embed/chat/..",
        "/embed/chat/%2e%2e",
        "/embed/chat/a/b",
        "/embed/sign-out",
        "/embed/sign-in?next=/embed/search",
        "/embed/search\r\nSet-Cookie: a=b",
        "/embed/search#there",
        "\t//evil.example",
        "/embed/chat/" + "a" * 600,
        "javascript:alert(1)",
    ],
)
def test_nobody_is_led_anywhere_else(path: str) -> None:
    """Whatever a link says, one comes to a page of ours."""
    assert embedding.way_back(path) == "/embed/search"


@given(st.text())
def test_the_way_back_is_always_on_our_host(path: str) -> None:
    """As browsers read addresses, too."""
    back = embedding.way_back(path)
    assert back.startswith("/embed/")
    assert urlsplit(urljoin(OWN, back)).netloc == "bi.example"
