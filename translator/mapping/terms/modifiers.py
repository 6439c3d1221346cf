"""The terms of modifiers: what is done with a value once it is read, in the order of model.Value's fields."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as replaced

from schemas.model import Bytes, Date, Decimal, Enum, Float, Int, Timestamp, Type
from translator.formats.common import NANOSECONDS
from translator.mapping.document import model
from translator.mapping.terms.constants import (
    ID,
    INSTANT,
    NATURAL,
    REAL,
    TEXT,
    TRUTH,
    WHOLE,
    Outcome,
    misfit,
    outcome_of,
)
from translator.mapping.terms.conversions import Chosen, Conversions
from translator.mapping.terms.terms import Found, Steps, Tagged, Term, Wrong
from translator.plan import steps

_CASTS: dict[model.Cast, Type] = {
    "bool": TRUTH, "int32": Int(32), "int64": WHOLE, "uint32": Int(32, signed=False), "uint64": NATURAL,
    "float32": Float(32), "float64": REAL, "string": TEXT, "bytes": Bytes(), "timestamp": INSTANT, "uuid": ID,
}  # fmt: skip
_BYTES = Bytes()
_DAYS, _DATE = Int(32), Date()
_FRACTIONS = {"s": 6, "ms": 3}
"""How many digits of a fraction lead to microseconds."""
_DECODERS = {"base64": steps.base64_to_bytes(), "hex": steps.hex_to_bytes()}
_ENCODERS = {"base64": steps.bytes_to_base64(), "hex": steps.bytes_to_hex()}


def changes(value: model.Value) -> bool:
    """Whether a value has modifiers that make another value of it."""
    parts = (
        value.decode, value.decimal, value.encode, value.time, value.enum, value.scale, value.offset, value.cast,
        value.rounding, value.truncate,
    )  # fmt: skip
    return any(part is not None for part in parts) or value.lower or value.upper


def works_on(value: model.Value) -> Type | None:
    """What the first modifier works on, to be read where the source doesn't say."""
    if value.decode is not None:
        return TEXT
    if value.encode is not None or value.decimal is not None:
        return _BYTES
    if value.time is not None:
        return TEXT if value.time == "rfc3339" else None
    if value.enum is None and (value.scale is not None or value.offset is not None):
        return REAL
    return None


def float_of(value: model.Value, natural: Type | None) -> Float | None:
    """What a float that is only cast is read as at once, so that digits go straight to that width (S6)."""
    target = None if value.cast is None or changes(replace(value, cast=None)) else _CASTS[value.cast]
    return target if isinstance(target, Float) and isinstance(natural, Float) else None


def policies_of(value: model.Value, plan: Chosen) -> Chosen:
    """The policies for one value: its own before the plan's."""
    if value.rounding is None and value.truncate is None:
        return plan
    time = plan.time if value.truncate is None else "truncate" if value.truncate else "refuse"
    return replaced(plan, rounding=value.rounding or plan.rounding, time=time, cut=bool(value.truncate))


