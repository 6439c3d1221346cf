"""Every way in which a value stands, by name: what H9_OP_* of native/include/hal9_image.h stand for.

A node says how one value is read or written, and what it is in the frame; the kind in the frame is always the
target's. The same nodes serve readers and writers, and where a format needs more than another, that is said here:
the core's general readers and writers look at these members, and so do the flat programs that are built from them.
`flags` are those that the op knows (NodeFlag). A node's steps are not its own: `Image.node(row, steps)` adds them.

Each function is called as its constant, in lower case (`list_` where Python has the name itself), and there is one for
each: a test walks the header. `scalar` picks among them: which node a type is, in the form that a format gives it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from native.binding import C
from schemas.model import (
    Any,
    BigDecimal,
    Bool,
    Bytes,
    Date,
    Decimal,
    Duration,
    Enum,
    Fixed,
    Float,
    Int,
    Null,
    Period,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)
from translator.formats.base import PLAIN, BytesForm, Format, WireForm
from translator.formats.common import NANOSECONDS
from translator.plan.rows import NONE, NodeFlag, NodeRow, signed64
from translator.policies import Policies

SLOT, ENTRY = 16, 32
"""Bytes of a list's item and of a map's entry in the arena: a slot, a slot for the key and one for the value."""
_WIRES: Final = {"varint": C.H9_WIRE_VARINT, "zigzag": C.H9_WIRE_ZIGZAG, "fixed": C.H9_WIRE_FIXED}
_BYTES: Final[dict[BytesForm, int]] = {
    "base64": C.H9_BYTES_BASE64,
    "base64url": C.H9_BYTES_BASE64URL,
    "hex": C.H9_BYTES_HEX,
    "codepoints": C.H9_BYTES_CODEPOINTS,
}

# --- single values ---


def null() -> NodeRow:
    """Null, the only value that there is; a .choice where its steps box it."""
    return NodeRow(C.H9_OP_NULL)


def bool_() -> NodeRow:
    """.b"""
    return NodeRow(C.H9_OP_BOOL)


def int_(bits: int, lo: int, hi: int, wire: int = 0, flags: int = 0) -> NodeRow:
    """.i within lo..hi, what the wire or the schema allows. `bits`: 32 or 64, to which a varint is cut and which a
    fixed has; `wire`: H9_WIRE_*, of Protobuf."""
    return NodeRow(C.H9_OP_INT, bits=bits, wire=wire, flags=flags, lo=lo, hi=hi)


def uint(bits: int, hi: int, wire: int = 0, flags: int = 0) -> NodeRow:
    """.u of at most hi, otherwise as `int_`."""
    return NodeRow(C.H9_OP_UINT, bits=bits, wire=wire, flags=flags, hi=signed64(hi))


def f32(*, exact: bool = False, flags: int = 0) -> NodeRow:
    """.f; `exact`: an integer in JSON that it doesn't hold is refused (S6)."""
    return NodeRow(C.H9_OP_F32, a=int(exact), flags=flags)


def f64(*, exact: bool = False, flags: int = 0) -> NodeRow:
    """.d; `exact`: an integer in JSON that it doesn't hold is refused (S6)."""
    return NodeRow(C.H9_OP_F64, a=int(exact), flags=flags)


def string(flags: int = 0) -> NodeRow:
    """.s, text; checked for UTF-8 unless UNCHECKED."""
    return NodeRow(C.H9_OP_STRING, flags=flags)


def bytes_(form: BytesForm = "base64", flags: int = 0) -> NodeRow:
    """.s; `form`: its text in JSON."""
    return NodeRow(C.H9_OP_BYTES, a=_BYTES[form], flags=flags)


def fixed(size: int, form: BytesForm = "base64", flags: int = 0) -> NodeRow:
    """.s of exactly `size` bytes; `form`: its text in JSON."""
    return NodeRow(C.H9_OP_FIXED, a=size, b=_BYTES[form], flags=flags)


def enum(table: int = 0, flags: int = 0) -> NodeRow:
    """.i, the target's number, by the enum's table. In JSON and MessagePack by name, or by number with NUMBER."""
    return NodeRow(C.H9_OP_ENUM, a=table, flags=flags)


def decimal(scale: int, precision: int, size: int = 0, flags: int = 0) -> NodeRow:
    """.s, an unscaled integer in two's complement; `size`: of a fixed, or 0. JSON and MessagePack: decimal text (its
    bytes with CODEPOINTS)."""
    return NodeRow(C.H9_OP_DECIMAL, a=size, flags=flags, lo=scale, hi=precision)


