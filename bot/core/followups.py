"""Follow-up questions: the links ``[question](#ask)`` in an answer's Markdown.

WisdomAI offers the next questions as links to ``#ask``. In Slack they become buttons, so they are taken out
of the text, together with the bullets and the introducing line that would be left without content. Every
other link stays, and so does everything in code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# The text of a link: escapes, and one level of brackets inside.
_LABEL = r"(?:\\.|[^\[\]\\]|\[[^\[\]]*\])*"

_TOKEN = re.compile(
    rf"""
      (?P<code>
        ^[ \t>]* (?P<fence>`{{3,}}(?![^\n]*`)|~{{3,}}) .*? (?: ^[ \t>]* (?P=fence)[`~]* [ \t]* $ | \Z )
      | (?<!`)(?P<ticks>`+)(?!`) [^\n]*? (?<!`)(?P=ticks)(?!`)
      )
    | \\.
    | \[ (?P<label>{_LABEL}) \]
      \( \s* <? \#ask (?: [?&/\#][^)\s>]* )? >? (?: \s+ (?:"[^"\n]*"|'[^'\n]*') )? \s* \)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL | re.IGNORECASE,
)

# A link at the end of the text that has not arrived in full, as long as its target can still become "#ask".
_UNFINISHED = re.compile(
    rf"""(?<!\\) \[ {_LABEL} (?: \[[^\[\]]* | \\ )?
    (?: \] (?: \( \s* <? (?: \#(?:a(?:s(?:k[^)]*)?)?)? )? )? )? \Z""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)

# An open bracket further back than this is no link that is still arriving.
_LONGEST_LINK = 400

_LONGEST_INTRODUCTION = 80

# Words that an announcement without a colon can have; more are a sentence that says something.
_FEW_WORDS = 6

_LIST_NUMBER = re.compile(r"^[\s>]*\(?(?:\d{1,3}|[a-zA-Z])[.)](?=\W|$)")
_CONNECTIVES = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_WORDING = re.compile(
    r"""follow[-\s]?ups?\b
    | \b(?:also|could|can|might|try|next)\s+(?:ask(?:ing)?|explor(?:e|ing)|try)\b
    | \b(?:suggested|related|further|more|next)\s+questions?\b
    | \bquestions?\s+(?:to|you)\b
    | \bask\s+next\b""",
    re.VERBOSE | re.IGNORECASE,
)
_INLINE_MARKUP = re.compile(r"\\(?=[^\w\s])|\*\*|__|(?<!\w)[*_]|[*_](?!\w)|`")


@dataclass(frozen=True, slots=True)
class _Link:
    start: int
    end: int
    question: str


def split(markdown: str, *, partial: bool = False) -> tuple[str, tuple[str, ...]]:
    """Take the follow-up questions out of ``markdown``.

    Returns the prose without them, and the questions as plain text, in order, each once. With ``partial`` the
    text is still arriving: a link that is not finished at its end is held back.
    """
    links, code_end = _links(markdown)
    text, held_back = markdown, False
    if partial:
        cut = _unfinished(markdown, max([code_end, *(link.end for link in links)]))
        text, held_back = markdown[:cut], cut < len(markdown)
    if not links and not held_back:
        return markdown, ()
    questions = dict.fromkeys(link.question for link in links if link.question)
    return _without(text, links, held_back=held_back), tuple(questions)


def _links(markdown: str) -> tuple[list[_Link], int]:
    """The links to ``#ask`` outside code, and where the last piece of code ends."""
    links, code_end = [], 0
    for match in _TOKEN.finditer(markdown):
        if match["code"] is not None:
            code_end = match.end()
        elif match["label"] is not None:
            links.append(_Link(match.start(), match.end(), _plain(match["label"])))
    return links, code_end


def _plain(label: str) -> str:
    return " ".join(_INLINE_MARKUP.sub("", label).split())


def _unfinished(markdown: str, start: int) -> int:
    """Where a link begins that is not finished, or the end of the text."""
    start = max(start, len(markdown) - _LONGEST_LINK, markdown.rfind("\n\n") + 1)
    match = _UNFINISHED.search(markdown, start)
    return match.start() if match else len(markdown)


def _without(text: str, links: list[_Link], *, held_back: bool) -> str:
    """The text without the links, and without the lines that have lost all their content by that."""
    kept: list[str] = []
    dropping = False
    lines = list(_lines(text, links))
    for number, (line, touched) in enumerate(lines):
        emptied = touched or (held_back and number == len(lines) - 1)
        if emptied and _empty(line):
            if touched and not dropping:
                _drop_introduction(kept)
            dropping = True
        elif line.strip():
            kept.append(_tidy(line) if touched else line)
            dropping = False
        elif not dropping or (kept and kept[-1].strip()):
            kept.append(line)
    result = "".join(kept)
    return result.rstrip() if dropping else result


def _lines(text: str, links: list[_Link]) -> Iterator[tuple[str, bool]]:
    """The lines that are left without the links, and whether a link stood in them."""
    rest, position, touched = "", 0, False
    pieces: list[tuple[str, bool]] = []
    for link in links:
        pieces.append((text[position : link.start], True))
        position = link.end
    pieces.append((text[position:], False))
    for piece, before_link in pieces:
        *whole, last = piece.splitlines(keepends=True) or [""]
        if last.endswith("\n"):
            whole, last = [*whole, last], ""
        for line in whole:
            yield rest + line, touched
            rest, touched = "", False
        rest += last
        touched = touched or before_link
    if rest or touched:
        yield rest, touched


def _empty(line: str) -> bool:
    """Nothing is left but a bullet, a number, punctuation, or the words that joined the questions."""
    rest = _CONNECTIVES.sub("", _LIST_NUMBER.sub("", line))
    return not any(character.isalnum() for character in rest) or _announces(rest)


def _announces(line: str) -> bool:
    """The line says no more than that questions follow, like "**You could also ask:**"."""
    plain = _bare(line)
    if len(plain) > _LONGEST_INTRODUCTION or _WORDING.search(plain) is None:
        return False
    return plain.endswith(":") or len(plain.split()) <= _FEW_WORDS


def _introduces(line: str) -> bool:
    """The line makes no sense when the list of questions below it is gone."""
    plain = _bare(line)
    leads_over = plain.endswith(":") and len(plain) <= _LONGEST_INTRODUCTION
    return _announces(line) or (leads_over and not any(character.isdigit() for character in plain))


def _bare(line: str) -> str:
    return line.strip(" \t\r\n#*_>-,.;|?!•")


def _drop_introduction(kept: list[str]) -> None:
    """Remove the line that announced the questions, and the blank lines around it."""
    last = next((number for number in reversed(range(len(kept))) if kept[number].strip()), None)
    if last is not None and _introduces(kept[last]):
        del kept[last:]


def _tidy(line: str) -> str:
    """Close the holes that links have left in a line."""
    indent = line[: len(line) - len(line.lstrip())]
    rest = re.sub(r"[ \t]+(?=[,.;:?!)])", "", re.sub(r"[ \t]{2,}", " ", line[len(indent) :]))
    return indent + re.sub(r"[ \t]+(?=\n|\Z)", "", rest)
