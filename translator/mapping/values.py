"""Finds the types of a mapping's values, and the conversions between them.

A value without modifiers is read as its target wants it, so that it costs nothing more than without a mapping. One with
modifiers is read as the source has it, changed step by step, and then converted.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace

from native.binding import C
from schemas.model import (
    Any,
    Array,
    Bool,
    Bytes,
    Enum,
    Float,
    Int,
    Map,
    Record,
    String,
    Timestamp,
    Type,
    Union,
    nullable,
)
from translator.formats.base import Row
from translator.formats.common import NANOSECONDS
from translator.mapping import model
from translator.mapping.constants import (
    ID,
    INSTANT,
    NATURAL,
    REAL,
    TEXT,
    TRUTH,
    WHOLE,
    branch_of,
    misfit,
    rounded,
    type_of,
)
from translator.mapping.enums import EnumTables, Outcome
from translator.mapping.terms import Const, First, Generate, Join, Read, Require, Steps, Term, Uuid5, When, Wrong
from translator.mapping.viewing import ANYTHING
from translator.mapping.wants import NoSuchPath, View
from translator.plan.convert import convert
from translator.plan.losses import Losses
from translator.plan.policies import Policies
from translator.plan.reading import Context, Reading, describe, is_choice, optional

_CASTS: dict[str, Type] = {
    "bool": TRUTH, "int32": Int(32), "int64": WHOLE, "uint32": Int(32, signed=False), "uint64": NATURAL,
    "float32": Float(32), "float64": REAL, "string": TEXT, "bytes": Bytes(), "timestamp": INSTANT, "uuid": ID,
}  # fmt: skip
_HELD = (Record, Array, Map, Any)
_CUTTABLE = (C.H9_STEP_F64_TO_I, C.H9_STEP_F64_TO_U)


class Chosen(Policies, frozen=True, kw_only=True):
    """A value's own policies. `cut`: a number's fraction is cut off."""

    cut: bool = False


@dataclass
class Values:
    """Makes terms of one mapping's values."""

    context: Context
    reading: Reading
    view: View
    losses: Losses = field(default_factory=Losses)
    """What conversions may refuse, by the document's keys."""

    def __post_init__(self) -> None:
        from translator.mapping.conditions import Conditions

        self.conditions = Conditions(self)
        self.enums = EnumTables(self)

    def term(self, value: model.Value, wanted: Type | None, hint: Type = ANYTHING) -> Term:
        """The value as `wanted`, or as its own type where that is None. Wrong: it can't be that.

        `hint`: what to read where the source doesn't say.
        """
        wanted = None if wanted is None else optional(wanted)[0]
        direct = wanted if not self._changes(value) else None
        found = self._source(value.source, direct, self._hint(value) or hint)
        found = self._modify(found, value)
        if wanted is not None:
            found = self.into(found, wanted, self._policies(value), value.key)
        condition = self.conditions.term(value.when) if value.when is not None else None
        return self._around(found, value, condition)

    @staticmethod
    def _changes(value: model.Value) -> bool:
        parts = (value.time, value.enum, value.scale, value.offset, value.cast, value.rounding, value.truncate)
        return any(part is not None for part in parts) or value.lower or value.upper

    def _policies(self, value: model.Value) -> Chosen:
        plan = self.context.policies
        given = {name: getattr(plan, name) for name in plan.__struct_fields__}
        if value.truncate is not None:
            given["time"] = "truncate" if value.truncate else "refuse"
        return Chosen(**{**given, "rounding": value.rounding or plan.rounding}, cut=bool(value.truncate))

    @staticmethod
    def _hint(value: model.Value) -> Type | None:
        """What to read where the source doesn't say: what the first modifier works on."""
        if value.time is not None:
            return TEXT if value.time == "rfc3339" else WHOLE
        if value.enum is None and (value.scale is not None or value.offset is not None):
            return REAL
        return None

    # --- sources ---

    def _source(self, source: model.Source, wanted: Type | None, hint: Type) -> Term:
        match source:
            case model.PathSource():
                return self._path(source, wanted, hint)
            case model.ConstSource():
                type_ = wanted if wanted is not None else type_of(source.constant)
                return self.constant(source.constant, type_, source.key)
            case model.FirstSource():
                return self._first(source, wanted, hint)
            case model.JoinSource():
                return Join(TEXT, source.key, [self._text(each) for each in source.values])
            case model.Uuid5Source():
                return Uuid5(ID, source.key, source.namespace.bytes, [self._text(each) for each in source.values])
            case model.GenerateSource():
                return Generate(ID if source.what == "uuid4" else INSTANT, source.key, source.what)

    def _path(self, source: model.PathSource, wanted: Type | None, hint: Type) -> Term:
        try:
            natural = self.view.natural(source.path)
            type_ = self._read_as(natural, wanted, hint, self.view.within(source.path))
            if natural is not None and type_ is wanted:
                self._refuse_early(natural, type_, source.key)
            want = self.view.want(source.path, type_, source.key)
        except NoSuchPath as error:
            raise Wrong(source.key, str(error)) from None
        return Read(type_, source.key, want)

    def _refuse_early(self, natural: Type, wanted: Type, key: str) -> None:
        """What reading would refuse with less to say."""
        meant = self.context.meaning(wanted)
        if (
            isinstance(meant, (*_HELD, Union))
            or isinstance(natural, Any)
            or convert(natural, meant, self.context.policies)
        ):
            return
        if isinstance(natural, Enum | String) and isinstance(meant, Enum | String):
            return
        raise Wrong(key, f"{describe(natural)} can't become {describe(meant)}{_way(natural, meant)}")

    def _read_as(self, natural: Type | None, wanted: Type | None, hint: Type, within: bool) -> Type:
        """The type to read a path as. What is one of many is read as it is and then converted, so that what its
        neighbours can't become is no matter."""
        if natural is None:
            return wanted if wanted is not None else hint
        if isinstance(natural, Any) and wanted is not None and not isinstance(wanted, Any):
            return ANYTHING
        if wanted is None:
            return self._shared(natural)
        meant = self.context.meaning(wanted)
        numbers = isinstance(natural, Int | Float) and isinstance(meant, Int | Float)
        if not within and _plain(natural) and type(natural) is type(meant) and _plain(meant):
            return self._shared(wanted)
        if not within or isinstance(meant, _HELD) or (numbers and self.reading.format.text_numbers):
            return wanted
        return wanted if is_choice(wanted) and isinstance(natural, Union) else self._shared(natural)

    @staticmethod
    def _shared(type_: Type) -> Type:
        """Common types are one object, so that a member wanted twice in one type is read once."""
        for known in (TEXT, REAL, WHOLE, TRUTH):
            same = type(type_) is type(known) and getattr(type_, "bits", None) == getattr(known, "bits", None)
            if same and getattr(type_, "signed", True) and getattr(type_, "validated", True):
                return known
        return type_

    def _first(self, source: model.FirstSource, wanted: Type | None, hint: Type) -> Term:
        options = [self.term(each, wanted, hint) for each in source.values]
        type_ = wanted if wanted is not None else options[0].type
        if wanted is None and any(type(each.type) is not type(type_) for each in options):
            return First(TEXT, source.key, [self.as_text(each) for each in options])
        policies = self.context.policies
        return First(type_, source.key, [self.into(each, type_, policies, each.key) for each in options])

    def _text(self, value: model.Value) -> Term:
        return self.as_text(self.term(value, None))

    def as_text(self, term: Term) -> Term:
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
                return Steps(TEXT, term.key, term, [{"code": C.H9_STEP_ANY_TO_STRING, "a": 1}])
            case _:
                return self.into(term, TEXT, self.context.policies, term.key)
        return Steps(TEXT, term.key, term, [{"code": code}])

    def as_number(self, term: Term, key: str) -> Term:
        """An untyped value as the nearest float."""
        return self._cast(term, REAL, Chosen(), key)

    def constant(self, constant: model.Constant, type_: Type, key: str) -> Term:
        """A constant as `type_`. Wrong: it is none."""
        if is_choice(type_):
            assert isinstance(type_, Union)
            index = branch_of(constant, type_)
            if index is None:
                raise Wrong(key, misfit(constant, type_))
            inner = self.constant(constant, type_.branches[index], key)
            return Steps(type_, key, inner, [{"code": C.H9_STEP_BOX, "a": index}])
        bare = self.context.meaning(nullable(type_)[0])
        if problem := misfit(constant, bare):
            raise Wrong(key, problem)
        return Const(type_, key, rounded(constant, bare))

    # --- modifiers ---

    def _modify(self, term: Term, value: model.Value) -> Term:
        if value.time is not None:
            term = self._time(term, value.time, value)
        if value.enum is not None:
            term = self.enums.term(term, value)
        if value.scale is not None or value.offset is not None:
            term = self._scale(term, value)
        if value.cast is not None:
            term = self._cast(term, _CASTS[value.cast], self._policies(value), value.key)
        if value.lower or value.upper:
            code = C.H9_STEP_LOWER if value.lower else C.H9_STEP_UPPER
            term = Steps(TEXT, value.key, self.as_text(term), [{"code": code}])
        return term

    def _time(self, term: Term, unit: model.Time, value: model.Value) -> Term:
        if unit == "rfc3339":
            return self.into(term, INSTANT, self.context.policies, value.key)
        if isinstance(self.context.meaning(term.type), Timestamp):
            raise Wrong(value.key, 'is a timestamp already: leave "time" out')
        whole = self._cast(term, WHOLE, self._policies(value), value.key)
        return Steps(INSTANT, value.key, whole, [{"code": C.H9_STEP_I_TO_TIMESTAMP, "a": NANOSECONDS[unit]}])

    def _scale(self, term: Term, value: model.Value) -> Term:
        real = self._cast(term, REAL, self._policies(value), value.key)
        factor = 1.0 if value.scale is None else value.scale
        offset = 0.0 if value.offset is None else value.offset
        lo, hi = struct.unpack("<qq", struct.pack("<dd", factor, offset))
        return Steps(REAL, value.key, real, [{"code": C.H9_STEP_SCALE, "lo": lo, "hi": hi}])

    def _cast(self, term: Term, target: Type, policies: Chosen, key: str) -> Term:
        """A conversion that must be asked for: text to numbers and back, beside the ordinary ones."""
        if isinstance(target, String):
            return self.as_text(term)
        if isinstance(term.type, Any | Outcome):
            term = self.as_text(term)
        if isinstance(term.type, String) and (step := parse_step(target)):
            way = 1 if policies.cut else 2 if policies.rounding == "round" else 0
            self.losses.add(key, "checked", f"refused unless the text is a {describe(target)}")
            return Steps(target, key, term, [{**step, "a": way}])
        if isinstance(term.type, Bool) and isinstance(target, Int):
            return Steps(target, key, term, [{"code": C.H9_STEP_BOOL_TO_I}])
        return self.into(term, target, policies, key)

    # --- conversion ---

    def into(self, term: Term, target: Type, policies: Policies, key: str) -> Term:
        """`term` as a value of `target`, which isn't null. Wrong: there is no conversion."""
        if term.type is target:
            return term
        if isinstance(target, Union):
            return self._into_union(term, target, policies, key)
        source, meant = self.context.meaning(term.type), self.context.meaning(target)
        if isinstance(source, Any) and not isinstance(meant, Any):
            text = self.as_text(term)
            return self._cast(text, target, Chosen(), key) if isinstance(meant, Int | Float | Bool) else (
                self.into(text, target, policies, key))  # fmt: skip
        if isinstance(source, Outcome) and not isinstance(meant, Enum):
            return self.enums.outcome_into(term, source, target, policies, key)
        if isinstance(source, Enum) and isinstance(meant, (Enum, String)):
            return self._from_enum(term, source, meant, target, key)
        if isinstance(source, String) and isinstance(meant, Enum):
            self.losses.add(key, "checked", "a name that the enum hasn't is refused")
            step = {"code": C.H9_STEP_STRING_TO_ENUM, "a": self.reading.enums.names(meant)}
            return Steps(target, key, term, [step])
        return self._converted(term, source, meant, target, policies, key)

    def _converted(self, term: Term, source: Type, meant: Type, target: Type, policies: Policies, key: str) -> Term:
        found = convert(source, meant, policies)
        if found is None:
            raise Wrong(key, f"{describe(source)} can't become {describe(meant)}{_way(source, meant)}")
        if found.reason:
            self.losses.add(key, "checked", found.reason)
        steps = [*found.steps, *self.context.target.checks(meant, policies)]
        if getattr(policies, "cut", False):
            steps = [{**step, "a": 1} if step["code"] in _CUTTABLE else step for step in steps]
        return Steps(target, key, term, steps) if steps else replace(term, type=target)

    def _from_enum(self, term: Term, source: Enum, meant: Enum | String, target: Type, key: str) -> Term:
        """By name (S17)."""
        if isinstance(meant, String):
            return replace(self.as_text(term), type=target)
        numbers = dict(reversed(meant.symbols))
        missing = [name for name, _ in source.symbols if name not in numbers]
        if missing and isinstance(source, Outcome):
            raise Wrong(key, misfit(missing[0], meant))
        if missing:
            self.losses.add(key, "checked", f"refused: {', '.join(missing[:5])}")
        table = self.reading.enums.table(source, [numbers.get(name) for name, _ in source.symbols], None)
        return Steps(target, key, term, [{"code": C.H9_STEP_SYMBOL_TABLE, "a": table}])

    def _into_union(self, term: Term, target: Union, policies: Policies, key: str) -> Term:
        """The branch that takes it. A nullable target's field says null by absence, so its value isn't boxed."""
        inner, null = optional(target)
        if null:
            return replace(self.into(term, inner, policies, key), type=target)
        if isinstance(term.type, Outcome):
            term = self.as_text(term)
        chosen = self.reading.branch_for(term.type, target.branches)
        if chosen is None:
            raise Wrong(key, f"{describe(term.type)} is no branch of {describe(target)}")
        box = {"code": C.H9_STEP_BOX, "a": chosen}
        return Steps(target, key, self.into(term, target.branches[chosen], policies, key), [box])

    def _around(self, term: Term, value: model.Value, condition: Term | None) -> Term:
        """`when`, then the default, then the demand that there be a value."""
        if condition is not None:
            term = When(term.type, value.key, condition, term)
        if value.default is not None:
            term = First(term.type, value.key, [term, self.constant(value.default, term.type, f"{value.key}.default")])
        return Require(term.type, value.key, term) if value.required else term


