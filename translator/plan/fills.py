"""What stands in a slot that the message leaves empty: a default, a zero, or a refusal (S11, S13).

A default is a value of the user's schema. What fits in a slot by itself is kept as the slot's sixteen bytes; all else
as MessagePack in the pool, read by a node as if it stood in a message, whenever it is wanted. So there is one way in
which values come into a frame, and a default of any type needs no code of its own.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal as PyDecimal
from typing import Any as Anything

import msgspec

from native.binding import C
from native.errors import PlanError
from schemas.model import (
    MISSING,
    Any,
    Array,
    BigDecimal,
    Bool,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Fixed,
    Float,
    Int,
    Map,
    Null,
    Period,
    Presence,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Union,
    Uuid,
    nullable,
)
from translator.formats.common import NANOSECONDS
from translator.formats.msgpack import PYTHON
from translator.losses import Losses
from translator.plan.compilation import Compilation
from translator.plan.floats import holds, nearest
from translator.plan.frames import Member
from translator.plan.reading import Reading, Records
from translator.plan.rows import FillRow
from translator.plan.shapes import describe, is_choice

_MASK = (1 << 64) - 1
_SECOND = 1_000_000_000


class MisfitError(PlanError):
    """A default that isn't a value of the type that it is wanted for."""

    def __init__(self) -> None:
        super().__init__([("", "a default that isn't a value of its type")])


def slot(t: Type, value: object) -> bytes | None:
    """A number, boolean or time as its slot's 16 bytes; None for anything else."""
    match t:
        case Bool() | Int() | Float() | Enum() if not matches(t, value):
            raise MisfitError
        case Bool():
            return bytes([bool(value)]).ljust(16, b"\0")
        case Int():
            return _integer(value)
        case Float():
            return _float(t, value)
        case Enum():
            return _integer(dict(reversed(t.symbols))[str(value)])
        case Date() if isinstance(value, int):
            return _integer(value)
        case Time() if isinstance(value, int):
            return _integer(value * NANOSECONDS[t.unit])
        case Timestamp() if isinstance(value, int):
            seconds, rest = divmod(value * NANOSECONDS[t.unit], _SECOND)
            return struct.pack("<qi", seconds, rest).ljust(16, b"\0")
        case _:
            return None


def _integer(value: Anything) -> bytes:
    number: int = int(value) & _MASK
    return number.to_bytes(8, "little").ljust(16, b"\0")


def _float(t: Float, value: Anything) -> bytes:
    return struct.pack("<f" if t.bits == 32 else "<d", _as_float(t, value)).ljust(16, b"\0")


def _as_float(t: Float, value: Anything) -> float:
    if not holds(value, t):
        raise MisfitError
    return nearest(value, t)


def branch_of(t: Union, value: object) -> int:
    """S18: the first branch that a default matches."""
    for i, each in enumerate(t.branches):
        if matches(each, value):
            return i
    raise MisfitError


def matches(t: Type, value: object) -> bool:
    """Whether a default is a value of `t`, judged without looking into containers."""
    match t:
        case Null():
            return value is None
        case Bool():
            return isinstance(value, bool)
        case Int():
            return type(value) is int and t.lowest <= value <= t.highest
        case Float():
            return type(value) in (int, float)
        case Enum():
            return value in dict(t.symbols)
        case Fixed():
            return isinstance(value, bytes) and len(value) == t.size
        case Record():
            return isinstance(value, dict) and value.keys() <= {each.name for each in t.fields}
        case Union():
            return any(matches(each, value) for each in t.branches)
        case Any():
            return True
        case _:
            return isinstance(value, _CARRIERS[type(t)])


_CARRIERS: dict[type, tuple[type, ...]] = {
    String: (str,), Bytes: (bytes,), Decimal: (bytes, str), BigDecimal: (bytes, str), Uuid: (str, bytes),
    Date: (int, str), Time: (int, str), Timestamp: (int, str), Period: (bytes,), Array: (list,), Map: (dict,),
}  # fmt: skip


def plain(t: Type, value: Anything) -> Anything:
    """A default as MessagePack carries it: logical types as text."""
    if isinstance(t, Union):
        return plain(t.branches[branch_of(t, value)], value)
    if not isinstance(t, Any) and type(t) in _CARRIERS and not matches(t, value):
        raise MisfitError
    match t:
        case Record():
            if not matches(t, value):
                raise MisfitError
            return {f.name: plain(f.type, value[f.name]) for f in t.fields if f.name in value}
        case Float() if matches(t, value):
            return _as_float(t, value)
        case Array():
            return [plain(t.items, item) for item in value]
        case Map():
            return {key: plain(t.values, item) for key, item in value.items()}
        case Decimal() if isinstance(value, bytes):
            return _decimal_text(value, t.scale)
        case BigDecimal() if isinstance(value, bytes):
            raise MisfitError
        case Timestamp() | Date() | Time() if isinstance(value, int):
            return _time_text(t, value)
        case _:
            return value


