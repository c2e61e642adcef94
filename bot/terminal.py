"""An answer in a terminal: text as it grows, tables, SQL, suggestions; or the bare events as JSON."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Protocol, TextIO

from bot.core import tables
from bot.core.rights import without_sql
from bot.core.screen import CLEAR_LINE, safe
from bot.core.turn import Turn
from bot.errors import (
    AnswerFailed,
    AnswerTooLarge,
    AskingRefused,
    DomainUnknown,
    ImpersonationRefused,
    KeyRefused,
    PeerMisbehaved,
    PersonDeactivated,
    PersonUnknown,
    TenantError,
    TenantSilent,
    TenantUnreachable,
)
from bot.model import (
    SERVICE,
    Answer,
    AnswerDiff,
    ColumnKind,
    Domain,
    Identity,
    Prose,
    ProseKind,
    Rights,
    Table,
    Visualization,
)

_ROWS = 20
_WIDEST = 40

_AS_OWNER = "Asking as the owner of the access key: the answer holds all that this account may see."
# The more special ones first.
_SENTENCES: dict[type[TenantError], str] = {
    TenantUnreachable: "WisdomAI cannot be reached. Check WISDOM_URL and the network.",
    ImpersonationRefused: (
        "The access key may not act for others. Make one in WisdomAI under Settings > API Keys with "
        '"Allow impersonation", or ask as the key\'s owner.'
    ),
    PersonUnknown: "WisdomAI has no account with this address. An admin there can create it.",
    PersonDeactivated: "This account at WisdomAI is switched off. An admin there can switch it on.",
    AskingRefused: "The role of this account at WisdomAI does not let it ask. An admin there can change it.",
    KeyRefused: "WisdomAI refuses the access key (wrong, expired or revoked?). Check WISDOM_ACCESS_KEY.",
    AnswerFailed: "WisdomAI answered with an error.",
    PeerMisbehaved: "What WisdomAI sent cannot be understood.",
}


class Asks(Protocol):
    """What answers questions: ``bot.wisdom.tenant.Tenant``."""

    def ask(
        self, text: str, *, identity: Identity, domain: str, conversation: str | None, key: str
    ) -> AsyncGenerator[AnswerDiff, None]:
        """Asks; yields the answer's diffs as they arrive; raises TenantError."""

    async def domains(self, identity: Identity) -> tuple[Domain, ...]:
        """Every domain that may be asked; raises TenantError."""

    async def rights(self, identity: Identity) -> Rights:
        """What the identity may see; raises TenantError."""


async def ask(  # noqa: PLR0913 - one question, and everything that a test replaces
    tenant: Asks,
    text: str,
    *,
    domain: str,
    identity: Identity = SERVICE,
    out: TextIO,
    err: TextIO | None = None,
    json_events: bool = False,
    turn: Turn | None = None,
    now: Callable[[], float] = time.monotonic,
) -> int:
    """Asks one question and prints its answer to ``out`` as it comes.

    What goes wrong is said on ``err``; so is what is happening, where that is a terminal.

    Args:
        tenant: who is asked.
        text: the question.
        domain: id or name of the domain; empty where there is only one.
        identity: whose rights it runs with; that it is the key's owner is said.
        out: takes the answer.
        err: takes the rest; standard error by default.
        json_events: print each diff as one line of JSON instead, whole, as WisdomAI sent it.
        turn: folds the diffs; a new one by default.
        now: monotonic seconds, for the duration.

    Returns: the exit code, 0 for a whole answer.
    """
    screen = _Screen(out, err or sys.stderr)
    turn = turn or Turn()
    began = now()
    failure, rights = "", Rights(sql=False)
    if identity == SERVICE:
        screen.say(_AS_OWNER)
    try:
        rights = await tenant.rights(identity)
        async for diff in _diffs(tenant, text, domain, identity):
            turn.receive_diff(diff)
            if json_events:
                out.write(json.dumps(asdict(diff)) + "\n")
                out.flush()
            else:
                screen.grow(_seen(turn.answer(), rights))
        turn.receive_end()
    except TenantError as error:
        failure = _sentence(error)
    answer = _seen(turn.answer(), rights)
    if not json_events:
        screen.finish(answer)
        screen.report(answer, seconds=now() - began)
    if failure:
        screen.say(failure)
    return 1 if failure or answer.errors or answer.cancelled else 0


def _seen(answer: Answer, rights: Rights) -> Answer:
    return answer if rights.sql else without_sql(answer)


async def _diffs(
    tenant: Asks, text: str, domain: str, identity: Identity
) -> AsyncGenerator[AnswerDiff, None]:
    chosen = await _chosen(tenant, domain, identity)
    diffs = tenant.ask(text, identity=identity, domain=chosen, conversation=None, key=str(uuid.uuid4()))
    async with aclosing(diffs):
        async for diff in diffs:
            yield diff


async def _chosen(tenant: Asks, wanted: str, identity: Identity) -> str:
    """Id of the wanted domain; raises DomainUnknown. Where the tenant lists none, the id is trusted."""
    try:
        known = await tenant.domains(identity)
    except AnswerFailed:
        return wanted
    except KeyRefused:  # "Unauthorized" may be said of the list only; of the key, the question is told, too
        if not wanted:
            raise
        return wanted
    if not wanted and len(known) == 1:
        return known[0].id
    names = {name.casefold(): domain.id for domain in known for name in (domain.name, domain.id)}
    if wanted.casefold() not in names:
        raise DomainUnknown(wanted)
    return names[wanted.casefold()]


