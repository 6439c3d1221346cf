"""Protobuf's binary wire format, by a .proto or a FileDescriptorSet.

Loses: nothing. Null and absence are one where a field has presence, and neither exists where it has none (S11);
there is no list of lists, list of nullables or map of lists (S33).

Taken apart: field by field, by its schema or by field numbers and wire types alone. Each field is an item from its
tag on: a submessage's tag and length are its head. What the schema doesn't know, or knows as another wire type, is
read as without a schema (rawprotobuf.py).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from native.binding import C
from schemas.model import (
    Any,
    Array,
    Bool,
    Bytes,
    Duration,
    Enum,
    Field,
    Float,
    Int,
    Map,
    Record,
    String,
    Timestamp,
    Type,
    Uuid,
)
from translator.formats import rawprotobuf
from translator.formats.base import PLAIN, Check, Format, WireForm, by_name
from translator.formats.common import CALENDAR
from translator.formats.rawprotobuf import BIT32, BIT64, END, LENGTH, START, VARINT, Tag, read_tag
from translator.formats.walking import text
from translator.formats.walking.kinds import short
from translator.formats.walking.logical import Noted
from translator.formats.walking.walk import Item, Stretch, Walk, entry, member
from translator.policies import Policies


def scalar(type_: Type, policies: Policies) -> WireForm | None:
    match type_:
        case Int():
            return WireForm(wire=type_.encoding)
        case Enum():
            return WireForm(closed=not type_.open)
        case Uuid():
            return WireForm(raw=type_.form == "bytes")
        case Timestamp():
            return WireForm(unit="ns")
        case Bool() | Float() | String() | Bytes() | Duration() | Any():
            return PLAIN
        case _:
            return None


def checks(type_: Type, policies: Policies) -> list[Check]:
    return [CALENDAR] if isinstance(type_, Timestamp) else []


# --- taken apart, byte by byte ---

_WORDS: Final = {VARINT: "a varint", BIT64: "8 bytes", LENGTH: "with a length", START: "a group", BIT32: "4 bytes"}


def walk(data: bytes, type_: Type | None, cut: int | None) -> Iterator[Item]:
    """The items of one message."""
    place = Walk(data, cut)
    return place.run(_message(place, type_) if isinstance(type_, Record) else rawprotobuf.message(place))


def _message(w: Walk, record: Record) -> Stretch:
    yield w.open(0, "", short(record))
    yield _fields(w, record, "", None)
    w.close()


def _fields(w: Walk, record: Record, path: str, group: int | None) -> Stretch:
    """Fields up to w.end or, in a group, up to its end tag. TAG, GROUP, TRUNCATED."""
    fields, met = _numbered(w, record), dict[int, int]()
    while w.at < w.end:
        w.path = path
        tag = read_tag(w, group)
        if tag.wire == END:
            yield w.leaf(tag.offset, path, "end")
            return
        field = fields.get(tag.number)
        if field is None:
            yield rawprotobuf.field(w, tag, path, "not in the schema")
            continue
        before = met[tag.number] = met.get(tag.number, -1) + 1
        yield _field(w, tag, field, path, before)
    if group is not None:
        w.refuse("TRUNCATED", w.end)


def _numbered(w: Walk, record: Record) -> dict[int, Field]:
    found: dict[int, Field] | None = w.memo.get(record)
    if found is None:
        found = w.memo[record] = {each.number: each for each in record.fields if each.number is not None}
    return found


@dataclass(slots=True)
class _Spot:
    """A value that is about to be read: its field, where that began, and what there is to say."""

    field: Field
    tag: Tag
    path: str
    note: str


def _field(w: Walk, tag: Tag, field: Field, outer: str, before: int) -> Stretch:
    """One occurrence. `before`: how many there were already."""
    path, type_ = member(outer, field.name), field.type
    spot = _Spot(field, tag, path, _said(field, before))
    w.path = path
    if isinstance(type_, Map) and tag.wire == LENGTH:
        yield _entry(w, spot, type_)
    elif isinstance(type_, Array):
        item = type_.items
        spot.path = f"{path}[{before}]"
        if tag.wire == LENGTH and _wire(item, field) not in (LENGTH, START):
            yield _packed(w, _Spot(field, tag, path, spot.note), item)
        else:
            yield _value(w, spot, item)
    else:
        yield _value(w, spot, type_)


def _said(field: Field, before: int) -> str:
    """The number, the oneof, and whether this occurrence takes the place of another (S20, S21)."""
    again = before and not isinstance(field.type, Array | Map)
    merges = "merged with those before" if isinstance(field.type, Record) else "again: the last one counts"
    notes = [f"field {field.number}"]
    notes += [f"oneof {field.oneof}"] if field.oneof else []
    return ", ".join(notes + ([merges] if again else []))


def _wire(type_: Type, field: Field) -> int:
    """The wire type that values of the field have."""
    match type_:
        case Bool() | Enum():
            return VARINT
        case Int(encoding="fixed") | Float():
            return BIT32 if type_.bits == 32 else BIT64
        case Int():
            return VARINT
        case Record() if field.delimited:
            return START
    return LENGTH


def _value(w: Walk, spot: _Spot, type_: Type) -> Stretch:
    tag, wanted = spot.tag, _wire(type_, spot.field)
    if tag.wire != wanted:
        note = f"{spot.note}: {_WORDS[tag.wire]}, where the schema has {_WORDS[wanted]}"
        yield rawprotobuf.field(w, tag, spot.path, note, named=True)
    elif isinstance(type_, Record):
        yield _submessage(w, spot, type_)
    else:
        value, note = _single(w, type_)
        yield w.leaf(tag.offset, spot.path, short(type_), value, "; ".join(each for each in (note, spot.note) if each))


def _submessage(w: Walk, spot: _Spot, record: Record) -> Stretch:
    if spot.tag.wire == START:
        yield w.open(spot.tag.offset, spot.path, short(record), note=spot.note)
        yield _fields(w, record, spot.path, spot.tag.number)
        w.close()
        return
    around = rawprotobuf.narrow(w)
    yield w.open(spot.tag.offset, spot.path, short(record), _moment(w, record), spot.note)
    yield _fields(w, record, spot.path, None)
    w.close()
    w.end = around


def _moment(w: Walk, record: Record) -> str:
    """What a Timestamp or Duration that follows says, as far as it can be told."""
    if record.name not in ("google.protobuf.Timestamp", "google.protobuf.Duration"):
        return ""
    parts = {number: value for number, _, value in rawprotobuf.glance(w.data, w.at, w.end) if isinstance(value, int)}
    seconds, nanos = (rawprotobuf.signed(parts.get(number, 0)) for number in (1, 2))
    if record.name.endswith("Timestamp"):
        return text.instant(seconds, nanos)
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{text.fraction(abs(nanos))}s" if abs(nanos) < 1_000_000_000 else ""


def _entry(w: Walk, spot: _Spot, type_: Map) -> Stretch:
    """A map's entry, which is a message of a key and a value (S21)."""
    around = rawprotobuf.narrow(w)
    record = w.memo.get(type_)
    if record is None:
        parts = [Field("key", type_.keys, number=1), Field("value", type_.values, number=2)]
        record = w.memo[type_] = Record("entry", parts)
    path = entry(spot.path, _key(w, type_))
    yield w.open(spot.tag.offset, path, "entry", note=spot.note)
    yield _fields(w, record, path, None)
    w.close()
    w.end = around


