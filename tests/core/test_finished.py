"""A turn at its end."""

from __future__ import annotations

from bot.core.finished import Finished, Reached
from bot.core.render.blocks import Ending
from bot.model import Answer, Footer
from tests.fakes import question


def test_nothing_is_chosen_or_kept_unless_it_is_said() -> None:
    """An answer without visualizations, or with a store that is full, has no controls on its data."""
    finished = Finished("t1", question(), Answer(), Ending.DONE, Footer())
    assert (finished.kept, finished.chosen, finished.notice) == (False, (), None)
    assert (finished.exports, finished.share) == (True, False)


def test_how_far_an_answer_came_reads_as_a_sentence() -> None:
    """It stands in the log behind "its answer is"."""
    assert f"its answer is {Reached.SIMPLER}" == "its answer is shown in a simpler form"
