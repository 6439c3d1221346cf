"""What bytes and counts stand for by Avro's logical types, as text: the same in its binary and its JSON encoding."""

from __future__ import annotations

import struct

from native.errors import DataError
from schemas.model import BigDecimal, Bytes, Date, Decimal, Fixed, Period, Time, Timestamp, Type, Uuid
from translator.formats.walking import text
from translator.formats.walking.walk import Walk

Noted = tuple[str, str]
"""A value's text, and a note."""
_PERIOD = struct.Struct("<III")


def of_bytes(type_: Type, data: bytes, cut: int | None) -> Noted | None:
    """Bytes as that type has them; None: it has none."""
    match type_:
        case Bytes():
            return text.hexed(data, cut), ""
        case Fixed():
            return text.hexed(data, cut), "" if len(data) == type_.size else f"{len(data)} bytes, not {type_.size}"
        case Decimal():
            return _or_hex(text.decimal(data, type_.scale), data, cut)
        case BigDecimal():
            return _big_decimal(data, cut)
        case Uuid(form="bytes"):
            return (text.uuid(data), "") if len(data) == 16 else (text.hexed(data, cut), "not a UUID")
        case Period():
            return _period(data, cut)
    return None


def of_count(type_: Type, count: int) -> Noted | None:
    """A count as what it stands for, and the count itself; None: it stands for nothing else."""
    match type_:
        case Date():
            found = text.date(count)
        case Time():
            found = text.time_of_day(count, type_.unit)
        case Timestamp():
            found = text.timestamp(count, type_.unit, local=type_.local)
        case _:
            return None
    return (found, str(count)) if found else (str(count), "out of range")


def long(w: Walk) -> int:
    """Avro's int or long. TRUNCATED, VARINT."""
    raw = w.varint()
    return (raw >> 1) ^ -(raw & 1)


def span(w: Walk) -> bytes:
    """As many bytes as the long before them says (B6). LENGTH, TRUNCATED."""
    start = w.at
    size = long(w)
    if size < 0:
        w.refuse("LENGTH", start)
    return w.take(size)


def _or_hex(shown: str, data: bytes, cut: int | None) -> Noted:
    return (shown, f"0x{text.hexed(data, 16)}") if shown else (text.hexed(data, cut), "not a decimal")


def _big_decimal(data: bytes, cut: int | None) -> Noted:
    """Bytes that hold the unscaled value as bytes, and then the scale."""
    inner = Walk(data)
    try:
        unscaled, scale = span(inner), long(inner)
    except DataError:
        return text.hexed(data, cut), "not a decimal"
    return _or_hex(text.decimal(unscaled, scale), unscaled, cut)


def _period(data: bytes, cut: int | None) -> Noted:
    if len(data) != _PERIOD.size:
        return text.hexed(data, cut), "not a duration"
    months, days, milliseconds = _PERIOD.unpack(data)
    return f"{months} months, {days} days, {milliseconds} ms", ""
