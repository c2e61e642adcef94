"""A question as the sequence of what it mentions; its text goes no further than this."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.sandbox.tenant import periods
from bot.sandbox.tenant.lexicon import Lexicon
from bot.sandbox.tenant.mentions import (
    Aggregator,
    Ahead,
    Bound,
    Extreme,
    Measure,
    Mention,
    Noun,
    Sign,
    Top,
    Unknown,
    Within,
)
from bot.sandbox.tenant.reply import Operator
from bot.sandbox.tenant.words import Token, nearest, stem, tokens

_COMPARATORS: tuple[tuple[Operator, str], ...] = (
    (Operator.AT_LEAST, "at least|no less than|not less than|minimum of|>=|≥|from"),
    (Operator.AT_MOST, "at most|up to|no more than|not more than|maximum of|<=|≤"),
    (
        Operator.ABOVE,
        "above|over|more than|greater than|larger than|bigger than|higher than|exceeding|exceed|>|beyond",
    ),
    (Operator.ABOVE, "warmer than|hotter than|better than|longer than|stronger than|upward of|north of"),
    (
        Operator.BELOW,
        "below|under|less than|fewer than|smaller than|lower than|<|colder than|cooler than|shorter than",
    ),
)
_TOP = {"top": True, "best": True, "first": True, "bottom": False, "worst": False}
_PLACES = frozenset({"in", "for", "from", "by", "per", "owned", "at", "with", "of", "outside", "than"})
_TIMES = frozenset({"in", "during", "for", "of", "since", "and", "every", "each"})
_FILLERS = frozenset({"a", "an", "the", "of", "than", "usd", "dollar"})
_UNITS = frozenset({"mm", "degree", "celsius", "usd", "dollar", "percent", "%", "c", "mps"})
_TENS = {
    "zero": 0.0,
    "ten": 10.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "hundred": 100.0,
}
_NUMBERS = {
    **_TENS,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
}
_MOST_ROWS = 1000
#: The words of this module; they are not taken for slips of others.
_GRAMMAR = frozenset(
    stem(word)
    for words in (
        *(phrases for _, phrases in _COMPARATORS),
        *_TOP,
        *_NUMBERS,
        *_UNITS,
        *_PLACES,
        "eleven|twelve|nine",
    )
    for word in re.findall(r"\w+", words)
)
_FORECAST = "forecast"
_FORETELL = frozenset({_FORECAST, "forecasted", "predict", "prediction", "extrapolate", "projection"})
_COMING = frozenset({"next", "coming", "following"})
_MOST_AHEAD = 60
_OUTSIDE_TYPOS = 40  # words of one question that are looked up as slips


@dataclass(frozen=True, slots=True)
class Utterance:
    """A question, read.

    Attributes:
        mentions: what it mentions, in its order.
        again: it begins like a follow-up ("and", "what about", "only").
        corrections: words that were taken for slips: (as typed, as read).
    """

    mentions: tuple[Mention, ...]
    again: bool
    corrections: tuple[tuple[str, str], ...]

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """The words that mean nothing here."""
        return tuple(each for each in self.mentions if isinstance(each, Unknown))


def read(text: str, lexicon: Lexicon, today: date) -> Utterance:
    """What a text mentions; any text will do."""
    found = tokens(text)
    corrected, corrections = _correct(found, lexicon)
    foretold = _foretold(corrected)
    begin = _opening(foretold or corrected, lexicon)
    mentions = _mentions(foretold or corrected, begin, lexicon, today)
    if foretold and not any(isinstance(each, Measure | Aggregator | Noun) for each in mentions):
        # "The forecast for the next 6 months": the word is what is asked for, too.
        mentions = (*lexicon.phrases.get((_FORECAST,), ()), *mentions)
    return Utterance(mentions, again=begin > 0, corrections=corrections)


def _mentions(found: Sequence[Token], at: int, lexicon: Lexicon, today: date) -> tuple[Mention, ...]:
    mentions: list[Mention] = []
    while at < len(found):
        mention, size = _next(found, at, lexicon, today)
        mentions.extend(mention)
        at += size
    return tuple(mentions)


def _foretold(found: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens of a question that looks ahead, with "forecast" as a verb; else nothing.

    Without a horizon ("the next 6 months") a forecast is a measure, the expected revenue.
    """
    stems = {token.stem for token in found}
    ahead = any(_ahead(found[at:]) for at in range(len(found)))
    if not ahead or stems.isdisjoint(_FORETELL):
        return ()
    return tuple(replace(token, stem="predict") if token.stem in _FORETELL else token for token in found)


