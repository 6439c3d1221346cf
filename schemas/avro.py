"""Avro schemas (.avsc) read into the type model, by the Avro 1.12 specification; errors carry a JSON pointer.

Theory of operation: each function that meets a nested type is a generator that yields the step for the nested
one, and `drive` keeps those steps on a stack of its own: nesting is counted and bounded (B32). A record is named
before its fields are read, so that it may contain itself; that it can end is checked afterwards (B31). Defaults
are matched last, when every record is whole.

What the model leaves out: `order`, a logical fixed's aliases, and other properties (B41) but our `jsonName`. A
field's default of a logical type is a value of the underlying type: a count, or bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from reprlib import repr as shown
from typing import Any, Final, NoReturn, TypeVar

from native.errors import SchemaError
from schemas import avrovalues, model
from schemas.identity import Identity
from schemas.model import MISSING, Enum, Field, Fixed, Record, Schema, Type, Union, children, nullable, walk

MAX_NESTING: Final = 200  # types inside types in one document; values inside a default
MAX_PRECISION: Final = 1000  # digits of a decimal; one of more falls back (S27)
KEPT_NAME: Final = "jsonName"  # our property of a field: its name in a language that takes any text for one
MAX_DEFAULT: Final = 1 << 20  # values and characters in one default, records filled in

T = TypeVar("T")
Step = Generator[Any, Any, T]
Json = dict[str, Any]
AvroSource = str | bytes | dict[str, Any] | list[Any]

_MAX_SIZE: Final = (1 << 31) - 1
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

_PRIMITIVES: Final[dict[str, Callable[[], Type]]] = {
    "null": model.Null,
    "boolean": model.Bool,
    "int": lambda: model.Int(32),
    "long": lambda: model.Int(64),
    "float": lambda: model.Float(32),
    "double": lambda: model.Float(64),
    "bytes": model.Bytes,
    "string": model.String,
}

_UNITS: Final[dict[str, model.Unit]] = {"millis": "ms", "micros": "us", "nanos": "ns"}


def read(document: AvroSource, *, named: Mapping[str, Type] | None = None, endless: bool = False) -> Schema:
    """Read an Avro schema: JSON text (UTF-8), or JSON already parsed.

    `named`: types from other documents that this one may name. `endless`: let a record contain itself
    with no way out, which no value can fill (B31); the specification's own test schemas do it.
    Raises SchemaError.
    """
    reader = _AvroSchemaReader(named or {})
    root = drive(reader.type(load(document), "", ""))
    for record in () if endless else _endless(root):
        raise SchemaError(f"{record.name} contains itself with no way out", reader.places.get(record.name, ""))
    _Defaults(reader).settle()
    return Schema(root, "avro", reader.names, reader.warnings)


def load(document: AvroSource) -> object:
    """The document as JSON: text is parsed (of equal keys the last one counts; NaN is refused). Raises SchemaError."""
    try:
        text = document.decode() if isinstance(document, bytes) else document
        return json.loads(text, parse_constant=_refuse_constant) if isinstance(text, str) else text
    except RecursionError:
        raise SchemaError("nested too deep for JSON") from None
    except ValueError as error:
        raise SchemaError(f"not JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def drive(step: Step[T], path: str = "") -> T:
    """Run a step and those that it yields, each inside the one before. Raises SchemaError over MAX_NESTING (B32)."""
    stack: list[Step[Any]] = [step]
    result: Any = None
    while stack:
        try:
            inner = stack[-1].send(result)
        except StopIteration as done:
            stack.pop()
            result = done.value
        else:
            if len(stack) > MAX_NESTING:
                raise SchemaError(f"nested more than {MAX_NESTING} deep", path)
            stack.append(inner)
            result = None
    return result  # type: ignore[no-any-return]


def branch_name(type_: Type) -> str:
    """The Avro name that tells `type_` from a union's other branches (S19): a full name, or the underlying type's.

    Raises SchemaError where Avro has no such branch.
    """
    match type_:
        case Record(name=name) | Enum(name=name) | Fixed(name=name) | model.Period(name=name):
            return name
        case model.Decimal(name=name) | model.Uuid(name=name):
            return name or ("bytes" if isinstance(type_, model.Decimal) else "string")
        case model.Int(bits=32, signed=True) | model.Date() | model.Time(unit="ms"):
            return "int"
        case model.Int(bits=64, signed=True) | model.Time(unit="us") | model.Timestamp(unit="ms" | "us" | "ns"):
            return "long"
        case model.Float():
            return "float" if type_.bits == 32 else "double"
        case model.Bytes() | model.BigDecimal():
            return "bytes"
        case model.Null() | model.String() | model.Array() | model.Map():
            return type(type_).__name__.lower()
        case model.Bool():
            return "boolean"
    raise SchemaError(f"Avro has no branch for {shown(type_)}")


def _join(space: str, name: str) -> str:
    return f"{space}.{name}" if space and "." not in name else name


def _checked(name: object, path: str, *, dots: bool = True) -> str:
    """`name` if it is one: parts of letters, digits and underscores between dots (B38)."""
    if not isinstance(name, str):
        raise SchemaError(f"a name is a string, not {shown(name)}", path)
    parts = name.split(".") if dots else [name]
    if not all(_NAME.fullmatch(part) for part in parts):
        raise SchemaError(f"{shown(name)} is not a name", path)
    return name


def _list(document: Json, key: str, path: str) -> list[Any]:
    found = document.get(key)
    if not isinstance(found, list):
        raise SchemaError(f"needs an array {key!r}", path)
    return found


def _aliases(document: Json, path: str, space: str, *, dots: bool = True) -> tuple[str, ...]:
    if document.get("aliases") is None:
        return ()
    names = enumerate(_list(document, "aliases", path))
    return tuple(_join(space, _checked(name, f"{path}/aliases/{at}", dots=dots)) for at, name in names)


def _doc(document: Json) -> str:
    doc = document.get("doc")
    return doc if isinstance(doc, str) else ""


class _AvroSchemaReader:
    """One document being read: what it has named, what it warned of, and the defaults still to match."""

    def __init__(self, named: Mapping[str, Type]) -> None:
        self.named = named
        self.names: dict[str, Type] = {}
        self.places: dict[str, str] = {}
        self.warnings: list[str] = []
        self.defaults: list[tuple[Field, object, str]] = []

    def type(self, document: object, path: str, space: str) -> Step[Type]:
        """The type that `document` says, inside namespace `space`."""
        if isinstance(document, str):
            return self._reference(document, path, space)
        if isinstance(document, list):
            return (yield from self._union(document, path, space))
        if isinstance(document, dict):
            return (yield from self._object(document, path, space))
        raise SchemaError(f"a type is a name, an object or an array, not {shown(document)}", path)

    def _reference(self, name: str, path: str, space: str) -> Type:
        """A primitive or a type named before; like Java's, a name without a namespace is looked for there last."""
        if name in _PRIMITIVES:
            return _PRIMITIVES[name]()
        for full in (_join(space, name), name):
            found = self.names.get(full) or self.named.get(full)
            if found is not None:
                return found
        raise SchemaError(f"no type is named {shown(_join(space, name))} so far", path)

    def _object(self, document: Json, path: str, space: str) -> Step[Type]:
        match document.get("type"):
            case "record" | "error":
                return self._plainly(document, path, (yield from self._record(document, path, space)))
            case "array":
                items = yield self._inner(document, "items", path, space)
                return self._plainly(document, path, model.Array(items))
            case "map":
                values = yield self._inner(document, "values", path, space)
                return self._plainly(document, path, model.Map(model.String(), values))
            case "enum":
                return self._plainly(document, path, self._enum(document, path, space))
            case "fixed":
                return self._fixed(document, path, space)
            case str(primitive) if primitive in _PRIMITIVES:
                return self._logical(document, path, _PRIMITIVES[primitive]())
            case _:
                return self._plainly(document, path, (yield self._inner(document, "type", path, space)))

    def _inner(self, document: Json, key: str, path: str, space: str) -> Step[Type]:
        if key not in document:
            raise SchemaError(f"needs {key!r}", path)
        return self.type(document[key], f"{path}/{key}", space)

    def _union(self, document: list[Any], path: str, space: str) -> Step[Type]:
        """A union; nested ones and two branches of one name are refused (B39)."""
        branches: dict[str, Type] = {}
        for index, each in enumerate(document):
            place = f"{path}/{index}"
            branch = yield self.type(each, place, space)
            if isinstance(branch, Union):
                raise SchemaError("a union directly inside a union", place)
            name = branch_name(branch)
            if name in branches:
                raise SchemaError(f"a second branch {name} in a union", place)
            branches[name] = branch
        return Union(tuple(branches.values()))

    def _record(self, document: Json, path: str, space: str) -> Step[Type]:
        name, inner = self._new_name(document, path, space)
        record = Record(name, aliases=_aliases(document, path, inner), doc=_doc(document))
        self._define(name, record, path)
        fields: dict[str, Field] = {}
        for index, each in enumerate(_list(document, "fields", path)):
            field = yield from self._field(each, f"{path}/fields/{index}", inner)
            if fields.setdefault(field.name, field) is not field:
                raise SchemaError(f"a second field {field.name}", f"{path}/fields/{index}")
        record.fields.extend(fields.values())
        return record

    def _field(self, document: object, path: str, space: str) -> Step[Field]:
        if not isinstance(document, dict):
            raise SchemaError("a field is an object", path)
        name = _checked(document.get("name"), f"{path}/name", dots=False)
        aliases = _aliases(document, path, "", dots=False)
        type_ = yield self._inner(document, "type", path, space)
        self._plainly(document, path, type_)
        kept = document.get(KEPT_NAME)
        field = Field(name, type_, aliases=aliases, doc=_doc(document), json_name=kept if isinstance(kept, str) else "")
        if "default" in document:
            self.defaults.append((field, document["default"], f"{path}/default"))
        return field

    def _enum(self, document: Json, path: str, space: str) -> Type:
        name, inner = self._new_name(document, path, space)
        symbols: dict[str, int] = {}
        for index, each in enumerate(_list(document, "symbols", path)):
            symbol = _checked(each, f"{path}/symbols/{index}", dots=False)
            if symbols.setdefault(symbol, index) != index:
                raise SchemaError(f"a second symbol {symbol}", f"{path}/symbols/{index}")
        default = document.get("default")
        if default is not None and (not isinstance(default, str) or default not in symbols):
            raise SchemaError(f"the default {shown(default)} is not a symbol of {name}", f"{path}/default")
        aliases, doc = _aliases(document, path, inner), _doc(document)
        return self._define(name, Enum(name, tuple(symbols.items()), False, default, aliases, doc), path)

    def _fixed(self, document: Json, path: str, space: str) -> Type:
        name, inner = self._new_name(document, path, space)
        size = document.get("size")
        if type(size) is not int or not 0 <= size <= _MAX_SIZE:
            raise SchemaError(f"a fixed's size is 0 to {_MAX_SIZE}, not {shown(size)}", f"{path}/size")
        plain = Fixed(size, name, _aliases(document, path, inner))
        return self._define(name, self._logical(document, path, plain), path)

    def _new_name(self, document: Json, path: str, space: str) -> tuple[str, str]:
        """The full name that a definition gives itself, and its namespace. A dotted name is the full one."""
        name = _checked(document.get("name"), f"{path}/name")
        own = document.get("namespace")
        if own not in (None, ""):
            _checked(own, f"{path}/namespace")
        full = _join(space if own is None else own, name)
        before, _, last = full.rpartition(".")
        if last in _PRIMITIVES:
            raise SchemaError(f"{last} is a primitive type's name", f"{path}/name")
        if full in self.names or full in self.named:
            raise SchemaError(f"{full} is defined twice", f"{path}/name")
        return full, before

    def _define(self, name: str, type_: Type, path: str) -> Type:
        self.names[name], self.places[name] = type_, path
        return type_

    def _plainly(self, document: Json, path: str, type_: Type) -> Type:
        """The type as it is, with a warning where a logical type stands in a place that has none (S27)."""
        if "logicalType" in document:
            self.warnings.append(f"{path}: a logical type has no meaning here; ignored")
        return type_

    def _logical(self, document: Json, path: str, plain: Type) -> Type:
        """The logical type, or the plain one and a warning where it is unknown or invalid (S27)."""
        found = _logical_type(document["logicalType"], document, plain) if "logicalType" in document else plain
        if isinstance(found, Type):
            return found
        self.warnings.append(f"{path}: {found}; read as {_carrier(plain)}")
        return plain


