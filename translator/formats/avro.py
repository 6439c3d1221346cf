"""Avro's binary encoding (1.12), by an Avro schema.

Loses: nothing. A timestamp-nanos reaches from 1677 to 2262 only (refused beyond); it has no unsigned integers (S7),
no untyped values (S34), and maps have text keys (S22).
"""

from __future__ import annotations

from native.binding import C
from schemas.model import (
    BigDecimal,
    Bool,
    Bytes,
    Date,
    Decimal,
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
from translator.formats.base import PLAIN, Check, Format, Seconds, WholeUnits, WireForm, by_name
from translator.formats.common import NANOSECONDS
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
    return [Seconds(-((1 << 63) // per_second), ((1 << 63) - 1) // per_second - 1)]


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
