from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.indigo import content
from bot.core.indigo.content import Part

#: As the vendor's documentation shows them.
USER = {
    "hidden": False,
    "sender": "642981ee",
    "text": "OK GRAZIE",
    "timestamp": 1680181239415,
    "type": "text",
}
ASSISTANT = {
    "messages": [
        {
            "input": {"type": "text"},
            "messages": [{"data": {"text": '<p class="slate-p">Ci contatti</p>'}, "type": "text"}],
        }
    ]
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "data", "text", "messages", "buttons", "cards", "hidden", "url", "kind"]
            ),
            inner | st.sampled_from(["text", "image", "link", "buttons", "carousel", "video", "typing"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


def said(*parts: object) -> object:
    """An assistant's content."""
    return {"messages": [{"input": {"type": "text"}, "messages": list(parts)}]}


def typed(kind: str, **data: object) -> object:
    return {"type": kind, "data": data}


def test_a_users_words_are_shown_as_they_were_typed() -> None:
    """Also those that look like HTML."""
    assert content.parts(USER) == (Part("text", "OK GRAZIE"),)
    assert (
        content.plain({**USER, "text": " List<String> &amp; <b>x</b>\nx "})
        == "List<String> &amp; <b>x</b>\nx"
    )
    assert content.plain("a <b>") == "a <b>"


def test_an_assistants_words_are_html() -> None:
    """They become plain text."""
    assert content.parts(ASSISTANT) == (Part("text", "Ci contatti"),)


@pytest.mark.parametrize(
    ("part", "expected", "plain"),
    [
        (typed("text", text="<p>a</p><p>b</p>"), Part("text", "a\nb"), "a\nb"),
        ({"type": "text", "data": "<b>a</b>"}, Part("text", "a"), "a"),
        (typed("text", html_text="<i>a</i>"), Part("text", "a"), "a"),
        (typed("link", url="https://a", text="A"), Part("link", "A", "https://a"), "A (https://a)"),
        (typed("url", url="https://a", title="A"), Part("link", "A", "https://a"), "A (https://a)"),
        (typed("link", href="https://a"), Part("link", "", "https://a"), "https://a"),
        (typed("link"), Part("link"), "[link]"),
        (typed("image", url="a.png", caption="A"), Part("image", "A", "a.png"), "[image A a.png]"),
        (typed("image", image={"url": "a .png\n"}), Part("image", "", "a.png"), "[image a.png]"),
        (typed("video", url="a.mp4"), Part("video", "", "a.mp4"), "[video a.mp4]"),
        (
            typed("buttons", buttons=[{"type": "button", "text": "Yes"}, "No", {}, None]),
            Part("buttons", options=("Yes", "No")),
            "[Yes] [No]",
        ),
        (typed("button", text="Yes"), Part("buttons", options=("Yes",)), "[Yes]"),
        (typed("map_widget", lat=45.07), Part("unknown", "map_widget"), "[map_widget]"),
        (typed("quiz", title="<b>Q</b>"), Part("unknown", "quiz: Q"), "[quiz: Q]"),
        ({"type": "handover", "data": None}, Part("unknown", "handover"), "[handover]"),
        ({"kind": "typing", "ms": 7}, Part("unknown", "typing"), "[typing]"),
        ({"zoom": 7}, Part("unknown", "unknown"), "[unknown]"),
    ],
)
def test_each_type_has_its_part(part: object, expected: Part, plain: str) -> None:
    """What is not known is told by its name, never left out."""
    assert content.parts(said(part)) == (expected,)
    assert content.plain(said(part)) == plain


def test_a_carousel_is_told_with_its_cards() -> None:
    """Their words, pictures and buttons."""
    card = {
        "title": "Shoe",
        "subtitle": "12 €",
        "image": "a.jpg",
        "buttons": [{"type": "link", "text": "More", "url": "https://a"}],
    }
    assert content.plain(said(typed("carousel", cards=[card, None]))) == (
        "[carousel]\nShoe – 12 €\n[image a.jpg]\nMore (https://a)"
    )


def test_words_above_buttons_are_told() -> None:
    """They stand beside the list of buttons, or beside messages."""
    asked = {"type": "quick_replies", "data": {"text": "<p>Well?</p>", "replies": ["Yes", "No"]}}
    assert content.plain(said(asked)) == "Well?\n[Yes] [No]"
    assert content.plain({"text": "Well?", "messages": [asked]}) == "Well?\nWell?\n[Yes] [No]"


def test_what_an_unknown_type_holds_is_looked_into() -> None:
    """Messages in it, or a list of data."""
    nested = {"type": "box", "messages": [typed("text", text="in")], "data": [typed("text", text="there")]}
    assert content.plain(said(nested)) == "[box]\nin\nthere"


@pytest.mark.parametrize("kind", ["typing", "wait", "delay"])
def test_what_says_nothing_is_left_out(kind: str) -> None:
    """Pauses of the assistant, unless they have words."""
    assert content.parts(said({"type": kind, "data": {"ms": 100}})) == ()
    assert content.plain(said(typed(kind, text="One moment"))) == "[typing: One moment]".replace(
        "typing", kind
    )


def test_what_is_hidden_is_marked_and_so_is_all_inside() -> None:
    """It is shown to nobody who does not ask for it."""
    tree = {
        "messages": [
            {"hidden": True, "messages": [typed("text", text="a")]},
            typed("text", text="b", hidden=True),
        ]
    }
    assert [part.hidden for part in content.parts(tree)] == [True, True]
    assert content.plain(tree) == ""
    assert content.plain(tree, hidden=True) == "a\nb"
    assert not content.is_hidden(tree)
    assert content.is_hidden({**USER, "hidden": True})
    assert not content.is_hidden({**USER, "hidden": "yes"})
    assert not content.is_hidden(None)


@pytest.mark.parametrize("empty", [None, "", " ", {}, [], {"messages": []}, {"type": "text", "text": " "}])
def test_content_without_anything_has_no_parts(empty: object) -> None:
    """And no text."""
    assert content.parts(empty) == content.parts(said(empty)) == ()


def test_content_that_is_none_is_told() -> None:
    """A number in the place of a tree."""
    assert content.plain(42) == "[content]"


def test_a_tree_that_is_too_deep_is_cut_and_that_is_told() -> None:
    """However it nests."""
    lists: object = [typed("text", text="x")]
    objects: object = typed("text", text="x")
    for _ in range(400):
        lists, objects = [lists], {"messages": [objects]}
    assert content.plain(lists) == content.plain(objects) == "[…]"


def test_a_tree_of_too_many_parts_is_cut_and_that_is_told() -> None:
    """At five hundred."""
    shown = content.parts(said(*[typed("text", text="x")] * 2_000))
    assert (len(shown), shown[-1]) == (501, Part("cut"))


def test_a_tree_of_too_many_nodes_is_cut_and_that_is_told() -> None:
    """Even where none of them has a part."""
    assert content.parts([[[]] * 300] * 300) == (Part("cut"),)


@pytest.mark.parametrize(
    "tree", [{**USER, "text": "x" * 500_000}, said(typed("text", text="<p>" + "x" * 500_000))]
)
def test_a_text_that_is_too_long_is_cut_and_that_is_told(tree: object) -> None:
    """By an ellipsis."""
    shown = content.plain(tree)
    assert 199_000 < len(shown) <= 200_001
    assert shown.endswith("x…")


def test_many_long_texts_are_cut_together() -> None:
    """What follows the last character is told as cut."""
    shown = content.parts(said(*[typed("text", text="x" * 150_000)] * 3))
    assert [len(part.text) for part in shown] == [150_000, 50_001, 0]
    assert shown[-1].kind == "cut"


@given(json_values)
def test_nothing_makes_it_fail(tree: object) -> None:
    """Whatever tree it is, its parts can be written."""
    for part in content.parts(tree):
        assert isinstance(part.plain, str)
    assert len(content.plain(tree)) <= len(content.plain(tree, hidden=True))
