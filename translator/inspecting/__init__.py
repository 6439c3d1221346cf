"""A message taken apart: every field with its place in the bytes, its path, type and value.

    shown = look("avro", data, schema)
    for item in shown.items: ...
    shown.error           # why and where it is refused

Each format has a walker in its own file, all of one shape: `walk(data, type, cut)` gives `Item`s in the order of the
bytes, up to the damage if there is any. Walkers are written to be read, not for speed, and apart from the core: so that
what the core says of the same message (checking.py) is a second opinion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from native.errors import DataError
from schemas.model import Schema
from translator import formats
from translator.formats.walking.walk import CUT, Item, as_bytes

LIMIT: Final = 200
"""Items that are kept unless more are wanted."""
AFTER: Final = 200_000
"""Items after those that are walked over, so that their number and the ends of things are known."""

__all__ = ["LIMIT", "Item", "Shown", "look"]


@dataclass
class Shown:
    """What was found. `left_out`: further items; None: more than were counted. `whole`: the message was walked to its
    end, or to `error`."""

    items: list[Item] = field(default_factory=list)
    left_out: int | None = 0
    error: DataError | None = None

    @property
    def whole(self) -> bool:
        return self.left_out is not None


def look(
    format_: str, data: bytes, schema: Schema | None = None, *, limit: int | None = LIMIT, cut: int | None = CUT
) -> Shown:
    """The items of one message, at most `limit` (None: all), with values of at most `cut` characters (None: all)."""
    found, after = Shown(), 0
    try:
        walk = formats.known(format_).walk or as_bytes
        for item in walk(data, schema.root if schema else None, cut):
            if limit is None or len(found.items) < limit:
                found.items.append(item)
            elif after == AFTER:
                found.left_out = None
                return found
            else:
                after += 1
    except DataError as error:
        found.error = error
    found.left_out = after
    return found
