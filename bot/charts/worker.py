"""The chart worker: a child process that draws one chart after the other until its standard input ends.

It imports nothing of the bot but this package, ``bot.core`` and ``bot.model``. A request is a pickled
``ChartSpec``, a reply the PNG; both stand behind a length. The parent is ``bot.charts.pool``.
"""

from __future__ import annotations

import logging
import os
import pickle
import struct
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from bot.model import ChartKind, ChartSpec, Series

#: Before every request: its length in bytes.
REQUEST = struct.Struct(">I")

#: Before every reply: whether it is a picture (else the name of an error), and its length in bytes.
REPLY = struct.Struct(">?I")

#: What draws where nothing else is asked for, named so that importing this module stays cheap.
DRAW = "bot.charts.png:draw"

_SAMPLE = ChartSpec(ChartKind.COLUMN, "Warm-up", ("a", "b"), (Series("s", (1.0, 2.0)),))


def serve(draw: Callable[[ChartSpec], bytes], requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until they end; a chart that cannot be drawn is told, and takes nothing else down."""
    while header := requests.read(REQUEST.size):
        (length,) = REQUEST.unpack(header)
        try:
            picture = draw(cast("ChartSpec", pickle.loads(requests.read(length))))  # noqa: S301 -- from our parent
        except Exception as error:  # noqa: BLE001 -- whatever it was, it cost this chart only
            reply(replies, type(error).__name__.encode(), drawn=False)
        else:
            reply(replies, picture, drawn=True)


def reply(replies: BinaryIO, payload: bytes, *, drawn: bool) -> None:
    """Send one reply."""
    replies.write(REPLY.pack(drawn, len(payload)) + payload)
    replies.flush()


def load(name: str) -> Callable[[ChartSpec], bytes]:
    """The function that ``module:function`` names; the real one has drawn once when this returns."""
    module, _, function = name.partition(":")
    draw = cast("Callable[[ChartSpec], bytes]", getattr(import_module(module), function))
    if name == DRAW:
        draw(_SAMPLE)
    return draw


def config_dir(chosen: str | None, home: Path, temporary: Path) -> str:
    """Where matplotlib can keep its font cache: the chosen directory, the usual one or a temporary one."""
    if chosen:
        return chosen
    usual = home / ".cache" / "matplotlib"
    try:
        usual.mkdir(parents=True, exist_ok=True)
    except OSError:
        return tempfile.mkdtemp(prefix="matplotlib-", dir=temporary)
    return str(usual) if os.access(usual, os.W_OK) else tempfile.mkdtemp(prefix="matplotlib-", dir=temporary)


def main() -> None:
    """Run as ``python -m bot.charts.worker module:function``; an empty reply says that it is ready."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not run into the replies.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    os.environ["MPLCONFIGDIR"] = config_dir(
        os.environ.get("MPLCONFIGDIR"), Path.home(), Path(tempfile.gettempdir())
    )
    draw = load(sys.argv[1])
    reply(replies, b"", drawn=True)
    serve(draw, sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
