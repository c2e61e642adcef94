"""A small Web API that knows people and channels."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.handlers.conftest import Slack
from tests.slack.conftest import serving


@pytest.fixture
async def api() -> AsyncIterator[Slack]:
    """A running Web API with a client that talks to it."""
    served = Slack()
    async with serving(served):
        yield served
