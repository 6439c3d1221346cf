"""How single values stand in the self-describing formats, and ranges that several formats share."""

from __future__ import annotations

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
from translator.formats.base import Row, Spec
from translator.policies import Policies

NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999 (S23)."""
DAY = 86_400


def int_spec(type_: Int, **values: int) -> Spec:
    """An integer with its range; `bits` is 32 or 64."""
    if type_.signed:
        return Spec(C.H9_OP_INT, {"bits": max(type_.bits, 32), "lo": type_.lowest, "hi": type_.highest, **values})
    hi = type_.highest if type_.highest < 1 << 63 else type_.highest - (1 << 64)
    return Spec(C.H9_OP_UINT, {"bits": max(type_.bits, 32), "hi": hi, **values})


def float_spec(type_: Float, **values: int) -> Spec:
    return Spec(C.H9_OP_F32 if type_.bits == 32 else C.H9_OP_F64, values)


def decimal_spec(type_: Decimal, **values: int) -> Spec:
    return Spec(C.H9_OP_DECIMAL, {"lo": type_.scale, "hi": type_.precision, "a": type_.size or 0, **values})


def text_spec(type_: Type, *, bytes_form: int = 0, flags: int = 0) -> Spec | None:
    """How `type_` stands in a self-describing format: what has no kind of its own there is text."""
    match type_:
        case Null():
            return Spec(C.H9_OP_NULL)
        case Bool():
            return Spec(C.H9_OP_BOOL)
        case Int():
            return int_spec(type_, flags=flags)
        case Float():
            return float_spec(type_, flags=flags)
        case String():
            return Spec(C.H9_OP_STRING)
        case Bytes():
            return Spec(C.H9_OP_BYTES, {"a": bytes_form})
        case Fixed():
            return Spec(C.H9_OP_FIXED, {"a": type_.size, "b": bytes_form})
        case Enum():
            return Spec(C.H9_OP_ENUM, {"flags": flags})
        case Any():
            return Spec(C.H9_OP_ANY, {"b": bytes_form})
        case _:
            return _logical_spec(type_, bytes_form, flags)


def _logical_spec(type_: Type, bytes_form: int, flags: int) -> Spec | None:
    match type_:
        case Decimal():
            return decimal_spec(type_)
        case BigDecimal():
            return Spec(C.H9_OP_BIGDECIMAL)
        case Uuid():
            return Spec(C.H9_OP_UUID)
        case Date():
            return Spec(C.H9_OP_DATE, {"lo": -(1 << 31), "hi": (1 << 31) - 1})
        case Time():
            return Spec(C.H9_OP_TIME, {"a": NANOSECONDS[type_.unit]})
        case Timestamp():
            local = C.H9_N_LOCAL if type_.local else 0
            return Spec(C.H9_OP_TIMESTAMP, {"a": NANOSECONDS[type_.unit], "flags": local | flags})
        case Duration():
            return Spec(C.H9_OP_DURATION)
        case Period():
            return Spec(C.H9_OP_PERIOD, {"b": bytes_form})
        case _:
            return None


def calendar_check(type_: Timestamp, policies: Policies) -> Row:
    """Refuses an instant outside of the years 1 to 9999; one finer than the unit is refused or, by policy, cut."""
    return {
        "code": C.H9_STEP_TIMESTAMP_UNIT,
        "a": NANOSECONDS[type_.unit],
        "b": int(policies.time == "truncate"),
        "lo": FIRST_SECOND,
        "hi": LAST_SECOND,
    }


def calendar_checks(type_: Type, policies: Policies) -> list[Row]:
    """The same for days and, in all that is text, for times of day."""
    match type_:
        case Timestamp():
            return [calendar_check(type_, policies)]
        case Date():
            return [{"code": C.H9_STEP_RANGE_I, "lo": FIRST_SECOND // DAY, "hi": LAST_SECOND // DAY}]
        case Time():
            return [time_check(type_, policies)]
        case _:
            return []


def time_check(type_: Time, policies: Policies) -> Row:
    """Refuses or, by policy, cuts a time of day that is finer than the unit."""
    return {"code": C.H9_STEP_TIME_UNIT, "a": NANOSECONDS[type_.unit], "b": int(policies.time == "truncate")}
