from __future__ import annotations

import pytest

from bot.core.delta import DeltaError
from bot.core.folding import Fold, clean
from bot.core.ordering import Begin, Change
from bot.core.reading import shown_text, visualization_ids
from bot.model import Op

LONG = "Revenue grew by 5 percent"


def chart(name: str) -> Op:
    """A visualization as the wire embeds it."""
    return {"insert": {"visualization": {"id": name}}}


def run(text: str, stream: str, **more: object) -> Op:
    """A piece of a running stream."""
    return {"insert": text, "attributes": {"streamId": stream, **more}}


def folded(*diffs: list[Op], fold: Fold | None = None, last: bool = False) -> Fold:
    """The fold after the diffs; with ``last`` the last of them ends the answer."""
    fold = fold or Fold()
    for number, ops in enumerate(diffs, start=1):
        fold.receive(Change(ops, last=last and number == len(diffs)))
    return fold


def text(fold: Fold) -> str:
    """The text that is shown."""
    return shown_text(fold.document.ops())


# -- increments or snapshots -------------------------------------------------------------------------------


def test_retains_are_increments() -> None:
    """A diff with a position is composed."""
    fold = folded([{"insert": "ab"}], [{"retain": 1}, {"delete": 1}, {"insert": "c"}])
    assert (text(fold), fold.mode, fold.doubts) == ("ac", "increments", set())


def test_a_body_that_extends_is_a_snapshot() -> None:
    """Text that begins with the text so far replaces it."""
    fold = folded([{"insert": LONG}], [{"insert": f"{LONG}."}], [{"insert": "Another text."}])
    assert (text(fold), fold.mode) == ("Another text.", "snapshots")


def test_inserts_that_do_not_extend_are_added() -> None:
    """Text that does not begin with the text so far goes to the end, and so does all that follows."""
    fold = folded([{"insert": "Rev"}], [{"insert": "enue"}], [{"insert": "enue"}], [{"insert": "!"}])
    assert (text(fold), fold.mode, fold.doubts) == ("Revenueenue!", "increments", set())


def test_a_few_letters_are_no_evidence() -> None:
    """A first guess on little evidence is corrected by what follows."""
    fold = folded([{"insert": "ha"}], [{"insert": "ha"}])
    assert (text(fold), fold.mode) == ("ha", None)
    assert text(folded([{"insert": "!"}], fold=fold)) == "haha!"
    assert fold.mode == "increments"


def test_snapshots_that_begin_short_are_recognised() -> None:
    """Short snapshots replace each other at once, and the mode is known when there is enough text."""
    fold = folded([{"insert": "Re"}], [{"insert": "Rev"}])
    assert (text(fold), fold.mode) == ("Rev", None)
    folded([{"insert": LONG}], [{"insert": f"{LONG} in May"}], fold=fold)
    assert (text(fold), fold.mode) == (f"{LONG} in May", "snapshots")


def test_a_body_with_all_visualizations_is_a_snapshot() -> None:
    """A diff that has every visualization and text is a body, though its text was rewritten."""
    fold = folded([{"insert": "Draft"}, chart("v1")], [{"insert": "Final"}, chart("v1"), chart("v2")])
    assert (text(fold), fold.mode) == ("Final", "snapshots")
    assert visualization_ids(fold.document.ops()) == {"v1", "v2"}


def test_status_is_no_evidence() -> None:
    """Progress lines say nothing about the mode; the text after them does."""
    line: Op = {"insert": "Looking", "attributes": {"progress": True}}
    fold = folded([line], [{**line, "insert": "Running"}], [{"insert": "Rev"}])
    assert (text(fold), fold.mode, fold.status.text) == ("Rev", None, "Running")
    assert text(folded([{"insert": "enue"}], fold=fold)) == "Revenue"


def test_a_snapshot_without_a_change_of_ops_keeps_the_answer() -> None:
    """An empty diff changes nothing, and a table at the end does not wipe the text."""
    fold = folded([{"insert": LONG}], [{"insert": f"{LONG}."}], [])
    assert text(fold) == f"{LONG}."
    folded([chart("v1")], fold=fold, last=True)
    assert text(fold) == f"{LONG}."
    assert visualization_ids(fold.document.ops()) == {"v1"}
    assert fold.doubts == {"snapshot"}


