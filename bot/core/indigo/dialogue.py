"""Messages as a dialogue that can be read: oldest first, each with who said it and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from bot.core.indigo import content
from bot.core.indigo.content import Part
from bot.core.indigo.model import Message


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said at a time.

    Attributes:
        user: it was the user, else the assistant.
        at: in UTC.
        parts: those that are to be shown, at least one.
    """

    user: bool
    at: datetime
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The parts as plain text, untrusted."""
        return "\n".join(part.plain for part in self.parts)


def ordered(messages: Iterable[Message]) -> list[Message]:
    """Each once, oldest first. Of equal times the smaller id comes first, as a number where it is one."""
    unique = {message.id: message for message in messages}
    return sorted(unique.values(), key=lambda message: (message.at, _rank(message.id)))


def tell(messages: Iterable[Message]) -> tuple[Said, ...]:
    """The dialogue, without what is hidden and what is empty."""
    return tuple(_tell(messages))


def text(said: Sequence[Said], zone: tzinfo = UTC) -> str:
    """The dialogue as plain text: a line with time and side, the words below it."""
    return "\n".join(_entry(each, zone) for each in said)


def _tell(messages: Iterable[Message]) -> Iterator[Said]:
    for message in ordered(messages):
        if content.is_hidden(message.content):
            continue
        shown = tuple(part for part in content.parts(message.content) if not part.hidden and part.plain)
        if shown:
            yield Said(message.sender is not None, message.at, shown)


def _entry(said: Said, zone: tzinfo) -> str:
    who = "User" if said.user else "Assistant"
    lines = "\n".join(f"  {line}" for line in said.text.splitlines())
    return f"{said.at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}  {who}\n{lines}\n"


def _rank(ident: str) -> tuple[int, str, str]:
    """Digits as the number that they are: the longer is the greater. What is no number comes before."""
    if not (ident.isascii() and ident.isdecimal()):
        return 0, "", ident
    digits = ident.lstrip("0") or "0"
    return len(digits), digits, ident
