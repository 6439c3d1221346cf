"""A message taken apart: every field with its place in the bytes, its path, type and value.

    shown = look("avro", data, schema)
    for item in shown.items: ...
    shown.error           # why and where it is refused

One walker for each encoding, all of one shape: `walk(data, type, cut)` gives `Item`s in the order of the bytes, up to
the damage if there is any. They are written for reading, not for speed, and apart from the core: so that what the core
says of the same message (checking.py) is a second opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final, cast

from native.errors import DataError
from schemas.model import Schema, Type
from translator.formats.walking.walk import CUT, Item

LIMIT: Final = 200
"""Items that are kept unless more are wanted."""
BEHIND: Final = 200_000
"""Items that are walked over behind those, so that it is known how many they are and where things end."""
_WALKERS: Final = {
    "avro": "avro", "avro-json": "avrojson", "json": "json", "protojson": "json", "otlp-json": "otlpjson",
    "msgpack": "msgpack", "protobuf": "protobuf", "neuron": "protobuf",
}  # fmt: skip

Walker = Callable[[bytes, "Type | None", "int | None"], Iterator[Item]]

__all__ = ["LIMIT", "Item", "Shown", "look", "walker"]


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


def walker(format_: str) -> Walker:
    """Who takes messages of that format apart. KeyError: nobody does."""
    return cast("Walker", import_module(f"translator.formats.{_WALKERS[format_]}").walk)


def look(
    format_: str, data: bytes, schema: Schema | None = None, *, limit: int | None = LIMIT, cut: int | None = CUT
) -> Shown:
    """The items of one message, at most `limit` (None: all), with values of at most `cut` characters (None: all)."""
    found, behind = Shown(), 0
    try:
        for item in walker(format_)(data, schema.root if schema else None, cut):
            if limit is None or len(found.items) < limit:
                found.items.append(item)
            elif behind == BEHIND:
                found.left_out = None
                return found
            else:
                behind += 1
    except DataError as error:
        found.error = error
    found.left_out = behind
    return found
