"""The files of an export: readable by their owner alone, and cut to what is safely in them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from bot.core.indigo import rows
from bot.core.indigo.rows import Style


class Outputs:
    """Files that grow together. Every method blocks, and raises OSError.

    Args:
        paths: by style; a file that is there already is gone on with.
    """

    def __init__(self, paths: Mapping[Style, Path]) -> None:
        self._paths = paths
        self._files: dict[Style, BinaryIO] = {}
        self._stack = ExitStack()

    def open(self) -> None:
        """Makes the files, where they are not there yet."""
        for style, path in self._paths.items():
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            self._files[style] = self._stack.enter_context(os.fdopen(descriptor, "r+b"))

    def close(self) -> None:
        """Lets go of them."""
        self._stack.close()

    def cut(self, lengths: Mapping[Style, int]) -> None:
        """Takes away what is behind these lengths, and begins a file that has none."""
        for style, file in self._files.items():
            file.truncate(lengths[style])
            file.seek(lengths[style])
            if not lengths[style]:
                file.write(rows.head(style).encode())

    def add(self, texts: Mapping[Style, bytes]) -> None:
        """Writes at the ends."""
        for style, file in self._files.items():
            file.write(texts[style])

    def sync(self) -> Mapping[Style, int]:
        """On return everything is on the disk; gives the lengths."""
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())
        return {style: file.tell() for style, file in self._files.items()}
