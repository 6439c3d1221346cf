"""Finds the types of a mapping's values, and the conversions between them.

A value without modifiers is read as its target wants it, so that it costs nothing more than without a mapping. One with
modifiers is read as the source has it, changed step by step, and then converted.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from native.binding import C
from schemas.model import (
    Any,
    Bool,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Int,
    String,
    Time,
    Timestamp,
    Type,
    Union,
    Uuid,
    nullable,
)
from translator.formats.base import Row
from translator.formats.common import NANOSECONDS
from translator.mapping import model
from translator.mapping.terms import Const, First, Generate, Join, Read, Require, Steps, Term, Uuid5, When
from translator.mapping.wants import NoSuchPath, View
from translator.plan.convert import convert
from translator.plan.policies import Policies
from translator.plan.reading import Context, Reading, describe

TEXT = String()
REAL = Float(64)
WHOLE = Int(64)
INSTANT = Timestamp("ns")
ID = Uuid()
TRUTH = Bool()

_CASTS: dict[str, Type] = {
    "bool": TRUTH, "int32": Int(32), "int64": WHOLE, "uint32": Int(32, signed=False), "uint64": Int(64, signed=False),
    "float32": Float(32), "float64": REAL, "string": TEXT, "bytes": Bytes(), "timestamp": INSTANT, "uuid": ID,
}  # fmt: skip


class Wrong(Exception):  # noqa: N818 - it is told as a problem of the mapping, never raised to a user
    """A value that can't be what it should; `key` is its place in the document."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.reason = reason


