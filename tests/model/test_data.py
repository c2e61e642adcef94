"""Results, and all values of this project."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from bot import model
from bot.model import VisualizationType

DATACLASSES = [
    kind for _, kind in inspect.getmembers(model, inspect.isclass) if dataclasses.is_dataclass(kind)
]


@pytest.mark.parametrize("kind", DATACLASSES, ids=lambda kind: kind.__name__)
def test_values_never_change(kind: type) -> None:
    """A value that went to another part of the app is what it was, for ever."""
    parameters = kind.__dataclass_params__  # type: ignore[attr-defined]  # set by the decorator
    assert parameters.frozen
    assert hasattr(kind, "__slots__")


def test_both_lists_of_the_vendor_are_known() -> None:
    """Nineteen types stand in both published lists, five in the older one alone, two in the newer one."""
    assert len(VisualizationType) == 19 + 5 + 2
