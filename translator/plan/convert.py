"""Conversions between single values: which steps take a value of one type to another, and what that may refuse.

Every rule is exact or checked; nothing here rounds or cuts unless a policy says so (S2, S3, S6, S23-S26), because a
value that was changed on the way can't be told from one that was sent that way. The table at the end pairs kinds of
types, so that a pair that nobody thought of has no conversion, rather than one by accident.

Avro's logical types are one with what carries them on the wire, so between two Avro schemas each reads the other's
(S31): where `convert` knows no way, the source is read once more as what carries it (`as_carried`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from schemas.model import (
    BigDecimal,
    Bool,
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
from translator.formats.base import Check, Days, Finite, Format, Seconds, WholeUnits
from translator.formats.common import NANOSECONDS
from translator.plan import steps
from translator.plan.rows import StepRow
from translator.policies import Policies

_PERIOD_SIZE, _UUID_SIZE = 12, 16


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps in order; `reason` says what may be refused, "" where nothing can be."""

    steps: tuple[StepRow, ...] = ()
    reason: str = ""


EXACT = Chain()
ChainRule = Callable[[Type, Type, Policies], Chain | None]


def convert(source: Type, target: Type, policies: Policies) -> Chain | None:
    """How a value of `source` becomes one of `target`; None: it can't. Enums meet enums elsewhere."""
    rule = _RULES.get((_kind(source), _kind(target)))
    return rule(source, target, policies) if rule else None


def checked(format_: Format, type_: Type, policies: Policies) -> list[StepRow]:
    """Steps that refuse what the format, as a target, can't say of values of `type_`."""
    return [_check(check, type_, policies) for check in format_.checks(type_, policies)]


def _check(check: Check, type_: Type, policies: Policies) -> StepRow:
    match check:
        case Finite():
            return steps.finite_f32() if isinstance(type_, Float) and type_.bits == 32 else steps.finite_f64()
        case Days():
            return steps.range_i(check.first, check.last)
        case Seconds():
            assert isinstance(type_, Timestamp)
            cut = policies.time == "truncate"
            return steps.timestamp_unit(
                NANOSECONDS[type_.unit], truncate=cut, first=check.first, last=check.last, counted=check.counted
            )
        case WholeUnits():
            assert isinstance(type_, Time)
            return steps.time_unit(NANOSECONDS[type_.unit], truncate=policies.time == "truncate")
        case _:
            assert_never(check)


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


# --- numbers ---


def _range(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Int)
    assert isinstance(target, Int)
    lo, hi = target.lowest, target.highest
    if lo <= source.lowest and source.highest <= hi:
        return EXACT
    match source.signed, target.signed:
        case True, True:
            step = steps.range_i(lo, hi)
        case True, False:
            step = steps.i_to_u(hi)
        case False, True:
            step = steps.u_to_i(hi)
        case _:
            step = steps.range_u(hi)
    return Chain((step,), f"refused outside of {lo}..{hi}")


def _int_to_float(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Int)
    assert isinstance(target, Float)
    signed, bits = source.signed, 53 if target.bits == 64 else 24
    step = {
        (True, 32): steps.i_to_f32,
        (True, 64): steps.i_to_f64,
        (False, 32): steps.u_to_f32,
        (False, 64): steps.u_to_f64,
    }[signed, target.bits]
    rounds = policies.rounding == "round"
    fits = source.bits <= bits
    reason = "" if fits else ("rounded where it doesn't fit" if rounds else f"refused beyond {bits} bits")
    return Chain((step(rounds=rounds),), reason)


def _float_to_float(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Float)
    assert isinstance(target, Float)
    if source.bits == target.bits:
        return EXACT
    if target.bits == 64:
        return Chain((steps.f32_to_f64(),))
    rounds = policies.rounding == "round"
    reason = "rounded to float32" if rounds else "refused where float32 doesn't hold it exactly"
    return Chain((steps.f64_to_f32(rounds=rounds),), reason)


def _decimal_to_float(source: Type, target: Type, policies: Policies) -> Chain | None:
    """S6: its digits have to be those that the float prints."""
    assert isinstance(target, Float)
    rounds = policies.rounding == "round"
    scaled = (steps.decimal_to_big(source.scale),) if isinstance(source, Decimal) else ()
    last = (steps.big_to_f32 if target.bits == 32 else steps.big_to_f64)(rounds=rounds)
    name = f"float{target.bits}"
    reason = f"rounded to {name}" if rounds else f"refused where {name} doesn't show the same digits"
    return Chain((*scaled, last), reason)


def _float_to_int(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Float)
    assert isinstance(target, Int)
    fraction: steps.Fraction = "nearest" if policies.rounding == "round" else "refuse"
    lo, hi = target.lowest, target.highest
    last = steps.f64_to_i(lo, hi, fraction) if target.signed else steps.f64_to_u(hi, fraction)
    reason = f"{'rounded' if fraction == 'nearest' else 'refused'} where it isn't integral, refused out of range"
    return Chain((steps.f32_to_f64(), last) if source.bits == 32 else (last,), reason)