@dataclass
class Values:
    """Makes terms of one mapping's values."""

    context: Context
    reading: Reading
    view: View

    def __post_init__(self) -> None:
        from translator.mapping.conditions import Conditions

        self.conditions = Conditions(self)

    def term(self, value: model.Value, wanted: Type | None) -> Term:
        """The value as `wanted`, or as its own type where that is None. Wrong: it can't be that."""
        changed = self._changes(value)
        direct = wanted if not changed else None
        found = self._source(value.source, direct, self._hint(value))
        found = self._modify(found, value)
        if wanted is not None:
            found = self.into(found, wanted, self._policies(value), value.key)
        condition = self.conditions.term(value.when) if value.when is not None else None
        return self._around(found, value, condition)

    @staticmethod
    def _changes(value: model.Value) -> bool:
        parts = (value.time, value.enum, value.scale, value.offset, value.cast, value.rounding, value.truncate)
        return any(part is not None for part in parts) or value.lower or value.upper

    def _policies(self, value: model.Value) -> Policies:
        policies = self.context.policies
        rounding = value.rounding or policies.rounding
        time = policies.time
        if value.truncate is not None:
            time = "truncate" if value.truncate else "refuse"
        return Policies(**{**{f: getattr(policies, f) for f in policies.__struct_fields__}, "rounding": rounding, "time": time})

    @staticmethod
    def _hint(value: model.Value) -> Type:
        """What to read where the source doesn't say: what the first modifier works on."""
        if value.time is not None:
            return TEXT if value.time == "rfc3339" else WHOLE
        if value.enum is not None:
            return TEXT
        if value.scale is not None or value.offset is not None:
            return REAL
        return _CASTS[value.cast] if value.cast else TEXT

    # --- sources ---

    def _source(self, source: model.Source, wanted: Type | None, hint: Type) -> Term:
        match source:
            case model.PathSource():
                return self._path(source, wanted, hint)
            case model.ConstSource():
                type_ = wanted if wanted is not None else self.of_constant(source.constant)
                return self.constant(source.constant, type_, source.key)
            case model.FirstSource():
                return self._first(source, wanted)
            case model.JoinSource():
                return Join(TEXT, source.key, [self._text(each) for each in source.values])
            case model.Uuid5Source():
                return Uuid5(ID, source.key, source.namespace.bytes, [self._text(each) for each in source.values])
            case model.GenerateSource():
                return Generate(ID if source.what == "uuid4" else INSTANT, source.key, source.what)

    def _path(self, source: model.PathSource, wanted: Type | None, hint: Type) -> Term:
        try:
            natural = self.view.natural(source.path, wanted or hint)
            if wanted is not None and any(type(segment).__name__ == "Branch" for segment in source.path):
                wanted = None
            want = self.view.want(source.path, wanted if wanted is not None else self._shared(natural), source.key)
        except NoSuchPath as error:
            raise Wrong(source.key, str(error)) from None
        return Read(nullable(want.result)[0] if wanted is None else want.result, source.key, want)

    @staticmethod
    def _shared(type_: Type) -> Type:
        """Common types are one object, so that a member wanted twice in one type is read once."""
        for known in (TEXT, REAL, WHOLE, TRUTH):
            if type(type_) is type(known) and getattr(type_, "bits", None) == getattr(known, "bits", None):
                if not isinstance(type_, Int) or type_.signed:
                    return known
        return type_

    def _first(self, source: model.FirstSource, wanted: Type | None) -> Term:
        options = [self.term(each, wanted) for each in source.values]
        type_ = wanted if wanted is not None else options[0].type
        policies = self.context.policies
        return First(type_, source.key, [self.into(each, type_, policies, each.key) for each in options])

    def _text(self, value: model.Value) -> Term:
        return self._as_text(self.term(value, None))

    def _as_text(self, term: Term) -> Term:
        """A value as text, for joining: numbers in their shortest form, times in RFC 3339."""
        match term.type:
            case String():
                return term
            case Int():
                code = C.H9_STEP_NUMBER_TO_STRING_I if term.type.signed else C.H9_STEP_NUMBER_TO_STRING_U
            case Float():
                code = C.H9_STEP_NUMBER_TO_STRING_F32 if term.type.bits == 32 else C.H9_STEP_NUMBER_TO_STRING_F64
            case Bool():
                code = C.H9_STEP_BOOL_TO_STRING
            case Enum():
                step = {"code": C.H9_STEP_ENUM_TO_STRING, "a": self.reading.enums.names(term.type)}
                return Steps(TEXT, term.key, term, [step])
            case Any():
                return Steps(TEXT, term.key, term, [{"code": C.H9_STEP_ANY_TO_STRING}])
            case _:
                return self.into(term, TEXT, self.context.policies, term.key)
        return Steps(TEXT, term.key, term, [{"code": code}])

    # --- constants ---

    @staticmethod
    def of_constant(constant: model.Constant) -> Type:
        """The type that a constant has by itself."""
        match constant:
            case bool():
                return TRUTH
            case int():
                return WHOLE if constant < 1 << 63 else _CASTS["uint64"]
            case float():
                return REAL
            case _:
                return TEXT

    def constant(self, constant: model.Constant, type_: Type, key: str) -> Term:
        """A constant as `type_`; it is tried now, so that a wrong one is told now."""
        if problem := self._misfit(constant, self.context.meaning(nullable(type_)[0])):
            raise Wrong(key, problem)
        return Const(type_, key, constant)

    @staticmethod
    def _misfit(constant: model.Constant, type_: Type) -> str:
        fits: bool
        match type_:
            case Enum():
                fits = constant in dict(type_.symbols)
            case Bool():
                fits = isinstance(constant, bool)
            case Int():
                fits = isinstance(constant, int) and not isinstance(constant, bool)
                fits = fits and type_.lowest <= int(constant) <= type_.highest
            case Float():
                fits = isinstance(constant, (int, float)) and not isinstance(constant, bool)
            case Union() | Any():
                fits = True
            case String() | Bytes() | Uuid() | Timestamp() | Date() | Time() | Decimal():
                fits = isinstance(constant, str)
            case _:
                fits = False
        return "" if fits else f"{constant!r} is no {describe(type_)}"

    # --- modifiers ---

    def _modify(self, term: Term, value: model.Value) -> Term:
        if value.time is not None:
            term = self._time(term, value.time, value.key)
        if value.enum is not None:
            term = self._enum(term, value)
        if value.scale is not None or value.offset is not None:
            term = self._scale(term, value)
        if value.cast is not None:
            term = self._cast(term, _CASTS[value.cast], self._policies(value), value.key)
        if value.lower or value.upper:
            code = C.H9_STEP_LOWER if value.lower else C.H9_STEP_UPPER
            term = Steps(TEXT, value.key, self._as_text(term), [{"code": code}])
        return term

    def _time(self, term: Term, unit: model.Time, key: str) -> Term:
        if unit == "rfc3339":
            return self.into(term, INSTANT, self.context.policies, key)
        whole = self.into(term, WHOLE, self.context.policies, key)
        return Steps(INSTANT, key, whole, [{"code": C.H9_STEP_I_TO_TIMESTAMP, "a": NANOSECONDS[unit]}])

    def _enum(self, term: Term, value: model.Value) -> Term:
        """A text (or enum's name, or number as text) becomes what the table says: an enum over the table's own rows."""
        assert value.enum is not None
        texts = tuple(text for text, _ in value.enum)
        results = [str(result) for _, result in value.enum]
        rows = Enum(f"{value.key}.enum", tuple((text, i) for i, text in enumerate(texts)))
        named = tuple(dict.fromkeys(results))
        otherwise = None if value.otherwise is None else str(value.otherwise)
        if otherwise is not None and otherwise not in named:
            named = (*named, otherwise)
        outcome = Enum(f"{value.key}.enum", tuple((name, i) for i, name in enumerate(named)))
        table = self.reading.enums.table(rows, [named.index(r) for r in results], named.index(otherwise) if otherwise else None)
        step = {"code": C.H9_STEP_STRING_TO_ENUM, "a": table}
        return Steps(outcome, value.key, self._as_text(term), [step])

    def _scale(self, term: Term, value: model.Value) -> Term:
        real = self.into(term, REAL, self.context.policies, value.key)
        factor = 1.0 if value.scale is None else value.scale
        offset = 0.0 if value.offset is None else value.offset
        lo, hi = struct.unpack("<qq", struct.pack("<dd", factor, offset))
        return Steps(REAL, value.key, real, [{"code": C.H9_STEP_SCALE, "lo": lo, "hi": hi}])

    def _cast(self, term: Term, target: Type, policies: Policies, key: str) -> Term:
        """A conversion that must be asked for: text to numbers and back, beside the ordinary ones."""
        if isinstance(target, String):
            return self._as_text(term)
        if isinstance(term.type, String) and (step := _parse_step(target)):
            return Steps(target, key, term, [step])
        if isinstance(term.type, Bool) and isinstance(target, Int):
            return Steps(target, key, term, [{"code": C.H9_STEP_BOOL_TO_I}])
        return self.into(term, target, policies, key)

    # --- conversion ---

    def into(self, term: Term, target: Type, policies: Policies, key: str) -> Term:
        """`term` as a value of `target`. Wrong: there is no conversion."""
        if term.type is target:
            return term
        if isinstance(target, Union):
            return self._into_union(term, target, policies, key)
        source, meant = self.context.meaning(term.type), self.context.meaning(target)
        if isinstance(source, Enum) and isinstance(meant, (Enum, String)):
            return self._from_enum(term, source, meant, target, key)
        if isinstance(source, String) and isinstance(meant, Enum):
            step = {"code": C.H9_STEP_STRING_TO_ENUM, "a": self.reading.enums.names(meant)}
            return Steps(target, key, term, [step])
        found = convert(source, meant, policies)
        if found is None:
            raise Wrong(key, f"{describe(source)} can't become {describe(meant)}")
        if found.reason:
            self.context.losses.add(key, "checked", found.reason)
        steps = [*found.steps, *self.context.target.checks(meant, policies)]
        return Steps(target, key, term, steps) if steps else replace(term, type=target)

    def _from_enum(self, term: Term, source: Enum, meant: Enum | String, target: Type, key: str) -> Term:
        """By name (S17)."""
        if isinstance(meant, String):
            return replace(self._as_text(term), type=target)
        numbers = dict(meant.symbols)
        missing = [name for name, _ in source.symbols if name not in numbers]
        if missing and source.name.endswith(".enum"):
            raise Wrong(key, f"{describe(meant)} has no symbol {missing[0]!r}")
        table = self.reading.enums.table(source, [numbers.get(name) for name, _ in source.symbols], None)
        return Steps(target, key, term, [{"code": C.H9_STEP_SYMBOL_TABLE, "a": table}])

    def _into_union(self, term: Term, target: Union, policies: Policies, key: str) -> Term:
        """The branch that takes it. A nullable target's field says null by absence, so its value isn't boxed."""
        inner, null = nullable(target)
        if null and not isinstance(inner, Union):
            return replace(self.into(term, inner, policies, key), type=target)
        chosen = self.reading.branch_for(term.type, target.branches)
        if chosen is not None:
            box = {"code": C.H9_STEP_BOX, "a": chosen}
            return Steps(target, key, self.into(term, target.branches[chosen], policies, key), [box])
        raise Wrong(key, f"{describe(term.type)} is no branch of {describe(target)}")

    def _around(self, term: Term, value: model.Value, condition: Term | None) -> Term:
        """`when`, then the default, then the demand that there be a value."""
        if condition is not None:
            term = When(term.type, value.key, condition, term)
        if value.default is not None:
            term = First(term.type, value.key, [term, self.constant(value.default, term.type, value.key)])
        return Require(term.type, value.key, term) if value.required else term


def _parse_step(target: Type) -> Row | None:
    """How text is read as a number or boolean."""
    match target:
        case Int():
            hi = target.highest if target.highest < 1 << 63 else target.highest - (1 << 64)
            return {"code": C.H9_STEP_STRING_TO_I if target.signed else C.H9_STEP_STRING_TO_U, "lo": target.lowest, "hi": hi}
        case Float():
            return {"code": C.H9_STEP_STRING_TO_F32 if target.bits == 32 else C.H9_STEP_STRING_TO_F64}
        case Bool():
            return {"code": C.H9_STEP_STRING_TO_BOOL}
        case _:
            return None