def _ahead(rest: Sequence[Token]) -> tuple[tuple[Mention, ...], int] | None:
    """The next 6 months."""
    if len(rest) < 3 or rest[0].stem not in _COMING:  # noqa: PLR2004 -- "next", a number, a step
        return None
    count, grain = _number(rest[1]), periods.GRAINS.get(rest[2].stem)
    if count is None or grain is None or not 1 <= count <= _MOST_AHEAD:
        return None
    return (Ahead(int(count), grain),), 3


def _correct(
    found: Sequence[Token], lexicon: Lexicon
) -> tuple[tuple[Token, ...], tuple[tuple[str, str], ...]]:
    corrected: list[Token] = []
    corrections: list[tuple[str, str]] = []
    known = lexicon.stop | lexicon.vocabulary | _GRAMMAR
    for token in found:
        done = token.number is not None or token.stem in known or len(corrections) > _OUTSIDE_TYPOS
        slip = None if done else nearest(token.stem, lexicon.vocabulary | _GRAMMAR)
        if slip is None:
            corrected.append(token)
        else:
            corrected.append(replace(token, text=slip, stem=slip))
            corrections.append((token.text, slip))
    return tuple(corrected), tuple(corrections)


def _opening(found: Sequence[Token], lexicon: Lexicon) -> int:
    """How many tokens at the beginning only say that this builds on the question before."""
    at = 0
    while True:
        words = tuple(token.stem for token in found[at : at + 4])
        size = next((n for n in range(len(words), 0, -1) if words[:n] in lexicon.again), 0)
        if not size or _phrase_size(found, at, lexicon) > size:
            return at
        at += size


def _next(found: Sequence[Token], at: int, lexicon: Lexicon, today: date) -> tuple[tuple[Mention, ...], int]:
    """The mentions that begin at a token, and how many tokens they take."""
    rest = found[at:]
    before = found[at - 1].stem if at else ""
    foretold = any(token.stem == "predict" for token in found)
    if rest[0].text == "may" and before not in _TIMES:
        return (), 1
    readers: tuple[Callable[[], tuple[tuple[Mention, ...], int] | None], ...] = (
        lambda: _ahead(rest) if foretold else None,
        lambda: _time(rest, today, before, lexicon),
        lambda: _bound(rest),
        lambda: _top(rest, lexicon),
        lambda: _phrase(rest, lexicon),
    )
    for reader in readers:
        result = reader()
        if result is not None:
            return result
    token = rest[0]
    if token.stem in lexicon.stop or token.text in lexicon.stop:
        return (), 1
    return (Unknown(token.text[:40], place=before in _PLACES),), 1


def _time(
    rest: Sequence[Token], today: date, before: str, lexicon: Lexicon
) -> tuple[tuple[Mention, ...], int] | None:
    try:
        found = periods.find(rest, today, named=before in _TIMES)
    except (ValueError, OverflowError):  # outside the calendar
        return None
    if found is None or (found.size == 1 and (rest[0].stem,) in lexicon.phrases):
        return None  # "July" is a value where the data has calendar months
    return (Within(found.period),), found.size


