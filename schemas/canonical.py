"""When two schemas are the same: Avro's canonical form and fingerprints, and equality by structure.

`parsing_canonical_form` and `fingerprint` are Avro's own (specification, "Parsing Canonical Form for
Schemas"), and speak of one Avro document. `differences` and `same` compare types of any language by
what they hold, and say where they part.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from reprlib import repr as shown
from typing import Final, Literal

from schemas import avro, model
from schemas.model import MISSING, Array, Enum, Field, Fixed, Map, Presence, Record, Type, Union, nullable
from schemas.wellknown import lifted

Algorithm = Literal["CRC-64-AVRO", "MD5", "SHA-256"]

_EMPTY: Final = 0xC15D213AA4D7A795
"""The Rabin fingerprint of nothing, and its polynomial."""


# -- Avro's canonical form ------------------------------------------------------------------------


def parsing_canonical_form(document: avro.AvroSource, *, named: Mapping[str, Type] | None = None) -> str:
    """Avro's Parsing Canonical Form of a document; types out of `named` are written where they are first named.

    Raises SchemaError as `avro.read` does, but takes a record without end (B31).
    """
    return canonical_form(avro.read(document, named=named, endless=True).root)


def canonical_form(type_: Type) -> str:
    """Avro's Parsing Canonical Form of a type read from Avro. Raises SchemaError for one that Avro lacks."""
    return avro.drive(_written(type_, set()))


def _written(type_: Type, seen: set[str]) -> avro.Step[str]:
    """The type as JSON; a named one whole the first time, and by its name after that."""
    name = "" if isinstance(type_, Union) else avro.branch_name(type_)
    if name in seen:
        return json.dumps(name)
    match type_:
        case Union():
            return f"[{','.join((yield from _each(type_.branches, seen)))}]"
        case Array():
            return f'{{"type":"array","items":{yield _written(type_.items, seen)}}}'
        case Map():
            return f'{{"type":"map","values":{yield _written(type_.values, seen)}}}'
        case Record():
            seen.add(name)
            types = yield from _each([field.type for field in type_.fields], seen)
            fields = [
                f'{{"name":"{field.name}","type":{each}}}' for field, each in zip(type_.fields, types, strict=True)
            ]
            return f'{{"name":"{name}","type":"record","fields":[{",".join(fields)}]}}'
    return _leaf(type_, name, seen)


def _each(types: Iterable[Type], seen: set[str]) -> avro.Step[list[str]]:
    found = []
    for type_ in types:
        found.append((yield _written(type_, seen)))
    return found


def _leaf(type_: Type, name: str, seen: set[str]) -> str:
    size = _fixed_size(type_)
    if size is not None:
        seen.add(name)
        return f'{{"name":"{name}","type":"fixed","size":{size}}}'
    if isinstance(type_, Enum):
        seen.add(name)
        symbols = ",".join(f'"{symbol}"' for symbol, _ in type_.symbols)
        return f'{{"name":"{name}","type":"enum","symbols":[{symbols}]}}'
    return json.dumps(name)


def _fixed_size(type_: Type) -> int | None:
    match type_:
        case Fixed(size=size) | model.Decimal(size=size):
            return size
        case model.Uuid(form="bytes"):
            return 16
        case model.Period():
            return 12
    return None


def fingerprint(
    document: avro.AvroSource, algorithm: Algorithm = "CRC-64-AVRO", *, named: Mapping[str, Type] | None = None
) -> bytes:
    """The fingerprint of a document's canonical form: 8 bytes, least significant first as in Avro's
    single-object encoding, or the 16 of MD5, or the 32 of SHA-256. Raises SchemaError as `avro.read` does."""
    text = parsing_canonical_form(document, named=named).encode()
    match algorithm:
        case "CRC-64-AVRO":
            return rabin(text).to_bytes(8, "little")
        case "MD5":
            return hashlib.md5(text, usedforsecurity=False).digest()
        case "SHA-256":
            return hashlib.sha256(text).digest()


