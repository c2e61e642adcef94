"""What a platform is like."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from bot.sandbox.indigo.options import IndigoOptions


def test_every_option_is_documented() -> None:
    """Each has a row in the table of options, with its default."""
    text = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `IndigoOptions\.(\w+)` \| `(.*?)` \|", text, re.MULTILINE))
    assert rows == {each.name: str(each.default) or '""' for each in fields(IndigoOptions)}
