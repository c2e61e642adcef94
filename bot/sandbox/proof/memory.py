"""What a process and its children hold: memory and open files, and whether it grows.

Read from /proc, which Linux has; elsewhere nothing is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_MIB = 1024.0
#: What a line through so few points says is chance.
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """One look.

    Attributes:
        at: seconds since the beginning.
        mib: resident memory of the process, in MiB.
        files: open files and sockets of the process.
        children: resident memory of its children together, in MiB.
    """

    at: float
    mib: float
    files: int
    children: float = 0.0


def sample(pid: int, at: float) -> Sample | None:
    """How it is now; None where the process is gone, or this system does not tell."""
    try:
        files = sum(1 for _ in (_PROC / str(pid) / "fd").iterdir())
        return Sample(at, _mib(pid), files, sum(map(_mib, _children(pid))))
    except OSError:
        return None


def growth(samples: Sequence[Sample], value: Callable[[Sample], float]) -> float:
    """By how much ``value`` grows over the second half: the straight line that fits its samples best.

    A line, not the last sample less the first, because a single sample may fall into the making of a chart.
    """
    half = samples[len(samples) // 2 :]
    if len(half) < _FEWEST:
        return 0.0
    middle = sum(each.at for each in half) / len(half)
    mean = sum(map(value, half)) / len(half)
    spread = sum((each.at - middle) ** 2 for each in half)
    if not spread:
        return 0.0
    slope = sum((each.at - middle) * (value(each) - mean) for each in half) / spread
    return slope * (half[-1].at - half[0].at)


def at_share(samples: Sequence[Sample], share: float) -> Sample:
    """The sample after this share of them; there is at least one."""
    return samples[min(len(samples) - 1, int(share * len(samples)))]


def _children(pid: int) -> list[int]:
    """All its children, and theirs."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in (_PROC / str(each) / "task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found[1:]


def _mib(pid: int) -> float:
    for line in (_PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / _MIB
    return 0.0
