"""Avro's schemas (.avsc), by the Avro 1.12 specification.

Exact: everything that Avro's reader gives. Widened: 8- and 16-bit integers (int), uint32 (long), uint64 (decimal(20,0),
S7), keys that are not text, durations (text), symbols that are not names (an enum becomes a string). Narrowed: open
enums. Dropped: Protobuf's field and enum numbers, oneofs, and that a field is absent where it is null or has a default.
A field that may be absent is `["null", T]` with null as its default; Protobuf's implicit presence is its zero value as
the default. An untyped value is refused, or JSON text (S34).

A field renamed by a naming policy keeps its old name as an alias, so that old data stays readable; a name that Avro
can't have stays as the field's property `jsonName`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Final

from native.errors import SchemaError
from schemas import avro, canonical, model
from schemas.model import (
    MISSING,
    Array,
    Enum,
    Fixed,
    Int,
    Language,
    Map,
    Null,
    Presence,
    Record,
    Schema,
    String,
    Type,
    Union,
    Unit,
    walk,
)
from schemas.writing.layout import lay_out
from schemas.writing.names import IDENTIFIER, identifier
from schemas.writing.shapes import At, Pending, Ruling, Shaper

_PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
_UNTYPED: Final = ("google.protobuf.Struct", "google.protobuf.ListValue")
_UNITS: Final[dict[Unit, str]] = {"ms": "millis", "us": "micros", "ns": "nanos"}


class AvroShaper(Shaper):
    """Shapes a schema for Avro."""

    language: ClassVar[Language] = "avro"
    uuid: model.Uuid | None = None
    home: str | None = None

    def scalar(self, type_: Type, at: At) -> Ruling:
        match type_:
            case Int():
                return self._int(type_)
            case model.Duration():
                return String(), "widened", "a duration as text"
            case model.Time(unit=unit):
                return _unit(type_, model.Time("ms" if unit == "s" else "us" if unit == "ns" else unit))
            case model.Timestamp(unit=unit, local=local):
                return _unit(type_, model.Timestamp("ms" if unit == "s" else unit, local))
            case model.Uuid(form="bytes", name=""):
                return self._uuid(), "exact", ""
            case String(validated=False):
                return String(), "narrowed", "text that isn't UTF-8 is refused"
            case Fixed() | model.Decimal() | model.Uuid() | model.Period() if type_.name:
                return self._fixed(type_), "exact", ""
        return type_, "exact", ""

    def _int(self, type_: Int) -> Ruling:
        if type_.bits == 64 and not type_.signed:
            if self.choices.uint64 == "long":
                return Int(64), "narrowed", "uint64 as long: refused over 2^63-1"
            return model.Decimal(20), "widened", "uint64 as decimal(20,0)"
        made = Int(64) if type_.bits == 64 or (type_.bits == 32 and not type_.signed) else Int(32)
        same = (made.bits, made.signed) == (type_.bits, type_.signed)
        name = "long" if made.bits == 64 else "int"
        return made, "exact" if same else "widened", "" if same else f"{_said(type_)} as {name}"

    def _uuid(self) -> Type:
        """All UUIDs of 16 bytes share one fixed."""
        self.uuid = self.uuid or model.Uuid("bytes", self.record_name("Uuid"))
        return self.uuid

    def _fixed(self, type_: Fixed | model.Decimal | model.Uuid | model.Period) -> Type:
        """A fixed is one type wherever it stands."""
        if type_ not in self.meant:
            self.meant[type_] = replace(type_, name=self.record_name(type_.name))
        return self.meant[type_]

    def _meaning(self, type_: Record | Enum) -> Type:
        """An untyped object or list of Protobuf's is one JSON text, as any untyped value is (S34)."""
        untyped = isinstance(type_, Record) and type_.name in _UNTYPED
        return model.Any() if untyped else super()._meaning(type_)

    def any(self, at: At) -> Type:
        if self.choices.any == "refuse":
            place = at.path or "(root)"
            self.problems.append(
                f"{place}: Avro has no untyped value; its JSON text stands for it if that is asked for (any json)"
            )
        self.report.add(at.path, "widened", "an untyped value as its JSON text")
        return String()

    def key(self, type_: Type, at: At) -> Type:
        if not isinstance(type_, String):
            self.report.add(at.path, "widened", "keys as text")
        return String()

    def union(self, union: Union, at: At) -> Type:
        branches: dict[str, Type] = {}
        for each in self._joined(list(self.branches(union)), at):
            made = self.type(each, at)
            name = avro.branch_name(made)
            if name in branches and not canonical.same(branches[name], made):
                made = _carrier(name)
                self.report.add(at.path, "widened", f"branches that Avro can't tell apart are one {name}")
            branches[name] = made
        return Union(tuple(branches.values()))

    def _joined(self, branches: list[Type], at: At) -> list[Type]:
        """Avro has one list and one map in a union: several become one of whatever they hold."""
        for kind in (Array, Map):
            several = [each for each in branches if isinstance(each, kind)]
            if len(several) > 1:
                self.report.add(at.path, "widened", "lists or maps in one union are one")
                inner = Union(tuple(each.items if isinstance(each, Array) else each.values for each in several))
                one = Array(inner) if kind is Array else Map(String(), inner)
                branches = [each for each in branches if each not in several] + [one]
        return branches

    def symbols_fail(self, enum: Enum) -> str:
        odd = next((name for name, _ in enum.symbols if not IDENTIFIER.fullmatch(name)), None)
        return "" if odd is None else f"{odd!r} is not a name"

    def numbered(self, enum: Enum, at: At, source: Enum) -> Enum:
        if any(number != index for index, (_, number) in enumerate(enum.symbols)):
            self.report.add(at.path, "dropped", f"the numbers of {enum.name}")
        if enum.open:
            self.report.add(at.path, "narrowed", f"a number that {enum.name} doesn't name is refused")
        symbols = tuple((name, index) for index, (name, _) in enumerate(enum.symbols))
        return replace(enum, symbols=symbols, open=False)

    def record_name(self, name: str) -> str:
        parts = [identifier(each) for each in (name if "." in name else self._home() + name).split(".")]
        if parts[-1] in _PRIMITIVES:
            parts[-1] += "_"
        return self.names.give(".".join(parts))

    def _home(self) -> str:
        """The namespace for names that have none: inside of another it couldn't be said that they have none."""
        if self.home is None:
            named = (each for each in walk(self.source.root) if isinstance(each, Record | Enum))
            self.home = next((each.name.rpartition(".")[0] + "." for each in named if "." in each.name), "")
        return self.home

    def field_name(self, name: str) -> str:
        return identifier(super().field_name(name))

    def settle(self, each: Pending) -> None:
        self.note_oneof(each)
        made, source = each.made, each.source
        default = self.default_of(each)
        if source.presence is Presence.OPTIONAL and default in (MISSING, None):
            self._nullable(each)
            default = None
        elif source.presence is Presence.OPTIONAL:
            self.report.add(each.at.path, "dropped", "that it was absent: its default stands there")
        elif source.presence is Presence.IMPLICIT and default is MISSING:
            default = _zero(made.type)
        made.presence, made.default = Presence.REQUIRED, default
        made.type = self._first(made.type, default)
        old = (source.name,) if IDENTIFIER.fullmatch(source.name) and source.name != made.name else ()
        kept = source.json_name if self.source.language == "avro" else self.kept_name(source)
        made.json_name = kept if kept and made.name != self.naming.field(kept) else ""
        made.aliases = (*old, *(name for name in source.aliases if name != made.name))

    def _nullable(self, each: Pending) -> None:
        if each.nullable:
            self.report.add(each.at.path, "dropped", "absent and null are one")
            return
        type_ = each.made.type
        if not isinstance(type_, Null):
            each.made.type = Union((Null(), *(type_.branches if isinstance(type_, Union) else (type_,))))

    def _first(self, type_: Type, default: object) -> Type:
        """The branch that the default is of stands first, as Avro before 1.12 wants it. An Avro source's own order
        stays unless another branch might take the default."""
        if default is MISSING or not isinstance(type_, Union):
            return type_
        own: Language | None = "avro" if self.source.language == "avro" else None
        fits = [self.carrier.carried(default, each, language=own) is not MISSING for each in type_.branches]
        at = fits.index(True)
        before = type_.branches[:at]
        if own and not any(_takes(each, default) for each in before):
            return type_
        return Union((type_.branches[at], *before, *type_.branches[at + 1 :]))


