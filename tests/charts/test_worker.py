from __future__ import annotations

import io
import pickle
from pathlib import Path

import pytest

from bot.charts import worker
from bot.model import ChartSpec
from tests.charts.drawings import echo, moody, spec


def _requests(*charts: ChartSpec) -> io.BytesIO:
    packed = [pickle.dumps(chart) for chart in charts]
    return io.BytesIO(b"".join(worker.REQUEST.pack(len(item)) + item for item in packed))


def _replies(stream: io.BytesIO) -> list[tuple[bool, bytes]]:
    stream.seek(0)
    found = []
    while header := stream.read(worker.REPLY.size):
        drawn, length = worker.REPLY.unpack(header)
        found.append((drawn, stream.read(length)))
    return found


def test_requests_are_answered_in_order_until_they_end() -> None:
    """One reply for each chart; a failure is named without its text, which may hold data."""
    out = io.BytesIO()
    worker.serve(moody, _requests(spec(title="a"), spec(title="raise"), spec(title="b")), out)
    first, failed, last = _replies(out)
    assert first[0]
    assert first[1].startswith(b"a ")
    assert failed == (False, b"ValueError")
    assert last[1].startswith(b"b ")


def test_a_function_is_found_by_its_name() -> None:
    """The worker is told what draws as ``module:function``."""
    assert worker.load("tests.charts.drawings:echo")(spec()).startswith(echo(spec())[:5])
    with pytest.raises(AttributeError):
        worker.load("tests.charts.drawings:nothing")


def test_the_font_cache_has_a_place(tmp_path: Path) -> None:
    """What the operator chose wins, then the home directory, then a directory that can be written."""
    home = tmp_path / "home"
    assert worker.config_dir("/chosen", home, tmp_path) == "/chosen"
    assert worker.config_dir(None, home, tmp_path) == str(home / ".cache" / "matplotlib")
    blocked = tmp_path / "file"
    blocked.write_text("a file cannot hold a directory")
    made = Path(worker.config_dir(None, blocked, tmp_path))
    assert made.is_dir()
    assert made.parent == tmp_path
