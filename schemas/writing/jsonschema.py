"""JSON Schema, draft 2020-12: of plain JSON, as this translator reads and writes it.

Exact: records, enums by name, lists, maps, unions that JSON can tell apart, text, numbers, date-time, date, uuid,
base64. Widened: 8- and 16-bit integers, fixed (any bytes), decimals, times of day, local timestamps and durations (all
text), timestamps (any fraction), keys (text), an integer beside a number (a number). Narrowed: open enums. Dropped:
Protobuf's and enums' numbers, an enum's default symbol, oneofs, aliases, defaults that JSON can't say.
A field that is always written is required; Protobuf's implicit presence too, for plain JSON writes its zero values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any as Value
from typing import ClassVar, Final

from native.errors import SchemaError
from schemas import model
from schemas.model import (
    MISSING,
    Any,
    Array,
    Bytes,
    Enum,
    Float,
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
    walk,
)
from schemas.writing.layout import lay_out
from schemas.writing.names import identifier, last
from schemas.writing.shapes import At, Pending, Ruling, Shaper

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[dict[type[Type], str]] = {
    model.Decimal: "a decimal as text",
    model.BigDecimal: "a decimal as text",
    model.Time: "a time of day as text",
    model.Duration: "a duration as text",
    model.Period: "a period as text",
}


class JsonShaper(Shaper):
    """Shapes a schema for JSON Schema."""

    language: ClassVar[Language] = "jsonschema"
    closes: ClassVar[bool] = True

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
            case model.Uuid():
                return model.Uuid("string"), "exact", ""
            case String(validated=False):
                return String(), "narrowed", "text that isn't UTF-8 is refused"
        reason = _TEXT.get(type(type_))
        return (String(), "widened", reason) if reason else (type_, "exact", "")

    def any(self, at: At) -> Type:
        self.report.add(at.path, "exact")
        return Any()

    def key(self, type_: Type, at: At) -> Type:
        if not isinstance(type_, String):
            self.report.add(at.path, "widened", "keys as text")
        return String()

    def union(self, union: Union, at: At) -> Type:
        rest, null = self.parted(union)
        made: dict[Value, Type] = {}
        for each in rest:
            branch = self.type(each, at)
            for one in branch.branches if isinstance(branch, Union) else (branch,):
                if made.setdefault(_alike(one), one) is not one:
                    self.report.add(at.path, "widened", "branches that JSON can't tell apart are one")
        if any(isinstance(each, Any) for each in made.values()):
            self.report.add(at.path, "widened", "one branch is untyped: so is the union")
            return Any()
        if any(isinstance(each, Float) for each in made.values()):
            made = {key: each for key, each in made.items() if not self._taken_in(each, at)}
        branches = [*([Null()] if null else []), *made.values()]
        return branches[0] if len(branches) == 1 else Union(tuple(branches))

    def _taken_in(self, type_: Type, at: At) -> bool:
        if isinstance(type_, Int):
            self.report.add(at.path, "widened", "an integer beside a number is a number")
        return isinstance(type_, Int)

    def numbered(self, enum: Enum, at: At, source: Enum) -> Enum:
        if any(number != index for index, (_, number) in enumerate(enum.symbols)):
            self.report.add(at.path, "dropped", f"the numbers of {enum.name}")
        if enum.open:
            self.report.add(at.path, "narrowed", f"a number that {enum.name} doesn't name is refused")
        if enum.default is not None:
            self.report.add(at.path, "dropped", f"the default symbol of {enum.name}")
        symbols = tuple((name, index) for index, (name, _) in enumerate(enum.symbols))
        return replace(enum, symbols=symbols, open=False, default=None, aliases=())

    def record_name(self, name: str) -> str:
        """As it is: the names in `$defs` are given when it is known which types are left."""
        return name

    def _name(self, type_: Record | Enum) -> None:
        """The name alone, as `$defs` has it; where two share it, the full name too."""
        full = ".".join(identifier(each) for each in type_.name.split("."))
        given = self.names.give(last(full), full)
        if last(given) != last(type_.name):
            self.report.add("", "exact", f"renamed: {type_.name} is {given}")
        type_.name = given

    def settle(self, each: Pending) -> None:
        self.note_oneof(each)
        optional = each.source.presence is Presence.OPTIONAL
        each.made.presence = Presence.OPTIONAL if optional else Presence.REQUIRED
        default = self.default_of(each)
        if default is not MISSING and not _sayable(default):
            self.report.add(each.at.path, "dropped", "its default")
            default = MISSING
        each.made.default = default
        if each.source.aliases:
            self.report.add(each.at.path, "dropped", "its aliases")

    def shaped(self) -> Schema:
        schema = super().shaped()
        for each in walk(schema.root):
            if isinstance(each, Record | Enum):
                self._name(each)
            if isinstance(each, Record):
                each.aliases = ()
                if not each.fields and each.open:
                    each.open = False
                    reason = f"{each.name} has no fields: members that it doesn't name are refused"
                    self.report.add("", "narrowed", reason)
        return schema


def _alike(type_: Type) -> Value:
    """A key that two types share if JSON Schema reads them as one."""
    match type_:
        case Record():
            return type_
        case Enum(symbols=symbols):
            return symbols
        case Array(items=items):
            return Array, _alike(items)
        case Map(values=values):
            return Map, _alike(values)
        case Union(branches=branches):
            return Union, *map(_alike, branches)
        case Int(bits=bits, signed=signed):
            return Int, bits, signed
        case Float(bits=bits):
            return Float, bits
    return type(type_)


def _sayable(default: object) -> bool:
    """Whether JSON has it: bytes have no one form there (S8)."""
    pending = [default]
    while pending:
        each = pending.pop()
        if isinstance(each, bytes):
            return False
        pending += each if isinstance(each, list) else each.values() if isinstance(each, dict) else ()
    return True


# -- printing


def text(schema: Schema) -> str:
    """The JSON Schema of a schema in its own types. SchemaError: nested too deep."""
    try:
        return lay_out(document(schema))
    except RecursionError:
        raise SchemaError("nested too deep to be written") from None


def document(schema: Schema) -> dict[str, Value]:
    """As plain JSON values. A record at the root stands there itself; all other named types are in `$defs`."""
    root = schema.root
    named = [each for each in walk(root) if isinstance(each, Record | Enum) and each is not root]
    head: dict[str, Value] = {"$schema": DRAFT}
    whole = _named(root, root) if isinstance(root, Record | Enum) else _written(root, root)
    if isinstance(root, Record | Enum):
        head["title"] = root.name
    definitions = {each.name: _named(each, root) for each in named if isinstance(each, Record | Enum)}
    return head | whole | ({"$defs": definitions} if definitions else {})


def _named(type_: Record | Enum, root: Type) -> dict[str, Value]:
    doc = {"description": type_.doc} if type_.doc else {}
    if isinstance(type_, Enum):
        return doc | {"type": "string", "enum": [name for name, _ in type_.symbols]}
    out: dict[str, Value] = doc | {"type": "object"}
    required = [each.name for each in type_.fields if each.presence is Presence.REQUIRED]
    out |= {"required": required} if required else {}
    out["properties"] = {each.name: _property(each, root) for each in type_.fields}
    return out if type_.open else out | {"additionalProperties": False}


def _property(field: model.Field, root: Type) -> dict[str, Value]:
    doc = {"description": field.doc} if field.doc else {}
    default = {} if field.default is MISSING else {"default": field.default}
    return doc | _written(field.type, root) | default


def _written(type_: Type, root: Type) -> dict[str, Value]:
    match type_:
        case Record() | Enum():
            return {"$ref": "#" if type_ is root else f"#/$defs/{type_.name}"}
        case Array(items=items):
            return {"type": "array"} | ({} if isinstance(items, Any) else {"items": _written(items, root)})
        case Map(values=values):
            inner = True if isinstance(values, Any) else _written(values, root)
            return {"type": "object", "additionalProperties": inner}
        case Union(branches=branches):
            return _union(branches, root)
    return _scalar(type_)


def _union(branches: tuple[Type, ...], root: Type) -> dict[str, Value]:
    """`["null", "string"]` where that says it, else `anyOf`."""
    written = [_written(each, root) for each in branches]
    plain = ("string", "integer", "number", "boolean")
    if len(written) == 2 and written[0] == {"type": "null"} and written[1].get("type") in plain:
        return written[1] | {"type": ["null", written[1]["type"]]}
    return {"anyOf": written}


def _scalar(type_: Type) -> dict[str, Value]:
    match type_:
        case Null():
            return {"type": "null"}
        case model.Bool():
            return {"type": "boolean"}
        case Int(bits=64, signed=True):
            return {"type": "integer", "format": "int64"}
        case Int(bits=bits, signed=signed):
            name = f"{'' if signed else 'u'}int{bits}"
            return {"type": "integer", "format": name, "minimum": type_.lowest, "maximum": type_.highest}
        case Float(bits=bits):
            return {"type": "number"} | ({"format": "float"} if bits == 32 else {})
        case Bytes():
            return {"type": "string", "contentEncoding": "base64"}
        case model.Timestamp():
            return {"type": "string", "format": "date-time"}
        case model.Date() | model.Uuid():
            return {"type": "string", "format": type(type_).__name__.lower()}
        case Any():
            return {}
    return {"type": "string"}
