"""What a process holds, and whether it grows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.proof.memory import Sample, at_share, growth, sample
from tests.processes import started


@given(st.floats(-5, 5), st.integers(8, 60), st.floats(0, 500))
def test_a_straight_line_is_found(slope: float, count: int, start: float) -> None:
    """Growth is that of the second half, whatever was before."""
    samples = [Sample(float(at), start + slope * at, at) for at in range(count)]
    grown = growth(samples, lambda each: each.mib)
    assert grown == pytest.approx(slope * (count - 1 - count // 2), abs=1e-6)


def test_one_high_sample_is_no_growth() -> None:
    """A chart that is being made at that moment does not look like a leak."""
    level = [Sample(float(at), 100.0, 10) for at in range(60)]
    peak = [*level[:45], Sample(45.0, 140.0, 10), *level[46:]]
    assert abs(growth(peak, lambda each: each.mib)) < 5.0


def test_a_leak_is_growth() -> None:
    """It begins late and is found all the same."""
    samples = [Sample(float(at), 100.0 + max(0, at - 30), 10) for at in range(60)]
    assert growth(samples, lambda each: each.mib) == pytest.approx(29.0)


def test_too_few_samples_say_nothing() -> None:
    """A line through three points is chance."""
    assert growth([Sample(float(at), at * 50.0, 1) for at in range(6)], lambda each: each.mib) == 0.0


def test_a_share_of_the_samples_has_a_last_one() -> None:
    """All of them is the last."""
    samples = [Sample(float(at), at, at) for at in range(10)]
    assert [at_share(samples, share).at for share in (0.1, 0.5, 1.0)] == [1.0, 5.0, 9.0]


async def test_children_are_counted(tmp_path: Path) -> None:
    """A process that starts another one holds more."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell what a process holds")
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', \"print('up', flush=True); input()\"],"
        " stdin=subprocess.PIPE)\n"
        "child.wait()"
    )
    alone = sample(os.getpid(), 1.0)
    async with started("-c", script, folder=tmp_path) as parent:
        assert await parent.line() == "up\n"
        both = sample(parent._process.pid, 2.0)
    assert alone is not None
    assert both is not None
    assert (alone.at, both.at) == (1.0, 2.0)
    assert both.mib > 5.0
    assert both.children > 5.0
    assert alone.mib > both.mib
    assert both.files >= 3


def test_a_process_that_is_gone_has_nothing() -> None:
    """It may end between two looks."""
    assert sample(2**22 + 1, 0.0) is None
