"""The type model for people, as an indented tree, and for machines, as one document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from schemas import model
from schemas.model import MISSING, Array, Enum, Field, Map, Presence, Record, Schema, Type, Union, children, walk

PRESENCE: Final = {Presence.REQUIRED: "required", Presence.OPTIONAL: "optional", Presence.IMPLICIT: "implicit"}


def said(type_: Type) -> str:
    """A type in a line; of a record, its name."""
    match type_:
        case Record(name=name):
            return name or "record"
        case Enum(name=name, symbols=symbols):
            few = ", ".join(symbol for symbol, _ in symbols[:6]) + (", …" if len(symbols) > 6 else "")
            return f"{name} {{{few}}}{' open' if type_.open else ''}"
        case Array(items=items):
            return f"list of {said(items)}"
        case Map(keys=keys, values=values):
            return f"map of {said(keys)} to {said(values)}"
        case Union(branches=branches):
            return " | ".join(said(each) for each in branches)
    return _scalar(type_)


def _scalar(type_: Type) -> str:
    match type_:
        case model.Int(bits=bits, signed=signed):
            return f"{'' if signed else 'u'}int{bits}"
        case model.Float(bits=bits):
            return f"float{bits}"
        case model.Fixed(size=size, name=name):
            return f"fixed({size}) {name}".rstrip()
        case model.Decimal(precision=precision, scale=scale):
            return f"decimal({precision}, {scale})"
        case model.Time(unit=unit):
            return f"time in {unit}"
        case model.Timestamp(unit=unit, local=local):
            return f"{'local ' if local else ''}timestamp in {unit}"
    return type(type_).__name__.lower()


def lines(schema: Schema) -> Iterator[str]:
    """The tree: a record's fields under the first field that has it. No depth costs a stack."""
    yield f"{said(schema.root)}  ({schema.language})"
    shown: set[Record] = set()
    stack = _fields(schema.root, 1, shown)
    while stack:
        field, depth = stack.pop()
        again = [each.name for each in _records(field.type) if each in shown]
        note = f"  (fields above: {', '.join(again)})" if again else ""
        yield f"{'  ' * depth}{field.name}: {said(field.type)}{_facts(field)}{note}"
        stack += _fields(field.type, depth + 1, shown)
    yield from (f"warning: {each}" for each in schema.warnings)


def _facts(field: Field) -> str:
    facts = [] if field.presence is Presence.REQUIRED else [PRESENCE[field.presence]]
    facts += [f"oneof {field.oneof}"] if field.oneof else []
    facts += [] if field.default is MISSING else [f"default {field.default!r}"]
    facts += [] if field.number is None else [f"#{field.number}"]
    return f"  [{', '.join(facts)}]" if facts else ""


def _fields(type_: Type, depth: int, shown: set[Record]) -> list[tuple[Field, int]]:
    """The fields of the records in a type that aren't shown yet, last first."""
    found: list[tuple[Field, int]] = []
    for record in _records(type_):
        if record not in shown:
            shown.add(record)
            found += [(each, depth) for each in record.fields]
    return found[::-1]


def _records(type_: Type) -> list[Record]:
    """The records that a type is or directly holds."""
    found, stack = [], [type_]
    while stack:
        each = stack.pop()
        if isinstance(each, Record):
            found.append(each)
        else:
            stack += reversed([*children(each)])
    return found


def document(schema: Schema) -> dict[str, Any]:
    """As data: the root, and every named type by its name."""
    named = {each.name: _named(each) for each in walk(schema.root) if isinstance(each, Record | Enum)}
    return {"language": schema.language, "root": _type(schema.root), "types": named, "warnings": schema.warnings}


def _type(type_: Type) -> Any:
    """A type as a word, or as what it holds; a named one by its name."""
    match type_:
        case Record(name=name) | Enum(name=name):
            return {"name": name}
        case Array(items=items):
            return {"list": _type(items)}
        case Map(keys=keys, values=values):
            return {"map": _type(values), "keys": _type(keys)}
        case Union(branches=branches):
            return {"union": [_type(each) for each in branches]}
    return _scalar(type_)


def _named(type_: Record | Enum) -> dict[str, Any]:
    doc = {"doc": type_.doc} if type_.doc else {}
    if isinstance(type_, Enum):
        return {"kind": "enum", "symbols": dict(type_.symbols), "open": type_.open, **doc}
    return {"kind": "record", "open": type_.open, "fields": [_field(each) for each in type_.fields], **doc}


def _field(field: Field) -> dict[str, Any]:
    out: dict[str, Any] = {"name": field.name, "type": _type(field.type), "presence": PRESENCE[field.presence]}
    more = {"number": field.number, "oneof": field.oneof, "doc": field.doc or None}
    out |= {name: value for name, value in more.items() if value is not None}
    return out if field.default is MISSING else out | {"default": _plain(field.default)}


def _plain(value: object) -> Any:
    """A default as JSON has it: bytes as code points, what JSON has no number for as text."""
    match value:
        case bytes():
            return value.decode("latin-1")
        case list():
            return [_plain(each) for each in value]
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case float() if value - value != 0:
            return str(value)
    return value
