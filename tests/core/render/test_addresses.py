"""Which addresses may be linked, and under which label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import addresses


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.b/c?d=1&e=2#f", "https://a.b/c?d=1&e=2#f"),
        ("HTTP://a.b", "HTTP://a.b"),
        ("https://a.b/c d|e<f>", "https://a.b/c%20d%7Ce%3Cf%3E"),
        ("https://a.b/@here", "https://a.b/%40here"),
        ("https://a.b/é", "https://a.b/é"),
        ("https://bank.example@evil.example/", ""),
        ("https://bank.example\\@evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("https:", ""),
        ("https://", ""),
        ("https://[x", ""),
        ("//a.b", ""),
        (" https://a.b", ""),
    ],
)
def test_web(written: str, address: str) -> None:
    """Only addresses of the web are linked, without anything that ends them early."""
    assert addresses.web(written) == address


@given(text=st.text(st.characters() | st.sampled_from("<>|@[]() \\/:")))
def test_web_never_fails(text: str) -> None:
    """Whatever follows the scheme, an address is whole or none."""
    address = addresses.web(f"https://{text}")
    assert not set(address) & set('<>|[]` \n"\\')


@pytest.mark.parametrize(
    ("address", "fit"),
    [
        ("https://a.b/w_(y)", "https://a.b/w_(y)"),
        ("https://a.b/(", "https://a.b/%28"),
        ("https://a.b/)(", "https://a.b/%29%28"),
    ],
)
def test_in_parentheses(address: str, fit: str) -> None:
    """Parentheses that are not balanced would end a link early."""
    assert addresses.in_parentheses(address) == fit


@pytest.mark.parametrize(
    ("label", "address"),
    [
        ("docs", "https://a.b"),
        ("the 2.5 release", "https://a.b"),
        ("https://a.b/x", "https://a.b/y"),
        ("a.example", "https://www.a.example/x"),
        ("www.a.example", "https://a.example"),
        ("a.example", "https://docs.a.example"),
        ("me@a.example", "https://a.example"),
    ],
)
def test_honest(label: str, address: str) -> None:
    """A label of words, or one that names its own host, may stand before an address."""
    assert addresses.honest(label, address)


@pytest.mark.parametrize(
    "label",
    [
        "https://bank.example",
        "bank.example",
        "bank.example/login",
        "go to https://bank.example now",
        "WWW.bank.example",
        "ｂank．example",
        "bank\u200b.example",
        "https://evil.example@bank.example",
        "https://evil.example.bank.example",
        "ftp://bank.example",
    ],
)
def test_dishonest(label: str) -> None:
    """A label that names another host than its own is found out, also behind look-alike letters."""
    assert not addresses.honest(label, "https://evil.example/x")


def test_host() -> None:
    """The host is read as a browser reads it; what has none is no reason to fail."""
    assert addresses.host("https://A.b:80/c") == "a.b"
    assert not addresses.host("https://[")


def test_a_host_is_shown_in_the_letters_of_the_network() -> None:
    """What is drawn like another host is spelled out; what is none, or is too long for it, is not shown."""
    assert addresses.host("https://b\u0430nk.example/") == "xn--bnk-6cd.example"
    assert addresses.shown_host("https://A.example:80/c") == "a.example"
    assert not addresses.shown_host(f"https://{'a' * 61}.example")
    assert not addresses.shown_host("https://a_b.example")
    assert not addresses.host("https://" + "\u00e9" * 70 + ".example")


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("a.example", True),
        ("https://a.example/x", True),
        ("see a.example", True),
        ("docs (a.example)", True),
        ("docs", False),
        ("example", False),
        ("a.example.evil.example", False),
        ("me@a.example", False),
        ("not-a.example", False),
        ("https://bank.example and a.example", False),
    ],
)
def test_a_label_tells_its_host(label: str, *, said: bool) -> None:
    """Only the host itself will do, not a part of it, not a longer one, and no other one beside it."""
    assert addresses.tells(label, "https://a.example/x") == said
