"""A batch sorted by plans, and its results put back into the order of its messages."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, TypeAlias

from native.binding import Results, Run
from native.errors import DataError
from translator.engine.plan import Plan
from translator.engine.registered import RegisteredPlan

_Piece: TypeAlias = tuple[int, int, bytes | memoryview]
"""One result: of which message of the batch, its number among that one's, its bytes."""


class Group:
    """The messages of one plan: their indexes in the batch, and where their payloads begin in its bytes."""

    __slots__ = ("_first", "begin", "indexes", "plan")

    def __init__(self, plan: Plan, first: Any) -> None:
        self.plan = plan
        self.indexes = array("q")
        self.begin = array("q")
        self._first = first

    def run(self, data: Any, end: Any, framing: str) -> Run:
        """What the core makes of them. The errors are those of the messages with their framing."""
        whole = len(self.indexes) == len(end)
        run = _translated(self.plan, data, self.begin, end if whole else _at(end, self.indexes), framing)
        for error in run.errors:
            i = self.indexes[error.index]
            error.offset += self.begin[error.index] - self._first[i]
            error.index = i
        return run


def _at(numbers: Any, indexes: array[int]) -> array[int]:
    return array("q", (numbers[i] for i in indexes))


def _translated(plan: Plan, data: Any, begin: Any, end: Any, framing: str) -> Run:
    if not isinstance(plan, RegisteredPlan):
        return plan.core.translate_many(data, begin, end, framing)
    view = memoryview(data)
    batch = plan.translate_many([bytes(view[a:b]) for a, b in zip(begin, end, strict=True)], framing=framing)
    return Run(batch.data, batch.offsets[1:], batch.errors, begin, end, len(data))


def _pieces(run: Run, indexes: array[int]) -> Iterator[_Piece]:
    """The results of a group: of which message, its item, its bytes. `run.errors` have the batch's indexes already."""
    view, start = memoryview(run.data), 0
    if run.results is not None:
        made = run.results
        for stop, record, item in zip(made.ends, made.records, made.items, strict=True):
            yield indexes[record], item, view[start:stop]
            start = stop
        return
    refused = {error.index for error in run.errors}
    for i, stop in zip(indexes, run.ends, strict=True):
        if i not in refused:
            yield i, 0, view[start:stop]
        start = stop


def _ends(pieces: list[_Piece], count: int) -> array[int]:
    """Where all that each message made ends."""
    sizes = array("q", bytes(8 * count))
    for i, _, part in pieces:
        sizes[i] += len(part)
    return array("q", accumulate(sizes))


def results_of(run: Run) -> Results:
    """Of plans that make one message of one."""
    return _results(list(_pieces(run, array("q", range(len(run.ends))))))


def wrapped(run: Run, wrap: Callable[[bytes], bytes]) -> Run:
    """A run with something around each result."""
    indexes = array("q", range(len(run.ends)))
    pieces: list[_Piece] = [(i, item, wrap(bytes(part))) for i, item, part in _pieces(run, indexes)]
    output, made = b"".join(part for _, _, part in pieces), None if run.results is None else _results(pieces)
    return Run(output, _ends(pieces, len(run.ends)), run.errors, run.begin, run.end, run.used, made)


def _results(pieces: list[_Piece]) -> Results:
    ends = array("q", accumulate(len(part) for _, _, part in pieces))
    return Results(ends, array("q", (i for i, _, _ in pieces)), array("q", (item for _, item, _ in pieces)))


def merged(
    data: Any,
    begin: Any,
    end: Any,
    groups: list[Group],
    errors: list[DataError],
    framing: str,
    wrap: Callable[[bytes], bytes] | None,
) -> Run:
    """What the groups make, where their messages stood. `errors`: of messages in no group; `wrap`: around results."""
    pieces: list[_Piece] = []
    many = False
    for group in groups:
        run = group.run(data, end, framing)
        pieces += _pieces(run, group.indexes)
        many = many or run.results is not None
        errors += run.errors
    if wrap:
        pieces = [(i, item, wrap(bytes(part))) for i, item, part in pieces]
    pieces.sort(key=lambda piece: piece[:2])
    errors.sort(key=lambda error: (error.index, -1 if error.item is None else error.item))
    output = b"".join(part for _, _, part in pieces)
    ends = _ends(pieces, len(begin))
    return Run(output, ends, errors, begin, end, len(data), _results(pieces) if many else None)
