"""What a schema becomes where its messages are Python objects.

Theory of operation. Python objects pass as MessagePack between the C core and msgspec. msgspec converts text into what
a type names and would round there: a datetime's nanoseconds, an integer in a float. So the schema that the core writes
for is narrowed to what the type holds, and the core refuses the rest by its own rules (S6, S23), with code and path.
Towards a message the schema is widened instead: a Python float is rounded to a float32 as a JSON number is, and None
says that a field is unset.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any as Anything

from msgspec import inspect, structs

from native.errors import PlanError
from schemas.identity import Identity
from schemas.model import (
    MISSING,
    Any,
    Array,
    Decimal,
    Enum,
    Field,
    Float,
    Int,
    Map,
    Null,
    Presence,
    Record,
    Schema,
    String,
    Time,
    Timestamp,
    Type,
    Union,
    nullable,
)
from translator.plan.resolve import NULL_VALUE, is_wrapper, meaning
from translator.policies import Policies

_RECORDS = (inspect.StructType, inspect.DataclassType, inspect.TypedDictType)
_LISTS = (inspect.ListType, inspect.SetType, inspect.FrozenSetType, inspect.VarTupleType)
Infos = tuple[inspect.Type, ...]


class _Copies:
    """A type rewritten from the leaves up; what doesn't change stays the same object."""

    def __init__(self, *, defaults: bool = False) -> None:
        self.defaults = defaults
        self.changed = False
        self._done: dict[object, Type] = {}

    def record(self, key: object, record: Record, rewrite: Callable[[Field], Field]) -> Record:
        """The copy of `record` under `key`, made once, so that a record may contain itself."""
        if key not in self._done:
            copy = self._done[key] = replace(record, fields=[])
            copy.fields = [rewrite(each) for each in record.fields]
        found = self._done[key]
        assert isinstance(found, Record)
        return found


def of_schema(schema: Schema, root: Type) -> Schema:
    """`schema` with another root."""
    return Schema(root, schema.language)


# --- towards messages ---


def widened(schema: Schema) -> Schema:
    """The schema of objects from which messages of `schema` are made. Avro's defaults fill what they leave out."""
    return of_schema(schema, _widen(schema.root, _Copies(defaults=schema.language == "avro")))


def for_objects(policies: Policies) -> Policies:
    """The policies under which objects become messages."""
    unknown = "refuse" if policies.unknown == "default" else policies.unknown
    return structs.replace(policies, rounding="round", unknown=unknown)


def _widen(t: Type, copies: _Copies) -> Type:
    if is_wrapper(t):
        t = meaning(t)
    if meaning(t) is not t:
        return t
    match t:
        case Float(bits=32):
            return Float(64)
        case Array():
            return replace(t, items=_widen(t.items, copies))
        case Map():
            return replace(t, values=_widen(t.values, copies))
        case Union():
            floats = sum(isinstance(branch, Float) for branch in t.branches)
            return Union(tuple(b if floats > 1 and isinstance(b, Float) else _widen(b, copies) for b in t.branches))
        case Record():
            return copies.record(t, t, lambda each: _widen_field(each, copies))
        case _:
            return t


def _widen_field(each: Field, copies: _Copies) -> Field:
    type_ = _widen(each.type, copies)
    if each.presence is Presence.OPTIONAL and not _takes_null(each.type):
        type_ = Union((Null(), *type_.branches)) if isinstance(type_, Union) else Union((Null(), type_))
    filled = copies.defaults and each.default is not MISSING
    may_be_left_out = each.default is MISSING and nullable(type_)[1]
    default = None if may_be_left_out else each.default
    return replace(each, type=type_, presence=Presence.OPTIONAL if filled else each.presence, default=default)


def _takes_null(t: Type) -> bool:
    t = t if isinstance(t, Union) else meaning(t)
    return nullable(t)[1] or isinstance(t, (Null, Any)) or (isinstance(t, Enum) and t.name == NULL_VALUE)


# --- towards Python ---


def narrowed(schema: Schema | None, type_: Anything) -> Schema | None:
    """The schema whose messages `type_` holds without loss; `schema` itself where nothing is narrower.

    PlanError: without a schema, what `type_` would round can't be told.
    """
    info, copies = inspect.type_info(type_), _Copies()
    if schema is None:
        if _holds_times(info, set()):
            raise _unknown(info)
        return None
    root = _narrow(schema.root, (info,), copies)
    return of_schema(schema, root) if copies.changed else schema


