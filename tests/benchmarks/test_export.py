"""The measuring of exports, with a small one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import export
from benchmarks.export import Compared, Disturbed, Measured, Undisturbed, compare, expected, measure, read

WHOLE = Compared(missing=0, double=0, foreign=0)


def test_a_small_export_survives_its_deaths() -> None:
    """Killed twice and resumed, a file has every message of the platform once, as one without deaths has."""
    measured = measure(150, kills=2, latency=0.01, seed=4)
    assert measured.messages > 1_000
    assert measured.whole == measured.disturbed.compared == WHOLE
    assert measured.disturbed.kills == 2
    assert measured.disturbed.requests >= measured.undisturbed.requests >= 153
    assert measured.undisturbed.seconds > measured.undisturbed.ideal > 0


def test_what_is_wrong_with_a_file_is_counted(tmp_path: Path) -> None:
    """Lines that are missing, that are there again, and that are no messages of the platform."""
    there = expected(20)
    lines = [f'{{"chat": "{chat}", "id": {message}, "text": "x"}}' for chat, message in sorted(there)]
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(lines))
    assert compare(read(file), there) == WHOLE
    file.write_text("\n".join([*lines[3:], lines[5], lines[5], '{"chat": "1", "id": "2"}']))
    assert compare(read(file), there) == Compared(missing=3, double=2, foreign=1)


def test_memory_is_told_where_the_system_tells_it() -> None:
    """This process has some; one that is not there has none to tell of."""
    if Path("/proc/self/status").exists():
        assert (export.resident(os.getpid()) or 0) > 10
    assert export.resident(2**22 + 1) is None


@pytest.mark.parametrize(
    ("memory", "told"), [((40.2, 41.0, 41.4, 43.0), "40 / 41 / 41 MiB; 43 MiB"), ((), "unknown")]
)
def test_each_measurement_is_told(memory: tuple[float, ...], told: str) -> None:
    """Time against the ideal, memory, and both files against the platform."""
    measured = Measured(
        1_000,
        10_210,
        Compared(1, 0, 0),
        Undisturbed(20.0, 0.05, 1_200, memory),
        Disturbed(3, 1_260, Compared(0, 2, 3)),
    )
    name = "export of 1,000 chats, 10,210 messages"
    assert measured.rows() == [
        (f"{name}; one call takes 50 ms", "20 s for 1,200 pages, 5 s more than pages × call ÷ 4"),
        (f"{name}: memory at 10 / 50 / 100 %; highest", told),
        (f"{name}: against the platform", "1 missing, 0 twice, 0 foreign"),
        (f"{name}: killed 3 times, resumed", "0 missing, 2 twice, 3 foreign; 60 pages asked for again"),
    ]


def test_it_can_be_measured_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many chats as are wanted, and no other row."""
    seen: list[object] = []

    def measured(chats: int, *, kills: int, latency: float) -> Measured:
        seen.extend((chats, kills, latency))
        return Measured(chats, 9, WHOLE, Undisturbed(1.0, 0.01, 4, ()), Disturbed(kills, 4, WHOLE))

    monkeypatch.setattr("benchmarks.export.measure", measured)
    benchmarks.main(["export", "--chats", "70", "--kills", "1", "--latency", "0.5"])
    said = capsys.readouterr().out
    assert seen == [70, 1, 0.5]
    assert said.count("\n| ") == 5
    assert "export of 70 chats" in said
