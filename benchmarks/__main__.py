"""``python -m benchmarks``: measures everything in about eight minutes, and prints one table in Markdown.

``python -m benchmarks export`` measures the export from Indigo alone.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks import charts, export, folding, hostile, replies, tables

Row = tuple[str, str]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the machine and the table."""
    arguments = _arguments(argv)
    before = load()
    measured = table(_export(arguments) if arguments.part == "export" else _rows())
    print(f"{machine()}; load {before} before, {load()} after.\n\n{measured}")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parts = parser.add_subparsers(metavar="part", dest="part")
    alone = parts.add_parser("export", help="the export from Indigo alone")
    alone.add_argument("--chats", type=int, default=export.CHATS, help="default: %(default)s")
    alone.add_argument("--kills", type=int, default=export.KILLS, help="default: %(default)s")
    alone.add_argument(
        "--latency", type=float, default=export.LATENCY, help="seconds that each call takes at least"
    )
    return parser.parse_args(argv)


def _export(arguments: argparse.Namespace) -> list[Row]:
    measured = export.measure(arguments.chats, kills=arguments.kills, latency=arguments.latency)
    return measured.rows()


def _rows() -> Iterator[Row]:
    _tell("folding")
    yield from folded(folding.rows())
    measurements = (
        ("tables", tables.rows),
        ("charts", charts.rows),
        ("replies", replies.rows),
        ("hostile answers", hostile.rows),
        ("export", export.rows),
    )
    for name, rows in measurements:
        _tell(name)
        yield from rows()


def _tell(name: str) -> None:
    print(f"{name} …", file=sys.stderr, flush=True)


def folded(found: Iterable[Sequence[str]]) -> Iterator[Row]:
    """The columns of ``folding.rows`` (header, name, diffs, seconds, µs a diff, growth) as pairs."""
    for name, diffs, seconds, each, growth in list(found)[1:]:
        doubled = f", {growth} for twice the diffs" if growth.startswith("x") else ""
        yield f"folding {diffs} diffs: {name}", f"{seconds} s, {each} µs a diff{doubled}"


def table(rows: Iterable[Row]) -> str:
    """Rows as a Markdown table."""
    lines = ["| Measured | Figure |", "|---|---|"]
    lines += [f"| {name} | {figure} |" for name, figure in rows]
    return "\n".join(lines)


def machine() -> str:
    """Processor, cores, Python, system."""
    parts = [
        processor(Path("/proc/cpuinfo")),
        f"{os.cpu_count()} cores",
        f"Python {platform.python_version()}",
        platform.system(),
    ]
    return ", ".join(parts)


def load() -> str:
    """How many processes wanted a processor during the last minute; high means that others had it, too."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def processor(facts: Path) -> str:
    """The model as ``/proc/cpuinfo`` names it, or what Python knows."""
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
