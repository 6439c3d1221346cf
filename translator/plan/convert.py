"""Conversions between single values: which steps take a value of one type to another, and what that may refuse.

Every rule is exact or checked; nothing here rounds or cuts unless a policy says so (S2, S3, S6, S23-S26).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from native.binding import C
from schemas.model import (
    BigDecimal,
    Bytes,
    Date,
    Decimal,
    Fixed,
    Float,
    Int,
    Period,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)
from translator.formats.base import Row
from translator.formats.common import NANOSECONDS
from translator.policies import Policies

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


@dataclass(frozen=True)
class Conversion:
    """Steps in order; `reason` says what may be refused, "" where nothing can be."""

    steps: list[Row] = field(default_factory=list)
    reason: str = ""


EXACT = Conversion()
Rule = Callable[[Type, Type, Policies], "Conversion | None"]


def convert(source: Type, target: Type, policies: Policies) -> Conversion | None:
    """How a value of `source` becomes one of `target`; None: it can't. Enums meet enums elsewhere."""
    rule = _RULES.get((_kind(source), _kind(target)))
    return rule(source, target, policies) if rule else None


def _kind(type_: Type) -> str:
    match type_:
        case Int():
            return "int" if type_.signed else "uint"
        case Float():
            return f"f{type_.bits}"
        case Fixed():
            return "fixed"
        case _:
            return type(type_).__name__.lower()


def _signed64(value: int) -> int:
    """An unsigned bound as the image's signed member holds it."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _range(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Int)
    assert isinstance(target, Int)
    if target.lowest <= source.lowest and source.highest <= target.highest:
        return EXACT
    code = {
        (True, True): C.H9_STEP_RANGE_I,
        (True, False): C.H9_STEP_I_TO_U,
        (False, True): C.H9_STEP_U_TO_I,
        (False, False): C.H9_STEP_RANGE_U,
    }[source.signed, target.signed]
    step = {"code": code, "lo": target.lowest, "hi": _signed64(target.highest)}
    return Conversion([step], f"refused outside of {target.lowest}..{target.highest}")


def _int_to_float(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Int)
    assert isinstance(target, Float)
    signed, bits = source.signed, 53 if target.bits == 64 else 24
    code = {
        (True, 32): C.H9_STEP_I_TO_F32,
        (True, 64): C.H9_STEP_I_TO_F64,
        (False, 32): C.H9_STEP_U_TO_F32,
        (False, 64): C.H9_STEP_U_TO_F64,
    }[signed, target.bits]
    rounds = policies.rounding == "round"
    fits = source.bits <= bits
    reason = "" if fits else ("rounded where it doesn't fit" if rounds else f"refused beyond {bits} bits")
    return Conversion([{"code": code, "a": int(rounds)}], reason)


def _float_to_float(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Float)
    assert isinstance(target, Float)
    if source.bits == target.bits:
        return EXACT
    if target.bits == 64:
        return Conversion([{"code": C.H9_STEP_F32_TO_F64}])
    rounds = policies.rounding == "round"
    reason = "rounded to float32" if rounds else "refused where float32 doesn't hold it exactly"
    return Conversion([{"code": C.H9_STEP_F64_TO_F32, "a": int(rounds)}], reason)


def _float_to_int(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Float)
    assert isinstance(target, Int)
    steps: list[Row] = []
    if source.bits == 32:
        steps.append({"code": C.H9_STEP_F32_TO_F64})
    code = C.H9_STEP_F64_TO_I if target.signed else C.H9_STEP_F64_TO_U
    nearest = 2 if policies.rounding == "round" else 0
    steps.append({"code": code, "a": nearest, "lo": target.lowest, "hi": _signed64(target.highest)})
    return Conversion(steps, f"{'rounded' if nearest else 'refused'} where it isn't integral, refused out of range")


def _same(source: Type, target: Type, policies: Policies) -> Conversion | None:
    return EXACT


def _string_to_string(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, String)
    assert isinstance(target, String)
    return EXACT  # whether it is checked for UTF-8 is the reader's, which knows the target (S9)


def _single(code: int, reason: str = "") -> Rule:
    def rule(source: Type, target: Type, policies: Policies) -> Conversion | None:
        return Conversion([{"code": code}], reason)

    return rule


def _to_fixed(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(target, Fixed)
    if isinstance(source, Fixed):
        return EXACT if source.size == target.size else None
    return Conversion([{"code": C.H9_STEP_SIZE, "a": target.size}], f"refused unless of {target.size} bytes")


def _timestamp(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Timestamp)
    assert isinstance(target, Timestamp)
    if source.local != target.local:
        return None
    unit = NANOSECONDS[target.unit]
    if unit <= NANOSECONDS[source.unit]:
        return EXACT
    cut = policies.time == "truncate"
    step = {"code": C.H9_STEP_TIMESTAMP_UNIT, "a": unit, "b": int(cut), "lo": -(1 << 63), "hi": (1 << 63) - 1}
    return Conversion([step], f"cut to {target.unit}" if cut else f"refused where finer than {target.unit}")


def _time(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Time)
    assert isinstance(target, Time)
    unit = NANOSECONDS[target.unit]
    if unit <= NANOSECONDS[source.unit]:
        return EXACT
    cut = policies.time == "truncate"
    step = {"code": C.H9_STEP_TIME_UNIT, "a": unit, "b": int(cut)}
    return Conversion([step], f"cut to {target.unit}" if cut else f"refused where finer than {target.unit}")


def _string_to_timestamp(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(target, Timestamp)
    after = _timestamp(Timestamp("ns", target.local), target, policies)
    steps = [{"code": C.H9_STEP_STRING_TO_TIMESTAMP, "a": int(target.local)}, *(after.steps if after else [])]
    return Conversion(steps, "refused unless RFC 3339" if not target.local else "refused unless a local date and time")


def _timestamp_to_string(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Timestamp)
    return Conversion([{"code": C.H9_STEP_TIMESTAMP_TO_STRING, "a": int(source.local)}], "refused beyond years 1-9999")


def _string_to_time(source: Type, target: Type, policies: Policies) -> Conversion | None:
    after = _time(Time("ns"), target, policies)
    return Conversion([{"code": C.H9_STEP_STRING_TO_TIME}, *(after.steps if after else [])], "refused unless hh:mm:ss")


def _timestamp_to_int(source: Type, target: Type, policies: Policies) -> Conversion | None:
    """Avro's underlying type: a reader's long takes a writer's timestamp as its count (S31)."""
    assert isinstance(source, Timestamp)
    assert isinstance(target, Int)
    if target.bits != 64 or not target.signed:
        return None
    step = {"code": C.H9_STEP_TIMESTAMP_TO_I, "a": NANOSECONDS[source.unit], "b": int(policies.time == "truncate")}
    return Conversion([step], "" if source.unit in ("s", "ms") else "refused where out of 64 bits")


