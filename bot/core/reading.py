"""What a document says to a person: its ops and attributes read as prose, visualizations and a status line.

The attributes are those of WisdomAI's GraphQL type ``Attributes``. ``progress``, ``thinking`` and
``generatingQuery`` are for the person who waits, never part of the answer. Suggestions to the administrator
and the intermediate steps of reports are not shown at all. Everything else becomes Markdown. Whatever has an
unknown name or an unexpected type is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.core import visuals
from bot.model import Op, Prose, ProseKind, Visualization

_NOTHING: Mapping[str, object] = {}

_STATUS_ATTRIBUTES = ("progress", "thinking", "generatingQuery")

_TICKS = re.compile("`+")
_DIALECT = re.compile(r"[\w+-]{1,20}")


# -- what an op is ---------------------------------------------------------------------------------------


def _mapping(value: object) -> Mapping[str, object]:
    # Asked for every op, and a check for Mapping is slow: the frequent cases come first.
    if value is None or isinstance(value, str):
        return _NOTHING
    return value if isinstance(value, (dict, Mapping)) else _NOTHING


def _attributes(op: Op) -> Mapping[str, object]:
    return _mapping(op.get("attributes"))


def _text(op: Op) -> str:
    """The text of an op, also where it lies in an embed beside other things."""
    insert = op.get("insert")
    text = insert if isinstance(insert, str) else _mapping(insert).get("text")
    return text if isinstance(text, str) else ""


def is_shown(op: Op) -> bool:
    """The op belongs to the answer; it is neither a status nor hidden."""
    attributes = _attributes(op)
    return not attributes or not (
        any(attributes.get(name) for name in _STATUS_ATTRIBUTES)
        or attributes.get("isDomainModelingSuggestion")
        or _mapping(attributes.get("reportAttributes")).get("intermediateStep")
    )


def all_text(ops: Sequence[Op]) -> str:
    """The text of the ops, shown or not."""
    return "".join(map(_text, ops))


def shown_text(ops: Sequence[Op]) -> str:
    """The text of the ops that belong to the answer."""
    return "".join(_text(op) for op in ops if is_shown(op))


def visualization_ids(ops: Sequence[Op]) -> set[str]:
    """The ids of the visualizations among the ops."""
    ids = (_mapping(_mapping(op.get("insert")).get("visualization")).get("id") for op in ops)
    return {item for item in ids if isinstance(item, str) and item}


def stream_id(op: Op) -> str:
    """The run that the op belongs to, or empty."""
    value = _attributes(op).get("streamId")
    return value if isinstance(value, str) else ""


# -- status ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Status:
    """What the tenant is doing; ``text`` is the line for the person."""

    line: str = ""
    thinking: bool = False

    @property
    def text(self) -> str:
        """The newest line, or that the model thinks, or nothing."""
        return self.line.strip() or ("Thinking…" if self.thinking else "")

    def after(self, ops: Sequence[Op]) -> Status:
        """The status when ``ops`` have arrived."""
        line, thinking = self.line, self.thinking
        for op in ops:
            attributes = _attributes(op)
            workstream = _mapping(_mapping(op.get("insert")).get("aiWorkstream")).get("status")
            if attributes.get("progress"):
                line = _newest_line(line, _text(op))
            elif attributes.get("generatingQuery"):
                line = "Writing the query…"
            elif attributes.get("thinking"):
                thinking = True
            elif isinstance(workstream, str) and workstream.strip():
                line = workstream
        return Status(line, thinking)


def _newest_line(held: str, text: str) -> str:
    """The last line; a piece that begins in the middle of a sentence goes on with the line before it."""
    if held and text and not held.endswith("\n") and (text[0].islower() or text[0] in " \t.,;:…"):
        text = held + text
    lines = [line for line in text.splitlines(keepends=True) if line.strip()]
    return lines[-1] if lines else held


# -- the answer ------------------------------------------------------------------------------------------


class Reader:
    """Reads documents, each visualization once as long as it stays the same object."""

    def __init__(self) -> None:
        self._visualizations: dict[int, tuple[object, Visualization]] = {}

    def read(self, documents: Iterable[Sequence[Op]]) -> tuple[Prose | Visualization, ...]:
        """Prose and visualizations of all documents, in reading order.

        Neighbouring prose of one kind is one part. A visualization that comes again, by its id, takes the
        place of the earlier one.
        """
        before, self._visualizations = self._visualizations, {}
        page = _Page()
        for document in documents:
            page.separate()
            for op in document:
                if not is_shown(op):
                    page.interrupt()
                    continue
                self._write(page, op, before)
            page.end_run()
        return page.parts()

    def _write(self, page: _Page, op: Op, before: Mapping[int, tuple[object, Visualization]]) -> None:
        attributes = _attributes(op)
        kind = _kind(attributes)
        text = _text(op)
        if text:
            text += "\n" if attributes.get("endline") and not text.endswith("\n") else ""
            page.write(text, _style(attributes, kind))
        insert = op.get("insert")
        if isinstance(insert, Mapping):
            self._write_embed(page, insert, kind, before)

    def _write_embed(
        self,
        page: _Page,
        insert: Mapping[str, object],
        kind: ProseKind,
        before: Mapping[int, tuple[object, Visualization]],
    ) -> None:
        for paragraph in _paragraphs(insert):
            page.paragraph(paragraph, kind)
        raw = insert.get("visualization")
        if isinstance(raw, Mapping):
            held = before.get(id(raw))
            visualization = held[1] if held and held[0] is raw else visuals.read(raw)
            self._visualizations[id(raw)] = (raw, visualization)
            page.show(visualization)


def _kind(attributes: Mapping[str, object]) -> ProseKind:
    if attributes.get("error"):
        return ProseKind.ERROR
    if attributes.get("isInsight"):
        return ProseKind.INSIGHT
    return ProseKind.SUBTEXT if attributes.get("subtext") else ProseKind.BODY


def _paragraphs(insert: Mapping[str, object]) -> list[str]:
    section = _mapping(insert.get("section"))
    title, content = section.get("title"), section.get("content")
    artifact = _mapping(insert.get("textArtifact")).get("content")
    found = [
        f"## {' '.join(title.split())}" if isinstance(title, str) and title.strip() else "",
        content,
        artifact,
    ]
    return [text.strip() for text in found if isinstance(text, str) and text.strip()]


class _Style(NamedTuple):
    kind: ProseKind
    title: bool = False
    code: bool = False
    dialect: str = ""
    bold: bool = False


def _style(attributes: Mapping[str, object], kind: ProseKind) -> _Style:
    dialect = attributes.get("sqlDialect")
    if attributes.get("code"):
        known = isinstance(dialect, str) and _DIALECT.fullmatch(dialect)
        return _Style(kind, code=True, dialect=str(dialect).lower() if known else "")
    if _mapping(attributes.get("reportAttributes")).get("reportTitle"):
        return _Style(kind, title=True)
    return _Style(kind, bold=bool(attributes.get("bold")))


class _Page:
    """Collects runs of text into Markdown, and Markdown and visualizations into parts."""

    def __init__(self) -> None:
        self._parts: list[Prose | Visualization] = []
        self._places: dict[str, int] = {}
        self._kind = ProseKind.BODY
        self._prose = ""
        self._style = _Style(ProseKind.BODY)
        self._run: list[str] = []
        self._separate = False
        self._interrupted = False

    def write(self, text: str, style: _Style) -> None:
        """Add text; neighbours of one style are one run, so that their marks do not meet."""
        if style != self._style or self._interrupted:
            self.end_run()
            self._style = style
        self._run.append(text)

    def paragraph(self, markdown: str, kind: ProseKind) -> None:
        """Add a block that stands for itself."""
        self.end_run()
        self.separate()
        self._add(markdown, kind)
        self.separate()

    def show(self, visualization: Visualization) -> None:
        """Add a visualization, or put it where the one with its id is."""
        place = self._places.get(visualization.id) if visualization.id else None
        if place is not None:
            self._parts[place] = visualization
            return
        self._end_prose()
        self._places[visualization.id] = len(self._parts)
        self._parts.append(visualization)

    def separate(self) -> None:
        """What comes next begins a paragraph."""
        self.end_run()
        self._separate = True

    def interrupt(self) -> None:
        """Something stood here that is not shown."""
        self.end_run()
        self._interrupted = True

    def parts(self) -> tuple[Prose | Visualization, ...]:
        self._end_prose()
        return tuple(self._parts)

    def end_run(self) -> None:
        text, style = "".join(self._run), self._style
        self._run = []
        if not text:
            return
        if style.title and text.strip():
            self.paragraph(f"## {' '.join(text.split())}", style.kind)
        elif style.code and (style.dialect or "\n" in text.strip("\n")):
            self.paragraph(_fenced(text, style.dialect), style.kind)
        else:
            self._add(_inline(text, style), style.kind)

    def _add(self, markdown: str, kind: ProseKind) -> None:
        if kind != self._kind:
            self._close()
            self._kind = kind
        if self._interrupted and _new_sentence(self._prose, markdown):
            self._separate = True
        if self._separate:
            markdown = markdown.lstrip("\n")
            self._prose = f"{self._prose.rstrip()}\n\n"
        if markdown:
            self._separate = self._interrupted = False
        self._prose += markdown

    def _end_prose(self) -> None:
        self.end_run()
        self._close()

    def _close(self) -> None:
        text = self._prose.strip("\n").rstrip()
        self._prose, self._separate, self._interrupted = "", False, False
        if text:
            self._parts.append(Prose(text, self._kind))


def _new_sentence(before: str, after: str) -> bool:
    """Text on both sides of something hidden reads like two paragraphs, not like one cut in two."""
    ended = before.rstrip(" ").endswith((".", "!", "?", ":", "…"))
    return ended and (after[:1].isupper() or after.startswith(("#", "- ", "* ", "> ", "|", "**", "```")))


def _inline(text: str, style: _Style) -> str:
    if not (style.code or style.bold):
        return text
    marked = _code_span if style.code else _bold
    return "\n".join(marked(line) for line in text.split("\n"))


def _around(line: str, before: str, after: str) -> str:
    """Marks go around what is not space, or Markdown would not see them as marks."""
    inner = line.strip()
    return line.replace(inner, f"{before}{inner}{after}", 1) if inner else line


def _bold(line: str) -> str:
    return line if "**" in line else _around(line, "**", "**")


def _code_span(line: str) -> str:
    ticks = _longer_than_any_in(line, 1)
    pad = " " if line.strip().startswith("`") or line.strip().endswith("`") else ""
    return _around(line, ticks + pad, pad + ticks)


def _fenced(code: str, dialect: str) -> str:
    fence = _longer_than_any_in(code, 3)
    return f"{fence}{dialect}\n{code.strip(chr(10))}\n{fence}"


def _longer_than_any_in(text: str, least: int) -> str:
    return "`" * max([least, *(len(ticks) + 1 for ticks in _TICKS.findall(text))])