def _key(w: Walk, type_: Map) -> str:
    """The key of the entry that follows, as paths have it."""
    keys = [value for number, wire, value in rawprotobuf.glance(w.data, w.at, w.end) if number == 1 and wire != START]
    if not keys:
        return "" if isinstance(type_.keys, String) else "0"
    if isinstance(keys[-1], bytes):
        return keys[-1].decode("utf-8", "backslashreplace")
    if isinstance(type_.keys, Bool):
        return "true" if keys[-1] else "false"
    return str(_narrowed(type_.keys, keys[-1])) if isinstance(type_.keys, Int) else str(keys[-1])


def _packed(w: Walk, spot: _Spot, item: Type) -> Stretch:
    at = w.at
    around = rawprotobuf.narrow(w)
    if (w.end - w.at) % {BIT32: 4, BIT64: 8}.get(_wire(item, spot.field), 1):
        w.refuse("LENGTH", at)
    yield w.open(spot.tag.offset, spot.path, "packed", note=spot.note)
    index = 0
    while w.at < w.end:
        start, w.path = w.at, f"{spot.path}[{index}]"
        value, note = _single(w, item)
        yield w.leaf(start, w.path, short(item), value, note)
        index += 1
    w.close()
    w.end = around


# --- single values: each gives its text, and a note ---


