"""What is said."""

from __future__ import annotations

import pytest

from bot.sandbox.indigo.phrases import ENGLISH, ITALIAN, Language


@pytest.mark.parametrize("language", [ITALIAN, ENGLISH])
def test_everything_can_be_filled_in(language: Language) -> None:
    """Only a number is ever left open, and nothing is empty."""
    turns = [turn for topic in language.topics for turn in topic.turns] + list(language.thanks)
    said = [language.greeting, language.more, language.details, *(text for turn in turns for text in turn)]
    assert all(text.strip() for text in said)
    assert not any("{" in text.replace("{n}", "1") for text in said)


def test_some_of_it_does_harm_to_the_careless() -> None:
    """There are a formula, an angle bracket and an emoji among the texts."""
    texts = [
        text for each in (ITALIAN, ENGLISH) for topic in each.topics for turn in topic.turns for text in turn
    ]
    texts += [text for turn in (*ITALIAN.thanks, *ENGLISH.thanks) for text in turn]
    assert any(text.startswith("=") for text in texts)
    assert any("<" in text for text in texts)
    assert any(ord(max(text)) > 0xFFFF for text in texts)