def _fit_decimal(target: Decimal) -> list[Row]:
    return [{"code": C.H9_STEP_PAD_DECIMAL, "a": target.size}] if target.size else []


def _decimal(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Decimal)
    assert isinstance(target, Decimal)
    if source.scale == target.scale and source.precision <= target.precision:
        return Conversion(_fit_decimal(target) if source.size != target.size else [])
    step = {"code": C.H9_STEP_DECIMAL_RESCALE, "lo": source.scale, "hi": target.scale, "a": target.precision}
    grows = target.scale >= source.scale
    safe = grows and target.precision - target.scale >= source.precision - source.scale
    reason = "" if safe else "refused where digits would be lost"
    return Conversion([step, *_fit_decimal(target)], reason)


def _int_to_decimal(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Int)
    assert isinstance(target, Decimal)
    code = C.H9_STEP_I_TO_DECIMAL if source.signed else C.H9_STEP_U_TO_DECIMAL
    digits = len(str(source.highest)) + target.scale
    steps: list[Row] = [{"code": code, "a": target.precision, "b": target.scale}]
    if digits > target.precision and target.scale == 0:
        steps.append({"code": C.H9_STEP_DECIMAL_RESCALE, "lo": 0, "hi": 0, "a": target.precision})
    reason = "" if digits <= target.precision else f"refused over {target.precision} digits"
    return Conversion([*steps, *_fit_decimal(target)], reason)


def _decimal_to_int(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Decimal)
    assert isinstance(target, Int)
    if policies.rounding == "round" and source.scale > 0:
        return _decimal_to_nearest(source, target)
    steps: list[Row] = []
    if source.scale:
        steps.append({"code": C.H9_STEP_DECIMAL_RESCALE, "lo": source.scale, "hi": 0, "a": source.precision})
    code = C.H9_STEP_DECIMAL_TO_I if target.signed else C.H9_STEP_DECIMAL_TO_U
    steps.append({"code": code, "lo": target.lowest, "hi": _signed64(target.highest)})
    return Conversion(steps, "refused where it isn't integral, or out of range")


def _decimal_to_nearest(source: Decimal, target: Int) -> Conversion:
    """By its digits."""
    steps: list[Row] = [{"code": C.H9_STEP_DECIMAL_TO_STRING, "a": source.scale, "b": source.precision}]
    code = C.H9_STEP_STRING_TO_I if target.signed else C.H9_STEP_STRING_TO_U
    steps.append({"code": code, "a": 2, "lo": target.lowest, "hi": _signed64(target.highest)})
    return Conversion(steps, "rounded where it isn't integral, refused out of range")


