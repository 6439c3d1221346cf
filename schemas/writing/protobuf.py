"""Protobuf's schemas (.proto): proto3, or edition 2023, which also says what is required, closed enums and defaults.

Exact: scalars, records, enums, oneofs, maps, lists; null where presence says it; timestamps, durations and untyped
values as well-known messages; UUIDs by the option `(hal9.logical)`. Wrapped (S33, wrappers.py): lists and maps of
lists, of maps, of unions, of what may be null; unions. Widened: 8- and 16-bit integers; fixed (bytes); decimals, dates,
times, local timestamps (text); closed enums in proto3. Narrowed: periods (months and days have no place), untyped
values (numbers are doubles, S34). Dropped: null told from absence, absence of a list or map, aliases, closedness.

All types stand in one file and one package, the root's, under their last names. A field whose name is not an identifier
keeps it as its JSON name. Field numbers are a Protobuf source's own, else in order; a lock keeps them (lock.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from native.errors import SchemaError
from schemas import model
from schemas.model import (
    MISSING,
    Any,
    Array,
    Bool,
    Bytes,
    Enum,
    Field,
    Float,
    Int,
    Language,
    Map,
    Null,
    Presence,
    Record,
    String,
    Type,
    Union,
)
from schemas.protobuf import json_name
from schemas.writing.lock import Lock, NumberRequest, numbers_of
from schemas.writing.names import IDENTIFIER, Names, entry_name, identifier, last, snake
from schemas.writing.shapes import At, Pending, Ruling, Shaper
from schemas.writing.wrappers import NULL, VALUE, choice, unwrapped, wrapper

GOOGLE: Final = "google.protobuf."
_TEXT: Final[dict[type[Type], str]] = {
    model.Decimal: "a decimal as text",
    model.BigDecimal: "a decimal as text",
    model.Date: "a date as text",
    model.Time: "a time of day as text",
}


@dataclass
class ProtobufShaper(Shaper):
    """Shapes a schema for Protobuf."""

    language: ClassVar[Language] = "protobuf"
    lock: Lock = field(default_factory=Lock)
    made: list[Record | Enum] = field(default_factory=list)
    """Every message and enum of the file, in order."""

    @property
    def package(self) -> str:
        """The root's namespace."""
        name = self.source.root.name if isinstance(self.source.root, Record | Enum) else ""
        return ".".join(identifier(each) for each in name.rpartition(".")[0].split(".")) if "." in name else ""

    @property
    def closed(self) -> bool:
        """Whether the syntax has required fields, closed enums and defaults."""
        return self.choices.syntax != "proto3"

    def root(self, at: At) -> Type:
        root = self.meaning(self.source.root)
        if isinstance(root, Record) and not root.name.startswith(GOOGLE):
            return self.record(root, at)
        self.report.add("", "exact", "a message wraps it: the root of a .proto is a message")
        inner, null = self._solid(root, At(hint="Root", item=True))
        if isinstance(inner, Record) and inner.wrapper:
            return inner
        listed = isinstance(inner, Array | Map)
        if listed and null:
            self.report.add("", "dropped", "null: it is the empty list or map")
        elif not listed and not null:
            self.report.add("", "widened", "it may be unset, which is null")
        return self._wrapper(inner, "Root")

    def _meaning(self, type_: Record | Enum) -> Type:
        """Well-known messages stay; a wrapper is undone, and made again where it is still needed."""
        return (unwrapped(type_) if isinstance(type_, Record) else None) or type_

    def scalar(self, type_: Type, at: At) -> Ruling:
        match type_:
            case Int(bits=bits, signed=signed) if bits < 32:
                return Int(32, signed), "widened", f"{bits} bits as 32"
            case model.Fixed():
                return Bytes(), "widened", f"bytes of any number, not {type_.size}"
            case model.Timestamp(local=True):
                return String(), "widened", "a local timestamp as text"
            case model.Timestamp(unit=unit) if unit != "ns":
                return model.Timestamp("ns"), "widened", f"finer than {unit}"
            case model.Period():
                return model.Duration(), "narrowed", "a period with months or days is refused"
            case model.Uuid(form=form) if at.value:
                return (String() if form == "string" else Bytes()), "widened", "a map's values have no logical type"
            case model.Uuid(form=form):
                return model.Uuid(form), "exact", ""
            case String(validated=False):
                return String(), "narrowed", "text that isn't UTF-8 is refused"
            case Null():
                return Any(), "widened", "null as an untyped value"
        reason = _TEXT.get(type(type_))
        return (String(), "widened", reason) if reason else (type_, "exact", "")

    def type(self, type_: Type, at: At) -> Type:
        """Of untyped values a list or an object is a message of its own."""
        match super().type(type_, at):
            case Map(keys=String(), values=Any()):
                return Record(f"{GOOGLE}Struct")
            case Array(items=Any()):
                return Record(f"{GOOGLE}ListValue")
            case made:
                return made

    def any(self, at: At) -> Type:
        self.report.add(at.path, "narrowed", "as google.protobuf.Value: its numbers are doubles")
        return Any()

    def key(self, type_: Type, at: At) -> Type:
        if isinstance(type_, Int | Bool):
            return type_ if isinstance(type_, Bool) or type_.bits >= 32 else Int(32, type_.signed)
        if not isinstance(type_, String) or not type_.validated:
            self.report.add(at.path, "widened", "keys as text")
        return String()

    # -- null, unions, and what is wrapped (S33)

    def _solid(self, type_: Type, at: At) -> tuple[Type, bool]:
        """The type without null, and whether it had it."""
        found = self.meaning(type_)
        if not isinstance(found, Union):
            return self.type(found, at), False
        rest, null = self.parted(found)
        if not rest:
            return self.type(Null(), at), False
        if len(rest) == 1:
            return self.type(rest[0], replace(at, value=at.value and not null)), null
        return self._choice(rest, null and at.item, at), null and not at.item

    def union(self, union: Union, at: At) -> Type:
        """A field's own type: null is said by presence, in `settle`."""
        return self._solid(union, at)[0]

    def item(self, type_: Type, at: At) -> Type:
        made, null = self._solid(type_, at)
        if isinstance(made, Array | Map) or (null and not isinstance(made, Any)):
            if null and isinstance(made, Array | Map):
                made = self._wrapper(made, at.hint + "List")
            return self._wrapper(made, at.hint)
        if isinstance(made, Enum) and made.symbols[0][1] != 0 and at.value and not null:
            self.report.add(at.path, "widened", "it may be unset, which is null: a map's enum has a zero")
            return self._wrapper(made, at.hint)
        return made

    def _wrapper(self, type_: Type, hint: str) -> Record:
        made = wrapper(self.record_name(hint), type_)
        self._number(made, [NumberRequest(each.name) for each in made.fields])
        self.made.append(made)
        return made

    def _choice(self, branches: list[Type], null: bool, at: At) -> Record:
        names = self.member_names()
        names.take(VALUE)
        members: list[tuple[str, Type]] = []
        inside = replace(at, hint=at.hint + "Member", item=True, value=False)
        for each in [*([Null()] if null else []), *branches]:
            made = NULL if isinstance(each, Null) else self.item(each, inside)
            plain = each if isinstance(each, Array | Map | Null) else made
            members.append((names.give(_member(plain)), made))
        record = choice(self.record_name(at.hint + "Choice"), members)
        self._number(record, [NumberRequest(each.name) for each in record.fields])
        self.made.append(record)
        return record

    # -- named types

    def record(self, record: Record, at: At) -> Record:
        if record.name.startswith(GOOGLE):
            return record
        if record not in self.records:
            self.made.append(super().record(record, at))
        return self.records[record]

    def enum(self, enum: Enum, at: At) -> Type:
        return enum if enum.name.startswith(GOOGLE) else super().enum(enum, at)

    def symbols_fail(self, enum: Enum) -> str:
        odd = next((name for name, _ in enum.symbols if not IDENTIFIER.fullmatch(name)), None)
        if odd is not None or not enum.symbols:
            return "it has no symbols" if odd is None else f"{odd!r} is not a name"
        bare = [_bare(name, last(enum.name)) for name, _ in enum.symbols]
        return "" if len({*bare}) == len(bare) else "two of its symbols differ in case or prefix only"

    def numbered(self, enum: Enum, at: At, source: Enum) -> Enum:
        pairs = zip(enum.symbols, source.symbols, strict=True)
        wanted = [NumberRequest(name, (old,), number) for (name, number), (old, _) in pairs]
        numbers = numbers_of(self.lock.enums, enum.name, self._once_called(enum.aliases))
        given = numbers.settle(wanted, first=0)
        if self.source.language == "protobuf":
            self._tell_moved(wanted, given, at)
        symbols = self._from_zero(enum, [(name, given[name]) for name, _ in enum.symbols], at)
        if not self.closed and not enum.open:
            reason = f"{enum.name} is open: a number that it doesn't name is kept"
            self.report.add(at.path, "widened", reason)
        for name, _ in symbols:
            if not self.names.take(name):
                hint = "the naming policy `prefixed` sets them apart"
                raise SchemaError(f"{name} of {enum.name} is another name of the file; {hint}", at.path)
        if enum.default is not None:
            self.report.add(at.path, "dropped", f"the default symbol of {enum.name}")
        made = replace(enum, symbols=tuple(symbols), open=enum.open if self.closed else True, default=None, aliases=())
        self.made.append(made)
        return made

    def _from_zero(self, enum: Enum, symbols: list[tuple[str, int]], at: At) -> list[tuple[str, int]]:
        """The first symbol of an open enum is zero."""
        zero = [each for each in symbols if each[1] == 0]
        if zero or (self.closed and not enum.open):
            return [*zero, *(each for each in symbols if each[1] != 0)]
        taken = Names()
        for symbol, _ in symbols:
            taken.take(symbol)
        name = taken.give(snake(last(enum.name)).upper() + "_UNSPECIFIED")
        self.report.add(at.path, "widened", f"{enum.name} gets {name}: proto3 needs a zero")
        return [(name, 0), *symbols]

    def release(self, name: str) -> None:
        super().release(last(name))

    def record_name(self, name: str) -> str:
        outer, _, alone = name.rpartition(".")
        joined = last(outer)[:1].upper() + last(outer)[1:] + alone
        alone, joined = identifier(alone), identifier(joined)
        given = self.names.give(alone, joined)
        return f"{self.package}.{given}" if self.package else given

    # -- fields

    def _fill(self, record: Record, made: Record, at: At) -> None:
        super()._fill(record, made, at)
        own = self.source.language == "protobuf"
        rows = zip(record.fields, made.fields, strict=True)
        wanted = [NumberRequest(new.name, self._former(old), old.number if own else None) for old, new in rows]
        given = self._number(made, wanted, self._once_called(record.aliases))
        if own:
            self._tell_moved(wanted, given, at)
        self._group(made)

    def _former(self, each: Field) -> list[str]:
        """What a field may have been called: by an alias, or before there was a naming policy."""
        return [*map(self.field_name, each.aliases), *map(identifier, (each.name, *each.aliases))]

    def _once_called(self, aliases: Iterable[str]) -> list[str]:
        """A message's or enum's former names, as the lock has them; not those that another has now."""
        package = f"{self.package}." if self.package else ""
        former = [package + identifier(last(each)) for each in aliases]
        return [each for each in former if each not in self.reserved.values()]

    def _number(self, record: Record, wanted: list[NumberRequest], former: Sequence[str] = ()) -> dict[str, int]:
        given = numbers_of(self.lock.messages, record.name, former).settle(wanted)
        for each in record.fields:
            each.number = given[each.name]
        return given

    def _tell_moved(self, wanted: list[NumberRequest], given: dict[str, int], at: At) -> None:
        """The lock comes before a Protobuf source's own numbers."""
        for each in wanted:
            if each.number not in (None, given[each.name]):
                reason = f"the number {each.number} of {each.name}: the lock has it as {given[each.name]}"
                self.report.add(at.path, "dropped", reason)

    def _group(self, record: Record) -> None:
        """oneofs under names that no field has, their members beside each other."""
        names = Names()
        for each in record.fields:
            names.take(each.name)
            if isinstance(each.type, Map):
                names.take(entry_name(each.name))
        given: dict[str, str] = {}
        for each in record.fields:
            if each.oneof is not None and each.oneof not in given:
                given[each.oneof] = names.give(each.oneof)
            each.oneof = None if each.oneof is None else given[each.oneof]
        first: dict[str, int] = {}
        places = {each: first.setdefault(each.oneof or f"#{at}", at) for at, each in enumerate(record.fields)}
        record.fields.sort(key=lambda each: places[each])

    def field_name(self, name: str) -> str:
        return identifier(super().field_name(name))

    def member_names(self) -> Names:
        """No two fields of a message have the same JSON name (S16)."""
        return Names(json_name)

    def member_name(self, names: Names, each: Field) -> str:
        """protoc makes a message of a map's entries beside the fields, which needs a name of its own."""
        name = super().member_name(names, each)
        while self._is_map(each.type) and not names.take(entry_name(name)):
            name = names.give(name)
        return name

    def _is_map(self, type_: Type) -> bool:
        """Whether a field of this type is a map, null aside."""
        found = self.meaning(type_)
        if isinstance(found, Union):
            rest = [each for each in self.branches(found) if not isinstance(each, Null)]
            found = rest[0] if len(rest) == 1 else found
        return isinstance(found, Map)

    def settle(self, each: Pending) -> None:
        made, source = each.made, each.source
        own = self.source.language == "protobuf"
        kept = self.kept_name(source)
        made.json_name = _json_name(source, made.name, "" if made.name == self.naming.field(kept) else kept, own=own)
        absent = source.presence is Presence.OPTIONAL
        made.presence = self._presence(each, maybe=absent or each.nullable)
        if source.default is None and made.presence is Presence.OPTIONAL:
            return
        default = self.default_of(each)
        if default is MISSING:
            return
        if self.closed and not made.oneof and isinstance(made.type, Bool | Int | Float | String | Bytes | Enum):
            made.presence, made.default = Presence.OPTIONAL, default
        elif made.presence is not Presence.IMPLICIT or default != _zero(made.type):
            self.report.add(each.at.path, "dropped", "its default")

    def _presence(self, each: Pending, *, maybe: bool) -> Presence:
        made, path = each.made, each.at.path
        absent = each.source.presence is Presence.OPTIONAL
        if isinstance(made.type, Array | Map):
            if maybe:
                self.report.add(path, "dropped", f"{'null' if each.nullable else 'absent'} and empty are one")
            return Presence.IMPLICIT
        if each.nullable and absent:
            self.report.add(path, "dropped", "absent and null are one")
        if maybe or made.oneof:
            return Presence.OPTIONAL
        if self.closed and each.source.presence is Presence.REQUIRED:
            return Presence.REQUIRED
        if self.closed and isinstance(made.type, Enum) and not made.type.open:
            self.report.add(path, "widened", "a closed enum's absence is told from its zero")
            return Presence.OPTIONAL
        if not isinstance(made.type, Record | model.Timestamp | model.Duration | Any):
            return Presence.IMPLICIT
        self.report.add(path, "widened", "a message may be absent in proto3")
        return Presence.OPTIONAL


