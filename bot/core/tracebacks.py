"""An exception as text, without what its message may hold of other people's data.

A foreign exception quotes what it could not digest: a cell, a question, an address with a ticket in it. So it
shows its kind and where it was raised, and no more. Lines of source are left out, too: nothing is read from a
disk for a line of a log. An exception of our own shows its text, which is written for the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

Kinds = type[BaseException] | tuple[type[BaseException], ...]

#: Exceptions that are shown of one that has others before it or in it.
_MOST = 20
#: Frames that are shown of one exception, its first and its last.
_FIRST, _LAST = 10, 40
_CAUSE = "The above exception was the direct cause of the following exception:"
_CONTEXT = "During handling of the above exception, another exception occurred:"


def kind(error: BaseException) -> str:
    """The exception's class: ``KeyError``, ``aiohttp.client_exceptions.ServerDisconnectedError``."""
    cls = type(error)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def told(error: BaseException, ours: Kinds) -> str:
    """The exception in a sentence: its text where it is one of ours, else its class."""
    return str(error) if isinstance(error, ours) else kind(error)


def text(error: BaseException, ours: Kinds = ()) -> str:
    """The traceback, in the form that Python gives it; those that led to it come first.

    Args:
        error: also one of several (``raise … from``, ``ExceptionGroup``).
        ours: the classes of exceptions whose text is written for the log.
    """
    return "\n".join(_lines(error, ours, set()))


def _lines(error: BaseException, ours: Kinds, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before, sentence = _before(error)
    if before is not None and _new(before, seen):
        yield from _lines(before, ours, seen)
        yield from ("", sentence, "")
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        yield from _frames(error.__traceback__)
    yield f"{kind(error)}: {error}" if isinstance(error, ours) else kind(error)
    if isinstance(error, BaseExceptionGroup):
        yield from _group(error, ours, seen)


def _group(error: BaseExceptionGroup[BaseException], ours: Kinds, seen: set[int]) -> Iterator[str]:
    for number, each in enumerate(error.exceptions, 1):
        if _new(each, seen):
            yield f"  {number} of {len(error.exceptions)}:"
            yield from (f"    {line}" for line in _lines(each, ours, seen))


def _new(error: BaseException, seen: set[int]) -> bool:
    return id(error) not in seen and len(seen) < _MOST


def _before(error: BaseException) -> tuple[BaseException | None, str]:
    if error.__cause__ is not None:
        return error.__cause__, _CAUSE
    return (None if error.__suppress_context__ else error.__context__), _CONTEXT


def _frames(traceback: TracebackType) -> Iterator[str]:
    found = []
    each: TracebackType | None = traceback
    while each is not None:
        code = each.tb_frame.f_code
        found.append(f'  File "{code.co_filename}", line {each.tb_lineno}, in {code.co_qualname}')
        each = each.tb_next
    if len(found) <= _FIRST + _LAST:
        yield from found
        return
    yield from found[:_FIRST]
    yield f"  ({len(found) - _FIRST - _LAST} frames are left out)"
    yield from found[-_LAST:]
