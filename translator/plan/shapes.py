"""What types are to each other and to a format, where no plan is needed to say so."""

from __future__ import annotations

from collections.abc import Callable

from native.binding import C
from schemas.model import (
    Any,
    Array,
    Bool,
    Bytes,
    Enum,
    Fixed,
    Float,
    Int,
    Map,
    Null,
    Period,
    Record,
    String,
    Type,
    Union,
    Uuid,
    nullable,
    walk,
)
from translator.formats.base import Format
from translator.plan.convert import convert
from translator.plan.rows import NONE
from translator.policies import Policies

Meaning = Callable[[Type], Type]
"""What a type stands for (resolve.py)."""


def width_of(type_: Type) -> int:
    """Bytes of a list's item in the arena: numbers are packed, all else are slots."""
    match type_:
        case Bool():
            return 1
        case Int() | Float():
            return 8 if type_.bits == 64 else 4
        case _:
            return 16


def item_width(list_: Array, meaning: Meaning) -> int:
    """The same for the items of a list, which are choices where they may be null."""
    return 16 if isinstance(list_.items, Union) else width_of(meaning(list_.items))


def last_name(name: str) -> str:
    """S31: named types match by unqualified name."""
    return name.rpartition(".")[2]


def optional(type_: Type) -> tuple[Type, bool]:
    """The other type in a union of null and just that, and True; any other type, and False."""
    inner, null = nullable(type_)
    return (inner, True) if null and not isinstance(inner, Union) else (type_, False)


def is_choice(type_: Type) -> bool:
    """Whether a value of `type_` says which of several branches it is, null being one of them where it may be."""
    return isinstance(type_, Union) and not optional(type_)[1]


def in_choices(root: Type) -> frozenset[str]:
    """The unqualified names of records that stand in unions with others than null, anywhere in `root`."""
    choices = (each for each in walk(root) if isinstance(each, Union) and is_choice(each))
    return frozenset(last_name(b.name) for each in choices for b in each.branches if isinstance(b, Record))


def same_union(s: Union, t: Union) -> bool:
    return len(s.branches) == len(t.branches) and all(map(alike, s.branches, t.branches))


def alike(s: Type, t: Type) -> bool:
    """Of one kind and, where named, of one name."""
    if type(s) is not type(t):
        return False
    if isinstance(s, (Int, Float)) and isinstance(t, (Int, Float)):
        return s.bits == t.bits
    return last_name(getattr(s, "name", "")) == last_name(getattr(t, "name", ""))


def null_index(s: Type) -> int:
    """Where null stands in a union, 0 if it doesn't."""
    if isinstance(s, Union):
        return next((i for i, b in enumerate(s.branches) if isinstance(b, Null)), 0)
    return 0


def promotes(s: Type, t: Type, policies: Policies) -> bool:
    """Avro's promotions and equal kinds (S31): what a union may choose by; narrower than what a field may convert."""
    conversion = convert(s, t, policies)
    if conversion is None:
        return False
    if isinstance(s, Int) and isinstance(t, Int):
        return t.lowest <= s.lowest and s.highest <= t.highest
    if isinstance(s, Float):
        return isinstance(t, Float) and t.bits >= s.bits
    if isinstance(s, Bytes) and isinstance(t, String):
        return True
    return type(s) is type(t) or (isinstance(s, Int) and isinstance(t, Float)) or not conversion.reason


def kind_table(t: Union, format_: Format, policies: Policies, meaning: Meaning) -> tuple[list[int], bool]:
    """S19: which branch each kind of value goes to in a self-describing format; and whether two have one kind."""
    table, clash = [NONE] * C.H9_KINDS, False
    kinds = [_kinds_of(meaning(branch), format_, policies) for branch in t.branches]
    claims = [(i, *claim) for i, each in enumerate(kinds) for claim in each]
    for i, kind, weak in sorted(claims, key=lambda claim: claim[2]):
        if table[kind] == NONE:
            table[kind] = i
        else:
            clash |= not weak
    return table, clash


def _kinds_of(type_: Type, format_: Format, policies: Policies) -> list[tuple[int, bool]]:
    """The kinds that values of `type_` have; weak where another branch may have it instead."""
    match type_:
        case Null():
            return [(C.H9_KIND_NULL, False)]
        case Bool():
            return [(C.H9_KIND_BOOL, False)]
        case Int():
            return [(C.H9_KIND_INT, False), (C.H9_KIND_FLOAT, True)]
        case Float():
            return [(C.H9_KIND_FLOAT, False), (C.H9_KIND_INT, True), (C.H9_KIND_STRING, True)]
        case Array():
            return [(C.H9_KIND_LIST, False)]
        case Map() | Record():
            return [(C.H9_KIND_MAP, False)]
        case Any():
            return [(kind, True) for kind in range(C.H9_KINDS)]
        case _:
            own = _own_kind(type_, format_, policies)
            return [(kind, kind != own) for kind in (C.H9_KIND_STRING, C.H9_KIND_BYTES, C.H9_KIND_EXTENSION)]


def _own_kind(type_: Type, format_: Format, policies: Policies) -> int:
    """What has no kind of its own is text; some formats have bytes and extensions."""
    form = format_.scalar(type_, policies)
    if form is not None and form.extension:
        return int(C.H9_KIND_EXTENSION)
    in_bytes = format_.has_bytes and isinstance(type_, (Bytes, Fixed, Period))
    return int(C.H9_KIND_BYTES if in_bytes else C.H9_KIND_STRING)


def least_size(type_: Type) -> int:
    """The fewest bytes that a value of `type_` takes in Avro, so that counts can be checked (B27)."""
    match type_:
        case Null():
            return 0
        case Float():
            return type_.bits // 8
        case Fixed():
            return type_.size
        case Uuid(form="bytes"):
            return 16
        case Record():
            return int(any(not isinstance(each.type, (Null, Record)) for each in type_.fields))
        case _:
            return 1


def describe(type_: Type) -> str:
    """A type in a few words, for messages."""
    match type_:
        case Int():
            return f"{'int' if type_.signed else 'uint'}{type_.bits}"
        case Float():
            return f"float{type_.bits}"
        case Record() | Enum():
            return f"{type(type_).__name__.lower()} {type_.name}"
        case Union():
            return "a union of " + ", ".join(describe(b) for b in type_.branches)
        case Any():
            return "an untyped value"
        case _:
            return type(type_).__name__.lower()