def _plain(type_: Type) -> bool:
    """Whether no format refuses what the type holds, so that it may be read once for all."""
    return isinstance(type_, Int | Bool) or (isinstance(type_, String) and type_.validated)


def _way(source: Type, meant: Type) -> str:
    """How to ask for a conversion that isn't made unasked."""
    if isinstance(source, Union):
        return "; name a branch in the path, as :string"
    if isinstance(source, Int) and isinstance(meant, Timestamp):
        return '; say what it counts, as time = "ms"'
    bits = max(getattr(meant, "bits", 64), 32)
    whole = "int" if getattr(meant, "signed", True) else "uint"
    casts: dict[type[Type], str] = {Int: f"{whole}{bits}", Float: f"float{bits}", Bool: "bool", String: "string"}
    cast = casts.get(type(meant))
    scalar = isinstance(source, String | Bool | Int | Float)
    return (
        f'; cast = "{cast}" does that' if scalar and cast and (isinstance(source, String) or cast == "string") else ""
    )


def parse_step(target: Type) -> Row | None:
    """How text is read as a number or boolean."""
    match target:
        case Int():
            hi = target.highest if target.highest < 1 << 63 else target.highest - (1 << 64)
            return {
                "code": C.H9_STEP_STRING_TO_I if target.signed else C.H9_STEP_STRING_TO_U,
                "lo": target.lowest,
                "hi": hi,
            }
        case Float():
            return {"code": C.H9_STEP_STRING_TO_F32 if target.bits == 32 else C.H9_STEP_STRING_TO_F64}
        case Bool():
            return {"code": C.H9_STEP_STRING_TO_BOOL}
        case _:
            return None