def bigdecimal(flags: int = 0) -> NodeRow:
    """The same with the scale in the span's flags."""
    return NodeRow(C.H9_OP_BIGDECIMAL, flags=flags)


def uuid(size: int = 0, flags: int = 0) -> NodeRow:
    """.id; `size`: 0 where it is text, 16 where it is sixteen bytes."""
    return NodeRow(C.H9_OP_UUID, a=size, flags=flags)


def date(flags: int = 0) -> NodeRow:
    """.i, days within int32. Avro: int; JSON, MessagePack: text, or a number with NUMBER."""
    return NodeRow(C.H9_OP_DATE, flags=flags, lo=-(1 << 31), hi=(1 << 31) - 1)


def time(nanoseconds: int, flags: int = 0) -> NodeRow:
    """.i, nanoseconds of the day, counted on the wire in units of `nanoseconds`. Avro: int or long; JSON: text."""
    return NodeRow(C.H9_OP_TIME, a=nanoseconds, flags=flags)


def timestamp(nanoseconds: int, flags: int = 0) -> NodeRow:
    """.t, counted on the wire in units of `nanoseconds`. Avro: long; JSON: RFC 3339; MessagePack: text, or extension -1
    with EXTENSION; Protobuf: a message. LOCAL, NUMBER."""
    return NodeRow(C.H9_OP_TIMESTAMP, a=nanoseconds, flags=flags)


def duration() -> NodeRow:
    """.t: seconds and nanoseconds of one sign. Protobuf: a message; JSON, MessagePack: text such as 1.5s."""
    return NodeRow(C.H9_OP_DURATION)


def period(form: BytesForm = "base64", flags: int = 0) -> NodeRow:
    """.period: Avro's twelve bytes, in JSON in the form of bytes."""
    return NodeRow(C.H9_OP_PERIOD, b=_BYTES[form], flags=flags)


def any_(shape: int = 0, form: BytesForm = "base64", flags: int = 0) -> NodeRow:
    """.any, a tape. `shape`: in Protobuf a Value (0), Struct (1) or ListValue (2); `form`: bytes' text in JSON. QUOTED,
    NULL_NOT_FINITE: as of floats. SKIP: it is passed over, its structure checked, and nothing is kept."""
    return NodeRow(C.H9_OP_ANY, a=shape, b=_BYTES[form], flags=flags)


def fail(code: int) -> NodeRow:
    """Refuses with `code` (H9_E_*); its structure is read no further."""
    return NodeRow(C.H9_OP_FAIL, a=code)


# --- what has values in it ---


def option(value: int, null_index: int) -> NodeRow:
    """.choice: null (branch 0) or the box of what node `value` reads (branch 1). `null_index`: where Avro's schema
    has null, 0 or 1."""
    return NodeRow(C.H9_OP_OPTION, a=value, lo=null_index)


def list_(item: int, width: int, *, least: int = 0, flags: int = 0) -> NodeRow:
    """.list of what node `item` reads. `width`: bytes of an item in the arena (1, 4 or 8 of packed numbers, or SLOT);
    `least`: the fewest bytes that one takes on the wire, so that counts can be checked (B27). PACKED, EACH."""
    return NodeRow(C.H9_OP_LIST, width=width, a=item, b=least, flags=flags)


def each(row: NodeRow, skip: int) -> NodeRow:
    """A list's node whose items are refused one by one: one that is refused for what it means stands as a bad item,
    which the mapping's loop tells, rather than refuse the message. `skip`: the node that passes over an item (Avro)."""
    return row._replace(flags=row.flags | NodeFlag.EACH, c=skip)


def map_(key: int, value: int, kind: int, *, least: int = 0, flags: int = 0) -> NodeRow:
    """.list of pairs of slots. `kind`: the op that the key is in the frame, by which two are found to be one;
    `least`: as a list's, and 1 for the key. LAST_WINS."""
    return NodeRow(C.H9_OP_MAP, width=ENTRY, bits=kind, a=key, b=value, c=least, flags=flags)


def record(table: int, flags: int = 0) -> NodeRow:
    """.rec, a frame of its own, by a record table. GROUP, MASK."""
    return NodeRow(C.H9_OP_RECORD, a=table, flags=flags)


def inline(table: int, flags: int = 0) -> NodeRow:
    """The same, its fields standing in the frame around it: only a record's field may be so. GROUP, MASK."""
    return NodeRow(C.H9_OP_INLINE, a=table, flags=flags)


