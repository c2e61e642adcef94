"""The one table."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks


def test_everything_is_one_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The machine stands above the rows of all measurements."""
    folded = [("folding", "diffs", "seconds", "µs/diff", "growth"), ("Turn", "10", "0.1", "3", "x2.0")]
    monkeypatch.setattr("benchmarks.folding.rows", lambda: folded)
    monkeypatch.setattr("benchmarks.charts.rows", lambda: [("chart", "9 ms")])
    monkeypatch.setattr("benchmarks.tables.rows", lambda: [("10 rows", "1 ms")])
    monkeypatch.setattr("benchmarks.replies.rows", lambda: [("reply", "1.1 calls")])
    monkeypatch.setattr("benchmarks.hostile.rows", lambda: [("5 hostile answers", "1 s; 5 shown")])
    monkeypatch.setattr("benchmarks.export.rows", lambda: [("export of 9 chats", "1 s")])
    benchmarks.main([])
    machine, empty, *table = capsys.readouterr().out.splitlines()
    assert "Python 3." in machine
    assert "; load " in machine
    assert empty == ""
    assert table == [
        "| Measured | Figure |",
        "|---|---|",
        "| folding 10 diffs: Turn | 0.1 s, 3 µs a diff, x2.0 for twice the diffs |",
        "| 10 rows | 1 ms |",
        "| chart | 9 ms |",
        "| reply | 1.1 calls |",
        "| 5 hostile answers | 1 s; 5 shown |",
        "| export of 9 chats | 1 s |",
    ]


def test_the_processor_is_named(tmp_path: Path) -> None:
    """Where the system tells the model, it is told; elsewhere something is."""
    facts = tmp_path / "cpuinfo"
    assert benchmarks.processor(facts) is not None
    facts.write_text("processor\t: 0\nmodel name\t: Quick 9000\nmodel name\t: Quick 9000\n")
    assert benchmarks.processor(facts) == "Quick 9000"
