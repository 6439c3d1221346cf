"""What a target language can say, and what becomes of the rest: the part that all three languages share.

Theory of operation. A `Shaper` turns a type graph into another that its language says as it is, and notes every
difference; printing is then a matter of form, and what is printed reads back as that graph. Records are made empty and
filled from a queue, so that they may contain themselves and a chain of them costs no stack. Presence and defaults come
last, when every record is whole: a default may be a record.

A named type is shaped once, and its losses are told where it is first met.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from native.errors import SchemaError
from schemas.model import (
    MISSING,
    Any,
    Array,
    Bool,
    Enum,
    Field,
    Float,
    Int,
    Language,
    Map,
    Null,
    Record,
    Schema,
    String,
    Type,
    Union,
    walk,
)
from schemas.wellknown import lifted
from schemas.writing.defaults import Carrier
from schemas.writing.names import AS_THEY_ARE, IDENTIFIER, Names, Naming, last, once, pascal
from schemas.writing.report import Fidelity, LossReport
from schemas.writing.wrappers import NULL_VALUE, unwrapped


@dataclass(frozen=True)
class Choices:
    """Where a rule leaves a choice (S7, S34); the first value is the default.

    `any`: an untyped value in Avro is refused, or is its JSON text. `uint64`: in Avro a decimal(20,0), or a long.
    `syntax`: of a .proto file; edition 2023 also says what is required, closed enums and defaults.
    """

    any: Literal["refuse", "json"] = "refuse"
    uint64: Literal["decimal", "long"] = "decimal"
    syntax: Literal["proto3", "2023"] = "proto3"


@dataclass(frozen=True)
class At:
    """A place in the source: its path, and what a type made for it would be called."""

    path: str = ""
    hint: str = ""
    item: bool = False
    """It stands in a list, a map or a union, not as a field's own type."""
    value: bool = False
    """It is itself what a map holds."""

    def member(self, record: str, name: str, given: str) -> At:
        """The place of a field. `given`: how it is called now; what is made for it is called after that."""
        return At(f"{self.path}.{name}" if self.path else name, last(record) + pascal(given))

    def inside(self, mark: str) -> At:
        return At(self.path + mark, self.hint + ("Item" if mark == "[]" else "Value"), True, mark == "{}")


@dataclass
class Pending:
    """A field whose presence and default are still to be settled."""

    source: Field
    made: Field
    at: At
    nullable: bool = False


Ruling = tuple[Type, Fidelity, str]
"""A type that the language has, and what becomes of the values."""