def union(branches: int, count: int, *, null_index: int = -1, kinds: int = NONE) -> NodeRow:
    """.choice, by the nodes words32[branches .. + count). Reading, a branch is found by Avro's index (`null_index`:
    null's, or -1) or by its value's kind (`kinds`: words32, a branch or NONE for each h9_kind); each ends in a box
    where the target is a union too. Writing, the box says which branch."""
    return NodeRow(C.H9_OP_UNION, a=branches, b=count, c=kinds, lo=null_index)


def named_union(branches: int, count: int, *, null_index: int, keys: int, key_mask: int) -> NodeRow:
    """The same, read from JSON by the name of an object's one member (S19): a table of `Image.key_table`. Null has no
    name: it is `null_index`, or -1. The op of `union`."""
    return NodeRow(C.H9_OP_UNION, a=branches, b=count, c=keys, lo=null_index, hi=key_mask, flags=NodeFlag.NAMED)


def wrapped(value: int) -> NodeRow:
    """Protobuf: a message whose field 1 is what node `value` reads, absent meaning zero. JSON: just that."""
    return NodeRow(C.H9_OP_WRAPPED, a=value)


def generated_wrapper(value: int, record: int) -> NodeRow:
    """Writing Protobuf: a generated wrapper (S33) around what `value` writes. The fields of the table `record` are its
    own: the first is a list's or map's; an option's or union's has one for each branch, null's tag 0 where absence says
    it. The op of `wrapped`."""
    return NodeRow(C.H9_OP_WRAPPED, a=value, b=record + 1)


def named(value: int, name: int, size: int) -> NodeRow:
    """JSON: an object whose one member is what node `value` reads, its name pool[name .. + size); writing, with its
    quotes and colon (S19). The op of `wrapped`."""
    return NodeRow(C.H9_OP_WRAPPED, a=value, b=name, c=size)


def typed(types: int) -> NodeRow:
    """JSON: google.protobuf.Any, a message with its type among its members; .choice of which and a box. `types`: record
    table of the messages, a field for each, found by its full name."""
    return NodeRow(C.H9_OP_TYPED, a=types)


# --- by a format ---


def scalar(format_: Format, type_: Type, policies: Policies) -> NodeRow | None:
    """How a single value of `type_` stands in the format; None: it has no such value, or `type_` has values in it."""
    form = format_.scalar(type_, policies)
    return None if form is None else _in_form(type_, form)


def _in_form(type_: Type, form: WireForm) -> NodeRow | None:
    flags = 0 if form is PLAIN else _flags(form)
    match type_:
        case Null():
            return null()
        case Bool():
            return bool_()
        case Int():
            return _integer(type_, form, flags)
        case Float():
            return (f32 if type_.bits == 32 else f64)(exact=form.exact, flags=flags)
        case String():
            return string()
        case Bytes():
            return bytes_(form.bytes, flags)
        case Fixed():
            return fixed(type_.size, form.bytes, flags)
        case Enum():
            return enum(flags=flags)
        case Any():
            return any_(form=form.bytes, flags=flags)
        case _:
            return _logical(type_, form, flags)


def _integer(type_: Int, form: WireForm, flags: int) -> NodeRow:
    """On no wire is an integer narrower than 32 bits; its range is the schema's."""
    bits, wire = max(type_.bits, 32), _WIRES[form.wire]
    return int_(bits, type_.lowest, type_.highest, wire, flags) if type_.signed else uint(
        bits, type_.highest, wire, flags)  # fmt: skip


def _logical(type_: Type, form: WireForm, flags: int) -> NodeRow | None:
    match type_:
        case Decimal():
            return decimal(type_.scale, type_.precision, type_.size or 0, flags)
        case BigDecimal():
            return bigdecimal(flags)
        case Uuid():
            return uuid(16 if form.raw else 0, flags)
        case Date():
            return date(flags)
        case Time():
            return time(NANOSECONDS[type_.unit], flags)
        case Timestamp():
            local = NodeFlag.LOCAL if type_.local else 0
            return timestamp(NANOSECONDS[form.unit or type_.unit], flags | local)
        case Duration():
            return duration()
        case Period():
            return period(form.bytes, flags)
        case _:
            return None


@cache
def _flags(form: WireForm) -> int:
    """A form's flags."""
    said = (
        (form.quoted, NodeFlag.QUOTED), (form.lax, NodeFlag.LAX), (form.point, NodeFlag.POINT),
        (form.null_not_finite, NodeFlag.NULL_NOT_FINITE), (form.number, NodeFlag.NUMBER),
        (form.closed, NodeFlag.CLOSED), (form.null_zero, NodeFlag.NULL_ZERO),
        (form.codepoints, NodeFlag.CODEPOINTS), (form.extension, NodeFlag.EXTENSION),
    )  # fmt: skip
    return sum(int(flag) for is_said, flag in said if is_said)
