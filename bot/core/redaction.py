"""Takes out of a text what must not stand in a log: the last line of defence, behind not writing it at all.

Two things go. The secrets that the process was given, wherever they stand, also inside of an address, of JSON
or of Base64. And what looks like a credential, whoever made it: tokens of Slack, JWTs (so every token that a
tenant hands out), bearer and basic credentials, ``pat-`` tokens, addresses that let their holder post or
upload (``response_url``, upload addresses, tickets of WebSockets), passwords in addresses, what stands behind
a telling name (``accessToken``), and e-mail addresses.

A text without any of these comes back as it is. Most texts have none, so a look for a few letters comes
before each pattern.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

MASK = "[redacted]"

#: A shorter secret is none, and looking for it would take words apart.
_SHORTEST = 6

#: Ends of names whose values are secret, and letters that each of them has.
_NAMES = (
    r"(?:token|secret|password|passwd|ticket|jwt|cookie|authorization|api[_-]?key|access[_-]?key"
    r"|(?:response|upload|webhook)_url)"
)
_IN_NAMES = ("token", "secret", "passw", "ticket", "jwt", "cookie", "authoriz", "api", "access", "_url")
#: What is no value.
_NOTHING = r"""(?!(?:none|null|true|false)(?:[\s"'\\,;&)\]}]|\Z))"""
#: The rest of an address; JSON may write its slashes with a backslash.
_REST = r"""(?:[^\s"'<>\\|)}]|\\/)+"""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What to replace, and by what; only in texts that have one of the hints, whatever their case."""

    hints: tuple[str, ...]
    found: re.Pattern[str]
    by: str = MASK


_PATTERNS = (
    # api.slack.com/authentication/token-types; rotated tokens have two prefixes
    _Pattern(
        ("xox", "xapp-", "xwfp-"), re.compile(r"x(?:ox[a-z](?:\.xox[a-z])?|app|wfp)-[\w%-]{3,}", re.ASCII)
    ),
    # RFC 7519: a header that is a JSON object, in Base64
    _Pattern(("eyj",), re.compile(r"eyJ[\w+/=-]{8,}(?:\.[\w+/=-]+)*", re.ASCII)),
    _Pattern(("pat-",), re.compile(r"(?<![A-Za-z])pat-(?=[\w-]*\d)[\w-]{6,}", re.ASCII)),
    _Pattern(
        ("authorization",),
        re.compile(rf"(authorization\s*[:=]\s*(?:bearer|basic|digest|token)\s+){_REST}", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    # RFC 6750, RFC 7617; "basic authentication" is neither
    _Pattern(
        ("bearer", "basic"),
        re.compile(r"\b((?:bearer|basic)\s+)(?=\S*\d|\S{16})[\w.~+/=:%-]{6,}", re.ASCII | re.IGNORECASE),
        rf"\1{MASK}",
    ),
    _Pattern(
        ("hooks.slack", "files.slack", "/hooks/", "/upload/"),
        re.compile(
            rf"((?:(?:hooks|files)\.slack[\w.-]*|//[^\s/]+/(?:hooks|upload))\\?/){_REST}",
            re.ASCII | re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    _Pattern(("://",), re.compile(r"""://[^\s/?#"'<>\\]*@"""), f"://{MASK}@"),
    # "accessToken": "…", token='…', {\"ticket\": \"…\"}
    _Pattern(
        _IN_NAMES,
        re.compile(rf"""({_NAMES}\\*["']?\s*[:=]\s*\\*["']){_NOTHING}(?:[^"'\\]|\\[^"'])+""", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    # ?ticket=…
    _Pattern(
        _IN_NAMES,
        re.compile(rf"""({_NAMES}=){_NOTHING}[^\s"'<>\\|&,;)}}]+""", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    _Pattern(("@",), re.compile(r"(?<![\w.%+-])[\w.%+-]++@(?:[\w-]+\.)+[^\W\d_][\w-]+")),
    _Pattern(("%40",), re.compile(r"(?<![\w.+-])[\w.+-]++%40(?:[\w-]+\.)+[^\W\d_][\w-]+")),
)


class Redactor:
    """Replaces these secrets, and what looks like one, by ``[redacted]``."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets for form in _forms(secret.strip())}
        #: The longest first: one may be part of another.
        self._known = tuple(sorted(known, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """The text without secrets; the very same text where it has none."""
        for secret in self._known:
            if secret in text:
                text = text.replace(secret, MASK)
        lower = text.lower()
        for pattern in _PATTERNS:
            if any(hint in lower for hint in pattern.hints):
                text = pattern.found.sub(pattern.by, text)
        return text


def _forms(secret: str) -> Iterator[str]:
    """What a secret looks like where texts quote it."""
    if len(secret) < _SHORTEST:
        return
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield from _in_base64(secret.encode("utf-8", "replace"))


def _in_base64(secret: bytes) -> Iterator[str]:
    """The secret inside of something longer: what its own bytes decide, at each of the three offsets."""
    for offset, shared in enumerate((0, 2, 3)):  # so many characters hold bits of what stands before it
        padded = b"\0" * offset + secret
        whole = len(padded) // 3 * 4
        for encode in (b64encode, urlsafe_b64encode):
            inside = encode(padded).decode()[shared:whole]
            if len(inside) >= _SHORTEST:
                yield inside
