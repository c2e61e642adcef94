"""How far an export has come, in a file beside it, so that another process can go on where one died."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.core.indigo.rows import Style
from bot.errors import ConfigurationError

#: Ids of chats that a later page may repeat; the oldest are forgotten.
_RECENT = 500


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is safely in the files.

    Attributes:
        source: the workspace; a cursor belongs to one.
        since: what was asked for, in ISO 8601; empty where all was. ``until`` likewise.
        lengths: of each file, in bytes; what is behind that is written again.
        cursor: of the page of chats that is worked on.
        recent: chats of this page, and of those before it, that are in the files.
        chats: how many are done, and of these ``skipped`` could not be read.
    """

    source: str
    since: str
    until: str
    lengths: Mapping[Style, int]
    cursor: str = ""
    recent: tuple[str, ...] = ()
    chats: int = 0
    messages: int = 0
    skipped: tuple[str, ...] = field(default=())

    def fits(self, other: Checkpoint) -> bool:
        """Whether it is of the same export."""
        mine = (self.source, self.since, self.until, set(self.lengths))
        return mine == (other.source, other.since, other.until, set(other.lengths))


def remembered(state: Checkpoint, page: str, chat: str) -> tuple[str, ...]:
    """The recent chats and one more; of the page that is worked on none is forgotten."""
    recent = state.recent if page == state.cursor else state.recent[-_RECENT:]
    return (*recent, chat)


def beside(path: Path) -> Path:
    """Where the checkpoint of a file stands."""
    return path.with_name(f"{path.name}.checkpoint")


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Writes it in one step, so that there is always a whole one. Blocks. Raises OSError."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(asdict(checkpoint), out)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def load(path: Path) -> Checkpoint | None:
    """The checkpoint; None where there is none. Raises ConfigurationError where it cannot be read."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Checkpoint(
            **{
                **raw,
                "recent": tuple(map(str, raw["recent"])),
                "skipped": tuple(map(str, raw["skipped"])),
                "lengths": {name: int(length) for name, length in raw["lengths"].items()},
            }
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigurationError(
            f"{path} cannot be read; remove it, and the export, to begin anew."
        ) from error
