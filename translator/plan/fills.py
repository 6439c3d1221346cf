"""What stands in a slot that the message leaves empty: a default, a zero, or a refusal (S11, S13)."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal as PyDecimal
from typing import TYPE_CHECKING
from typing import Any as Anything

import msgspec

from native.binding import C
from schemas.model import (
    MISSING,
    Array,
    Bool,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Float,
    Int,
    Map,
    Presence,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Union,
    nullable,
)
from translator.formats.base import Row
from translator.formats.common import NANOSECONDS
from translator.formats.msgpack import PYTHON
from translator.plan.frames import Member
from translator.plan.losses import Losses
from translator.plan.reading import Context, Reading, Records

if TYPE_CHECKING:
    from translator.plan.fields import RecordTables

_ZERO_SLOT = (Bool, Int, Float, String, Bytes, Array, Map)


class Fills:
    """Makes the fills of a plan's record tables. Defaults that aren't plain numbers are MessagePack in the image's pool."""

    def __init__(self, context: Context, tables: RecordTables) -> None:
        self.context = context
        records: Records = tables
        private = replace(context, source=PYTHON, losses=Losses())
        self._reading = Reading(private, PYTHON, records)

    def is_fill(self, reading: Reading) -> bool:
        """Whether `reading` reads defaults rather than messages."""
        return reading is self._reading

    def fill(self, reading: Reading, member: Member, s: Field | None, path: str) -> Row | None:
        """What fills the member's slot, None where nothing does: it stays absent."""
        t = member.field
        if s is None:
            return self._absent_field(member, path)
        if t.presence is Presence.IMPLICIT:
            return None
        if t.presence is Presence.OPTIONAL:
            return self._zero(member, s, path) if s.presence is Presence.IMPLICIT else None
        return self._required(reading, member, s, path)

    def unmapped(self, member: Member, path: str) -> Row | None:
        """What fills a field that no rule of a mapping writes."""
        return self._absent_field(member, path)

    def mapped(self, member: Member, path: str) -> Row | None:
        """What fills a field whose rule gave no value."""
        t = member.field
        if t.presence is not Presence.REQUIRED or (t.default is MISSING and nullable(t.type)[1]):
            return None
        return self._value(member, t.default, path) if t.default is not MISSING else self._missing(member)

    def constant(self, type_: Type) -> int:
        """The node that reads a mapping's constant as `type_`, which isn't null."""
        return self._reading.filled(type_, type_, "")

    def _absent_field(self, member: Member, path: str) -> Row | None:
        """The source's schema has no such field: the default, null, or no plan (S13)."""
        t = member.field
        if t.presence is not Presence.REQUIRED:
            self.context.losses.add(path, "exact", "absent: the source has no such field")
            return None
        if t.default is not MISSING:
            self.context.losses.add(path, "exact", "the target's default: the source has no such field")
            return self._value(member, t.default, path)
        if nullable(t.type)[1]:
            self.context.losses.add(path, "exact", "null: the source has no such field")
            return None
        self.context.problem(path, "the target requires it, and the source has no such field")
        return None

    def _required(self, reading: Reading, member: Member, s: Field, path: str) -> Row | None:
        t = member.field
        null = nullable(t.type)[1]
        if s.presence is Presence.REQUIRED:
            always = reading.format.positional and not (member.inner and nullable(s.type)[1])
            return None if always or null else self._missing(member)
        if s.presence is Presence.IMPLICIT:
            return self._zero(member, s, path)
        for default in (s.default, t.default):
            if default is not MISSING:
                return self._value(member, default, path)
        if null:
            return None
        self.context.losses.add(path, "checked", "refused where absent")
        return self._missing(member)

    def _missing(self, member: Member) -> Row:
        return {"slot": member.slot, "kind": C.H9_FILL_MISSING, "name": self.context.image.name(member.field.name)}

    def _zero(self, member: Member, s: Field, path: str) -> Row:
        """The zero value of the source's field, as the target's."""
        t = self.context.meaning(nullable(member.field.type)[0])
        s_type = self.context.meaning(s.type)
        if isinstance(t, _ZERO_SLOT) and not member.boxed:
            return {"slot": member.slot, "kind": C.H9_FILL_ZERO, "name": self.context.image.name(member.field.name)}
        if isinstance(s_type, Enum) and isinstance(t, Enum):
            name = next((name for name, number in s_type.symbols if number == 0), None)
            return self._value(member, name, path) if name in dict(t.symbols) else self._missing(member)
        if isinstance(t, Union):
            return self._missing(member)
        zeros: dict[type, object] = {Decimal: b"\0", Bool: False, Int: 0, Float: 0.0, String: "", Bytes: b"", Array: []}
        zero = zeros.get(type(t), MISSING)
        return self._value(member, zero, path) if zero is not MISSING else self._missing(member)

    def _value(self, member: Member, value: object, path: str) -> Row | None:  # type: ignore[return]
        t = member.field.type
        if value is None and not member.boxed and nullable(t)[1]:
            return None
        row: Row = {"slot": member.slot, "name": self.context.image.name(member.field.name)}
        packed = None if member.boxed else _slot(self.context.meaning(nullable(t)[0]), value)
        if packed is not None:
            return {**row, "kind": C.H9_FILL_SLOT, "value": self.context.image.text(packed), "size": 16}
        data = msgspec.msgpack.encode(plain(self.context.meaning(t), value))
        read = self._reading.value if member.boxed else self._reading.filled
        node = read(t, t, path)
        return {
            **row, "kind": C.H9_FILL_MSGPACK, "node": node,
            "value": self.context.image.text(data), "size": len(data),
        }  # fmt: skip


def _slot(t: Type, value: object) -> bytes | None:
    """A number or boolean as its slot's 16 bytes."""
    match t:
        case Bool():
            return bytes([bool(value)]).ljust(16, b"\0")
        case Int():
            assert isinstance(value, int)
            return (value & (1 << 64) - 1).to_bytes(8, "little").ljust(16, b"\0")
        case Float():
            assert isinstance(value, (int, float))
            return struct.pack("<f" if t.bits == 32 else "<d", value).ljust(16, b"\0")
        case Enum():
            return (dict(t.symbols)[str(value)] & (1 << 64) - 1).to_bytes(8, "little").ljust(16, b"\0")
        case _:
            return None


def plain(t: Type, value: object) -> Anything:
    """A schema's default as MessagePack carries it: logical types as text."""
    match t:
        case Union():
            inner = nullable(t)[0]
            return None if value is None else plain(inner, value) if not isinstance(inner, Union) else value
        case Record():
            assert isinstance(value, dict)
            return {f.name: plain(f.type, value[f.name]) for f in t.fields if f.name in value}
        case Array():
            assert isinstance(value, list)
            return [plain(t.items, item) for item in value]
        case Map():
            assert isinstance(value, dict)
            return {key: plain(t.values, item) for key, item in value.items()}
        case Decimal() if isinstance(value, bytes):
            return str(PyDecimal(int.from_bytes(value, "big", signed=True)).scaleb(-t.scale))
        case Timestamp() | Date() | Time() if isinstance(value, int):
            return _time_text(t, value)
        case _:
            return value


def _time_text(t: Timestamp | Date | Time, count: int) -> str:
    """A count since the epoch (or midnight) as text."""
    if isinstance(t, Date):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=count)).strftime("%Y-%m-%d")
    seconds, rest = divmod(count * NANOSECONDS[t.unit], 1_000_000_000)
    whole = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    if isinstance(t, Time):
        return f"{whole:%H:%M:%S}.{rest:09}"
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{rest:09}{'' if t.local else 'Z'}"
