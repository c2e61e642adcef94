"""Links as a model or a table wrote them: only web addresses, and whoever reads one sees where it leads."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

#: A longer host is not put behind a label: the whole address stands there instead, or no link.
HOST_CHARS = 60

# What ends a link's address early in one of Slack's two dialects, or would be read as a broadcast.
_UNFIT = re.compile(
    r"[\s<>|\\`\"\[\]\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069]|@(?=here|channel|everyone|group)",
    re.IGNORECASE,
)
_WEB = re.compile(r"https?://[^/?#@%]+(?:[/?#]|\Z)", re.IGNORECASE)
_LABEL_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:/+|\bwww\.)(?:[^\s/?#@]*@)?([^\s/?#:@()\[\],;|]+)")
_SHOWN_HOST = re.compile(rf"[a-z0-9.-]{{1,{HOST_CHARS}}}")
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
    """The host of a web address in lower case, in the letters of ASCII; empty where there is none.

    A host of other letters is written as the network knows it (``xn--…``): drawn, it could pass for another.
    """
    try:
        named = urlsplit(url).hostname or ""
        return named if named.isascii() else named.encode("idna").decode()
    except ValueError:
        return ""


def shown_host(url: str) -> str:
    """The host as it stands behind a label; empty where it is too long for that or would be markup."""
    named = host(url)
    return named if _SHOWN_HOST.fullmatch(named) else ""


def tells(label: str, url: str) -> bool:
    """Whether the label itself says where the address leads, and nothing else."""
    named = re.escape(host(url))
    return honest(label, url) and bool(re.search(rf"(?<![\w.@-]){named}(?![\w.-])", _plain(label)))


def honest(label: str, url: str) -> bool:
    """Whether the label names no other host than the one that the address leads to.

    Looks through full-width letters and what cannot be seen. A label that names a parent domain is honest.
    """
    plain = _plain(label)
    named = _LABEL_HOST.findall(plain)
    if bare := _BARE_HOST.fullmatch(plain):
        named.append(bare[1])
    real = host(url).removeprefix("www.")
    return all(_within(real, name.removeprefix("www.").rstrip(".")) for name in named)


def _within(real: str, named: str) -> bool:
    return real == named or real.endswith("." + named)


def _plain(label: str) -> str:
    """The label as an eye reads it."""
    folded = unicodedata.normalize("NFKC", label).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf").strip()
