"""Untrusted Markdown, as a model wrote it, made fit for Slack.

``safe`` is for ``markdown`` blocks: Markdown stays Markdown, but mentions, broadcasts and disguised links
lose their power. ``settled`` closes what is still half open while an answer streams. ``plain`` is for a
message's ``text``, which notifications, search and screen readers use.

Sources: docs.slack.dev/messaging/formatting-message-text,
docs.slack.dev/reference/block-kit/blocks/markdown-block. That Slack decodes entities for display without
reading them again as tokens was measured by others.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bot.core.render.text import WORD_JOINER, clean, defuse, escape, lines, shorten_bytes, web_address

_FENCE = re.compile(r"[ \t]{0,20}(?P<marker>`{3,20}|~{3,20})(?P<info>[^\n]{0,100})")

_CODE = r"(?P<code>(?<![`\\])(?P<ticks>`+)(?!`)(?:[^\n]|\n(?![ \t]*\n))+?(?<!`)(?P=ticks)(?!`))"
_LINK = (
    r"!?\[(?P<label>(?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]"
    r"\([ \t]*<?(?P<url>[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:[ \t]+[^\n()]*)?\)"
)
_ANGLE_LINK = r"<(?P<angle>https?://[^\s<>|]+)(?:\|(?P<angle_label>[^<>\n]*))?>"
_QUOTE = r"(?P<quote>^[ \t]{0,3}(?:>[ \t]?)+)"
_DEFINITION = r"(?P<definition>^[ ]{0,3}\[[^\]\n]+\]:[ \t]*(?!https?://)(?=\S))"

# What in prose needs more than escaping; code comes first, because nothing inside it is a link.
_SPECIAL = re.compile(f"{_CODE}|{_LINK}|{_ANGLE_LINK}|{_QUOTE}|{_DEFINITION}", re.MULTILINE | re.IGNORECASE)
_INNER_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
_TOKEN_IN_CODE = re.compile(r"<(?=[!@#]|(?:https?|mailto|tel):)", re.IGNORECASE)
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)


def fence_marker(line: str) -> str:
    """The backticks or tildes that open a code block on this line, or an empty string."""
    if "```" not in line and "~~~" not in line:
        return ""
    found = _FENCE.fullmatch(line.rstrip("\n"))
    if not found or (found["marker"][0] == "`" and "`" in found["info"]):
        return ""
    return found["marker"]


def closes_fence(line: str, marker: str) -> bool:
    """Whether the line ends the code block that ``marker`` opened."""
    stripped = line.strip()
    return len(stripped) >= len(marker) and set(stripped) == {marker[0]}


def safe(markdown: str) -> str:
    """The Markdown for a ``markdown`` block: it looks the same, notifies nobody and links only to the web.

    Images become links, since Slack would fetch them; other schemes than http and https become plain text.
    """
    parts = (_safe_code(text) if code else _safe_prose(text) for code, text in _segments(clean(markdown)))
    return "".join(parts)


def settled(markdown: str) -> str:
    """The Markdown of an answer that still streams, without what is only half there.

    A link or a table row that has begun is left out, emphasis is closed. Code blocks are closed by
    ``budget.cut``.
    """
    segments = list(_segments(markdown))
    if not segments or segments[-1][0]:
        return markdown
    before, text = "".join(text for _, text in segments[:-1]), segments[-1][1]
    head, gap, tail = text.rpartition("\n\n")
    return before + head + gap + _settled_paragraph(tail)


def plain(markdown: str, limit: int) -> str:
    """The Markdown as mrkdwn of at most ``limit`` bytes, for a message's top-level ``text``."""
    parts: list[str] = []
    # Markup vanishes, so more is read than the limit; what stands far behind it is never shown.
    for code, text in _segments(clean(markdown[: 4 * limit])):
        if code:
            body = "\n".join(
                line for line in text.strip("\n").split("\n")[1:] if set(line.strip()) - set("`~") or not line
            )
            parts.append(f"```{escape(body)}```\n" if body.strip() else "")
        else:
            parts.extend(_plain_line(line) for line in text.split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()
    shortened = shorten_bytes(text, limit - len("```"))
    return shortened + "```" if shortened.count("```") % 2 else shortened


def _segments(markdown: str) -> Iterator[tuple[bool, str]]:
    """Code blocks (True) and what stands between them, in order; together they are the whole text."""
    marker, held = "", ""
    for line in lines(markdown):
        if marker:
            held += line
            if closes_fence(line, marker):
                yield True, held
                marker, held = "", ""
        elif opened := fence_marker(line):
            if held:
                yield False, held
            marker, held = opened, line
        else:
            held += line
    if held:
        yield bool(marker), held


def _safe_prose(text: str) -> str:
    done: list[str] = []
    position = 0
    for found in _SPECIAL.finditer(text):
        done += (_escaped(text[position : found.start()]), _replaced(found))
        position = found.end()
    done.append(_escaped(text[position:]))
    return "".join(done)


def _replaced(found: re.Match[str]) -> str:
    groups = found.groupdict()
    if groups["code"] is not None:
        return _safe_code(found[0])
    if groups["quote"] is not None:
        return found[0]
    if groups["definition"] is not None:
        return "\\" + _escaped(found[0].lstrip())
    if groups["angle"] is not None:
        label = (groups["angle_label"] or "").strip()
        return f"[{_escaped(label)}]({found['angle']})" if label else str(found["angle"])
    label = _escaped(_INNER_LINK.sub(r"\1", groups["label"])).strip()
    url = web_address(groups["url"])
    return f"[{label or url}]({url})" if url else label


def _escaped(text: str) -> str:
    """Text between what is special; a bracket pair that did not pass as a link must not become one."""
    text = _BREAK.sub(" ", text).replace("](", f"]{WORD_JOINER}(")
    return defuse(text.replace("<", "&lt;").replace(">", "&gt;"))


def _safe_code(text: str) -> str:
    """Code is shown letter by letter, so only what looks like one of Slack's tokens is touched, invisibly."""
    return defuse(_TOKEN_IN_CODE.sub("<" + WORD_JOINER, text))


def _settled_paragraph(text: str) -> str:
    text = re.sub(r"!?\[[^\[\]\n]*(?:\](?:\([^()\n]*)?)?$", "", text)
    text = _settled_table(text)
    for mark in ("`", "**", "~~"):
        if text.count(mark) % 2:
            text = text.rstrip()
            text = text.removesuffix(mark).rstrip() if text.endswith(mark) else text + mark
    return text


def _settled_table(text: str) -> str:
    """Without the last row where it has only begun, and without a table that has no row yet."""
    written = text.split("\n")
    if not _is_row(written[-1]):
        return text
    if not written[-1].rstrip().endswith("|"):
        written.pop()
    has_rows = sum(map(_is_row, written)) > len(("header", "rule"))
    return "\n".join(line for line in written if has_rows or not _is_row(line))


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _plain_line(line: str) -> str:
    bare = html.unescape(line)
    if re.fullmatch(r"[\s|:-]*-[\s|:-]*", bare):
        return ""
    bare = re.sub(_LINK, lambda found: str(found["label"]), bare)
    if _is_row(bare):
        bare = " · ".join(cell.strip() for cell in bare.strip().strip("|").split("|"))
    bare = re.sub(r"^(\s*)[*+-]\s+", r"\1• ", bare)
    bare = re.sub(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", r"*\1*", bare)
    bare = re.sub(
        r"^\s*#{1,6}\s+(.*?)\s*#*$", lambda found: f"*{found[1].strip('* ')}*" if found[1] else "", bare
    )
    return escape(bare).rstrip() + "\n"
