"""A batch sorted by plans, and its results put back into the order of its messages."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import TypeAlias

from native.errors import DataError
from translator.contract import Delimiting, Made, Messages, Offsets
from translator.engine.plan import Plan

_Piece: TypeAlias = tuple[int, int, bytes | memoryview]
"""One result: of which message of the batch, its number among that one's, its bytes."""


class Group:
    """The messages of one plan: their indexes in the batch, and where their payloads begin in its bytes."""

    __slots__ = ("begins", "indexes", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.indexes = array("q")
        self.begins = array("q")

    def translate(self, messages: Messages, delimiting: Delimiting) -> Made:
        """What the plan makes of them. Indexes are still the group's; the errors are those of the whole messages."""
        whole = len(self.indexes) == len(messages)
        ends = messages.ends if whole else _at(messages.ends, self.indexes)
        made = self.plan.translate_batch(Messages(messages.data, self.begins, ends), delimiting)
        for error in made.errors:
            i = self.indexes[error.index]
            error.offset += self.begins[error.index] - messages.begins[i]
            error.index = i
        return made


def _at(numbers: Offsets, indexes: array[int]) -> array[int]:
    return array("q", (numbers[i] for i in indexes))


def merged(
    messages: Messages,
    groups: list[Group],
    errors: list[DataError],
    delimiting: Delimiting,
    wrap: Callable[[bytes], bytes] | None,
) -> Made:
    """What the groups make, where their messages stood. `errors`: of messages in no group; `wrap`: around results."""
    pieces: list[_Piece] = []
    many = False
    for group in groups:
        made = group.translate(messages, delimiting)
        pieces += _pieces(made, group)
        many = many or made.items is not None
        errors += made.errors
    if wrap:
        pieces = [(i, item, wrap(bytes(part))) for i, item, part in pieces]
    pieces.sort(key=lambda piece: piece[:2])
    errors.sort(key=lambda error: (error.index, -1 if error.item is None else error.item))
    data = b"".join(part for _, _, part in pieces)
    if not many:
        return Made(data, _offsets(pieces, len(messages)), errors, range(len(messages)))
    offsets = array("q", accumulate((len(part) for _, _, part in pieces), initial=0))
    return Made(data, offsets, errors, array("q", (i for i, _, _ in pieces)), array("q", (k for _, k, _ in pieces)))


def _pieces(made: Made, group: Group) -> Iterator[_Piece]:
    """The good results of a group, by the indexes of the batch. `made.errors` have these already."""
    view = memoryview(made.data)
    refused = {error.index for error in made.errors} if made.items is None else set[int]()
    for k, message in enumerate(made.inputs):
        i = group.indexes[message]
        if i not in refused:
            yield i, made.items[k] if made.items else 0, view[made.offsets[k] : made.offsets[k + 1]]


def _offsets(pieces: list[_Piece], count: int) -> array[int]:
    """Of one result a message, where some are missing."""
    sizes = array("q", bytes(8 * count))
    for i, _, part in pieces:
        sizes[i] += len(part)
    return array("q", accumulate(sizes, initial=0))
