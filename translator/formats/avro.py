"""Avro's binary encoding (1.12), by an Avro schema.

Loses: nothing. A timestamp-nanos reaches from 1677 to 2262 only (refused beyond); it has no unsigned integers (S7),
no untyped values (S34), and maps have text keys (S22).
"""

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
from translator.formats.base import Format, Row, Spec, by_name
from translator.formats.common import NANOSECONDS, calendar_check, text_spec, time_check
from translator.policies import Policies

_HAS = (
    Null, Bool, Int, Float, String, Bytes, Fixed, Enum, Decimal, BigDecimal, Uuid, Date, Time, Timestamp, Period
)  # fmt: skip


def scalar(type_: Type, policies: Policies) -> Spec | None:
    if not isinstance(type_, _HAS) or isinstance(type_, (Any, Duration)):
        return None
    if isinstance(type_, Int) and not type_.signed:
        return None
    if isinstance(type_, Uuid):
        return Spec(C.H9_OP_UUID, {"a": 16 if type_.form == "bytes" else 0})
    return text_spec(type_)


def checks(type_: Type, policies: Policies) -> list[Row]:
    """A timestamp's count must fit a long; a time's must be whole."""
    if isinstance(type_, Time):
        return [time_check(type_, policies)]
    if not isinstance(type_, Timestamp):
        return []
    per_second = 1_000_000_000 // NANOSECONDS[type_.unit]
    lo, hi = -((1 << 63) // per_second), ((1 << 63) - 1) // per_second - 1
    return [{**calendar_check(type_, policies), "lo": lo, "hi": hi}]


FORMAT = Format(
    name="avro",
    core=C.H9_FORMAT_AVRO,
    languages=frozenset({"avro"}),
    scalar=scalar,
    checks=checks,
    spellings=by_name,
    positional=True,
    loses=("instants outside of 1677 to 2262, in a timestamp-nanos: refused",),
)
