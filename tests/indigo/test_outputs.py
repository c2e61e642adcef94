from __future__ import annotations

from pathlib import Path

from bot.core.indigo import rows
from bot.indigo.outputs import Outputs


def test_files_grow_together(tmp_path: Path) -> None:
    """Each begins as its style wants it, and their owner alone may read them."""
    paths: dict[rows.Style, Path] = {"csv": tmp_path / "a.csv", "jsonl": tmp_path / "a.jsonl"}
    outputs = Outputs(paths)
    outputs.open()
    outputs.cut({"csv": 0, "jsonl": 0})
    outputs.add({"csv": b"1\r\n", "jsonl": b"{}\n"})
    lengths = outputs.sync()
    outputs.close()
    assert paths["csv"].read_bytes() == f"{rows.head('csv')}1\r\n".encode()
    assert paths["jsonl"].read_bytes() == b"{}\n"
    assert lengths == {style: path.stat().st_size for style, path in paths.items()}
    assert all(path.stat().st_mode & 0o077 == 0 for path in paths.values())


def test_what_is_not_safe_is_cut_off(tmp_path: Path) -> None:
    """Whoever goes on writes behind what is known to be whole, and no second head."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"head\r\n1\r\nhalf of a li")
    outputs = Outputs({"csv": path})
    outputs.open()
    outputs.cut({"csv": 9})
    outputs.add({"csv": b"2\r\n"})
    outputs.sync()
    outputs.close()
    assert path.read_bytes() == b"head\r\n1\r\n2\r\n"