def _carrier(plain: Type) -> str:
    return f"fixed({plain.size})" if isinstance(plain, Fixed) else branch_name(plain)


def _logical_type(name: object, document: Json, plain: Type) -> Type | str:
    """The logical type on `plain`, or what is wrong with it."""
    unit = _UNITS.get(name.rpartition("-")[2], "s") if isinstance(name, str) else "s"
    match name, _carrier(plain):
        case "decimal", _ if isinstance(plain, model.Bytes | Fixed):
            return _decimal(document, plain)
        case "big-decimal", "bytes":
            return model.BigDecimal()
        case "uuid", "string":
            return model.Uuid("string")
        case "uuid", "fixed(16)" if isinstance(plain, Fixed):
            return model.Uuid("bytes", plain.name)
        case "duration", "fixed(12)" if isinstance(plain, Fixed):
            return model.Period(plain.name)
        case "date", "int":
            return model.Date()
        case ("time-millis", "int") | ("time-micros", "long"):
            return model.Time(unit)
        case "timestamp-millis" | "timestamp-micros" | "timestamp-nanos", "long":
            return model.Timestamp(unit)
        case "local-timestamp-millis" | "local-timestamp-micros" | "local-timestamp-nanos", "long":
            return model.Timestamp(unit, local=True)
    return f"there is no logical type {shown(name)} on {_carrier(plain)}"