def _bound(rest: Sequence[Token]) -> tuple[tuple[Mention, ...], int] | None:
    words = tuple(token.stem for token in rest[:3])
    for operator, phrases in _COMPARATORS:
        for phrase in phrases.split("|"):
            parts = tuple(stem(part) for part in phrase.split())
            if words[: len(parts)] == parts:
                found = _bounded(rest, len(parts), operator, parts[0])
                if found is not None:
                    return found
    if words[:1] == ("between",):
        return _between(rest)
    if _number(rest[0]) is not None and words[1:3] in {("or", "more"), ("and", "more"), ("or", "above")}:
        return (Bound(Operator.AT_LEAST, (_number(rest[0]) or 0.0,), rest[0].text),), 3
    return None


def _bounded(
    rest: Sequence[Token], at: int, operator: Operator, word: str
) -> tuple[tuple[Mention, ...], int] | None:
    while at < len(rest) and rest[at].stem in _FILLERS:
        at += 1
    sign = 1
    if at < len(rest) and rest[at].stem == "minus":
        at, sign = at + 1, -1
    value = _number(rest[at]) if at < len(rest) else None
    if value is None:
        return None
    unit, size = _unit(rest, at + 1)
    text = rest[at].text if sign > 0 else f"-{rest[at].text}"
    if word in {"colder", "cooler"}:
        unit = word  # which is about the night, not about the unit
    return (Bound(operator, (sign * value,), text, unit),), at + size + 1


def _between(rest: Sequence[Token]) -> tuple[tuple[Mention, ...], int] | None:
    numbers = [_number(token) for token in rest[1:4:2]]
    if len(numbers) < 2 or rest[2].stem not in {"and", "to"}:  # noqa: PLR2004 -- two ends
        return None
    low, high = numbers
    if low is None or high is None:
        return None
    unit, size = _unit(rest, 4)
    low, high = min(low, high), max(low, high)
    return (
        Bound(Operator.AT_LEAST, (low,), rest[1].text, unit),
        Bound(Operator.AT_MOST, (high,), rest[3].text, unit),
    ), (4 + size)


def _unit(rest: Sequence[Token], at: int) -> tuple[str, int]:
    unit = rest[at].stem if at < len(rest) else ""
    return (unit, 1) if unit in _UNITS else ("", 0)


def _number(token: Token) -> float | None:
    return token.number if token.number is not None else _NUMBERS.get(token.stem)


def _top(rest: Sequence[Token], lexicon: Lexicon) -> tuple[tuple[Mention, ...], int] | None:
    """Top 5, bottom three, the first 10, 5 biggest."""
    number = _number(rest[1]) if len(rest) > 1 else None
    word = rest[0].stem
    if word in _TOP and number is not None and 1 <= number <= _MOST_ROWS:
        return (Top(int(number), _TOP[word]),), 2
    if word in {"top", "bottom"}:
        return (Top(None, _TOP[word]),), 1
    first = _number(rest[0])
    if first is None or not 1 <= first <= _MOST_ROWS or len(rest) == 1:
        return None
    following = _phrase(rest[1:], lexicon)
    if following is None or not isinstance(following[0][0], Extreme):
        return None
    extreme = following[0][0]
    return (Top(int(first), extreme.descending), extreme), following[1] + 1


def _phrase(rest: Sequence[Token], lexicon: Lexicon) -> tuple[tuple[Mention, ...], int] | None:
    size = _phrase_size(rest, 0, lexicon)
    if not size:
        return None
    found = lexicon.phrases[tuple(token.stem for token in rest[:size])]
    if found == (Noun(),):
        return (Noun(plural=rest[size - 1].plural),), size
    if found == (Sign.TOTALS,) and not rest[size - 1].plural and rest[size - 1].stem == "total":
        return None  # "with total amount" is a measure
    if found == (Sign.ALL,) and len(rest) == size:
        return (Sign.TOTAL,), size
    return found, size


def _phrase_size(found: Sequence[Token], at: int, lexicon: Lexicon) -> int:
    words = tuple(token.stem for token in found[at : at + lexicon.longest])
    return next((n for n in range(len(words), 0, -1) if words[:n] in lexicon.phrases), 0)
