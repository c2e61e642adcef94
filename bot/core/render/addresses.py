"""Links as a model wrote them: only web addresses, and labels that do not pretend to be another one."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

# What ends a link's address early in one of Slack's two dialects, or would be read as a broadcast.
_UNFIT = re.compile(
    r"[\s<>|\\`\"\[\]\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069]|@(?=here|channel|everyone|group)",
    re.IGNORECASE,
)
_WEB = re.compile(r"https?://[^/?#@%]+(?:[/?#]|\Z)", re.IGNORECASE)
_LABEL_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:/+|\bwww\.)(?:[^\s/?#@]*@)?([^\s/?#:@()\[\],;|]+)")
_BARE_HOST = re.compile(r"(?:[^\s/?#@]+@)?((?:[\w-]+\.)+[^\W\d_]{2,})(?:[:/?#]\S*)?")


def web(url: str) -> str:
    """The address as it may be linked, or an empty string where it does not lead to the web.

    Spaces, pipes, angle brackets and the like are percent-encoded. An address with a name before its host
    (``https://bank.example@evil.example``) is none: it is written to be misread.
    """
    fit = _UNFIT.sub(lambda found: quote(found[0], safe=""), url)
    return fit if _WEB.match(fit) and host(fit) else ""


def in_parentheses(url: str) -> str:
    """The address for ``[label](address)``: with parentheses as they are only where they are balanced."""
    depth = 0
    for character in url:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    return url.replace("(", "%28").replace(")", "%29") if depth else url


def host(url: str) -> str:
    """The host of a web address in lower case; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def honest(label: str, url: str) -> bool:
    """Whether the label names no other host than the one that the address leads to.

    Looks through full-width letters and what cannot be seen. A label that names a parent domain is honest.
    """
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", label).casefold()
        if unicodedata.category(letter) != "Cf"
    ).strip()
    named = _LABEL_HOST.findall(plain)
    if bare := _BARE_HOST.fullmatch(plain):
        named.append(bare[1])
    real = host(url).removeprefix("www.")
    return all(_within(real, name.removeprefix("www.").rstrip(".")) for name in named)


def _within(real: str, named: str) -> bool:
    return real == named or real.endswith("." + named)
