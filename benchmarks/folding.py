"""Folding a long answer: does the cost of a diff stay the same?

Every diff retains the whole document and inserts five characters; every tenth a visualization instead.
``Document`` is the document alone. ``Turn`` reads the wire's ops, keeps the order, and makes the answer once,
at the end. ``Turn, shown`` makes it twenty times on the way, which is what an editor does with a message in
twenty seconds, however many diffs there are. Run it with ``python -m benchmarks.folding``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypeVar

from bot.core.delta import Document
from bot.core.turn import Turn
from bot.model import AnswerDiff, Op

SIZES = (5_000, 10_000, 20_000)

#: The best of so many runs counts, for another process may have had the processor in the others.
ROUNDS = 3

#: An editor shows an answer about once a second, much less often than diffs arrive.
SHOWN = 20

T = TypeVar("T")

HEADER = ("folding", "diffs", "seconds", "µs/diff", "growth")


def changes(count: int) -> list[list[Op]]:
    """The ops of ``count`` diffs, as they are composed."""
    made: list[list[Op]] = []
    length = 0
    for number in range(count):
        embed: dict[str, object] = {"visualization": {"id": f"v{number}", "title": "Revenue", "data": []}}
        embeds = number % 10 == 9
        made.append([{"retain": length}, {"insert": embed if embeds else "hello"}])
        length += 1 if embeds else 5
    return made


def diffs(count: int) -> list[AnswerDiff]:
    """The same as diffs of an answer."""
    return [
        AnswerDiff(conversation_id="c1", message_id="m1", ops=ops, index=number, in_progress=True)
        for number, ops in enumerate(changes(count))
    ]


def fold_document(given: Sequence[Sequence[Op]]) -> None:
    """Compose all changes onto one document."""
    document = Document()
    for change in given:
        document.apply(change)
    assert document.complete


def fold_turn(given: Sequence[AnswerDiff], shown: int = 1) -> None:
    """Receive all diffs, and ask for the answer ``shown`` times."""
    turn = Turn()
    for number, diff in enumerate(given, start=1):
        turn.receive_diff(diff)
        if number % (len(given) // shown) == 0:
            turn.answer()
    assert not turn.answer().doubt


def rows() -> list[tuple[str, ...]]:
    """The table, its header first: what is folded, diffs, seconds, µs a diff, growth by doubling."""
    table: list[tuple[str, ...]] = [HEADER]
    table += _rows("Document", lambda count: _timed(fold_document, changes(count)))
    table += _rows("Turn", lambda count: _timed(fold_turn, diffs(count)))
    table += _rows("Turn, shown", lambda count: _timed(lambda given: fold_turn(given, SHOWN), diffs(count)))
    return table


def _rows(name: str, measure: Callable[[int], float]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    before = 0.0
    for count in SIZES:
        seconds = measure(count)
        growth = f"x{seconds / before:.1f}" if before else "–"
        found.append((name, f"{count:,}", f"{seconds:.3f}", f"{seconds / count * 1e6:.1f}", growth))
        before = seconds
    return found


def _timed(work: Callable[[T], None], given: T) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        start = perf_counter()
        work(given)
        best = min(best, perf_counter() - start)
    return best


def main() -> None:
    """Print the table."""
    table = rows()
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))


if __name__ == "__main__":
    main()