def _decimal(document: Json, plain: model.Bytes | Fixed) -> Type | str:
    precision, scale = document.get("precision"), document.get("scale", 0)
    if type(precision) is not int or not 1 <= precision <= MAX_PRECISION:
        return f"a decimal's precision is 1 to {MAX_PRECISION}, not {shown(precision)}"
    if type(scale) is not int or not 0 <= scale <= precision:
        return f"a decimal's scale is 0 to its precision, not {shown(scale)}"
    if isinstance(plain, model.Bytes):
        return model.Decimal(precision, scale)
    if 10**precision > 1 << max(0, 8 * min(plain.size, MAX_PRECISION) - 1):
        return f"a decimal of {precision} digits does not go in {plain.size} bytes"
    return model.Decimal(precision, scale, plain.size, plain.name)


def _endless(root: Type) -> Iterable[Record]:
    """Records that have no finite value. Linear: each type counts the inner ones that it still waits for."""
    types = list(walk(root))
    waits: dict[Type, int] = {}
    users: dict[Type, list[Type]] = {each: [] for each in types}
    for each in types:
        inner = list(children(each)) if isinstance(each, Record | Union) else []
        waits[each] = min(len(inner), 1) if isinstance(each, Union) else len(inner)
        for type_ in inner:
            users[type_].append(each)
    ready = [each for each in types if not waits[each]]
    while ready:
        for user in users[ready.pop()]:
            waits[user] -= 1
            ready += [user] if waits[user] == 0 else []
    return (each for each in types if isinstance(each, Record) and waits[each] > 0)


