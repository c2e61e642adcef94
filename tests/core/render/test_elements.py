"""Single blocks keep their limits."""

from bot.core.render import elements
from bot.model import ChartImage, Draft
from tests.core.render.limits import check


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