class Modifiers:
    """Applies one mapping's modifiers."""

    def __init__(self, conversions: Conversions) -> None:
        self._convert = conversions
        self._meaning = conversions.context.meaning

    def apply(self, found: Found, value: model.Value, wanted: Type | None) -> Found:
        """What becomes of a value; `wanted`: what it is to be in the end."""
        if value.decode is not None:
            found = Steps(_BYTES, value.key, self._convert.as_text(found), [_DECODERS[value.decode]])
            self._convert.losses.add(value.key, "checked", f"refused unless the text is {value.decode}")
        if value.decimal is not None:
            found = replace(self._cast(found, _BYTES, value), type=Decimal(model.MOST_DIGITS, value.decimal))
        if value.encode is not None:
            found = Steps(TEXT, value.key, self._cast(found, _BYTES, value), [_ENCODERS[value.encode]])
        if value.time is not None:
            found = self._time(found, value.time, value, wanted)
        if value.enum is not None:
            found = self._enum(found, value.enum, value)
        if value.scale is not None or value.offset is not None:
            found = self._scale(found, value)
        if value.cast is not None:
            found = self._cast(found, _CASTS[value.cast], value)
        if value.lower or value.upper:
            step = steps.lower() if value.lower else steps.upper()
            found = Steps(TEXT, value.key, self._convert.as_text(found), [step])
        return found

    def _cast(self, found: Found, target: Type, value: model.Value) -> Term:
        return self._convert.cast(found, target, policies_of(value, self._convert.policies), value.key)

    def _time(self, found: Found, unit: model.TimeUnit, value: model.Value, wanted: Type | None) -> Term:
        if unit == "rfc3339":
            return self._cast(found, INSTANT, value)
        if isinstance(self._meaning(found.type), Timestamp):
            raise Wrong(value.key, 'is a timestamp already: leave "time" out')
        if unit == "d" and wanted is not None and isinstance(self._meaning(wanted), Date) and not value.cast:
            return replace(self._cast(found, _DAYS, value), type=_DATE)
        if unit in _FRACTIONS and not value.truncate and not isinstance(self._meaning(found.type), Int):
            return self._fraction(found, unit, value)
        whole = self._cast(found, WHOLE, value)
        if unit == "d":
            return Steps(INSTANT, value.key, whole, [steps.date_to_timestamp()])
        return Steps(INSTANT, value.key, whole, [steps.i_to_timestamp(NANOSECONDS[unit])])

    def _fraction(self, found: Found, unit: model.TimeUnit, value: model.Value) -> Term:
        """Seconds or milliseconds that may have a fraction: digit by digit, down to microseconds."""
        self._convert.losses.add(value.key, "checked", "refused where finer than microseconds")
        exactly = [
            steps.string_to_decimal(_FRACTIONS[unit], model.MOST_DIGITS),
            steps.decimal_to_i(WHOLE.lowest, WHOLE.highest),
            steps.i_to_timestamp(NANOSECONDS["us"]),
        ]
        return Steps(INSTANT, value.key, self._convert.as_text(found), exactly)

    def _scale(self, found: Found, value: model.Value) -> Term:
        real = self._cast(found, REAL, value)
        factor = 1.0 if value.scale is None else value.scale
        offset = 0.0 if value.offset is None else value.offset
        return Steps(REAL, value.key, real, [steps.scale(factor, offset)])

    # --- tables ---

    def _enum(self, found: Found, rows: tuple[tuple[str, model.Constant], ...], value: model.Value) -> Term:
        """The value after its table; a text that isn't in it is `otherwise`, or refused. It runs as one look-up."""
        given = [constant for _, constant in rows]
        try:
            outcome = outcome_of(f"{value.key}.enum", given if value.otherwise is None else [*given, value.otherwise])
        except ValueError as error:
            raise Wrong(f"{value.key}.enum", str(error)) from None
        numbers = {text: outcome.constants.index(result) for text, result in rows}
        otherwise = None if value.otherwise is None else outcome.constants.index(value.otherwise)
        if otherwise is None:
            self._convert.losses.add(value.key, "checked", "what is not in the table is refused")
        tables = self._convert.reading.enums
        source = self._meaning(found.type)
        if isinstance(source, Enum) and not isinstance(source, Outcome) and not isinstance(found, Tagged):
            _refuse_unknown(source, numbers, value)
            targets = [numbers.get(name, otherwise) for name, _ in source.symbols]
            return Steps(outcome, value.key, found, [steps.symbol_table(tables.table(source, targets, otherwise))])
        texts = Enum(f"{value.key}.enum", tuple((text, i) for i, text in enumerate(numbers)))
        table = tables.table(texts, list(numbers.values()), otherwise)
        return Steps(outcome, value.key, self._convert.as_text(found), [steps.string_to_enum(table)])


def _refuse_unknown(source: Enum, rows: dict[str, int], value: model.Value) -> None:
    """A row that can never be met is a mistake."""
    for text in rows:
        if problem := misfit(text, source):
            raise Wrong(f"{value.key}.enum.{text}", problem)