def test_the_last_piece_is_added() -> None:
    """Inserts at the end that are less than the body go to its end."""
    fold = folded([{"insert": "Rev"}], [{"retain": 3}, {"insert": "enue"}], [{"insert": "."}], last=True)
    assert (text(fold), fold.doubts) == ("Revenue.", set())


def test_the_last_body_replaces() -> None:
    """Inserts at the end that hold the body replace it, however short it is."""
    fold = folded([{"insert": "4"}], [{"retain": 1}, {"insert": "2"}], [{"insert": "42"}], last=True)
    assert (text(fold), fold.doubts) == ("42", set())


def test_a_body_amid_increments_replaces() -> None:
    """A whole body in the middle of increments, as after a reconnect, is taken for one."""
    fold = folded([{"insert": LONG}], [{"retain": 25}, {"insert": "!"}], [{"insert": f"{LONG}! More"}])
    assert (text(fold), fold.mode, fold.doubts) == (f"{LONG}! More", "increments", set())


def test_inserts_without_a_position_among_those_with_one() -> None:
    """They go to the end, with doubt."""
    fold = folded([{"insert": "Rev"}], [{"retain": 3}, {"insert": "en"}], [{"insert": "ue"}])
    assert (text(fold), fold.doubts) == ("Revenue", {"position"})


def test_a_position_ends_the_guessing() -> None:
    """What was guessed from two diffs is corrected by the length that a third one retains."""
    fold = folded([{"insert": "ha"}], [{"insert": "ha"}], [{"retain": 4}, {"insert": "!"}])
    assert (text(fold), fold.doubts) == ("haha!", set())
    fold = folded([{"insert": "ha"}], [{"insert": "hat"}], [{"retain": 3}, {"insert": "!"}])
    assert (text(fold), fold.doubts) == ("hat!", set())


def test_many_diffs_without_evidence_are_increments() -> None:
    """Guessing comes to an end."""
    fold = folded(*[[chart("")] for _ in range(100)])
    assert fold.mode == "increments"
    assert fold.document.length("utf16") == 100


# -- positions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retain", "unit", "expected"), [(4, "utf16", "😀ab!"), (3, "codepoint", "😀ab!"), (2, None, "😀!ab")]
)
def test_the_unit_is_recognised(retain: int, unit: str | None, expected: str) -> None:
    """The length that a diff retains tells the unit; if it fits neither, that is doubt."""
    fold = folded([{"insert": "😀ab"}], [{"retain": retain}, {"insert": "!"}])
    assert (fold.unit, text(fold)) == (unit, expected)
    assert bool(fold.doubts) == (unit is None)


def test_an_edit_in_the_middle_is_no_doubt() -> None:
    """A diff that deletes or marks something in the middle fits."""
    fold = folded(
        [{"insert": "abcd"}],
        [{"retain": 1}, {"delete": 1}, {"insert": "B"}],
        [{"retain": 2, "attributes": {"bold": True}}],
        [{"delete": 1}, {"insert": "A"}],
    )
    assert (text(fold), fold.doubts) == ("ABcd", set())


@pytest.mark.parametrize("retain", [9, 1])
def test_a_length_that_does_not_fit_is_doubt(retain: int) -> None:
    """Beyond the end, pieces go to the end; within, they go where they say; both are doubt."""
    fold = folded([{"insert": "ab"}], [{"retain": retain}, {"insert": "c"}])
    assert sorted(text(fold)) == ["a", "b", "c"]
    assert fold.document.complete
    assert fold.doubts == {"length"}


def test_a_known_unit_is_not_guessed() -> None:
    """With a unit given, a length that fits only the other is doubt."""
    fold = folded([{"insert": "😀ab"}], [{"retain": 3}, {"insert": "!"}], fold=Fold(unit="utf16"))
    assert (text(fold), fold.unit, fold.doubts) == ("😀a!b", "utf16", {"length"})


def test_a_pair_that_two_diffs_bring_is_one_character() -> None:
    """The halves of a surrogate pair in two diffs are joined, with or without a position."""
    assert text(folded([{"insert": "a\ud83d"}], [{"retain": 2}, {"insert": "\ude00b"}])) == "a😀b"
    assert text(folded([{"insert": "a\ud83d"}], [{"insert": "\ude00b"}])) == "a😀b"


def test_a_status_that_is_deleted_goes() -> None:
    """When a diff deletes a progress line, the status is what is left."""
    lines: list[Op] = [{"insert": line, "attributes": {"progress": True}} for line in ("One\n", "Two\n")]
    fold = folded(lines)
    assert fold.status.text == "Two"
    assert folded([{"retain": 4}, {"delete": 4}], fold=fold).status.text == "One"


