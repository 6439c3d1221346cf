"""Avro's logical types and what carries them: on Avro's wire they are one, so each reads the other's (S31)."""

from __future__ import annotations

from schemas.model import BigDecimal, Bytes, Date, Decimal, Fixed, Int, Period, String, Time, Timestamp, Type, Uuid

_PERIOD_SIZE, _UUID_SIZE = 12, 16


def carrier(type_: Type) -> Type:
    """The plain type that carries `type_` in Avro; a plain type is its own."""
    match type_:
        case Date() | Time(unit="ms"):
            return Int(32)
        case Time() | Timestamp():
            return Int(64)
        case Decimal(size=int(size)):
            return Fixed(size)
        case Decimal() | BigDecimal():
            return Bytes()
        case Period():
            return Fixed(_PERIOD_SIZE)
        case Uuid(form="bytes"):
            return Fixed(_UUID_SIZE)
        case Uuid():
            return String()
        case _:
            return type_


def as_carried(s: Type, t: Type) -> Type:
    """What a writer's `s` is read as for a reader's `t`, where one of them is logical and the other carries such."""
    plain_s, plain_t = carrier(s), carrier(t)
    if plain_s is s and plain_t is not t and _same_wire(s, plain_t):
        return t
    return plain_s if plain_t is t else s


def _same_wire(s: Type, t: Type) -> bool:
    if isinstance(s, Int) and isinstance(t, Int):
        return s.bits <= t.bits
    if isinstance(s, Fixed) and isinstance(t, Fixed):
        return s.size == t.size
    return type(s) is type(t)
