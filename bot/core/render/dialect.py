"""Markdown written anew in the dialect of Slack's ``markdown`` blocks, with nothing in it that Slack acts on.

What was emphasis, a list or a table stays one, with its own markup; so the result is hardly ever longer than
what was written, and ``pieces.weight`` bounds it. Where it would be longer, or reading would lose words, the
source is shown instead, with everything live in it broken.

Sources: docs.slack.dev/reference/block-kit/blocks/markdown-block. That Slack reads ``<…>`` tokens in these
blocks too, and decodes entities for display without reading them again as tokens, was measured by others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from markdown_it.token import Token

from bot.core.render import addresses
from bot.core.render.document import Kind, Leaf, Level, Passage, visible, with_breaks
from bot.core.render.pieces import weight
from bot.core.render.text import WORD_JOINER, clean, defuse, units

_TOKEN_IN_CODE = re.compile(r"<(?=[!@#]|(?:https?|mailto|tel):)", re.IGNORECASE)
_LITERAL = re.compile(r"[\\`*_\[\]~]")
_NO_LINK = re.compile(r"\](?=\()")
_FENCE = re.compile(r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:`{3,}[^`]*|~{3,}.*)")
_DEFINITION = re.compile(r"\[(?:\\.|[^\[\]\\])*\]:")

_RULES: Mapping[str, str] = MappingProxyType({"left": ":--", "center": ":-:", "right": "--:"})

#: What keeps its backslash; before anything else a backslash says nothing, and Slack might show it.
_MARKUP = frozenset("\\`*_[]()#+-.!|~&>")


def rewritten(passage: Passage) -> str:
    """The passage for a ``markdown`` block; at most ``weight`` of its source long."""
    if passage.leaves is not None:
        for spaced in (True, False):
            text = defuse("\n".join(_lines(passage.leaves, spaced=spaced)))
            if units(text) <= weight(passage.source):
                return text
    return _as_written(passage.source)


def _as_written(source: str) -> str:
    text = source.replace("```", "'''").replace("~~~", "∼∼∼").replace("<", "&lt;").replace(">", "&gt;")
    return defuse(re.sub(r"\](?=[(:])", "]" + WORD_JOINER, text))


def _lines(leaves: Iterable[Leaf], *, spaced: bool) -> Iterator[str]:
    before: tuple[Level, ...] = ()
    for number, leaf in enumerate(leaves):
        known = sum(one is other for one, other in zip(before, leaf.levels, strict=False))
        inner = _prefix(map(_indent, leaf.levels[:known]))
        if number and leaf.gap:
            yield inner.rstrip()
        opened = [f"{level.mark} " for level in leaf.levels[known:]]
        first = _prefix([*map(_indent, leaf.levels[:known]), *opened])
        rest = _prefix(map(_indent, leaf.levels))
        for place, line in enumerate(_drawn(leaf, spaced=spaced)):
            lead = rest if place else first
            yield lead + line if line else lead.rstrip()
        before = leaf.levels


def _prefix(parts: Iterable[str]) -> str:
    return re.sub("> (?=>)", ">", "".join(parts))


def _indent(level: Level) -> str:
    return "> " if level.mark == ">" else " " * len(f"{level.mark} ")


def _drawn(leaf: Leaf, *, spaced: bool) -> list[str]:
    match leaf.kind:
        case Kind.CODE:
            return _code_block(leaf)
        case Kind.RULE:
            return [leaf.mark]
        case Kind.TABLE:
            return _table(leaf, spaced=spaced)
        case Kind.HEADING:
            text = " ".join(_inline(leaf.inline).split())
            return [f"{leaf.mark} {text}"] if text else [""]
        case _:
            return _paragraph(_inline(leaf.inline))


def _paragraph(text: str) -> list[str]:
    """The lines of a paragraph: it stays one, and no reference definition or code block comes out of it."""
    lines = [line.lstrip() for line in text.split("\n") if line.strip()]
    lines = [WORD_JOINER + line if _FENCE.fullmatch(line) else line for line in lines] or [""]
    return ["\\" * bool(_DEFINITION.match("\n".join(lines))) + lines[0], *lines[1:]]


def _code_block(leaf: Leaf) -> list[str]:
    # Tildes are rarely known; they are needed only where the code itself has backticks.
    marker = leaf.mark if "```" in leaf.text else "`" * len(leaf.mark)
    code = _code(leaf.text).removesuffix("\n")
    return [marker + leaf.language, *(code.split("\n") if leaf.text else ()), marker]


def _table(leaf: Leaf, *, spaced: bool) -> list[str]:
    """The table's lines; not spaced, they are no longer than those of a table without bars at its edges."""
    space = " " if spaced else ""
    header, *body = (
        "|" + "".join(f"{space}{cell}{space if cell else ''}|" for cell in map(_cell, row))
        for row in leaf.rows
    )
    rule = "|" + "".join(f"{_RULES.get(align, '---')}|" for align in leaf.aligns)
    return [header, rule if spaced else re.sub("-+", "-", rule), *body]


