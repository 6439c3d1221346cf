"""The type model: one set of types that holds what Avro, Protobuf and JSON Schema can say.

A schema reader builds these; the plan compiler pairs them. Types, fields too, compare and hash by identity, because
records may contain themselves: so a type is a key as it is, and holds its place while it is one. `canonical.same`
compares by structure.

Nullability is a `Union` with a `Null` branch, in the schema's own order (Avro's wire needs it).
Presence is a property of the field: see `Presence`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from enum import Enum as PyEnum
from typing import Any as Anything
from typing import Final, Literal

Unit = Literal["s", "ms", "us", "ns"]
IntEncoding = Literal["varint", "zigzag", "fixed"]
Language = Literal["avro", "protobuf", "jsonschema"]


class Presence(PyEnum):
    """What it means that a record's field isn't there."""

    REQUIRED = "required"
    """It always is: Avro's fields, JSON Schema's `required`, proto2's `required`."""
    OPTIONAL = "optional"
    """It may be absent, and that is kept: explicit presence; a JSON property not required."""
    IMPLICIT = "implicit"
    """Absent means the zero value, and the zero value isn't written: proto3's plain fields,
    and every repeated or map field of Protobuf."""


class Type:
    """Base of all types."""

    __slots__ = ()


@dataclass(eq=False, slots=True)
class Null(Type):
    pass


@dataclass(eq=False, slots=True)
class Bool(Type):
    pass


