"""Avro's binary encoding (1.12), by an Avro schema.

Loses: nothing. A timestamp-nanos reaches from 1677 to 2262 only (refused beyond); it has no unsigned integers (S7),
no untyped values (S34), and maps have text keys (S22).

Taken apart: field by field, by the writer's schema (without one it can't be read). A union's branch number stands at
the front of its value; so does a map's key. The blocks of an array or map (S30) are items of their own, but for the
first, which is the array's head.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

from native.binding import C
from schemas.model import (
    Array,
    BigDecimal,
    Bool,
    Bytes,
    Date,
    Decimal,
    Enum,
    Fixed,
    Float,
    Int,
    Map,
    Null,
    Period,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Union,
    Uuid,
)
from translator.formats.base import PLAIN, Check, Format, Seconds, WholeUnits, WireForm, by_name
from translator.formats.common import NANOSECONDS
from translator.formats.walking import logical, text
from translator.formats.walking.kinds import short
from translator.formats.walking.logical import Noted, long, span
from translator.formats.walking.walk import Item, Stretch, Walk, entry, member
from translator.policies import Policies

_HAS = (
    Null, Bool, Int, Float, String, Bytes, Fixed, Enum, Decimal, BigDecimal, Uuid, Date, Time, Timestamp, Period
)  # fmt: skip


_RAW = WireForm(raw=True)


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    if not isinstance(type_, _HAS) or (isinstance(type_, Int) and not type_.signed):
        return None
    return _RAW if isinstance(type_, Uuid) and type_.form == "bytes" else PLAIN


def checks(type_: Type, policies: Policies) -> list[Check]:
    """A timestamp's count must fit a long; a time's must be whole."""
    if isinstance(type_, Time):
        return [WholeUnits()]
    if not isinstance(type_, Timestamp):
        return []
    per_second = 1_000_000_000 // NANOSECONDS[type_.unit]
    return [Seconds(-(1 << 63) // per_second, ((1 << 63) - 1) // per_second, counted=True)]


# --- taken apart, byte by byte ---

_LOWEST: Final = -(1 << 63)


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message. `type_` must be there."""
    assert type_ is not None
    place = Walk(data, cut)
    return place.run(_message(place, type_))


def _message(w: Walk, type_: Type) -> Stretch:
    yield _value(w, type_, "", 0, "")
    w.finish()


def _value(w: Walk, type_: Type, path: str, start: int, note: str) -> Stretch:
    """The value at w.at; what belongs to it began at `start`."""
    w.path = path
    match type_:
        case Record():
            yield w.open(start, path, short(type_), note=note)
            for field in type_.fields:
                yield _value(w, field.type, member(path, field.name), w.at, "")
            w.close()
        case Array() | Map():
            yield _blocks(w, type_, path, start, note)
        case Union():
            yield _branch(w, type_, path, start)
        case _:
            value, more = _LEAVES[type(type_)](w, type_)
            yield w.leaf(start, path, short(type_), value, "; ".join(each for each in (more, note) if each))


def _branch(w: Walk, type_: Union, path: str, start: int) -> Stretch:
    at = w.at
    index = long(w)
    if not 0 <= index < len(type_.branches):
        w.refuse("BRANCH", at)
    yield _value(w, type_.branches[index], path, start, f"branch {index}")


# --- arrays and maps ---


def _blocks(w: Walk, type_: Array | Map, path: str, start: int, note: str) -> Stretch:
    count, value, stated = _head(w, type_)
    yield w.open(start, path, short(type_), value or "empty", note)
    index = 0
    while count:
        for _ in range(count):
            yield _entry(w, type_, path) if isinstance(type_, Map) else _item(w, type_, path, index)
            index += 1
        w.path = path
        if stated not in (None, w.at):
            w.refuse("BLOCK")  # B29
        at = w.at
        count, value, stated = _head(w, type_)
        yield w.leaf(at, path, "block" if count else "end", value)
    w.close()


def _head(w: Walk, type_: Array | Map) -> tuple[int, str, int | None]:
    """A block's count, in words too, and where it says that it ends. LENGTH, TRUNCATED (B28)."""
    start = w.at
    count = long(w)
    if count == _LOWEST:
        w.refuse("LENGTH", start)
    name = "item" if isinstance(type_, Array) else "entry"
    if count >= 0:
        return count, text.counted(count, name) if count else "", None
    size = long(w)
    if size < 0:
        w.refuse("LENGTH", start)
    if size > w.end - w.at:
        w.refuse("TRUNCATED", w.end)
    return -count, f"{text.counted(-count, name)} in {text.counted(size, 'byte')}", w.at + size


def _item(w: Walk, type_: Array, path: str, index: int) -> Stretch:
    return _value(w, type_.items, f"{path}[{index}]", w.at, "")


def _entry(w: Walk, type_: Map, path: str) -> Stretch:
    start = w.at
    w.path = path
    key = span(w).decode("utf-8", "backslashreplace")
    yield _value(w, type_.values, entry(path, key), start, "")


# --- single values: each gives its text, and a note ---


def _null(w: Walk, type_: Null) -> Noted:
    return "null", ""


def _bool(w: Walk, type_: Bool) -> Noted:
    byte = w.take(1)[0]
    return ("true" if byte else "false"), "" if byte < 2 else f"the byte {byte:#04x} is not a boolean"  # B23


def _int(w: Walk, type_: Int) -> Noted:
    value = long(w)
    return str(value), "" if type_.lowest <= value <= type_.highest else f"over {type_.bits} bits"  # B22


def _float(w: Walk, type_: Float) -> Noted:
    if type_.bits == 32:
        return text.float32(w.take(4)), ""
    return text.float64(struct.unpack("<d", w.take(8))[0]), ""


def _string(w: Walk, type_: Type) -> Noted:
    return text.text_or_bytes(span(w), w.cut)


def _bytes(w: Walk, type_: Type) -> Noted:
    """What is in bytes, of the type's size or with a length before them."""
    size = _size(type_)
    found = logical.of_bytes(type_, span(w) if size is None else w.take(size), w.cut)
    assert found is not None
    return found


def _size(type_: Type) -> int | None:
    match type_:
        case Fixed() | Decimal():
            return type_.size
        case Uuid():
            return 16
        case Period():
            return 12
    return None


def _count(w: Walk, type_: Type) -> Noted:
    found = logical.of_count(type_, long(w))
    assert found is not None
    return found


def _enum(w: Walk, type_: Enum) -> Noted:
    index = long(w)
    if 0 <= index < len(type_.symbols):
        return type_.symbols[index][0], f"symbol {index}"
    return str(index), "no symbol has this number"  # B26


def _uuid(w: Walk, type_: Uuid) -> Noted:
    return _bytes(w, type_) if type_.form == "bytes" else _string(w, type_)


_LEAVES: Final[dict[type[Type], Callable[..., Noted]]] = {
    Null: _null, Bool: _bool, Int: _int, Float: _float, String: _string, Bytes: _bytes, Fixed: _bytes, Enum: _enum,
    Decimal: _bytes, BigDecimal: _bytes, Uuid: _uuid, Date: _count, Time: _count, Timestamp: _count, Period: _bytes,
}  # fmt: skip
"""How each type's value is read; every function takes its own type only."""


FORMAT = Format(
    name="avro",
    core=C.H9_FORMAT_AVRO,
    has_bytes=True,
    languages=frozenset({"avro"}),
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    positional=True,
    container="avro",
    suffixes={".avro": "avro"},
    walk=walk,
    usual_for="avro",
    single_object=True,
    loses=("instants outside of 1677 to 2262, in a timestamp-nanos: refused",),
)