# -- runs --------------------------------------------------------------------------------------------------


def test_a_run_without_position_replaces() -> None:
    """Inserts without a position bring a known run again: it is replaced in its place."""
    fold = folded([run("Rev", "s1")], [{"insert": " Data."}], [run("Revenue", "s1"), {"insert": " End."}])
    assert (text(fold), fold.doubts) == ("Revenue Data. End.", set())


def test_a_run_with_position_goes_on() -> None:
    """With a position, a piece of a known run goes where it says."""
    fold = folded([run("Rev", "s1")], [{"retain": 3}, run("enue", "s1")])
    assert text(fold) == "Revenue"


def test_a_run_that_becomes_another_text_is_doubt() -> None:
    """A run that is shown and loses its text is replaced, with doubt; a status is not worth one."""
    fold = folded([run("Rev", "s1")], [run("enue", "s1")])
    assert (text(fold), fold.doubts) == ("enue", {"run"})
    fold = folded([{"insert": "a"}], [{"insert": "b"}], [run("One", "p", progress=True)])
    folded([run("Two", "p", progress=True)], fold=fold)
    assert (text(fold), fold.status.text, fold.doubts) == ("ab", "Two", set())


# -- restarts, junk, the wire ------------------------------------------------------------------------------


def test_a_restart_replaces() -> None:
    """A restart begins from nothing."""
    fold = folded([{"insert": "Old"}], [{"retain": 3}, {"insert": "er"}])
    fold.receive(Change([{"insert": "New"}], begin=Begin.ANEW))
    assert (text(fold), fold.doubts) == ("New", set())


def test_an_unclear_beginning() -> None:
    """With an index that does not move, a body that goes on is a snapshot, another one is doubt."""
    fold = folded([{"insert": "Rev"}])
    fold.receive(Change([{"insert": "Revenue"}], begin=Begin.UNCLEAR))
    assert (text(fold), fold.doubts) == ("Revenue", set())
    fold.receive(Change([{"insert": "Other"}], begin=Begin.UNCLEAR))
    assert (text(fold), fold.doubts) == ("Other", {"index"})


@pytest.mark.parametrize("mode", [None, "increments", "snapshots"])
@pytest.mark.parametrize(
    "junk", [[{"retain": -1}], [{"insert": "a"}, {"insert": 3}], [{"retain": 1, "delete": 1}]]
)
def test_junk_leaves_the_document(mode: None, junk: list[Op]) -> None:
    """What is no change leaves the document as it is, with doubt."""
    fold = folded([{"insert": LONG}], junk, [{"insert": f"{LONG}."}], fold=Fold(mode=mode))
    assert fold.doubts >= {"op"}
    assert text(fold) == f"{LONG}."


def test_each_line_ends() -> None:
    """Ops with endline stay apart, however they come."""
    line: Op = {"insert": "a", "attributes": {"endline": True}}
    assert len(folded([line, line]).document.ops()) == 2
    assert len(folded([line], [{"retain": 1}, line]).document.ops()) == 2


def test_clean_removes_what_is_not_set() -> None:
    """What is null goes, texts become strings; false goes from an insert and stays on a retain."""
    unset = {"insert": None, "retain": None, "delete": None, "attributes": None}
    wire = [
        {
            **unset,
            "insert": {"text": "a", "visualization": None},
            "attributes": {"bold": None, "code": False},
        },
        {**unset, "insert": {"text": None, "visualization": {"id": "v1"}}},
        {**unset, "retain": 1, "attributes": {"bold": None, "code": False}},
        {**unset, "delete": 2},
        {"insert": {"text": "a", "section": {"title": "b"}}},
    ]
    assert clean(wire) == [
        {"insert": "a"},
        {"insert": {"visualization": {"id": "v1"}}},
        {"retain": 1, "attributes": {"code": False}},
        {"delete": 2},
        {"insert": {"text": "a", "section": {"title": "b"}}},
    ]


@pytest.mark.parametrize("junk", [None, "ops", 3, [None], ["op"]])
def test_clean_refuses_what_is_no_list_of_objects(junk: object) -> None:
    """What is no list of objects raises DeltaError."""
    with pytest.raises(DeltaError):
        clean(junk)
