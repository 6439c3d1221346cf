"""A field's default, taken from one type to another: as it is where it fits, and not at all where it doesn't."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.model import (
    MISSING,
    Array,
    BigDecimal,
    Bool,
    Bytes,
    Date,
    Decimal,
    Enum,
    Fixed,
    Float,
    Int,
    Language,
    Map,
    Null,
    Period,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Union,
    Uuid,
)

_MAX_FLOAT32: Final = float.fromhex("0x1.fffffep127")


@dataclass
class Carrier:
    """Carries defaults; knows how fields and symbols are called now."""

    fields: dict[Record, dict[str, str]] = field(default_factory=dict)
    symbols: dict[Enum, dict[str, str]] = field(default_factory=dict)

    def record(self, made: Record, renamed: dict[str, str]) -> None:
        self.fields[made] = renamed

    def enum(self, made: Enum, renamed: dict[str, str]) -> None:
        self.symbols[made] = renamed

    def carried(self, value: object, target: Type, *, language: Language | None) -> object:
        """The default as one of `target`, MISSING where that can't say it.

        `language`: of both schemas, if it is one: then values of logical types are told alike.
        """
        try:
            return self._carried(value, target, language)
        except RecursionError:
            return MISSING

    def _carried(self, value: object, target: Type, language: Language | None) -> object:
        match target:
            case Union(branches=branches):
                found = (self._carried(value, each, language) for each in branches)
                return next((each for each in found if each is not MISSING), MISSING)
            case Enum():
                known = {name for name, _ in target.symbols}
                name = self.symbols.get(target, {}).get(value, value) if isinstance(value, str) else None
                return name if name in known else MISSING
            case Array(items=items) if isinstance(value, list):
                return self._list(value, items, language)
            case Map(values=values) if isinstance(value, dict):
                inside = self._list(list(value.values()), values, language)
                return inside if inside is MISSING else dict(zip(value, inside, strict=True))
            case Record() if isinstance(value, dict):
                return self._members(value, target, language)
        return _scalar(value, target, language)

    def _list(self, values: list[Any], items: Type, language: Language | None) -> Any:
        found = [self._carried(each, items, language) for each in values]
        return MISSING if any(each is MISSING for each in found) else found

    def _members(self, value: dict[str, Any], target: Record, language: Language | None) -> object:
        """A record's fields, all of them there."""
        renamed = self.fields.get(target, {})
        given = {renamed.get(name, name): each for name, each in value.items()}
        if given.keys() != {each.name for each in target.fields}:
            return MISSING
        found = {each.name: self._carried(given[each.name], each.type, language) for each in target.fields}
        return MISSING if any(each is MISSING for each in found.values()) else found


def _scalar(value: object, target: Type, language: Language | None) -> object:
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
            fits = isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)
        case Bytes():
            fits = isinstance(value, bytes)
        case Fixed(size=size):
            fits = isinstance(value, bytes) and len(value) == size
        case Date() | Time() | Timestamp():
            fits = type(value) is {"avro": int, "jsonschema": str}.get(language or "")
        case Decimal(size=None, precision=precision) if type(value) is int and language is None:
            return _unscaled(value * 10**target.scale) if abs(value) * 10**target.scale < 10**precision else MISSING
        case Decimal(size=size):
            fits = language == "avro" and isinstance(value, bytes) and size in (None, len(value))
        case BigDecimal():
            fits = language == "avro" and isinstance(value, bytes)
        case Uuid() | Period():
            size = 16 if isinstance(target, Uuid) else 12
            fits = language == "avro" and isinstance(value, bytes) and len(value) == size
    return value if fits else MISSING


def _unscaled(value: int) -> bytes:
    """A decimal's digits as Avro has them: two's complement, most significant byte first, no longer than it must be."""
    return value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, signed=True)


def _real(value: object, bits: int) -> object:
    highest = _MAX_FLOAT32 if bits == 32 else math.inf
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= highest:
        return MISSING
    try:
        return float(value) if math.isfinite(float(value)) else MISSING
    except OverflowError:
        return MISSING