@dataclass(eq=False, slots=True)
class Int(Type):
    """An integer of `bits` (8, 16, 32, 64). `encoding` is Protobuf's on the wire."""

    bits: int = 64
    signed: bool = True
    encoding: IntEncoding = "varint"

    @property
    def lowest(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def highest(self) -> int:
        return (1 << (self.bits - (1 if self.signed else 0))) - 1


@dataclass(eq=False, slots=True)
class Float(Type):
    """A binary floating-point number of `bits` (32, 64)."""

    bits: int = 64


@dataclass(eq=False, slots=True)
class String(Type):
    """Text. `validated` is False only where Protobuf's schema exempts it from UTF-8 (S9)."""

    validated: bool = True


@dataclass(eq=False, slots=True)
class Bytes(Type):
    pass


@dataclass(eq=False, slots=True)
class Fixed(Type):
    """Exactly `size` bytes."""

    size: int
    name: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Enum(Type):
    """Named numbers. `symbols` keep the schema's order; the first of equal numbers is the one written.

    `open`: a number without a name is kept (S17). `default`: the symbol for an unknown one (Avro).
    """

    name: str
    symbols: tuple[tuple[str, int], ...]
    open: bool = False
    default: str | None = None
    aliases: tuple[str, ...] = ()
    doc: str = ""


@dataclass(eq=False, slots=True)
class Decimal(Type):
    """An exact decimal: an unscaled integer of at most `precision` digits, times 10**-scale.

    `size`: bytes when it is a fixed (Avro), else None. `name`: the fixed's name.
    """

    precision: int
    scale: int = 0
    size: int | None = None
    name: str = ""


@dataclass(eq=False, slots=True)
class BigDecimal(Type):
    """Avro 1.12's `big-decimal`: each value carries its scale."""


@dataclass(eq=False, slots=True)
class Uuid(Type):
    """A UUID; `form` is how the schema carries it: as text or as 16 bytes."""

    form: Literal["string", "bytes"] = "string"
    name: str = ""


@dataclass(eq=False, slots=True)
class Date(Type):
    """A calendar day (days since 1970-01-01)."""


@dataclass(eq=False, slots=True)
class Time(Type):
    """A time of day, counted in `unit` since midnight."""

    unit: Unit = "us"


@dataclass(eq=False, slots=True)
class Timestamp(Type):
    """An instant counted in `unit` since 1970-01-01T00:00Z; `local`: a wall clock without a zone (S24)."""

    unit: Unit = "ns"
    local: bool = False


@dataclass(eq=False, slots=True)
class Duration(Type):
    """A span of seconds and nanoseconds (google.protobuf.Duration)."""


@dataclass(eq=False, slots=True)
class Period(Type):
    """Avro's `duration`: months, days and milliseconds, each an unsigned 32-bit number (S25)."""

    name: str = ""


@dataclass(eq=False, slots=True)
class Array(Type):
    """A list. `packed` is how a Protobuf writer lays out numbers."""

    items: Type
    packed: bool = False


@dataclass(eq=False, slots=True)
class Map(Type):
    """Keys to values; keys are strings, integers or booleans."""

    keys: Type
    values: Type


@dataclass(eq=False, slots=True)
class Union(Type):
    """One of several branches, told apart by the wire or by the value's kind."""

    branches: tuple[Type, ...]


@dataclass(eq=False, slots=True)
class Any(Type):
    """A value that the schema doesn't type."""


class _Missing:
    """There is no default (None is a default: null)."""

    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(eq=False, slots=True)
class Field:
    """A record's field.

    `default`: a plain value (None, bool, int, float, str, bytes, list, dict by field name; an enum's symbol
    as str), or MISSING. `number`: Protobuf's. `json_name`: ProtoJSON's. `oneof`: the name of the
    group of which at most one member is set. `extension`: declared outside of its message.
    """

    name: str
    type: Type
    presence: Presence = Presence.REQUIRED
    number: int | None = None
    json_name: str = ""
    aliases: tuple[str, ...] = ()
    default: object = MISSING
    oneof: str | None = None
    delimited: bool = False
    extension: bool = False
    doc: str = ""


@dataclass(eq=False, slots=True)
class Record(Type):
    """Named fields. `name` is the full name, dotted.

    `open`: a reader meets members that the schema doesn't name and may pass over them (S14).
    `fields` may be filled in after construction, for records that contain themselves.
    `wrapper`: it stands for what is in it, where Protobuf has no other form (S33, schemas/writing/wrappers.py).
    """

    name: str
    fields: list[Field] = field(default_factory=list)
    aliases: tuple[str, ...] = ()
    open: bool = True
    doc: str = ""
    wrapper: bool = False

    def field(self, name: str) -> Field | None:
        """The field called `name`, or None."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(eq=False, slots=True)
class Schema:
    """A root type, with what its document said besides.

    `names`: every named type of the document by full name. `warnings`: what was read in a way its author may not
    have meant (an invalid logical type that fell back, S27). `messages` (Protobuf): the full names of the main file's
    messages by their places there, (0,) being the first and (0, 2) the third inside it (S32, schemas/places.py).
    Pickles at any depth: as a flat list of its types.
    """

    root: Type
    language: Language
    names: dict[str, Type] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    messages: dict[tuple[int, ...], str] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Anything, ...]:
        types = [*walk(self.root, *self.names.values())]
        index = {each: i for i, each in enumerate(types)}
        names = {name: index[each] for name, each in self.names.items()}
        rows = [(type(each), _row(each, index)) for each in types]
        return _unpickled, (rows, index[self.root], self.language, names, self.warnings, self.messages)


def _row(type_: Type, index: dict[Type, int]) -> list[object]:
    """The members of `type_`, with types as their places in the pickled list."""
    row = [getattr(type_, each.name) for each in dataclass_fields(type_)]  # type: ignore[arg-type]
    match type_:
        case Array():
            row[0] = index[type_.items]
        case Map():
            row[:2] = index[type_.keys], index[type_.values]
        case Union():
            row[0] = [index[each] for each in type_.branches]
        case Record():
            row[1] = [_field_row(each, index) for each in type_.fields]
    return row


def _field_row(each: Field, index: dict[Type, int]) -> list[object]:
    row = [getattr(each, name.name) for name in dataclass_fields(each)]
    row[1] = index[each.type]
    return row


def _unpickled(
    rows: list[tuple[type[Type], list[Anything]]],
    root: int,
    language: Language,
    names: dict[str, int],
    warnings: list[str],
    messages: dict[tuple[int, ...], str],
) -> Schema:
    types = [object.__new__(kind) for kind, _ in rows]
    for type_, (kind, row) in zip(types, rows, strict=True):
        if kind is Array:
            row[0] = types[row[0]]
        elif kind is Map:
            row[:2] = types[row[0]], types[row[1]]
        elif kind is Union:
            row[0] = tuple(types[each] for each in row[0])
        elif kind is Record:
            row[1] = [Field(name, types[of], *rest) for name, of, *rest in row[1]]
        for member, value in zip(dataclass_fields(kind), row, strict=True):  # type: ignore[arg-type]
            setattr(type_, member.name, value)
    return Schema(types[root], language, {name: types[of] for name, of in names.items()}, warnings, messages)


def nullable(type_: Type) -> tuple[Type, bool]:
    """The type without its null branch, and whether it had one. A union left with one branch is that branch."""
    if not isinstance(type_, Union):
        return type_, False
    rest = tuple(each for each in type_.branches if not isinstance(each, Null))
    if len(rest) == len(type_.branches):
        return type_, False
    if not rest:
        return Null(), True
    return (rest[0] if len(rest) == 1 else Union(rest)), True


def children(type_: Type) -> Iterator[Type]:
    """The types directly inside `type_`."""
    match type_:
        case Array():
            yield type_.items
        case Map():
            yield type_.keys
            yield type_.values
        case Union():
            yield from type_.branches
        case Record():
            for each in type_.fields:
                yield each.type
        case _:
            return


def walk(*roots: Type) -> Iterator[Type]:
    """Every type reachable from `roots`, each once, the first root first; any depth."""
    seen: set[Type] = set()
    stack = list(reversed(roots))
    while stack:
        type_ = stack.pop()
        if type_ in seen:
            continue
        seen.add(type_)
        yield type_
        stack.extend(reversed(list(children(type_))))