def _rabin_table() -> Iterator[int]:
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (_EMPTY if value & 1 else 0)
        yield value


_RABIN: Final = tuple(_rabin_table())


def rabin(data: bytes) -> int:
    """The CRC-64-AVRO (Rabin) fingerprint of `data`, unsigned."""
    found = _EMPTY
    for byte in data:
        found = (found >> 8) ^ _RABIN[(found ^ byte) & 0xFF]
    return found


# -- equality by structure ------------------------------------------------------------------------


def same(
    a: Type,
    b: Type,
    *,
    presence: bool = True,
    defaults: bool = True,
    openness: bool = True,
    numbers: bool = True,
    order: bool = True,
) -> bool:
    """Whether two types hold the same: there are no `differences`."""
    return not differences(a, b, presence=presence, defaults=defaults, openness=openness, numbers=numbers, order=order)


def differences(
    a: Type,
    b: Type,
    *,
    presence: bool = True,
    defaults: bool = True,
    openness: bool = True,
    numbers: bool = True,
    order: bool = True,
) -> list[str]:
    """Where two types part, as `path: what`; types may contain themselves.

    Never counted: docs, aliases, namespaces, where in a union null stands, and what is only a way of writing
    (a Protobuf field's number, encoding, packing or delimiting, a JSON name). A well-known message is what it
    stands for. A field may be absent if it is OPTIONAL or its type has null; IMPLICIT is as REQUIRED.

    Each option turns off one kind: `presence` (may a field be absent, and its oneof), `defaults` (of fields and enums),
    `openness` (of enums and records), `numbers` (of symbols), `order` (of fields and symbols).
    Between languages, leave `presence` and turn off the rest.
    """
    comparison = _TypeComparison(presence, defaults, openness, numbers, order)
    comparison.compare(a, b)
    return comparison.found


@dataclass(slots=True)
class _TypeComparison:
    """Pairs of types still to compare, as a list and not as recursion; each pair is compared once."""

    presence: bool
    defaults: bool
    openness: bool
    numbers: bool
    order: bool
    found: list[str] = dataclass_field(default_factory=list)
    pending: deque[tuple[str, Type, Type]] = dataclass_field(default_factory=deque)
    seen: set[tuple[Type, Type]] = dataclass_field(default_factory=set)

    def compare(self, a: Type, b: Type) -> None:
        self._nested("", a, b)
        while self.pending:
            path, left, right = self.pending.popleft()
            if (left, right) not in self.seen:
                self.seen.add((left, right))
                self._pair(path, _plain(left)[0], _plain(right)[0])

    def _report(self, path: str, text: str) -> None:
        self.found.append(f"{path or '(root)'}: {text}")

    def _unequal(self, path: str, what: str, left: object, right: object) -> None:
        if left != right:
            self._report(path, f"{what} {left} is not {right}")

    def _nested(self, path: str, a: Type, b: Type) -> None:
        self._unequal(path, "null allowed", _plain(a)[1], _plain(b)[1])
        self.pending.append((path, a, b))

    def _pair(self, path: str, a: Type, b: Type) -> None:
        if _said(a) != _said(b):
            self._report(path, f"{_said(a)} is not {_said(b)}")
            return
        match a, b:
            case Record(), Record():
                self._records(path, a, b)
            case Enum(), Enum():
                self._enums(path, a, b)
            case Array(), Array():
                self._nested(f"{path}[]", a.items, b.items)
            case Map(), Map():
                self._nested(f"{path}{{key}}", a.keys, b.keys)
                self._nested(f"{path}{{}}", a.values, b.values)
            case Union(), Union():
                for index, (left, right) in enumerate(zip(a.branches, b.branches, strict=True)):
                    self._nested(f"{path}<{index}>", left, right)

    def _enums(self, path: str, a: Enum, b: Enum) -> None:
        left, right = self._symbols(a), self._symbols(b)
        for name in [name for name in left if name not in right]:
            self._report(path, f"symbol {name} only in the first")
        for name in [name for name in right if name not in left]:
            self._report(path, f"symbol {name} only in the second")
        for name in [name for name in left if name in right]:
            self._unequal(path, f"the number of symbol {name}", left[name], right[name])
        self._in_order(path, "symbols", left, right)
        if self.openness:
            self._unequal(path, "open", a.open, b.open)
        if self.defaults:
            self._unequal(path, "the default symbol", a.default, b.default)

    def _symbols(self, enum: Enum) -> dict[str, int]:
        return {name: number if self.numbers else 0 for name, number in enum.symbols}

    def _in_order(self, path: str, what: str, left: Mapping[str, object], right: Mapping[str, object]) -> None:
        """Report what both have but in another order."""
        if self.order and [name for name in left if name in right] != [name for name in right if name in left]:
            self._report(path, f"the {what} are in another order")

    def _records(self, path: str, a: Record, b: Record) -> None:
        left, right = ({field.name: field for field in record.fields} for record in (a, b))
        if self.openness:
            self._unequal(path, "open", a.open, b.open)
        self._in_order(path, "fields", left, right)
        for name in left | right:
            place = f"{path}.{name}" if path else name
            if name not in left or name not in right:
                self._report(place, f"only in the {'first' if name in left else 'second'}")
            else:
                self._fields(place, left[name], right[name])

    def _fields(self, path: str, a: Field, b: Field) -> None:
        if self.presence:
            self._unequal(path, "may be absent:", _may_be_absent(a), _may_be_absent(b))
            self._unequal(path, "the oneof", a.oneof, b.oneof)
        if self.defaults and not _alike(_default(a), _default(b)):
            self._report(path, f"the default {shown(_default(a))} is not {shown(_default(b))}")
        self.pending.append((path, a.type, b.type))


