"""Single blocks keep their limits."""

from bot.core.render import elements
from bot.model import ChartImage, Draft
from tests.core.render.limits import LIVE, check


def test_every_block_keeps_its_limits() -> None:
    """Texts that are empty or too long still make blocks that Slack takes."""
    for text in ("", "\x00", "x" * 5000, "word " * 2000, "<!channel>"):
        blocks = (
            elements.context(text, *[text] * 20),
            elements.image(ChartImage("F1", text)),
            elements.actions([elements.button(text, "a", "v")]),
        )
        check(Draft("text", blocks))
    check(Draft("text", (elements.section("x" * 5000),)))


def test_an_image_always_has_an_alt_text() -> None:
    """Slack refuses an image without one."""
    assert elements.image(ChartImage("F1", ""))["alt_text"] == "Chart"


def test_style_only_where_asked() -> None:
    """A button is plain unless it is the one thing to do."""
    assert "style" not in elements.button("Stop", "stop", "t1")
    assert elements.button("Retry", "retry", "t1", style="primary")["style"] == "primary"


def test_plain_text_is_one_line_without_tokens() -> None:
    """What looks like a mention or a broadcast is made powerless; what is harmless stays as it is."""
    assert elements.inert(" Revenue, 2026\n", 40) == "Revenue, 2026"
    assert elements.inert("two  spaces\tand\u202e more", 40) == "two spaces and more"
    for text in ("<!channel>", "<@U1>", "<#C1>", "@here", "@everyone you"):
        assert not LIVE.search(elements.inert(text, 40))
    assert elements.inert("x" * 100_000, 10) == "x" * 9 + "…"
    assert len(elements.inert("<!" * 40, 10)) == 10


def test_notes_keep_to_their_room() -> None:
    """Ten short notes stand in a line of small print, of very long ones the first."""
    few = elements.context(*["a note"] * 12)["elements"]
    many = elements.context(*["word " * 80] * 12)["elements"]
    assert isinstance(few, list)
    assert isinstance(many, list)
    assert (len(few), len(many)) == (10, 4)