class _Screen:
    """What has been printed.

    Text that only grows is never printed twice; text that was changed waits for its end, and is printed anew.
    """

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err
        self._live = err.isatty()
        self._printed = ""
        self._revised = False
        self._status = ""

    def grow(self, answer: Answer) -> None:
        """The answer so far, and what is happening."""
        text = render(answer, whole=False)
        self._revised = self._revised or not text.startswith(self._printed)
        if not self._revised:
            self._append(text)
        self._tell(answer.status)

    def finish(self, answer: Answer) -> None:
        """All of the answer that has come."""
        parts = [render(answer, whole=True)]
        if answer.suggestions:
            parts.append("You could ask next:\n" + "\n".join(f"  {safe(one)}" for one in answer.suggestions))
        self._tell("")
        text = "\n\n".join(part for part in parts if part)
        if not text.startswith(self._printed):
            self._end_line()
            self._out.write("\n(The answer was revised.)\n\n")
            self._printed = ""
        self._append(text)
        self._end_line()

    def report(self, answer: Answer, *, seconds: float) -> None:
        """What is not part of the text."""
        for reason in answer.errors:
            self.say(f"WisdomAI reports: {safe(reason)}")
        if answer.doubt:
            self.say("Part of what WisdomAI sent did not fit: the answer may be incomplete.")
        if answer.cancelled:
            self.say("The answer was cancelled.")
        if self._live:
            self.say(f"({seconds:.1f} s)")

    def say(self, sentence: str) -> None:
        """A sentence beside the answer."""
        self._err.write(sentence + "\n")
        self._err.flush()

    def _append(self, text: str) -> None:
        """Prints what ``text`` has more than has been printed."""
        if text != self._printed:
            self._tell("")
            self._out.write(text[len(self._printed) :])
            self._out.flush()
            self._printed = text

    def _tell(self, status: str) -> None:
        # Only on a line of its own: clearing it must not take text of the answer away.
        status = safe(" ".join(status.split()))
        if not self._live or status == self._status or self._printed:
            return
        self._err.write(CLEAR_LINE + _cut(status, 2 * _WIDEST))
        self._err.flush()
        self._status = status

    def _end_line(self) -> None:
        if self._printed:
            self._out.write("\n")
            self._out.flush()


def render(answer: Answer, *, whole: bool) -> str:
    """The answer as plain text; while it is not whole, without its end that may still change."""
    parts = list(answer.parts)
    while parts and not whole and isinstance(parts[-1], Visualization):
        parts.pop()
    texts = [_part(part) for part in parts]
    if parts and not whole:
        texts[-1] = _settled(texts[-1])
    return "\n\n".join(text for text in texts if text)


def _part(part: Prose | Visualization) -> str:
    if isinstance(part, Visualization):
        return _visualization(part)
    text = safe(part.text).strip("\n")
    return f"Error: {text}" if part.kind is ProseKind.ERROR else text


def _settled(text: str) -> str:
    """The text up to its last whole word, and not into a link that may become a suggestion."""
    cut = text[: max(text.rfind(" "), text.rfind("\n")) + 1]
    line = cut.rfind("\n") + 1
    opened = cut.rfind("[", line)
    return (cut[:opened] if opened >= 0 and ")" not in cut[opened:] else cut).rstrip()


def _visualization(visualization: Visualization) -> str:
    table = tables.build(visualization)
    parts = [safe(table.title), table_text(table)]
    if visualization.code is not None and visualization.code.text.strip():
        parts.append(f"{visualization.code.dialect or 'SQL'}:\n{safe(visualization.code.text).strip()}")
    return "\n\n".join(part for part in parts if part)


def table_text(table: Table) -> str:
    """The first rows as aligned columns, numbers to the right, and a line about the others."""
    if not table.columns:
        return ""
    heads = [_one_line(column.name) for column in table.columns]
    rows = [[_one_line(cell.text) for cell in row] for row in table.rows[:_ROWS]]
    widths = [max(map(_width, column)) for column in zip(heads, *rows, strict=True)]
    right = [column.kind is ColumnKind.NUMBER for column in table.columns]
    lines = [_line(row, widths, right) for row in (heads, ["-" * width for width in widths], *rows)]
    if rest := _rest(table):
        lines.append(rest)
    return "\n".join(lines)


def _rest(table: Table) -> str:
    there = len(table.rows)
    shown = min(there, _ROWS)
    if table.total_rows is not None and table.total_rows > shown:
        return f"(first {shown} of {table.total_rows} rows)"
    if table.has_more:
        return f"(first {shown} rows; there are more than {there})"
    return f"(first {shown} of {there} rows)" if there > shown else ""


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = (
        " " * (width - _width(text)) + text if to_right else text + " " * (width - _width(text))
        for text, width, to_right in zip(row, widths, right, strict=True)
    )
    return "  ".join(cells).rstrip()


def _one_line(text: str) -> str:
    return _cut(" ".join(safe(text).split()), _WIDEST)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _width(text: str) -> int:
    """Columns that the text takes in a terminal."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in {"W", "F"} for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)


def _sentence(error: TenantError) -> str:
    if isinstance(error, DomainUnknown):
        if not error.domain:
            return "No domain is chosen. Give one with --domain, or set WISDOM_DOMAIN_ID."
        return f"WisdomAI knows no domain {safe(error.domain)!r}, or the key may not ask it."
    if isinstance(error, AnswerTooLarge):
        return f"The answer has more than {error.mib:g} MiB, which is too large. Ask for less."
    if isinstance(error, TenantSilent):
        return f"Nothing was heard from WisdomAI for {error.seconds:g} seconds."
    sentence = next(
        (text for kind, text in _SENTENCES.items() if isinstance(error, kind)), "The question failed."
    )
    return " ".join((sentence, f"({safe(str(error))})"))