def _string_to_decimal(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(target, Decimal)
    step = {"code": C.H9_STEP_STRING_TO_DECIMAL, "a": target.scale, "b": target.precision}
    return Conversion([step, *_fit_decimal(target)], "refused unless a decimal that fits")


def _decimal_to_string(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Decimal)
    return Conversion([{"code": C.H9_STEP_DECIMAL_TO_STRING, "a": source.scale, "b": source.precision}])


def _big_to_decimal(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(target, Decimal)
    step = {"code": C.H9_STEP_BIG_TO_DECIMAL, "lo": target.scale, "a": target.precision}
    return Conversion([step, *_fit_decimal(target)], "refused where digits would be lost")


def _decimal_to_big(source: Type, target: Type, policies: Policies) -> Conversion | None:
    assert isinstance(source, Decimal)
    return Conversion([{"code": C.H9_STEP_DECIMAL_TO_BIG, "lo": source.scale}])


_TEXT = "refused unless of that form"
_RULES: dict[tuple[str, str], Rule] = {
    ("null", "null"): _same,
    ("bool", "bool"): _same,
    **{(a, b): _range for a in ("int", "uint") for b in ("int", "uint")},
    **{(a, b): _int_to_float for a in ("int", "uint") for b in ("f32", "f64")},
    **{(a, b): _float_to_float for a in ("f32", "f64") for b in ("f32", "f64")},
    **{(a, b): _float_to_int for a in ("f32", "f64") for b in ("int", "uint")},
    ("string", "string"): _string_to_string,
    ("string", "bytes"): _same,
    ("bytes", "bytes"): _same,
    ("fixed", "bytes"): _same,
    ("bytes", "string"): _single(C.H9_STEP_UTF8, "refused unless UTF-8"),
    ("fixed", "string"): _single(C.H9_STEP_UTF8, "refused unless UTF-8"),
    ("bytes", "fixed"): _to_fixed,
    ("string", "fixed"): _to_fixed,
    ("fixed", "fixed"): _to_fixed,
    ("uuid", "uuid"): _same,
    ("string", "uuid"): _single(C.H9_STEP_STRING_TO_UUID, "refused unless a UUID"),
    ("bytes", "uuid"): _single(C.H9_STEP_BYTES_TO_UUID, "refused unless of 16 bytes"),
    ("fixed", "uuid"): _single(C.H9_STEP_BYTES_TO_UUID, "refused unless of 16 bytes"),
    ("uuid", "string"): _single(C.H9_STEP_UUID_TO_STRING),
    ("uuid", "bytes"): _single(C.H9_STEP_UUID_TO_BYTES),
    ("uuid", "fixed"): lambda s, t, p: (
        Conversion([{"code": C.H9_STEP_UUID_TO_BYTES}]) if isinstance(t, Fixed) and t.size == 16 else None
    ),
    ("date", "date"): _same,
    ("string", "date"): _single(C.H9_STEP_STRING_TO_DATE, "refused unless YYYY-MM-DD"),
    ("date", "string"): _single(C.H9_STEP_DATE_TO_STRING, "refused beyond years 1-9999"),
    ("time", "time"): _time,
    ("string", "time"): _string_to_time,
    ("time", "string"): _single(C.H9_STEP_TIME_TO_STRING),
    ("timestamp", "timestamp"): _timestamp,
    ("string", "timestamp"): _string_to_timestamp,
    ("timestamp", "string"): _timestamp_to_string,
    ("timestamp", "int"): _timestamp_to_int,
    ("duration", "duration"): _same,
    ("string", "duration"): _single(C.H9_STEP_STRING_TO_DURATION, _TEXT),
    ("duration", "string"): _single(C.H9_STEP_DURATION_TO_STRING),
    ("period", "period"): _same,
    ("period", "duration"): _single(C.H9_STEP_PERIOD_TO_DURATION, "refused where it has months or days (S25)"),
    ("decimal", "decimal"): _decimal,
    ("int", "decimal"): _int_to_decimal,
    ("uint", "decimal"): _int_to_decimal,
    ("decimal", "int"): _decimal_to_int,
    ("decimal", "uint"): _decimal_to_int,
    ("string", "decimal"): _string_to_decimal,
    ("decimal", "string"): _decimal_to_string,
    ("bigdecimal", "bigdecimal"): _same,
    ("bigdecimal", "decimal"): _big_to_decimal,
    ("decimal", "bigdecimal"): _decimal_to_big,
}

__all__ = ["EXACT", "Conversion", "convert"]
