"""Hostile answers, any call to Slack failing: how many were tried, how long it took, and what became of them.

Run ``python -m benchmarks.hostile 10000``. It runs the test that holds the rule, in a process of its own,
and takes the figures from what it says; where the rule does not hold for an answer, the figure says that.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

COUNT = 500

_ROOT = Path(__file__).parent.parent
_TEST = "tests/test_delivery_hostile.py::test_a_hostile_answer_always_reaches_somebody"
_LINE = re.compile(r"^(\d+) hostile answers in (\d+) s: (.+)$", re.MULTILINE)


def tried(count: int) -> str:
    """What the test says of so many answers."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", _TEST]
    environment = {**os.environ, "HOSTILE_CASES": str(count)}
    done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return done.stdout + done.stderr


def row(said: str) -> tuple[str, str]:
    """The figures in what the test says; a failed test says none."""
    found = _LINE.search(said)
    if found is None:
        return "hostile answers, any call failing", f"the rule did not hold, see {_TEST}"
    count, seconds, outcomes = int(found[1]), int(found[2]), found[3]
    return f"{count:,} hostile answers, any call failing", f"{seconds} s; {outcomes}"


def rows() -> list[tuple[str, str]]:
    """What was measured, as pairs of a name and a figure."""
    return [row(tried(COUNT))]


def main(argv: Sequence[str] | None = None) -> None:
    """Print what the test says; the one argument is how many answers."""
    given = sys.argv[1:] if argv is None else argv
    print(tried(int(given[0]) if given else COUNT))


if __name__ == "__main__":
    main()