def parse(target: Type, fraction: steps.Fraction = "refuse", *, rounds: bool = False) -> StepRow | None:
    """How text is read as a number or boolean, where that is asked for; None: it can't be. `rounds`: into a float."""
    match target:
        case Int(signed=True):
            return steps.string_to_i(target.lowest, target.highest, fraction)
        case Int():
            return steps.string_to_u(target.highest, fraction)
        case Float():
            return (steps.string_to_f32 if target.bits == 32 else steps.string_to_f64)(rounds=rounds)
        case Bool():
            return steps.string_to_bool()
        case _:
            return None


def printed(source: Int | Float | Bool) -> StepRow:
    """How a number or boolean becomes its text."""
    match source:
        case Int():
            return steps.number_to_string_i() if source.signed else steps.number_to_string_u()
        case Float():
            return steps.number_to_string_f32() if source.bits == 32 else steps.number_to_string_f64()
        case _:
            return steps.bool_to_string()


# --- text and bytes ---


def _same(source: Type, target: Type, policies: Policies) -> Chain | None:
    return EXACT


def _string_to_string(source: Type, target: Type, policies: Policies) -> Chain | None:
    return EXACT  # whether it is checked for UTF-8 is the reader's, which knows the target (S9)


def _single(step: StepRow, reason: str = "") -> ChainRule:
    chain = Chain((step,), reason)
    return lambda source, target, policies: chain


