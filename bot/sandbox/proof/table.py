"""What the programs print: tables in Markdown, and what has to be looked at."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bot.sandbox.proof.verdict import Outcome, Verdict

_SHOWN_CHARS = 300


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table that can be pasted into a document."""
    return "\n".join([beginning(head), *map(line, rows)])


def beginning(head: Sequence[str]) -> str:
    """The first two lines of a table, for one whose rows come one by one."""
    return f"{line(head)}\n{'|---' * len(head)}|"


def line(cells: Sequence[object]) -> str:
    """One row."""
    return f"| {' | '.join(map(str, cells))} |"


def counts(found: Verdict) -> list[tuple[str, object]]:
    """How many questions came to which end."""
    return [("questions asked", found.asked), *((each.value, found.count(each)) for each in Outcome)]


def spread(name: str, seconds: Sequence[float]) -> list[tuple[str, object]]:
    """Median, 95 % and longest of some times."""
    if not seconds:
        return [(f"{name}, seconds", "–")]
    ordered = sorted(seconds)
    values = (quantile(ordered, 0.5), quantile(ordered, 0.95), ordered[-1])
    return [(f"{name}, seconds: median / 95 % / longest", " / ".join(f"{value:.1f}" for value in values))]


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed; ``ordered`` has at least one."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def wrong(found: Verdict, *, besides: frozenset[Outcome] = frozenset()) -> Iterator[str]:
    """What was lost or is there twice, with the place and what stands there; other ends where wanted."""
    for case in found.cases:
        if case.outcome in {Outcome.LOST, Outcome.DUPLICATED} | besides:
            yield (
                f"{case.outcome.value}: question {case.put.number} in {case.put.channel}"
                f" at {case.put.ts or '(command)'} of thread {case.put.thread or '(to come)'}: {case.why}"
            )
            yield from (f"    {post.ts}: {_short(post.text)}" for post in case.posts)
    for post in found.strays:
        yield f"nobody's: {post.channel} {post.ts}: {_short(post.text)}"


def _short(text: str) -> str:
    flat = " / ".join(text.split("\n"))
    return (
        flat if len(flat) <= _SHOWN_CHARS else f"{flat[: _SHOWN_CHARS // 2]} … {flat[-_SHOWN_CHARS // 2 :]}"
    )