def _cell(tokens: Sequence[Token]) -> str:
    text = re.sub(r" *\n *", " ", _inline(tokens)).strip()
    return re.sub(r"(?<!\\)\|", r"\|", text)


def _inline(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    opened: list[tuple[int, int]] = []
    for number, token in enumerate(tokens):
        match token.type:
            case "link_open":
                opened.append((number, len(parts)))
            case "link_close":
                start, first = opened.pop()
                link = _link(tokens[start], _joined(parts[first:]), visible(tokens[start + 1 : number]))
                parts[first:] = [link]
            case _:
                parts.append(_run(token))
    return _joined(parts)


def _run(token: Token) -> str:
    match token.type:
        case "text":
            return _text(token.content)
        case "text_special":
            return _special(token)
        case "code_inline":
            return _code_span(token)
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return _inline(token.children or ())
        case _:
            return token.markup


def _joined(parts: Iterable[str]) -> str:
    """The parts in a row, kept from becoming a link or an image together that none of them was."""
    text = ""
    for part in parts:
        live = text[-1:] + part[:1] in {"](", "!["}
        text += (WORD_JOINER if live else "") + part
    return text


def _text(text: str) -> str:
    text = with_breaks(text).replace("<", "&lt;").replace(">", "&gt;")
    return _NO_LINK.sub("]" + WORD_JOINER, text)


def _special(token: Token) -> str:
    """A character that was written with a backslash or as an entity, and still must not be markup."""
    text = clean(token.content)
    if text in {"<", ">"}:
        return _text(text)
    if text == "&" and token.info == "entity":
        return "&amp;"
    if text == "\\" and token.info == "entity":
        return rf"\\{WORD_JOINER}"  # before a bar it would make that one a letter of a cell
    return f"\\{text}" if text in _MARKUP else text.replace("\n", " ")


def _code_span(token: Token) -> str:
    code = _code(token.content)
    edge = code[:1] + code[-1:]
    padded = "`" in edge or (edge == "  " and code.strip())
    return token.markup + (f" {code} " if padded else code) + token.markup


def _code(text: str) -> str:
    """Code is shown letter by letter, so only what looks like one of Slack's tokens is touched, invisibly."""
    return _TOKEN_IN_CODE.sub("<" + WORD_JOINER, text)


def _link(opening: Token, label: str, seen: str) -> str:
    url = addresses.web(str(opening.attrs.get("href", "")))
    # What stood between angle brackets was not read as Markdown, and must not be now.
    label = _LITERAL.sub(r"\\\g<0>", _text(seen)) if opening.info else " ".join(label.split())
    if not url:
        return label
    if not seen.strip() or opening.info == "auto":
        return url
    target = addresses.in_parentheses(url)
    if addresses.tells(seen, url):
        return f"[{label}]({target})"
    host = addresses.shown_host(url)
    # One of Slack's own links has no room for the host.
    if not host or opening.info or not addresses.honest(seen, url):
        return f"{label} ({url})"
    return f"[{label} ({host})]({target})"