def _decimal_text(unscaled: bytes, scale: int) -> str:
    """Exact whatever its digits, which a context's precision would round."""
    number = int.from_bytes(unscaled, "big", signed=True)
    digits = tuple(int(digit) for digit in str(abs(number)))
    return format(PyDecimal((int(number < 0), digits, -scale)), "f")


def _time_text(t: Timestamp | Date | Time, count: int) -> str:
    """A count since the epoch (or midnight) as text."""
    try:
        if isinstance(t, Date):
            return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=count)).date().isoformat()
        seconds, rest = divmod(count * NANOSECONDS[t.unit], _SECOND)
        whole = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError as error:
        raise MisfitError from error
    if isinstance(t, Time):
        return f"{whole.time().isoformat()}.{rest:09}"
    return f"{whole.replace(tzinfo=None).isoformat()}.{rest:09}{'' if t.local else 'Z'}"


_ZERO_SLOT = (Bool, Int, Float, String, Bytes, Array, Map)


class Fills:
    """Makes the fills of a plan's record tables. Defaults that aren't plain numbers are MessagePack in the pool."""

    def __init__(self, context: Compilation, records: Records) -> None:
        self.context = context
        lenient = msgspec.structs.replace(context.policies, unions="first")
        private = replace(context, source=PYTHON, losses=Losses(), policies=lenient)
        self._reading = Reading(private, PYTHON, records)

    def is_fill(self, reading: Reading) -> bool:
        """Whether `reading` reads defaults rather than messages."""
        return reading is self._reading

    def fill(self, reading: Reading, member: Member, s: Field | None, path: str) -> FillRow | None:
        """What fills the member's slot, None where nothing does: it stays absent."""
        t = member.field
        if s is None:
            return self._absent_field(member, path)
        has_default = s.presence is Presence.REQUIRED and s.default is not MISSING and s.default is not None
        if self.context.fills_members and has_default and member.inner is None:
            self.context.losses.add(path, "exact", "where absent, the source's default")
            return self._value(member, s.default, path)
        if t.presence is Presence.IMPLICIT:
            return None
        if t.presence is Presence.OPTIONAL:
            return self._zero(member, s, path) if s.presence is Presence.IMPLICIT else None
        return self._required(reading, member, s, path)

    def unmapped(self, member: Member, path: str) -> FillRow | None:
        """What fills a field that no rule of a mapping writes: a list or map that must be there is empty."""
        t, why = member.field, "no rule writes it"
        must = t.presence is Presence.REQUIRED and t.default is MISSING
        if must and isinstance(self.context.meaning(t.type), (Array, Map)):
            self.context.losses.add(path, "exact", f"empty: {why}")
            return self._row(member, C.H9_FILL_ZERO)
        return self._absent_field(member, path, why)

    def mapped(self, member: Member, path: str) -> FillRow | None:
        """What fills a field whose rule gave no value."""
        t = member.field
        if t.presence is not Presence.REQUIRED or (t.default is MISSING and nullable(t.type)[1]):
            return None
        return self._default(member, t.default, path) if t.default is not MISSING else self._missing(member)

    def constant(self, type_: Type) -> int:
        """The node that reads a mapping's constant as `type_`, which isn't null."""
        return self._reading.filled(type_, type_, "")

    def _absent_field(self, member: Member, path: str, why: str = "the source has no such field") -> FillRow | None:
        """The source's schema has no such field: the default, null, or no plan (S13)."""
        t = member.field
        if t.presence is not Presence.REQUIRED:
            self.context.losses.add(path, "exact", f"absent: {why}")
            return None
        if t.default is not MISSING:
            self.context.losses.add(path, "exact", f"the target's default: {why}")
            return self._default(member, t.default, path)
        if _has_null(t.type):
            self.context.losses.add(path, "exact", f"null: {why}")
            return None
        self.context.problem(path, f"the target requires it, and {why}")
        return None

    def _required(self, reading: Reading, member: Member, s: Field, path: str) -> FillRow | None:
        t = member.field
        null = _has_null(t.type)
        if s.presence is Presence.REQUIRED:
            always = reading.format.positional and not (member.inner and nullable(s.type)[1])
            return None if always or null else self._missing(member)
        if s.presence is Presence.IMPLICIT:
            return self._zero(member, s, path)
        absent_is_null = null and reading.format.tagged  # S11: its default is for data whose schema lacks the field
        for default in (s.default, MISSING if absent_is_null else t.default):
            if default is not MISSING:
                return self._default(member, default, path)
        if null:
            return None
        self.context.losses.add(path, "checked", "refused where absent")
        return self._missing(member)

    def _default(self, member: Member, value: object, path: str) -> FillRow | None:
        """A fill with a schema's default, which counts (S36). One of null is no fill: it can't be told from null."""
        row = self._value(member, value, path)
        return None if row is None else row._replace(counts=1)

    def _row(self, member: Member, kind: int) -> FillRow:
        return FillRow(member.slot, kind, name=self.context.image.name(member.field.name))

    def _missing(self, member: Member) -> FillRow:
        return self._row(member, C.H9_FILL_MISSING)

    def _zero(self, member: Member, s: Field, path: str) -> FillRow | None:
        """The zero value of the source's field, as the target's."""
        s_type, t = self.context.meaning(s.type), nullable(member.field.type)[0]
        if isinstance(t, Union):
            t = self._zero_branch(s_type, t)
        t = self.context.meaning(t)
        zero = _zero_of(s_type, t)
        if zero is MISSING:
            return self._missing(member)
        if isinstance(t, _ZERO_SLOT) and not zero and not member.boxed and not is_choice(member.field.type):
            return self._row(member, C.H9_FILL_ZERO)
        return self._value(member, zero, path, t)

    def _zero_branch(self, s: Type, t: Union) -> Type:
        chosen = self._reading.branch_for(s, t.branches)
        return t if chosen is None else t.branches[chosen]

    def _value(self, member: Member, value: object, path: str, branch: Type | None = None) -> FillRow | None:
        """A fill with `value`, which is one of the target's `branch` where its type is a union."""
        t = member.field.type
        if value is None and not member.boxed and nullable(t)[1]:
            return None
        value = self._as_number(value, self.context.meaning(nullable(t)[0]))
        image, name = self.context.image, self.context.image.name(member.field.name)
        try:
            packed = None if member.boxed else slot(self.context.meaning(nullable(t)[0]), value)
            if packed is not None:
                return FillRow(member.slot, C.H9_FILL_SLOT, value=image.text(packed), size=len(packed), name=name)
            node, data = self._packed(member, value, path, branch)
        except MisfitError:
            self.context.problem(path, f"the default {value!r} can't become {describe(t)}")
            return None
        return FillRow(member.slot, C.H9_FILL_MSGPACK, node, image.text(data), len(data), name)

    def _as_number(self, value: object, t: Type) -> object:
        """A default as its type has it: an integer that is the default of a source (uint64) as the digits of a decimal
        (S7), what a float doesn't hold rounded where the policy says so (S6)."""
        if isinstance(t, Float) and isinstance(value, (int, float)) and self.context.policies.rounding == "round":
            return nearest(value, t)
        if not isinstance(t, Decimal) or type(value) is not int:
            return value
        digits = value * 10**t.scale
        return digits.to_bytes(t.size or (digits + (digits < 0)).bit_length() // 8 + 1, signed=True)

    def _packed(self, member: Member, value: object, path: str, branch: Type | None) -> tuple[int, bytes]:
        """A value as MessagePack, and the node that reads it."""
        t = member.field.type
        if not isinstance(t, Union) or not is_choice(t):
            read = self._reading.value if member.boxed else self._reading.filled
            return read(t, t, path), msgspec.msgpack.encode(plain(self.context.meaning(t), value))
        chosen = next((i for i, each in enumerate(t.branches) if branch is self.context.meaning(each)), None)
        if chosen is None:
            chosen = branch_of(t, value)
        node = self._reading.branch(t.branches[chosen], t.branches, path, twin=chosen)
        return node, msgspec.msgpack.encode(plain(t.branches[chosen], value))


def _has_null(type_: Type) -> bool:
    return isinstance(type_, Null) or nullable(type_)[1]


def _zero_of(s: Type, t: Type) -> object:
    """The zero value of `s` as a default of `t`; MISSING: it isn't one of them."""
    if isinstance(s, Enum):
        name = next((name for name, number in s.symbols if number == 0), None)
        if isinstance(t, Any):
            return name or MISSING
        if isinstance(t, Enum):
            return name if name in dict(t.symbols) else t.default or MISSING
        return name if name is not None and isinstance(t, String) else MISSING
    if isinstance(s, Uuid):
        return MISSING
    if isinstance(t, Any):
        return "" if isinstance(s, Bytes) else _ZEROS.get(type(s), MISSING)
    return _ZEROS.get(type(t), MISSING)


_ZEROS: dict[type, object] = {
    Decimal: b"\0", Bool: False, Int: 0, Float: 0.0, String: "", Bytes: b"", Array: [], Map: {}
}  # fmt: skip
