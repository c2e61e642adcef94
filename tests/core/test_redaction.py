"""What must not stand in a log."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.redaction import MASK, Redactor

KEY = 'wk/9f+8e"7d ü6c'
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g"

BARE = Redactor()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("token xoxb-12-34-abCD refused", "token [redacted] refused"),
        ("xoxe.xoxp-1-Mi0yLTEyMw and xoxe-1-My0xLTEyMw", "[redacted] and [redacted]"),
        ("xapp-1-A012-345-deadbeef", "[redacted]"),
        (f"got {JWT}, used it", "got [redacted], used it"),
        (f"cut: {JWT[:30]}", "cut: [redacted]"),
        ("Authorization: Bearer abc", "Authorization: Bearer [redacted]"),
        ("{'Authorization': 'Bearer abcdef'}", "{'Authorization': '[redacted]'}"),
        ("Basic dXNlcjpwYXNzd29yZA==", "Basic [redacted]"),
        ("pat-a1b2c3d4e5", "[redacted]"),
        ("from Ada.Lovelace+x@mail.example.co.uk.", "from [redacted]."),
        ("?email=ada%40example.com&x=1", "?email=[redacted]&x=1"),
        ("<mailto:ada@example.com|ada@example.com>", "<mailto:[redacted]|[redacted]>"),
        ("(https://hooks.slack.com/actions/T1/2/abc)", "(https://hooks.slack.com/[redacted])"),
        (r'"https:\/\/hooks.slack.com\/commands\/T1\/2"', r'"https:\/\/hooks.slack.com\/[redacted]"'),
        ("PUT https://files.slack.com/upload/v1/ABC", "PUT https://files.slack.com/upload/[redacted]"),
        ("http://127.0.0.1:80/upload/s3cret", "http://127.0.0.1:80/upload/[redacted]"),
        ("wss://w.slack.com/link/?ticket=1-2&app_id=A1", "wss://w.slack.com/link/?ticket=[redacted]&app_id=A1"),
        ("redis://:p@ss:word@cache:6379/0", "redis://[redacted]@cache:6379/0"),
        ("https://user:secret@example.com/a", "https://[redacted]@example.com/a"),
        ('{"accessToken": "a b.c", "id": 7}', '{"accessToken": "[redacted]", "id": 7}'),
        (r"{\"access_key\": \"a\/b\", \"id\": 7}", r"{\"access_key\": \"[redacted]\", \"id\": 7}"),
        ('exchange(accessToken: "abc") { ok }', 'exchange(accessToken: "[redacted]") { ok }'),
        ("WISDOM_ACCESS_KEY=abc; run", "WISDOM_ACCESS_KEY=[redacted]; run"),
        ('{"response_url": "http://127.0.0.1/x/y"}', '{"response_url": "[redacted]"}'),
    ],
)  # fmt: skip
def test_credentials_are_known_by_their_looks(text: str, left: str) -> None:
    """What looks like a credential or an e-mail address goes, and nothing beside it."""
    assert BARE.clean(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Turn 3fa85f64: done in 6.2 s, Findings(mode='increments', unit=None, splits=0)",
        "Turn 9b1deb4d failed: KeyRefused: WebSocket handshake: HTTP 401",
        "WisdomAI refuses WISDOM_ACCESS_KEY: it is wrong, expired or revoked.",
        "SLACK_BOT_TOKEN: must begin with xoxb-",
        "basic authentication failed, bearer token refused, authorization: refused by Slack",
        "token=None, password=true, 'secret': null, accessToken: $accessToken",
        "chat.update: msg_too_long, [json-pointer:/blocks/0/text]",
        "Connected to https://acme.wisdom.ai/graphql and wss://acme.wisdom.ai/graphql as wisdom",
        "<@U0123> asked in <#C1|sales>: pkg@1.2, @here, a@b, compat-2026-11-28, eyJ",
        'File "/srv/app/bot/answering.py", line 91, in Answering._ask',
        "tokens=12, cookies: 3",
        "",
    ],
)
def test_other_lines_stay_as_they_are(text: str) -> None:
    """Ordinary lines of the log, with words that are close to secrets, come back unchanged."""
    assert Redactor([KEY, "xoxb-1-2-abc"]).clean(text) == text


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        quote(KEY, safe=""),
        quote(KEY),
        quote_plus(KEY),
        json.dumps(KEY)[1:-1],
        json.dumps(KEY, ensure_ascii=False)[1:-1],
        *(b64encode(b"u" * count + b":" + KEY.encode() + b":p").decode() for count in range(3)),
    ],
)
def test_a_given_secret_is_found_in_each_of_its_forms(form: str) -> None:
    """A secret is recognised when an address, JSON or basic authentication quotes it."""
    cleaned = Redactor([KEY]).clean(f"<{form}>")
    assert MASK in cleaned
    assert KEY not in cleaned
    assert form not in cleaned


def test_the_longest_secret_goes_first() -> None:
    """Of two secrets of which one is part of the other no piece is left."""
    assert Redactor(["abcdef", "abcdef-123456"]).clean("x abcdef-123456 y") == f"x {MASK} y"


def test_words_are_no_secrets() -> None:
    """A secret that is empty or a few letters long would take every line apart, so it is not looked for."""
    assert Redactor(["", "  ", "on"]).clean("one connection") == "one connection"


_anything = st.text(st.characters(codec="utf-8"))
_token = st.from_regex(r"[A-Za-z0-9_-]{16,40}", fullmatch=True)


@given(_anything, st.text(st.characters(codec="utf-8", min_codepoint=33), min_size=6), _anything)
def test_a_given_secret_never_survives(before: str, secret: str, after: str) -> None:
    """Wherever a secret is put, it is not in what comes out."""
    secret = secret.strip()
    text = before + secret + after
    if len(secret) >= 6 and secret not in MASK:
        assert secret not in Redactor([secret]).clean(text)


@pytest.mark.parametrize(
    "template",
    [
        "xoxb-{}", "xapp-1-{}", "eyJ{}.{}.{}", "Authorization: Bearer {}", "bearer {}", '"accessToken": "{}"',
        "https://hooks.slack.com/services/{}", "wss://example.com/link/?ticket={}", "redis://:{}@cache/0",
        r"{{\"ticket\":\"{}\"}}", "{}@example.com",
    ],
)  # fmt: skip
@given(before=_anything, token=_token, after=_anything)
def test_a_credential_never_survives(template: str, before: str, token: str, after: str) -> None:
    """Whatever stands around a credential, it is not in what comes out."""
    cleaned = BARE.clean(f"{before} {template.replace('{}', token)} {after}")
    assert token not in cleaned or token in before + after


@given(_anything)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """What has been cleaned has nothing left to clean."""
    once = BARE.clean(f"ada@example.com {text} xoxb-123456 token={text}")
    assert BARE.clean(once) == once


@given(st.text(st.characters(codec="utf-8", exclude_characters="@:=%-'\"")))
def test_a_text_without_secrets_is_the_same_text(text: str) -> None:
    """Without the characters that credentials are made with, any text comes back as it is."""
    if "eyJ" not in text and "earer" not in text.lower() and "basic" not in text.lower():
        assert Redactor([KEY]).clean(text) == text


@pytest.mark.parametrize(
    "piece", ["a", "a@", "eyJ", "token ", "://a", "token:\\", "bearer ", "/hooks/", "xox"]
)
def test_long_texts_take_their_length(piece: str) -> None:
    """A text of half a million characters made to be slow is cleaned before the test times out."""
    text = piece * (500_000 // len(piece))
    assert len(BARE.clean(text)) <= len(text) * len(MASK)
