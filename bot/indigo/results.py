"""What came of each row of a bulk run, in a file that the next run goes on with.

A row is noted before it is sent, and again when it is known what came of it. So a row with the first note
alone is one of which nobody knows: the run died, or its answer got lost.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from bot.core.stored import Reader
from bot.errors import ConfigurationError


class Outcome(StrEnum):
    """How far a row has come."""

    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    DOUBT = "in doubt"


@dataclass(frozen=True, slots=True)
class Note:
    """The last that is known of a row.

    Attributes:
        digest: of its variables.
    """

    digest: str
    outcome: Outcome


class Results:
    """The file. Every method blocks. Close it.

    Args:
        path: where it stands.
        order: names what is run, and where; a file belongs to one.
    """

    def __init__(self, path: Path, order: str) -> None:
        self._path = path
        self._order = order
        self._file: BinaryIO | None = None

    def begin(self) -> None:
        """Makes a file that was not there; raises ConfigurationError."""
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise ConfigurationError(
                f"{self._path} is there already: go on with it by --resume, or name another with --results."
            ) from error
        except OSError as error:
            raise ConfigurationError(f"{self._path} cannot be written: {error.strerror}.") from error
        self._file = os.fdopen(descriptor, "wb")
        self._write({"order": self._order})

    def resume(self) -> Mapping[int, Note]:
        """Goes on with the file, and tells what it knows; raises ConfigurationError."""
        try:
            self._file = self._path.open("r+b")
        except OSError as error:
            raise ConfigurationError(f"{self._path} cannot be read: {error.strerror}.") from error
        end, notes = 0, dict[int, Note]()
        for line in _whole_lines(self._file):
            told = Reader(_object(line))
            if not end and told.text("order") != self._order:
                self.close()
                raise ConfigurationError(
                    f"{self._path} belongs to another document, operation or workspace; name another file."
                )
            if end:
                self._remember(told, notes)
            end += len(line)
        self._file.seek(end)
        self._file.truncate()
        if not end:
            self._write({"order": self._order})
        return notes

    def add(
        self,
        row: int,
        digest: str,
        outcome: Outcome,
        *,
        reasons: Sequence[str] = (),
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Notes it; on return it is on the disk. Raises OSError."""
        told: dict[str, object] = {"row": row, "digest": digest, "outcome": outcome.value}
        if reasons:
            told["reasons"] = list(reasons)
        if data is not None:
            told["data"] = data
        self._write(told)

    def close(self) -> None:
        """Lets go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _remember(self, told: Reader, notes: dict[int, Note]) -> None:
        row, outcome = told.number("row"), told.text("outcome")
        if row is None or outcome not in set(Outcome):
            self.close()
            raise ConfigurationError(f"{self._path} is no file of results; name another with --results.")
        notes[int(row)] = Note(told.text("digest"), Outcome(outcome))

    def _write(self, told: Mapping[str, object]) -> None:
        if self._file is None:
            raise ValueError("the file of results is not open")
        self._file.write(json.dumps(told, default=str).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Each line; the last one, if it was cut off, is none."""
    return (line for line in file if line.endswith(b"\n"))


def _object(line: bytes) -> object:
    try:
        told: object = json.loads(line)
    except ValueError:
        return None
    return told
