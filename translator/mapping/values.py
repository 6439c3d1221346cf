"""Finds the types of a mapping's values.

A value without modifiers is read as its target wants it, so that it costs nothing more than without a mapping. One with
modifiers is read as the source has it, changed step by step, and then converted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from schemas.model import (
    Any,
    Bool,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Int,
    Null,
    Record,
    String,
    Timestamp,
    Type,
    Union,
)
from translator.formats.common import NANOSECONDS
from translator.mapping import model
from translator.mapping.constants import ID, INSTANT, NATURAL, REAL, TEXT, TRUTH, WHOLE, type_of
from translator.mapping.conversions import Chosen, Conversions, way
from translator.mapping.path import Branch, Name, Segment
from translator.mapping.scopes import Place, Scopes
from translator.mapping.terms import (
    First,
    Generate,
    Join,
    LoopKey,
    Present,
    Read,
    Require,
    Steps,
    Tagged,
    TaggedMember,
    Term,
    Uuid5,
    When,
    Wrong,
)
from translator.mapping.viewing import ANYTHING
from translator.mapping.wants import NoSuchPath, branch_names
from translator.mapping.wholes import HELD
from translator.plan import steps
from translator.plan.convert import convert
from translator.plan.reading import describe, is_choice, optional

_CASTS: dict[str, Type] = {
    "bool": TRUTH, "int32": Int(32), "int64": WHOLE, "uint32": Int(32, signed=False), "uint64": NATURAL,
    "float32": Float(32), "float64": REAL, "string": TEXT, "bytes": Bytes(), "timestamp": INSTANT, "uuid": ID,
}  # fmt: skip
_BYTES = Bytes()
_DAYS, _DATE = Int(32), Date()
_FRACTIONS = {"s": 6, "ms": 3}
"""How many digits of a fraction lead to microseconds."""
_DECODERS = {"base64": steps.base64_to_bytes(), "hex": steps.hex_to_bytes()}
_ENCODERS = {"base64": steps.bytes_to_base64(), "hex": steps.bytes_to_hex()}


@dataclass
class Values(Conversions):
    """Makes terms of one mapping's values. `at`: the target's path of the rule whose value it is."""

    scopes: Scopes = None  # type: ignore[assignment]
    at: str = ""

    def __post_init__(self) -> None:
        from translator.mapping.collecting import Collections
        from translator.mapping.conditions import Conditions

        super().__post_init__()
        self.conditions = Conditions(self)
        self.collections = Collections(self)

    def term(self, value: model.Value, wanted: Type | None, hint: Type = ANYTHING) -> Term:
        """The value as `wanted`, or as its own type where that is None. Wrong: it can't be that.

        `hint`: what to read where the source doesn't say.
        """
        wanted = None if wanted is None else optional(wanted)[0]
        changes = self._changes(value)
        hint = self._hint(value) or (ANYTHING if changes else hint)
        found = self._source(value.source, None if changes else wanted, hint)
        found = self._modify(found, value, wanted)
        if wanted is not None:
            found = self.into(found, wanted, self._policies(value), value.key)
        elif isinstance(found, Tagged) and (value.default is not None or value.when is not None or value.required):
            found = self.as_text(found)
        condition = self.conditions.term(value.when) if value.when is not None else None
        return self._around(found, value, condition)

    @staticmethod
    def _changes(value: model.Value) -> bool:
        parts = (
            value.decode, value.decimal, value.encode, value.time, value.enum, value.scale, value.offset, value.cast,
            value.rounding, value.truncate,
        )  # fmt: skip
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
        if value.decode is not None:
            return TEXT
        if value.encode is not None or value.decimal is not None:
            return _BYTES
        if value.time is not None:
            return TEXT if value.time == "rfc3339" else None
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
            case _:
                return self.collections.term(source, wanted)

    def _first(self, source: model.FirstSource, wanted: Type | None, hint: Type) -> Term:
        options = [self.term(each, wanted, hint) for each in source.values]
        type_ = wanted if wanted is not None else options[0].type
        mixed = any(type(each.type) is not type(type_) or isinstance(each, Tagged) for each in options)
        if wanted is None and mixed:
            return First(TEXT, source.key, [self.as_text(each) for each in options])
        policies = self.context.policies
        return First(type_, source.key, [self.into(each, type_, policies, each.key) for each in options])

    def _text(self, value: model.Value) -> Term:
        return self.as_text(self.term(value, None))

    def presence(self, value: model.Value) -> Term:
        """A boolean: whether there is a value. Of a record no more than that is read."""
        source = value.source
        if isinstance(source, model.PathSource) and value == model.Value(value.key, source):
            try:
                place = self.scopes.place(source.path, source.key)
                if place.base is not None and not place.path:
                    return Present(TRUTH, value.key, place.base)
                if not place.key and isinstance(place.view.natural(place.path), Record):
                    return Present(TRUTH, value.key, self._there(place, source.key))
            except NoSuchPath as error:
                raise Wrong(source.key, str(error)) from None
        found = self.term(value, None)
        return Present(TRUTH, value.key, self.as_text(found) if isinstance(found, Tagged) else found)

    # --- paths ---

    def natural(self, source: model.Source) -> Type | None:
        """The type of what stands at a path, None where the source doesn't type it. Wrong: there is no such path."""
        if not isinstance(source, model.PathSource):
            return None
        try:
            place = self.scopes.place(source.path, source.key)
            return place.loop.keys if place.key and place.loop else place.view.natural(place.path)
        except NoSuchPath as error:
            raise Wrong(source.key, str(error)) from None

    def _path(self, source: model.PathSource, wanted: Type | None, hint: Type) -> Term:
        try:
            place = self.scopes.place(source.path, source.key)
            if place.key:
                assert place.loop is not None
                assert place.loop.keys is not None
                return LoopKey(place.loop.keys, source.key, place.loop)
            if place.base is not None and not place.path:
                raise NoSuchPath("what is selected can't be taken as a whole: name a member of it")
            return self._read(place, source.key, wanted, hint)
        except NoSuchPath as error:
            raise Wrong(source.key, str(error)) from None

    def _read(self, place: Place, key: str, wanted: Type | None, hint: Type) -> Term:
        natural = place.view.natural(place.path)
        if tagged := self._tagged(place, key, natural, wanted):
            return tagged
        type_ = self._read_as(natural, wanted, hint, place.view.within(place.path))
        if natural is not None and type_ is wanted:
            self._refuse_early(natural, type_, key)
        if natural is None and (place.view.alike or self._mixed(place, type_)):
            type_ = ANYTHING
        if natural is None and not isinstance(self.context.meaning(type_), Any):
            self.losses.add(key, "checked", f"refused where the source has no {describe(self.context.meaning(type_))}")
        want = place.view.want(place.path, type_, key)
        return Read(type_, key, want, place.base)

    def _mixed(self, place: Place, type_: Type) -> bool:
        """Whether a value is one of a list or map that may have others of other kinds: it is converted once it is
        found."""
        return place.view.within(place.path) and isinstance(self.context.meaning(type_), String | Int | Float | Bool)

    def _tagged(self, place: Place, key: str, natural: Type | None, wanted: Type | None) -> Term | None:
        """A value that says what it is: a record whose members are one oneof, where no record is wanted; a union."""
        if natural is None or id(natural) in self.expanding:
            return None
        if isinstance(natural, Union):
            raw = self.context.meaning(place.view.raw(place.path))
            branches = raw.branches if isinstance(raw, Union) else ()
            names = branch_names(branches)
            tails: list[Segment] = [
                Branch(name) for name, each in zip(names, branches, strict=True) if not isinstance(each, Null)
            ]
            implied = False
        elif is_one_oneof(natural):
            assert isinstance(natural, Record)
            tails = [Name(each.name) for each in natural.fields]
            implied = True
        else:
            return None
        if wanted is not None and (not implied or isinstance(self.context.meaning(wanted), HELD[:3])):
            return None

        places = [Place(place.view, (*place.path, tail), place.base, place.loop) for tail in tails]
        members = [
            TaggedMember(place.view.natural(each.path), partial(self._read, each, key, hint=ANYTHING),
                         partial(self._there, each, key))
            for each in places
        ]  # fmt: skip
        return Tagged(natural, key, members, place.base, implied)

    def _there(self, place: Place, key: str) -> Term:
        """What is there where a value is, of whose content no more than that is read."""
        want = place.view.presence(place.path, key)
        return self._read(place, key, None, ANYTHING) if want is None else Read(want.result, key, want, place.base)

    def _refuse_early(self, natural: Type, wanted: Type, key: str) -> None:
        """What reading would refuse with less to say."""
        meant = self.context.meaning(wanted)
        held = isinstance(meant, (*HELD, Any)) or isinstance(natural, Any)
        if held or convert(natural, meant, self.context.policies):
            return
        if isinstance(natural, Enum | String) and isinstance(meant, Enum | String):
            return
        raise Wrong(key, f"{describe(natural)} can't become {describe(meant)}{way(natural, meant)}")

    def _read_as(self, natural: Type | None, wanted: Type | None, hint: Type, within: bool) -> Type:
        """The type to read a path as. What is one of many is read as it is and then converted, so that what its
        neighbours can't become is no matter."""
        if natural is None:
            return wanted if wanted is not None else hint
        if isinstance(natural, Any) and wanted is not None and not isinstance(wanted, Any):
            return ANYTHING
        if wanted is None:
            return self.wholes.as_json(natural) if isinstance(natural, HELD[:3]) else self._shared(natural)
        meant = self.context.meaning(wanted)
        if isinstance(meant, Any) and not isinstance(natural, Any) and not self.reading.format.self_describing:
            return self.wholes.as_untyped(natural)
        numbers = isinstance(natural, Int | Float) and isinstance(meant, Int | Float)
        if not within and _plain(natural) and type(natural) is type(meant) and _plain(meant):
            return self._shared(wanted)
        if not within or isinstance(meant, (*HELD[:3], Any)) or (numbers and self.reading.format.text_numbers):
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

    # --- modifiers ---

    def _modify(self, term: Term, value: model.Value, wanted: Type | None) -> Term:
        if value.decode is not None:
            term = Steps(_BYTES, value.key, self.as_text(term), [_DECODERS[value.decode]])
            self.losses.add(value.key, "checked", f"refused unless the text is {value.decode}")
        if value.decimal is not None:
            data = self.cast(term, _BYTES, self._policies(value), value.key)
            term = replace(data, type=Decimal(model.MOST_DIGITS, value.decimal))
        if value.encode is not None:
            data = self.cast(term, _BYTES, self._policies(value), value.key)
            term = Steps(TEXT, value.key, data, [_ENCODERS[value.encode]])
        if value.time is not None:
            term = self._time(term, value.time, value, wanted)
        if value.enum is not None:
            term = self.enums.term(term, value)
        if value.scale is not None or value.offset is not None:
            term = self._scale(term, value)
        if value.cast is not None:
            term = self.cast(term, _CASTS[value.cast], self._policies(value), value.key)
        if value.lower or value.upper:
            step = steps.lower() if value.lower else steps.upper()
            term = Steps(TEXT, value.key, self.as_text(term), [step])
        return term

    def _time(self, term: Term, unit: model.Time, value: model.Value, wanted: Type | None) -> Term:
        if unit == "rfc3339":
            return self.cast(term, INSTANT, self._policies(value), value.key)
        if isinstance(self.context.meaning(term.type), Timestamp):
            raise Wrong(value.key, 'is a timestamp already: leave "time" out')
        if unit == "d" and wanted is not None and isinstance(self.context.meaning(wanted), Date) and not value.cast:
            return replace(self.cast(term, _DAYS, self._policies(value), value.key), type=_DATE)
        if unit in _FRACTIONS and not value.truncate and not isinstance(self.context.meaning(term.type), Int):
            return self._fraction(term, unit, value)
        whole = self.cast(term, WHOLE, self._policies(value), value.key)
        if unit == "d":
            return Steps(INSTANT, value.key, whole, [steps.date_to_timestamp()])
        return Steps(INSTANT, value.key, whole, [steps.i_to_timestamp(NANOSECONDS[unit])])

    def _fraction(self, term: Term, unit: model.Time, value: model.Value) -> Term:
        """Seconds or milliseconds that may have a fraction: digit by digit, down to microseconds."""
        self.losses.add(value.key, "checked", "refused where finer than microseconds")
        digits = _FRACTIONS[unit]
        exactly = [
            steps.string_to_decimal(digits, model.MOST_DIGITS),
            steps.decimal_to_i(WHOLE.lowest, WHOLE.highest),
            steps.i_to_timestamp(NANOSECONDS["us"]),
        ]
        return Steps(INSTANT, value.key, self.as_text(term), exactly)

    def _scale(self, term: Term, value: model.Value) -> Term:
        real = self.cast(term, REAL, self._policies(value), value.key)
        factor = 1.0 if value.scale is None else value.scale
        offset = 0.0 if value.offset is None else value.offset
        return Steps(REAL, value.key, real, [steps.scale(factor, offset)])

    def _around(self, term: Term, value: model.Value, condition: Term | None) -> Term:
        """`when`, then the default, then the demand that there be a value."""
        if condition is not None:
            term = When(term.type, value.key, condition, term)
        if value.default is not None:
            term = First(term.type, value.key, [term, self.constant(value.default, term.type, f"{value.key}.default")])
        return Require(term.type, value.key, term) if value.required else term


def is_one_oneof(type_: Type) -> bool:
    """Whether a value is what one of its members says: all of them are in one oneof (OTLP's AnyValue)."""
    if not isinstance(type_, Record) or not type_.fields:
        return False
    return len({each.oneof for each in type_.fields}) == 1 and type_.fields[0].oneof is not None


def _plain(type_: Type) -> bool:
    """Whether no format refuses what the type holds, so that it may be read once for all."""
    return isinstance(type_, Int | Bool) or (isinstance(type_, String) and type_.validated)
