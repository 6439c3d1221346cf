"""What the tests of walkers share: the shape that items have, and what a value's text stands for."""

from __future__ import annotations

import datetime
import json
import math
import struct
import uuid
from decimal import Decimal
from typing import Any

from schemas.model import Schema
from translator.inspecting import Item, look

BETWEEN = b" \t\n\r,]}"
"""What stands between JSON's items."""
JSONS = frozenset({"json", "protojson", "avro-json", "otlp-json"})


def items(format_: str, data: bytes, schema: Schema | None = None) -> list[Item]:
    """All items of a message that is read to its end."""
    shown = look(format_, data, schema, limit=None, cut=None)
    assert shown.error is None
    assert shown.left_out == 0
    check_shape(format_, data, shown.items, len(data))
    return shown.items


def check_shape(format_: str, data: bytes, found: list[Item], upto: int) -> None:
    """Items stand in the order of the bytes, one inside of the other, and leave no byte out up to `upto`."""
    at, ends = 0, [upto]
    for item in found:
        gap = data[at : item.offset]
        assert item.offset >= at, item
        assert not gap or (format_ in JSONS and not gap.strip(BETWEEN)), (item, gap)
        assert item.size is not None
        ends = ends[: item.depth + 1]
        assert item.offset + item.size <= ends[-1], item
        ends.append(item.offset + item.size)
        at = item.offset + item.own
    rest = data[at:upto]
    assert not rest or (format_ in JSONS and not rest.strip(BETWEEN)), rest


def leaves(found: list[Item]) -> list[Item]:
    """Those that are values."""
    return [each for each in found if each.head is None and each.kind not in ("end", "block")]


def says(item: Item, value: Any) -> bool:
    """Whether the item's text stands for the value that another library decoded. Numbers may be text (S1, S4)."""
    match value:
        case None | bool():
            return item.value == {None: "null", True: "true", False: "false"}[value]
        case int():
            return int(item.value.strip('"')) == value
        case float():
            return same_float(float(item.value.strip('"').replace("Infinity", "inf")), value, item)
        case bytes():
            return bytes.fromhex(item.value) == value
        case str():
            return (json.loads(item.value) if item.value.startswith('"') else item.value) == value
        case Decimal():
            return Decimal(item.value) == value
        case uuid.UUID():
            return uuid.UUID(json.loads(item.value)) == value
        case datetime.datetime() | datetime.date() | datetime.time():
            return type(value).fromisoformat(item.value) == value
    raise TypeError(type(value))


def same_float(found: float, value: float, item: Item) -> bool:
    if math.isnan(value):
        return math.isnan(found)
    if item.kind == "float32" or item.note.startswith("float32"):
        return struct.pack("<f", found) == struct.pack("<f", value)
    return struct.pack("<d", found) == struct.pack("<d", value)