def _said(type_: Int) -> str:
    return f"{'' if type_.signed else 'u'}int{type_.bits}"


def _unit(type_: model.Time | model.Timestamp, made: model.Time | model.Timestamp) -> Ruling:
    if made.unit == type_.unit:
        return made, "exact", ""
    return made, "narrowed" if type_.unit == "ns" else "widened", f"counted in {made.unit}"


def _takes(type_: Type, default: object) -> bool:
    """Whether a default of another type may be read as one of it: bytes are text too (S8), and records objects."""
    kinds = model.Bytes | model.BigDecimal | model.Decimal | Fixed | model.Period
    in_bytes = isinstance(type_, kinds) or (isinstance(type_, model.Uuid) and type_.form == "bytes")
    return (in_bytes and isinstance(default, str)) or (isinstance(type_, Record) and isinstance(default, dict))


def _carrier(name: str) -> Type:
    """The plain type under several that are one branch to Avro: those that logical types stand on."""
    plain: dict[str, Type] = {"int": Int(32), "long": Int(64), "bytes": model.Bytes(), "string": String()}
    return plain[name]


def _zero(type_: Type) -> object:
    """The value that Protobuf's absence means; MISSING where Avro can't say it."""
    match type_:
        case model.Bool():
            return False
        case Int():
            return 0
        case model.Float():
            return 0.0
        case String():
            return ""
        case model.Bytes():
            return b""
        case Array():
            return []
        case Map():
            return {}
        case Enum(symbols=symbols) if symbols:
            return symbols[0][0]
        case model.Decimal(size=None):
            return b"\0"
    return MISSING