class _Defaults:
    """Turns the defaults of fields from JSON into plain values.

    `match` gives MISSING where a value isn't of a type. Each pair of value and type is matched once, so
    unions inside unions' records stay linear; what is filled in is shared, and counted as if it weren't.
    """

    def __init__(self, reader: _AvroSchemaReader) -> None:
        self.pending = {field: (value, path) for field, value, path in reader.defaults}
        self.warnings = reader.warnings
        self.busy: set[Field] = set()
        self.matched: dict[tuple[Type, Identity], object] = {}
        self.sizes: dict[Identity, int] = {}

    def settle(self) -> None:
        """Give every field its default. Raises SchemaError for one that its type can't hold."""
        for field, (_, path) in list(self.pending.items()):
            drive(self._field(field), path)

    def _field(self, field: Field) -> Step[object]:
        if field not in self.pending:
            return field.default
        value, path = self.pending[field]
        if field in self.busy:
            raise SchemaError("the default contains itself", path)
        self.busy.add(field)
        found = yield self._match(field.type, value)
        if found is MISSING:
            raise SchemaError(f"the default {shown(value)} does not fit the field's type", path)
        if self._size(found) > MAX_DEFAULT:
            raise SchemaError(f"the default is larger than {MAX_DEFAULT}", path)
        if isinstance(nullable(field.type)[0], model.Uuid) and isinstance(found, str) and not _UUID.fullmatch(found):
            self.warnings.append(f"{path}: {shown(found)} is not a UUID")
        field.default = found
        del self.pending[field]
        return found

    def _match(self, type_: Type, value: object) -> Step[object]:
        key = (type_, Identity(value))
        if key not in self.matched:
            self.matched[key] = yield from self._matching(type_, value)
        return self.matched[key]

    def _matching(self, type_: Type, value: object) -> Step[object]:
        match type_:
            case Union():
                return (yield from self._branch(type_, value))
            case model.Array() if isinstance(value, list):
                values = yield from self._items(type_.items, value)
                return values if values is MISSING else self._counted(values, values)
            case model.Map() if isinstance(value, dict):
                keys = yield from self._items(type_.keys, list(value))
                values = yield from self._items(type_.values, list(value.values()))
                found = MISSING if keys is MISSING or values is MISSING else dict(zip(keys, values, strict=True))
                return found if found is MISSING else self._counted(found, values)
            case Record() if isinstance(value, dict):
                return (yield from self._members(type_, value))
        return _scalar(type_, value)

    def _branch(self, union: Union, value: object) -> Step[object]:
        """As the first branch that the value matches (S18)."""
        for branch in union.branches:
            found = yield self._match(branch, value)
            if found is not MISSING:
                return found
        return MISSING

    def _items(self, type_: Type, values: list[Any]) -> Step[Any]:
        found = []
        for value in values:
            found.append((yield self._match(type_, value)))
            if found[-1] is MISSING:
                return MISSING
        return found

    def _members(self, record: Record, value: Json) -> Step[object]:
        """A record's fields, those left out by their own defaults; a member that it doesn't have doesn't match."""
        if not value.keys() <= {field.name for field in record.fields}:
            return MISSING
        found: Json = {}
        for field in record.fields:
            own = self._match(field.type, value[field.name]) if field.name in value else self._field(field)
            found[field.name] = yield own
            if found[field.name] is MISSING:
                return MISSING
        return self._counted(found, found.values())

    def _counted(self, found: T, inner: Iterable[object]) -> T:
        self.sizes[Identity(found)] = 1 + sum(map(self._size, inner))
        return found

    def _size(self, value: object) -> int:
        return 1 + len(value) if isinstance(value, str | bytes) else self.sizes.get(Identity(value), 1)


def _scalar(type_: Type, value: object) -> object:
    """The plain value of a type without inner ones, or MISSING."""
    match type_:
        case model.Null():
            return None if value is None else MISSING
        case model.Bool():
            return value if isinstance(value, bool) else MISSING
        case model.Float():
            return avrovalues.real(value, type_.bits)
        case Enum():
            return value if any(value == symbol for symbol, _ in type_.symbols) else MISSING
        case model.String() | model.Uuid(form="string"):
            return value if isinstance(value, str) and not re.search("[\ud800-\udfff]", value) else MISSING
        case Fixed(size=size) | model.Decimal(size=size):
            return avrovalues.octets(value, size)
        case model.Uuid() | model.Period():
            return avrovalues.octets(value, 16 if isinstance(type_, model.Uuid) else 12)
        case model.Bytes() | model.BigDecimal():
            return avrovalues.octets(value, None)
        case model.Int() | model.Date() | model.Time() | model.Timestamp():
            highest = (1 << 31 if branch_name(type_) == "int" else 1 << 63) - 1
            return value if type(value) is int and ~highest <= value <= highest else MISSING
    return MISSING