def _unknown(info: inspect.Type) -> PlanError:
    name = getattr(getattr(info, "cls", None), "__name__", type(info).__name__)
    return PlanError([("", f"{name} has times, which need a schema to be read without loss (or name them as str)")])


def _flat(infos: Sequence[inspect.Type]) -> Infos:
    """The types beside None in unions, without their constraints."""
    found: list[inspect.Type] = []
    for info in infos:
        match info:
            case inspect.Metadata():
                found += _flat((info.type,))
            case inspect.UnionType():
                found += _flat(info.types)
            case inspect.NoneType():
                pass
            case _:
                found.append(info)
    return tuple(found)


def _inside(info: inspect.Type) -> Infos:
    """The types directly inside `info`."""
    match info:
        case inspect.DictType():
            return (info.value_type,)
        case inspect.TupleType():
            return info.item_types
        case _ if isinstance(info, _LISTS):
            return (info.item_type,)
        case _ if isinstance(info, (*_RECORDS, inspect.NamedTupleType)):
            return tuple(each.type for each in info.fields)
        case _:
            return ()


def _members(infos: Infos, name: str) -> Infos:
    """What a record's member called `name` becomes."""
    found: list[inspect.Type] = []
    for info in infos:
        if isinstance(info, inspect.DictType):
            found.append(info.value_type)
        elif isinstance(info, _RECORDS):
            found += [each.type for each in info.fields if each.encode_name == name]
    return tuple(found)


def _narrow(t: Type, infos: Infos, copies: _Copies) -> Type:
    """`t` as `infos` hold it."""
    infos = _flat(infos)
    if not infos:
        return t
    match t if isinstance(t, Union) else meaning(t):
        case Union() as union:
            return Union(tuple(_narrow(branch, infos, copies) for branch in union.branches))
        case Record() as record:
            key = (record, *map(Identity, infos))

            def rewrite(each: Field) -> Field:
                return replace(each, type=_narrow(each.type, _members(infos, each.name), copies))

            return copies.record(key, record, rewrite)
        case Array() as array:
            inside = tuple(item for info in infos if not isinstance(info, _RECORDS) for item in _inside(info))
            return replace(array, items=_narrow(array.items, inside, copies))
        case Map() as map_:
            return replace(map_, values=_narrow(map_.values, tuple(v for info in infos for v in _inside(info)), copies))
        case single:
            found = _narrow_single(t, single, infos)
            copies.changed |= found is not t
            return found


def _narrow_single(t: Type, single: Type, infos: Infos) -> Type:
    """A value that msgspec would round, as one of the kind that it becomes."""
    kinds = {type(info) for info in infos}
    if kinds & {inspect.AnyType, inspect.RawType, inspect.StrType, inspect.CustomType}:
        return t
    match single:
        case Timestamp(unit="ns") if inspect.DateTimeType in kinds:
            return Timestamp("us", single.local)
        case Time(unit="ns") if inspect.TimeType in kinds:
            return Time("us")
        case Decimal(scale=0) if inspect.IntType in kinds and inspect.DecimalType not in kinds:
            return Int(64, signed=single.precision != _UINT64_DIGITS)
        case Int(bits=64) if inspect.FloatType in kinds and inspect.IntType not in kinds:
            return Float(64)
        case String() if inspect.DateTimeType in kinds:
            return Timestamp("us")
        case String() if inspect.TimeType in kinds:
            return Time("us")
        case Any() if any(_holds_times(info, set()) for info in infos):
            raise _unknown(infos[0])
        case _:
            return t


_UINT64_DIGITS = 20
"""The precision by which Avro's decimals stand for unsigned integers (S7)."""


def _holds_times(info: inspect.Type, seen: set[Identity]) -> bool:
    for each in _flat((info,)):
        if isinstance(each, (inspect.DateTimeType, inspect.TimeType)):
            return True
        if Identity(each) not in seen:
            seen.add(Identity(each))
            if any(_holds_times(inner, seen) for inner in _inside(each)):
                return True
    return False
