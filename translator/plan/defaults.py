"""Schemas' defaults as the core takes them: a slot's bytes, or MessagePack that a node reads."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from decimal import Decimal as PyDecimal
from typing import Any as Anything

from native.errors import PlanError
from schemas.model import (
    Any,
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
from translator.formats.common import NANOSECONDS

_MASK = (1 << 64) - 1
_SECOND = 1_000_000_000


class MisfitError(PlanError):
    """A default that isn't a value of the type that it is wanted for."""

    def __init__(self) -> None:
        super().__init__([("", "a default that isn't a value of its type")])


def slot(t: Type, value: object) -> bytes | None:
    """A number, boolean or time as its slot's 16 bytes; None for what is no such thing."""
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
    try:
        return struct.pack("<f" if t.bits == 32 else "<d", value).ljust(16, b"\0")
    except OverflowError as error:
        raise MisfitError from error


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