def _plain(type_: Type) -> tuple[Type, bool]:
    """The type that counts, without null, well-known messages lifted; and whether there was null."""
    absent = False
    met: set[Type] = set()
    while type_ not in met:
        met.add(type_)
        stands_for = lifted(type_) if isinstance(type_, Record) else None
        type_, null = nullable(stands_for or type_)
        absent = absent or null
    return type_, absent


def _said(type_: Type) -> str:
    """The type in words: all of it that isn't inside."""
    name = _last(getattr(type_, "name", ""))
    match type_:
        case model.Int(bits=bits, signed=signed):
            return f"{'' if signed else 'u'}int{bits}"
        case model.Float(bits=bits):
            return f"float{bits}"
        case model.String(validated=validated):
            return "string" if validated else "unvalidated string"
        case Fixed(size=size):
            return f"fixed({size}) {name}"
        case model.Decimal(precision=precision, scale=scale, size=size):
            return f"decimal({precision},{scale})" + (f" of fixed({size}) {name}" if size is not None else "")
        case model.Uuid(form=form):
            return f"uuid as {form} {name}".rstrip()
        case model.Time(unit=unit):
            return f"time in {unit}"
        case model.Timestamp(unit=unit, local=local):
            return f"{'local ' if local else ''}timestamp in {unit}"
        case Union(branches=branches):
            return f"union of {len(branches)}"
    return f"{type(type_).__name__.lower()} {name}".rstrip()


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _may_be_absent(field: Field) -> bool:
    return field.presence is Presence.OPTIONAL or _plain(field.type)[1]


def _default(field: Field) -> object:
    """The default; of an OPTIONAL field that has none it is null."""
    return None if field.default is MISSING and field.presence is Presence.OPTIONAL else field.default


def _alike(a: object, b: object) -> bool:
    """Whether two plain values are the same, and of the same kind (1 is not 1.0, nor 0.0 the same as -0.0)."""
    pending = [(a, b)]
    while pending:
        left, right = pending.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return False
            pending += [(left[key], right[key]) for key in left]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            pending += zip(left, right, strict=True)
        elif repr(left) != repr(right):
            return False
    return True