@dataclass
class Shaper(ABC):
    """Shapes one schema for one language."""

    language: ClassVar[Language]
    closes: ClassVar[bool] = False
    """Whether the language says that a record has no other members."""
    source: Schema
    naming: Naming = AS_THEY_ARE
    choices: Choices = field(default_factory=Choices)
    report: LossReport = field(default_factory=LossReport)
    names: Names = field(default_factory=Names)
    problems: list[str] = field(default_factory=list)
    enums: dict[Enum, Type] = field(default_factory=dict)
    records: dict[Record, Record] = field(default_factory=dict)
    reserved: dict[Type, str] = field(default_factory=dict)
    meant: dict[Type, Type] = field(default_factory=dict)
    queue: deque[tuple[Record, Record, At]] = field(default_factory=deque)
    pending: list[Pending] = field(default_factory=list)
    carrier: Carrier = field(default_factory=Carrier)

    def shaped(self) -> Schema:
        """The schema in the language's own types. SchemaError: something in it has no form there."""
        self._reserve()
        try:
            root = self.root(At(hint="Root"))
        except RecursionError:
            raise SchemaError("nested too deep to be written") from None
        while self.queue:
            self._fill(*self.queue.popleft())
        if self.problems:
            raise SchemaError("; ".join(self.problems[:20]))
        for each in self.pending:
            self.settle(each)
        return Schema(root, self.language, warnings=list(self.source.warnings))

    # -- what each language decides

    @abstractmethod
    def scalar(self, type_: Type, at: At) -> Ruling:
        """The type for one that is not a container, a named type or a union."""

    @abstractmethod
    def any(self, at: At) -> Type:
        """The type for an untyped value."""

    @abstractmethod
    def union(self, union: Union, at: At) -> Type:
        """The type for a union."""

    @abstractmethod
    def key(self, type_: Type, at: At) -> Type:
        """The type for a map's keys."""

    @abstractmethod
    def settle(self, each: Pending) -> None:
        """Gives a field its presence and default; its type may change too."""

    @abstractmethod
    def record_name(self, name: str) -> str:
        """A name for a record or enum, given once."""

    def release(self, name: str) -> None:
        """Takes back the name of a type that isn't written after all."""
        self.names.release(name)

    def root(self, at: At) -> Type:
        return self.type(self.source.root, at)

    def item(self, type_: Type, at: At) -> Type:
        """The type for a list's items or a map's values."""
        return self.type(type_, at)

    def symbols_fail(self, enum: Enum) -> str:
        """Why the enum's symbols can't be written; "" if they can."""
        return "" if enum.symbols else "it has no symbols"

    def numbered(self, enum: Enum, at: At, source: Enum) -> Enum:
        """The enum, its symbols already named (in `source` they aren't), with the numbers, openness and default that
        the language has."""
        return enum

    def field_name(self, name: str) -> str:
        return self.naming.field(name)

    def kept_name(self, each: Field) -> str:
        """A field's name, and not what stood for it in a language that can't have it."""
        odd = self.source.language != self.language and each.json_name and not IDENTIFIER.fullmatch(each.json_name)
        return each.json_name if odd and not each.extension else each.name

    # -- the walk

    def meaning(self, type_: Type) -> Type:
        """What a type stands for: well-known messages and wrappers are lifted (S33)."""
        while isinstance(type_, Record | Enum):
            if type_ not in self.meant:
                self.meant[type_] = self._meaning(type_)
            found = self.meant[type_]
            if found is type_:
                break
            type_ = found
        return type_

    def _reserve(self) -> None:
        """Names of types of the source come before names that are made up."""
        for each in walk(self.source.root):
            if not isinstance(each, Record | Enum) or self.meaning(each) is not each:
                continue
            name = self.record_name(each.name)
            if isinstance(each, Enum) and self.symbols_fail(self._renamed(each, name)):
                self.release(name)
            else:
                self.reserved[each] = name

    def _meaning(self, type_: Record | Enum) -> Type:
        if isinstance(type_, Enum):
            return Null() if type_.name == NULL_VALUE else type_
        return lifted(type_) or unwrapped(type_) or type_

    def type(self, type_: Type, at: At) -> Type:
        """The type as the language says it, its losses noted."""
        match self.meaning(type_):
            case Record() as record:
                return self.record(record, at)
            case Enum() as enum:
                return self.enum(enum, at)
            case Array(items=items):
                made = self.item(items, at.inside("[]"))
                return Array(made, self.language == "protobuf" and isinstance(made, Bool | Int | Float | Enum))
            case Map(keys=keys, values=values):
                return Map(self.key(self.meaning(keys), at), self.item(values, at.inside("{}")))
            case Union() as union:
                return self.union(union, at)
            case Any():
                return self.any(at)
            case other:
                scalar, verdict, reason = self.scalar(other, at)
                self.report.add(at.path, verdict, reason)
                return scalar

    def branches(self, union: Union) -> Iterator[Type]:
        """The branches, those of unions in it too, each type once."""
        seen: set[Type] = set()
        stack: list[Type] = [union]
        while stack:
            each = self.meaning(stack.pop())
            if each in seen:
                continue
            seen.add(each)
            if isinstance(each, Union):
                stack.extend(reversed(each.branches))
            else:
                yield each

    def parted(self, union: Union) -> tuple[list[Type], bool]:
        """The branches without null, and whether there was one. SchemaError: no branches at all."""
        found = list(self.branches(union))
        if not found:
            raise SchemaError("a union without branches has no values")
        rest = [each for each in found if not isinstance(each, Null)]
        return rest, len(rest) < len(found)

    def record(self, record: Record, at: At) -> Record:
        if record not in self.records:
            is_open = record.open or not self.closes
            made = replace(record, name=self.reserved[record], fields=[], open=is_open, wrapper=False)
            self.records[record] = made
            self.queue.append((record, made, at))
            if last(made.name) != last(record.name):
                self.report.add(at.path, "exact", f"renamed: {record.name} is {made.name}")
            if made.open != record.open:
                self.report.add(at.path, "dropped", f"that {record.name} has no members besides its fields")
            if record.wrapper:
                self.report.add(at.path, "exact", "it says that it is a wrapper, but isn't one")
        return self.records[record]

    def enum(self, enum: Enum, at: At) -> Type:
        if enum not in self.enums:
            self.enums[enum] = self._enum(enum, at)
        return self.enums[enum]

    def _enum(self, enum: Enum, at: At) -> Type:
        name = self.reserved.get(enum)
        named = self._renamed(enum, enum.name if name is None else name)
        if name is None:
            return self.text_for(enum, self.symbols_fail(named), at)
        made = self.numbered(named, at, enum)
        old, new = ((name for name, _ in each.symbols) for each in (enum, named))
        self.carrier.enum(made, dict(zip(old, new, strict=True)))
        self.report.add(at.path, "exact")
        return made

    def _renamed(self, enum: Enum, given: str) -> Enum:
        """The enum as it is called now, with its symbols named by the policy."""
        before = enum.name if self.naming.symbols == "bare" else given
        named = {name: self.naming.symbol(name, last(before)) for name, _ in enum.symbols}
        once(named.values(), enum.name)
        default = None if enum.default is None else named[enum.default]
        symbols = tuple((named[name], number) for name, number in enum.symbols)
        return replace(enum, name=given, symbols=symbols, default=default)

    def text_for(self, enum: Enum, reason: str, at: At) -> Type:
        """A string in an enum's place."""
        self.report.add(at.path, "widened", f"enum {enum.name} is a string: {reason}")
        return String()

    def _fill(self, record: Record, made: Record, at: At) -> None:
        names = self.member_names()
        renamed: dict[str, str] = {}
        if self.naming.fields != "exact":
            once((self.field_name(self.kept_name(each)) for each in record.fields), record.name)
        given = self._names(record, names)
        for each in record.fields:
            name = given[each.name]
            here = at.member(made.name, each.name, name)
            renamed[each.name] = name
            if name != each.name and name != self.naming.field(each.name):
                self.report.add(here.path, "exact", f"renamed to {name}")
            try:
                type_ = self.type(each.type, here)
            except RecursionError:
                raise SchemaError("nested too deep to be written", here.path) from None
            field_ = Field(name, type_, each.presence, oneof=each.oneof, doc=each.doc)
            made.fields.append(field_)
            self.pending.append(Pending(each, field_, here, self.is_nullable(each.type)))
        self.carrier.record(made, renamed)

    def _names(self, record: Record, names: Names) -> dict[str, str]:
        """The fields' names by those that they have. Who can keep its own has it, whatever comes before it (S35)."""
        kept = {each.name: self.kept_name(each) for each in record.fields}
        turns = sorted(kept, key=lambda name: (self.field_name(kept[name]) != kept[name], not names.is_key(kept[name])))
        fields = {each.name: each for each in record.fields}
        return {name: self.member_name(names, fields[name]) for name in turns}

    def member_names(self) -> Names:
        """For the fields of one record."""
        return Names()

    def member_name(self, names: Names, each: Field) -> str:
        """A field's name, given once."""
        return names.give(self.field_name(self.kept_name(each)))

    def is_nullable(self, type_: Type) -> bool:
        found = self.meaning(type_)
        return isinstance(found, Union) and any(isinstance(each, Null) for each in self.branches(found))

    # -- what settling shares

    def default_of(self, each: Pending) -> object:
        """The source's default as one of the new type; MISSING, and a note, where that can't hold it."""
        default = each.source.default
        if default is MISSING:
            return MISSING
        language = self.language if self.source.language == self.language else None
        found = self.carrier.carried(default, each.made.type, language=language)
        if found is MISSING:
            self.report.add(each.at.path, "dropped", "its default")
        return found

    def note_oneof(self, each: Pending) -> None:
        if each.source.oneof:
            self.report.add(each.at.path, "dropped", f"that only one of {each.source.oneof} is set")
        each.made.oneof = None
