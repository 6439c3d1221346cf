"""A field's default, taken from one type to another: as it is where it fits, and not at all where it doesn't."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.model import (
    MISSING,
    Array,
    Bool,
    Bytes,
    Enum,
    Fixed,
    Float,
    Int,
    Map,
    Null,
    Record,
    String,
    Type,
    Union,
    Uuid,
)

_MAX_FLOAT32: Final = float.fromhex("0x1.fffffep127")


@dataclass
class Carrier:
    """Carries defaults; knows how fields and symbols are called now."""

    fields: dict[int, dict[str, str]] = field(default_factory=dict)
    symbols: dict[int, dict[str, str]] = field(default_factory=dict)
    kept: list[Type] = field(default_factory=list)
    """So that no other type takes over an id."""

    def record(self, made: Record, renamed: dict[str, str]) -> None:
        self.fields[id(made)] = renamed
        self.kept.append(made)

    def enum(self, made: Enum, renamed: dict[str, str]) -> None:
        self.symbols[id(made)] = renamed
        self.kept.append(made)

    def carried(self, value: object, source: Type, target: Type, *, same: bool) -> object:
        """The default of `source` as one of `target`, MISSING where that can't say it.

        `same`: both are of one language, so values of logical types are told alike.
        """
        try:
            return self._carried(value, source, target, same)
        except RecursionError:
            return MISSING

    def _carried(self, value: object, source: Type, target: Type, same: bool) -> object:
        match target:
            case Union(branches=branches):
                found = (self._carried(value, source, each, same) for each in branches)
                return next((each for each in found if each is not MISSING), MISSING)
            case Enum():
                known = {name for name, _ in target.symbols}
                name = self.symbols.get(id(target), {}).get(value, value) if isinstance(value, str) else None
                return name if name in known else MISSING
            case Array(items=items) if isinstance(value, list):
                return self._list(value, _inner(source, Array, "items"), items, same)
            case Map(values=values) if isinstance(value, dict):
                found_values = self._list(list(value.values()), _inner(source, Map, "values"), values, same)
                return found_values if found_values is MISSING else dict(zip(value, found_values, strict=True))
            case Record() if isinstance(value, dict):
                return self._members(value, source, target, same)
        return _scalar(value, source, target, same)

    def _list(self, values: list[Any], source: Type, items: Type, same: bool) -> Any:
        found = [self._carried(each, source, items, same) for each in values]
        return MISSING if any(each is MISSING for each in found) else found

    def _members(self, value: dict[str, Any], source: Type, target: Record, same: bool) -> object:
        """A record's fields, all of them there."""
        renamed = self.fields.get(id(target), {})
        given = {renamed.get(name, name): each for name, each in value.items()}
        if given.keys() != {each.name for each in target.fields}:
            return MISSING
        found = {each.name: self._carried(given[each.name], source, each.type, same) for each in target.fields}
        return MISSING if any(each is MISSING for each in found.values()) else found


def _inner(source: Type, kind: type, member: str) -> Type:
    """The source's own items or values, where the source is plainly of that kind."""
    found = getattr(source, member) if isinstance(source, kind) else source
    assert isinstance(found, Type)
    return found


def _scalar(value: object, source: Type, target: Type, same: bool) -> object:
    fits = False
    match target:
        case Null():
            fits = value is None
        case Bool():
            fits = isinstance(value, bool)
        case Int():
            fits = type(value) is int and target.lowest <= value <= target.highest
        case Float():
            return _real(value, target.bits)
        case String() | Uuid(form="string"):
            fits = isinstance(value, str) and not _unpaired(value)
        case Bytes():
            fits = isinstance(value, bytes)
        case Fixed(size=size):
            fits = isinstance(value, bytes) and len(value) == size
        case _:
            fits = same and type(source) is type(target)
    return value if fits else MISSING


def _real(value: object, bits: int) -> object:
    highest = _MAX_FLOAT32 if bits == 32 else math.inf
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= highest:
        return MISSING
    try:
        return float(value) if math.isfinite(float(value)) else MISSING
    except OverflowError:
        return MISSING


def _unpaired(text: str) -> bool:
    return any("\ud800" <= each <= "\udfff" for each in text)