def _json_name(source: Field, name: str, kept: str, *, own: bool) -> str:
    """ProtoJSON's name of the field: the one that its source gave it, or a name that Protobuf couldn't keep."""
    usual = json_name(name)
    if own:
        custom = "" if source.extension or source.json_name == json_name(source.name) else source.json_name
    else:
        custom = kept
    return custom if custom.isprintable() and custom and not custom.startswith("[") else usual


def _bare(symbol: str, enum: str) -> str:
    """A symbol as protoc compares them in proto3: without case and without the enum's name before it."""
    folded, prefix = symbol.replace("_", "").lower(), enum.replace("_", "").lower()
    return folded.removeprefix(prefix) or folded


def _member(type_: Type) -> str:
    """What a union's branch is called in its oneof."""
    match type_:
        case Array() | Record(name="google.protobuf.ListValue"):
            return "list_value"
        case Map() | Record(name="google.protobuf.Struct"):
            return "map_value"
        case Record(name=name) | Enum(name=name):
            return snake(identifier(last(name)))
        case Int(bits=bits, signed=signed):
            return f"{'' if signed else 'u'}int{bits}_value"
        case Float(bits=bits):
            return "double_value" if bits == 64 else "float_value"
    return snake(type(type_).__name__) + "_value"


def _zero(type_: Type) -> object:
    """What absence means where there is no presence."""
    match type_:
        case Enum(symbols=symbols):
            return symbols[0][0]
        case Array():
            return []
        case Map():
            return {}
        case String():
            return ""
        case Bytes():
            return b""
    return 0
