"""Prints a schema in Protobuf's own types as a .proto file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from schemas import model
from schemas.model import MISSING, Array, Enum, Field, Float, Int, Map, Presence, Record, Type
from schemas.protobuf import json_name
from schemas.protoc import OPTIONS
from schemas.writing.lock import Lock, Numbers
from schemas.writing.names import entry_name, last

GOOGLE: Final = "google.protobuf."
_FILES: Final = {
    **dict.fromkeys(("Struct", "Value", "ListValue", "NullValue"), "struct"),
    **dict.fromkeys(("DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value"), "wrappers"),
    **dict.fromkeys(("UInt32Value", "BoolValue", "StringValue", "BytesValue"), "wrappers"),
    **dict.fromkeys(("Type", "Field", "Enum", "EnumValue", "Option", "Syntax"), "type"),
    **dict.fromkeys(("Api", "Method", "Mixin"), "api"),
    "Any": "any", "Duration": "duration", "Empty": "empty", "FieldMask": "field_mask",
    "SourceContext": "source_context", "Timestamp": "timestamp",
}  # fmt: skip
"""In which file a well-known type is declared; descriptor.proto has the others."""
_WORDS: Final = {
    (32, True, "varint"): "int32", (32, True, "zigzag"): "sint32", (32, True, "fixed"): "sfixed32",
    (64, True, "varint"): "int64", (64, True, "zigzag"): "sint64", (64, True, "fixed"): "sfixed64",
    (32, False, "varint"): "uint32", (32, False, "zigzag"): "uint32", (32, False, "fixed"): "fixed32",
    (64, False, "varint"): "uint64", (64, False, "zigzag"): "uint64", (64, False, "fixed"): "fixed64",
}  # fmt: skip
_KEYWORDS: Final = frozenset(
    {*_WORDS.values(), "double", "float", "bool", "string", "bytes", "group", "map", "optional", "required", "repeated"}
    | {"oneof", "message", "enum", "reserved", "extensions", "extend", "option", "import", "package", "google"}
)
_PRESENCE: Final = {Presence.REQUIRED: "LEGACY_REQUIRED", Presence.IMPLICIT: "IMPLICIT"}


class ProtoPrinter:
    """One file."""

    def __init__(self, package: str, syntax: Literal["proto3", "2023"], lock: Lock) -> None:
        self._package = package
        self._edition = syntax != "proto3"
        self._lock = lock
        self._imports: set[str] = set()
        self._hidden: set[str] = set()
        """Names that mean another message inside of the one that is being printed: those of its maps' entries."""

    def text(self, types: list[Record | Enum]) -> str:
        """The file, with these messages and enums."""
        body = [line for each in types for line in ("", *self._declared(each))]
        head = ['edition = "2023";' if self._edition else 'syntax = "proto3";']
        head += ["", f"package {self._package};"] if self._package else []
        imports = [f'import "{each}";' for each in sorted(self._imports)]
        return "\n".join([*head, *(["", *imports] if imports else []), *body]) + "\n"

    def _declared(self, type_: Record | Enum) -> Iterator[str]:
        yield from _comment(type_.doc, "")
        kind = "message" if isinstance(type_, Record) else "enum"
        lines = list(self._message(type_) if isinstance(type_, Record) else self._enum(type_))
        yield from [f"{kind} {last(type_.name)} {{", *lines, "}"] if lines else [f"{kind} {last(type_.name)} {{}}"]

    def _message(self, record: Record) -> Iterator[str]:
        if record.wrapper:
            self._imports.add(OPTIONS)
            yield "  option (hal9.wrapper) = true;"
        yield from self._reserved(self._lock.messages.get(record.name), {each.number for each in record.fields})
        self._hidden = {entry_name(each.name) for each in record.fields if isinstance(each.type, Map)}
        done: set[str] = set()
        for each in record.fields:
            if each.oneof is None:
                yield from self._field(each, "  ")
            elif each.oneof not in done:
                done.add(each.oneof)
                yield f"  oneof {each.oneof} {{"
                for member in record.fields:
                    if member.oneof == each.oneof:
                        yield from self._field(member, "    ")
                yield "  }"

    def _enum(self, enum: Enum) -> Iterator[str]:
        numbers = [number for _, number in enum.symbols]
        if len({*numbers}) < len(numbers):
            yield "  option allow_alias = true;"
        if self._edition and not enum.open:
            yield "  option features.enum_type = CLOSED;"
        yield from self._reserved(self._lock.enums.get(enum.name), {*numbers})
        for name, number in enum.symbols:
            yield f"  {name} = {number};"

    def _reserved(self, numbers: Numbers | None, used: set[int] | set[int | None]) -> Iterator[str]:
        found = [str(each) for each in numbers.reserved if each not in used] if numbers else []
        if found:
            yield f"  reserved {', '.join(found)};"
        if numbers and numbers.reserved_names:
            names = numbers.reserved_names if self._edition else [f'"{each}"' for each in numbers.reserved_names]
            yield f"  reserved {', '.join(names)};"

    def _field(self, each: Field, indent: str) -> Iterator[str]:
        yield from _comment(each.doc, indent)
        type_ = each.type.items if isinstance(each.type, Array) else each.type
        options = list(self._options(each, type_))
        label = "repeated " if type_ is not each.type else "optional " if self._labelled(each) else ""
        more = f" [{', '.join(options)}]" if options else ""
        yield f"{indent}{label}{self._type(type_)} {each.name} = {each.number}{more};"

    def _labelled(self, each: Field) -> bool:
        """Whether proto3's presence has to be said: messages always have it."""
        plain = not isinstance(each.type, Record | model.Timestamp | model.Duration | model.Any)
        return not self._edition and plain and each.presence is Presence.OPTIONAL and each.oneof is None

    def _options(self, each: Field, type_: Type) -> Iterator[str]:
        listed = isinstance(each.type, Array | Map)
        if self._edition and each.presence in _PRESENCE and not listed:
            yield f"features.field_presence = {_PRESENCE[each.presence]}"
        if each.default is not MISSING:
            yield f"default = {_literal(each.default, type_)}"
        if each.json_name and each.json_name != json_name(each.name):
            yield f"json_name = {_quoted(each.json_name.encode())}"
        if isinstance(type_, model.Uuid):
            self._imports.add(OPTIONS)
            yield '(hal9.logical) = "uuid"'

    def _type(self, type_: Type) -> str:
        match type_:
            case Int(bits=bits, signed=signed, encoding=encoding):
                return _WORDS[bits, signed, encoding]
            case Float(bits=bits):
                return "double" if bits == 64 else "float"
            case Map(keys=keys, values=values):
                return f"map<{self._type(keys)}, {self._type(values)}>"
            case model.Timestamp() | model.Duration():
                return self._google(GOOGLE + type(type_).__name__)
            case model.Any():
                return self._google(f"{GOOGLE}Value")
            case model.Uuid(form=form):
                return form
            case Record(name=name) | Enum(name=name):
                return self._google(name) if name.startswith(GOOGLE) else self._named(name)
        return type(type_).__name__.lower()

    def _google(self, name: str) -> str:
        self._imports.add(f"google/protobuf/{_FILES.get(last(name), 'descriptor')}.proto")
        return f".{name}" if "google" in self._package.split(".") else name

    def _named(self, name: str) -> str:
        return f".{name}" if last(name) in _KEYWORDS | self._hidden else last(name)


def _comment(doc: str, indent: str) -> Iterator[str]:
    for line in doc.splitlines():
        kept = "".join(each if each.isprintable() else " " for each in line)
        yield f"{indent}// {kept}".rstrip()


def _literal(value: object, type_: Type) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case bytes():
            return _quoted(value)
        case str():
            return value if isinstance(type_, Enum) else _quoted(value.encode())
    return repr(value)


def _quoted(data: bytes) -> str:
    """A string literal; all but plain text is octal, which takes any bytes."""
    shown = (chr(each) if 32 <= each < 127 and each not in b'"\\' else f"\\{each:03o}" for each in data)
    return f'"{"".join(shown)}"'
