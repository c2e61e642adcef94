import pytest

from bot.sandbox.slack.blockkit.expansion import expanded


@pytest.mark.parametrize(
    ("markdown", "blocks"),
    [
        ("", 1),
        ("one\nstill one", 1),
        ("one\n\ntwo", 2),
        ("# one\ntwo", 2),
        ("- a\n- b\n  - c\n\nafter", 2),
        ("```\none\n\ntwo\n```\nafter", 2),
        ("| a |\n|---|\n| 1 |\n\nafter", 2),
        ("> a\n\n---\n\nb", 3),
    ],
)
def test_every_outermost_part_is_a_block(markdown: str, blocks: int) -> None:
    """A paragraph, heading, list, table, quotation, rule or code block is one, with all that is in it."""
    assert expanded(markdown) == blocks