def _to_fixed(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(target, Fixed)
    if isinstance(source, Fixed):
        return EXACT if source.size == target.size else None
    return Chain((steps.size(target.size),), f"refused unless of {target.size} bytes")


def _uuid_to_fixed(source: Type, target: Type, policies: Policies) -> Chain | None:
    return Chain((steps.uuid_to_bytes(),)) if isinstance(target, Fixed) and target.size == _UUID_SIZE else None


# --- times ---


def _timestamp(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Timestamp)
    assert isinstance(target, Timestamp)
    if source.local != target.local:
        return None
    unit = NANOSECONDS[target.unit]
    if unit <= NANOSECONDS[source.unit]:
        return EXACT
    cut = policies.time == "truncate"
    step = steps.timestamp_unit(unit, truncate=cut, first=-(1 << 63), last=(1 << 63) - 1)
    return Chain((step,), f"cut to {target.unit}" if cut else f"refused where finer than {target.unit}")


def _time(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Time)
    assert isinstance(target, Time)
    unit = NANOSECONDS[target.unit]
    if unit <= NANOSECONDS[source.unit]:
        return EXACT
    cut = policies.time == "truncate"
    step = steps.time_unit(unit, truncate=cut)
    return Chain((step,), f"cut to {target.unit}" if cut else f"refused where finer than {target.unit}")


def _string_to_timestamp(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(target, Timestamp)
    after = _timestamp(Timestamp("ns", target.local), target, policies) or EXACT
    reason = "refused unless RFC 3339" if not target.local else "refused unless a local date and time"
    return Chain((steps.string_to_timestamp(local=target.local), *after.steps), reason)


def _timestamp_to_string(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Timestamp)
    return Chain((steps.timestamp_to_string(local=source.local),), "refused beyond years 1-9999")


def _string_to_time(source: Type, target: Type, policies: Policies) -> Chain | None:
    after = _time(Time("ns"), target, policies) or EXACT
    return Chain((steps.string_to_time(), *after.steps), "refused unless hh:mm:ss")


def _timestamp_to_int(source: Type, target: Type, policies: Policies) -> Chain | None:
    """Avro's underlying type: a reader's long takes a writer's timestamp as its count (S31)."""
    assert isinstance(source, Timestamp)
    assert isinstance(target, Int)
    if target.bits != 64 or not target.signed:
        return None
    step = steps.timestamp_to_i(NANOSECONDS[source.unit], truncate=policies.time == "truncate")
    return Chain((step,), "" if source.unit in ("s", "ms") else "refused where out of 64 bits")


# --- decimals ---


def _fit_decimal(target: Decimal) -> tuple[StepRow, ...]:
    return (steps.pad_decimal(target.size),) if target.size else ()


def _decimal(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Decimal)
    assert isinstance(target, Decimal)
    if source.scale == target.scale and source.precision <= target.precision:
        return Chain(_fit_decimal(target) if source.size != target.size else ())
    step = steps.decimal_rescale(source.scale, target.scale, target.precision)
    grows = target.scale >= source.scale
    safe = grows and target.precision - target.scale >= source.precision - source.scale
    return Chain((step, *_fit_decimal(target)), "" if safe else "refused where digits would be lost")


def _int_to_decimal(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Int)
    assert isinstance(target, Decimal)
    made = (steps.i_to_decimal if source.signed else steps.u_to_decimal)(target.scale, target.precision)
    digits = len(str(source.highest)) + target.scale
    if digits <= target.precision:
        return Chain((made, *_fit_decimal(target)))
    unchecked = target.scale == 0  # the step looks at the digits only where it scales
    held = (steps.decimal_rescale(0, 0, target.precision),) if unchecked else ()
    return Chain((made, *held, *_fit_decimal(target)), f"refused over {target.precision} digits")


def _decimal_to_int(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Decimal)
    assert isinstance(target, Int)
    if policies.rounding == "round" and source.scale > 0:
        return _decimal_to_nearest(source, target)
    last = steps.decimal_to_i(target.lowest, target.highest) if target.signed else steps.decimal_to_u(target.highest)
    scaled = (steps.decimal_rescale(source.scale, 0, source.precision),) if source.scale else ()
    return Chain((*scaled, last), "refused where it isn't integral, or out of range")


def _decimal_to_nearest(source: Decimal, target: Int) -> Chain:
    """By its digits."""
    last = parse(target, "nearest")
    assert last is not None
    text = steps.decimal_to_string(source.scale, source.precision)
    return Chain((text, last), "rounded where it isn't integral, refused out of range")


def _string_to_decimal(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(target, Decimal)
    step = steps.string_to_decimal(target.scale, target.precision)
    return Chain((step, *_fit_decimal(target)), "refused unless a decimal that fits")


def _decimal_to_string(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Decimal)
    return Chain((steps.decimal_to_string(source.scale, source.precision),))


def _big_to_decimal(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(target, Decimal)
    step = steps.big_to_decimal(target.scale, target.precision)
    return Chain((step, *_fit_decimal(target)), "refused where digits would be lost")


def _decimal_to_big(source: Type, target: Type, policies: Policies) -> Chain | None:
    assert isinstance(source, Decimal)
    return Chain((steps.decimal_to_big(source.scale),))


# --- Avro's carriers ---


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
    """What a writer's `s` is read as for a reader's `t`, where one of them is logical and the other carries it."""
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


_TEXT = "refused unless of that form"
_RULES: dict[tuple[str, str], ChainRule] = {
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
    ("bytes", "string"): _single(steps.utf8(), "refused unless UTF-8"),
    ("fixed", "string"): _single(steps.utf8(), "refused unless UTF-8"),
    ("bytes", "fixed"): _to_fixed,
    ("string", "fixed"): _to_fixed,
    ("fixed", "fixed"): _to_fixed,
    ("uuid", "uuid"): _same,
    ("string", "uuid"): _single(steps.string_to_uuid(), "refused unless a UUID"),
    ("bytes", "uuid"): _single(steps.bytes_to_uuid(), "refused unless of 16 bytes"),
    ("fixed", "uuid"): _single(steps.bytes_to_uuid(), "refused unless of 16 bytes"),
    ("uuid", "string"): _single(steps.uuid_to_string()),
    ("uuid", "bytes"): _single(steps.uuid_to_bytes()),
    ("uuid", "fixed"): _uuid_to_fixed,
    ("date", "date"): _same,
    ("string", "date"): _single(steps.string_to_date(), "refused unless YYYY-MM-DD"),
    ("date", "string"): _single(steps.date_to_string(), "refused beyond years 1-9999"),
    ("time", "time"): _time,
    ("string", "time"): _string_to_time,
    ("time", "string"): _single(steps.time_to_string()),
    ("timestamp", "timestamp"): _timestamp,
    ("string", "timestamp"): _string_to_timestamp,
    ("timestamp", "string"): _timestamp_to_string,
    ("timestamp", "int"): _timestamp_to_int,
    ("duration", "duration"): _same,
    ("string", "duration"): _single(steps.string_to_duration(), _TEXT),
    ("duration", "string"): _single(steps.duration_to_string()),
    ("period", "period"): _same,
    ("period", "duration"): _single(steps.period_to_duration(), "refused where it has months or days"),
    ("decimal", "decimal"): _decimal,
    ("int", "decimal"): _int_to_decimal,
    ("uint", "decimal"): _int_to_decimal,
    ("decimal", "int"): _decimal_to_int,
    ("decimal", "uint"): _decimal_to_int,
    ("string", "decimal"): _string_to_decimal,
    ("decimal", "string"): _decimal_to_string,
    **{(a, b): _decimal_to_float for a in ("decimal", "bigdecimal") for b in ("f32", "f64")},
    ("bigdecimal", "bigdecimal"): _same,
    ("bigdecimal", "decimal"): _big_to_decimal,
    ("decimal", "bigdecimal"): _decimal_to_big,
}