def _single(w: Walk, type_: Type) -> Noted:
    return _LEAVES.get(type(type_), _other)(w, type_)


def _int(w: Walk, type_: Int) -> Noted:
    if type_.encoding == "fixed":
        return str(int.from_bytes(w.take(type_.bits // 8), "little", signed=type_.signed)), ""
    raw = w.varint(strict=False)
    value = _narrowed(type_, raw)
    wide = type_.bits == 32 and raw >> 32 and not (type_.signed and value < 0 and raw >> 31 == (1 << 33) - 1)
    return str(value), f"{raw} on the wire, cut to 32 bits" if wide else ""


def _narrowed(type_: Int, raw: int) -> int:
    """As the field's type has it: what is over its bits is dropped (S3)."""
    raw &= (1 << type_.bits) - 1
    if type_.encoding == "zigzag":
        return (raw >> 1) ^ -(raw & 1)
    return raw - (1 << type_.bits) if type_.signed and raw >> (type_.bits - 1) else raw


def _float(w: Walk, type_: Float) -> Noted:
    if type_.bits == 32:
        return text.float32(w.take(4)), ""
    return text.float64(struct.unpack("<d", w.take(8))[0]), ""


def _bool(w: Walk, type_: Bool) -> Noted:
    raw = w.varint(strict=False)
    return ("true" if raw else "false"), "" if raw < 2 else f"{raw} on the wire"


def _enum(w: Walk, type_: Enum) -> Noted:
    number = _narrowed(Int(32), w.varint(strict=False))
    name = next((symbol for symbol, each in type_.symbols if each == number), None)
    return (name, f"number {number}") if name else (str(number), "no symbol has this number")


def _string(w: Walk, type_: String) -> Noted:
    return text.text_or_bytes(rawprotobuf.span(w), w.cut)


def _uuid(w: Walk, type_: Uuid) -> Noted:
    data = rawprotobuf.span(w)
    return (text.uuid(data), "") if type_.form == "bytes" and len(data) == 16 else text.text_or_bytes(data, w.cut)


def _other(w: Walk, type_: Type) -> Noted:
    return text.hexed(rawprotobuf.span(w), w.cut), ""


_LEAVES: Final[dict[type[Type], Callable[..., Noted]]] = {
    Int: _int, Float: _float, Bool: _bool, Enum: _enum, String: _string, Bytes: _other, Uuid: _uuid,
}  # fmt: skip
"""How each type's value is read; every function takes its own type only."""


def likely(message: bytes) -> int:
    """The tags of the fields up to 15 are bytes under 0x80."""
    return 1 if message[:1] >= b"\x80" else 2


FORMAT = Format(
    name="protobuf",
    core=C.H9_FORMAT_PROTOBUF,
    has_bytes=True,
    languages=frozenset({"protobuf"}),
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    tagged=True,
    strict_oneof=False,
    container="delimited",
    suffixes={
        ".pb": "lone",
        ".binpb": "lone",
        ".bin": "lone",
        ".pbs": "delimited",
        ".delim": "delimited",
        ".pbstream": "delimited",
    },
    walk=walk,
    likely=likely,
    usual_for="protobuf",
    loses=("unknown fields, on the way to another format: passed over and counted (policy unknown=refuse)",),
)
