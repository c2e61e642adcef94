"""The town of the dialogs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.town import Town, town


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    """A workspace and a tenant; each test starts its own bot."""
    async with town(tmp_path) as built:
        yield built