# -- printing


def text(schema: Schema) -> str:
    """The .avsc of a schema in Avro's own types. SchemaError: nested over what its reader takes."""
    try:
        return lay_out(avro.drive(_written(schema.root, "", set())))
    except RecursionError:
        raise SchemaError("nested too deep to be written") from None


def _written(type_: Type, space: str, seen: set[str]) -> avro.Step[Any]:
    """The type inside namespace `space`; a named one whole the first time."""
    name = "" if isinstance(type_, Union) else avro.branch_name(type_)
    if name in seen:
        return _relative(name, space)
    match type_:
        case Union(branches=branches):
            found = []
            for each in branches:
                found.append((yield _written(each, space, seen)))
            return found
        case Array():
            return {"type": "array", "items": (yield _written(type_.items, space, seen))}
        case Map():
            return {"type": "map", "values": (yield _written(type_.values, space, seen))}
        case Record():
            return (yield from _record(type_, space, seen))
    return _leaf(type_, name, space, seen)


def _relative(name: str, space: str) -> str:
    """A reference: the name alone in its own namespace."""
    before, _, alone = name.rpartition(".")
    return alone if before == space else name


def _head(kind: str, name: str, space: str) -> dict[str, Any]:
    before, _, alone = name.rpartition(".")
    return {"type": kind, "name": alone} | ({} if before == space else {"namespace": before})


def _extras(doc: str, aliases: tuple[str, ...]) -> dict[str, Any]:
    return ({"doc": doc} if doc else {}) | ({"aliases": list(aliases)} if aliases else {})


def _record(record: Record, space: str, seen: set[str]) -> avro.Step[Any]:
    seen.add(record.name)
    inner = record.name.rpartition(".")[0]
    fields = []
    for each in record.fields:
        field = {"name": each.name, "type": (yield _written(each.type, inner, seen))}
        if each.json_name:
            field[avro.KEPT_NAME] = each.json_name
        if each.default is not MISSING:
            field["default"] = avro_json(each.default)
        fields.append(field | _extras(each.doc, each.aliases))
    return _head("record", record.name, space) | _extras(record.doc, record.aliases) | {"fields": fields}


def _leaf(type_: Type, name: str, space: str, seen: set[str]) -> Any:
    match type_:
        case Enum(symbols=symbols, default=default):
            seen.add(name)
            head = _head("enum", name, space) | _extras(type_.doc, type_.aliases)
            rest = {"symbols": [symbol for symbol, _ in symbols]}
            return head | rest | ({} if default is None else {"default": default})
        case Fixed() | model.Decimal() | model.Uuid() | model.Period() if type_.name:
            seen.add(name)
            size = type_.size if isinstance(type_, Fixed | model.Decimal) else 12 if _is_period(type_) else 16
            aliases = type_.aliases if isinstance(type_, Fixed) else ()
            return _head("fixed", name, space) | _extras("", aliases) | {"size": size} | _logical(type_)
    logical = _logical(type_)
    return {"type": name, **logical} if logical else name


def _is_period(type_: Type) -> bool:
    return isinstance(type_, model.Period)


def _logical(type_: Type) -> dict[str, Any]:
    match type_:
        case model.Decimal(precision=precision, scale=scale):
            return {"logicalType": "decimal", "precision": precision, "scale": scale}
        case model.BigDecimal():
            return {"logicalType": "big-decimal"}
        case model.Uuid():
            return {"logicalType": "uuid"}
        case model.Period():
            return {"logicalType": "duration"}
        case model.Date():
            return {"logicalType": "date"}
        case model.Time(unit=unit):
            return {"logicalType": f"time-{_UNITS[unit]}"}
        case model.Timestamp(unit=unit, local=local):
            return {"logicalType": f"{'local-' if local else ''}timestamp-{_UNITS[unit]}"}
    return {}


def avro_json(value: object) -> Any:
    """A plain value as Avro's schemas write defaults: bytes as code points (S8)."""
    match value:
        case bytes():
            return value.decode("latin-1")
        case list():
            return [avro_json(each) for each in value]
        case dict():
            return {key: avro_json(each) for key, each in value.items()}
    return value
