"""Words of a question: folded to lower case without accents, cut into tokens, brought to one form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: A date, a number with its sign and unit, or a word.
_TOKEN = re.compile(
    r"(?P<date>\b[12][0-9]{3}-[01]?[0-9]-[0-3]?[0-9]\b)"
    r"|(?P<number>(?:(?<!\w)-)?\$?[0-9][0-9,]*(?:\.[0-9]+)?)(?P<unit>%|[^\W\d_]*)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?|[^\W_]+)"
    r"|(?P<sign>[<>]=?|≥|≤)"
)
_FACTORS = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_ORDINALS = ("st", "nd", "rd", "th")
_LONGEST = 2000  # characters that are read; no question is longer
_MOST_DIGITS = 15  # what a double holds exactly
_SHORT = 3  # words up to this length have no plural to remove


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, date or sign.

    Attributes:
        text: as it was typed, folded; what an answer may quote.
        stem: the form in which words are compared.
        number: the value of a number ("50k" is 50,000), else None.
        plural: the stem has lost an ending.
    """

    text: str
    stem: str
    number: float | None = None
    plural: bool = False


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text; punctuation is dropped, "50 k" and "50k" are the same."""
    found = [token for match in _TOKEN.finditer(fold(text)) for token in _read(match)]
    merged: list[Token] = []
    for token in found:
        before = merged[-1] if merged else None
        if before is not None and before.number is not None and token.text in _FACTORS:
            merged[-1] = Token(before.text + token.text, before.stem, before.number * _FACTORS[token.text])
        else:
            merged.append(token)
    return tuple(merged)


def fold(text: str) -> str:
    """Lower case without accents, and not longer than a question can be."""
    decomposed = unicodedata.normalize("NFKD", text[:_LONGEST]).casefold().replace("m/s", "mps")
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase, to compare with those of a question."""
    return tuple(token.stem for token in tokens(phrase))


def stem(word: str) -> str:
    """The word without possessive and plural; crude, but the same on both sides of a comparison."""
    word = re.sub(r"['’]s?$|['’]s$", "", word.replace("’", "'")).replace("'", "")
    if len(word) <= _SHORT or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")


def nearest(word: str, vocabulary: Iterable[str]) -> str | None:
    """The one word of the vocabulary that ``word`` is a slip of, or None where it is none or not clear."""
    allowed = 0 if len(word) < 5 else 1 if len(word) < 8 else 2  # noqa: PLR2004 -- short words differ by little
    for slips in range(1, allowed + 1):
        near = {known for known in vocabulary if _within(word, known, slips)}
        if near:
            return near.pop() if len(near) == 1 else None
    return None


def _read(match: re.Match[str]) -> Iterable[Token]:
    word, sign, day = match["word"], match["sign"], match["date"]
    if word:
        stemmed = stem(word)
        return (Token(word, stemmed, plural=stemmed != word.replace("'", "")),)
    if sign or day:
        return (Token(sign or day, sign or day),)
    return _number(match["number"], match["unit"])


def _number(text: str, unit: str) -> Iterable[Token]:
    digits = text.replace(",", "").replace("$", "")
    if len(digits) > _MOST_DIGITS:
        return (Token(text, text),)
    value = float(digits)
    if unit in _FACTORS:
        return (Token(text + unit, digits, value * _FACTORS[unit]),)
    if not unit or unit in _ORDINALS:
        return (Token(text, digits, value),)
    return (Token(text, digits, value), Token(unit, stem(unit)))


def _within(word: str, known: str, slips: int) -> bool:
    """Whether at most ``slips`` letters were changed, left out, added or swapped with their neighbour."""
    if abs(len(word) - len(known)) > slips or word[:1] != known[:1]:
        return False
    older: list[int] = []
    previous = list(range(len(known) + 1))
    for i, letter in enumerate(word, 1):
        current = [i]
        for j, other in enumerate(known, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == known[j - 2] and word[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            current.append(cost)
        older, previous = previous, current
    return previous[-1] <= slips
